//! What a delivery does, for whom, and what it shares with others.

use beckon_core::api::webhook::WebhookEvent;
use beckon_core::id::{IntegrationId, RemedyId, UserId, WebhookId};
use beckon_core::notice::{Channel, DoorReason, Reason};
use beckon_core::time::Timestamp;
use serde::{Deserialize, Serialize};

/// What a delivery does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "task", rename_all = "snake_case")]
pub enum Task {
    /// Tells a person by email.
    Mail {
        /// Whom.
        user: UserId,
        /// Why.
        reason: Reason,
    },
    /// Sends a person a test message.
    MailTest {
        /// Whom.
        user: UserId,
    },
    /// Sends a person a link that signs in.
    Door {
        /// Whom.
        user: UserId,
        /// The person's name.
        name: String,
        /// The address.
        email: String,
        /// Why.
        reason: DoorReason,
        /// The last part of the link, sealed.
        sealed: String,
        /// Until when the link works.
        until: Timestamp,
    },
    /// Makes the ticket of an escalation where there is none, and else adds a note to it; closes it in the end.
    Ticket {
        /// Where.
        integration: IntegrationId,
        /// Why.
        reason: Reason,
    },
    /// Tests the connection, since an answer ordered it.
    TestConnection {
        /// Which.
        integration: IntegrationId,
        /// The remedy.
        remedy: RemedyId,
    },
    /// Sends again what could not be delivered, since an answer ordered it.
    SendReports {
        /// Through which.
        integration: IntegrationId,
        /// The remedy.
        remedy: RemedyId,
    },
    /// Sends by email what could not be delivered, since an answer ordered it, and gives the integration up for now.
    SendReportsByEmail {
        /// Instead of which.
        integration: IntegrationId,
        /// The remedy.
        remedy: RemedyId,
    },
    /// Sends a webhook.
    Webhook {
        /// To which endpoint.
        webhook: WebhookId,
        /// What happened.
        event: WebhookEvent,
        /// The body, as it is signed.
        body: String,
    },
}

impl Task {
    /// Returns the channel.
    pub const fn channel(&self) -> Channel {
        match self {
            Self::Mail { .. } | Self::MailTest { .. } | Self::Door { .. } => Channel::Email,
            Self::Ticket { .. }
            | Self::TestConnection { .. }
            | Self::SendReports { .. }
            | Self::SendReportsByEmail { .. } => Channel::Psa,
            Self::Webhook { .. } => Channel::Webhook,
        }
    }

    /// Returns the number of the person, the integration or the endpoint.
    pub const fn target(&self) -> i64 {
        match self {
            Self::Mail { user, .. } | Self::MailTest { user } | Self::Door { user, .. } => user.0,
            Self::Ticket { integration, .. }
            | Self::TestConnection { integration, .. }
            | Self::SendReports { integration, .. }
            | Self::SendReportsByEmail { integration, .. } => integration.0,
            Self::Webhook { webhook, .. } => webhook.0,
        }
    }

    /// Returns what shares one connection, one limit and one health: the mail server, one PSA, one endpoint.
    pub fn destination(&self) -> String {
        match self.channel() {
            Channel::Email => EMAIL.to_owned(),
            Channel::Psa => psa_destination(IntegrationId(self.target())),
            Channel::Webhook => webhook_destination(WebhookId(self.target())),
        }
    }

    /// Tells whether there is no need for it once the escalation is resolved.
    pub const fn is_for_the_open(&self) -> bool {
        match self {
            Self::Mail { reason, .. } | Self::Ticket { reason, .. } => {
                !matches!(reason, Reason::Resolved { .. })
            }
            Self::MailTest { .. }
            | Self::Door { .. }
            | Self::TestConnection { .. }
            | Self::SendReports { .. }
            | Self::SendReportsByEmail { .. }
            | Self::Webhook { .. } => false,
        }
    }

    /// Tells whether somebody waits for the outcome right now, so that failing once is failing.
    pub const fn is_impatient(&self) -> bool {
        matches!(self, Self::TestConnection { .. })
    }

    /// Returns why, as a slug.
    pub fn reason(&self) -> String {
        match self {
            Self::Mail { reason, .. } | Self::Ticket { reason, .. } => <&str>::from(reason).to_owned(),
            Self::MailTest { .. } => "test".to_owned(),
            Self::Door { reason, .. } => <&str>::from(reason).to_owned(),
            Self::TestConnection { .. } => "test_connection".to_owned(),
            Self::SendReports { .. } => "send_reports".to_owned(),
            Self::SendReportsByEmail { .. } => "send_reports_by_email".to_owned(),
            Self::Webhook { event, .. } => event.to_string(),
        }
    }

    /// Returns why, for people.
    pub fn reason_label(&self) -> String {
        match self {
            Self::Mail { reason, .. } | Self::Ticket { reason, .. } => reason.label(),
            Self::MailTest { .. } => "Test message".to_owned(),
            Self::Door { reason, .. } => reason.label().to_owned(),
            Self::TestConnection { .. } => "Connection test".to_owned(),
            Self::SendReports { .. } => "Failed messages again".to_owned(),
            Self::SendReportsByEmail { .. } => "Failed messages by email".to_owned(),
            Self::Webhook { event, .. } => event.to_string(),
        }
    }
}

/// The destination of all mails.
pub const EMAIL: &str = "email";

/// The destination of an integration.
pub fn psa_destination(id: IntegrationId) -> String {
    format!("psa:{id}")
}

/// The destination of an endpoint.
pub fn webhook_destination(id: WebhookId) -> String {
    format!("webhook:{id}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket(reason: Reason) -> Task {
        Task::Ticket { integration: IntegrationId(1), reason }
    }

    #[test]
    fn what_tells_of_the_end_is_not_for_the_open_alone() {
        assert!(ticket(Reason::Overdue).is_for_the_open());
        assert!(!ticket(Reason::Resolved { how: "Answered".to_owned() }).is_for_the_open());
        assert!(!Task::MailTest { user: UserId(1) }.is_for_the_open());
    }

    #[test]
    fn whoever_tests_a_connection_waits_for_the_outcome() {
        let (integration, remedy) = (IntegrationId(1), RemedyId(1));
        assert!(Task::TestConnection { integration, remedy }.is_impatient());
        assert!(!Task::SendReports { integration, remedy }.is_impatient());
        assert!(!ticket(Reason::Overdue).is_impatient());
    }
}
