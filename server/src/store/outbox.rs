//! What the outbox holds: what is to be done for whom, who does it at the moment, and what became of it.

use std::collections::HashMap;
use std::time::Duration;

use beckon_core::actor::Member;
use beckon_core::api::delivery::DeliveryStatus;
use beckon_core::api::webhook::WebhookEvent;
use beckon_core::id::{AccountId, DeliveryId, EscalationId, IntegrationId, RemedyId, UserId, WebhookId};
use beckon_core::integration::{Choices, Company, Settings, Vendor};
use beckon_core::notice::{Channel, DoorReason, Reason};
use beckon_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::NamedEscalation;
use crate::deliver::outcome::Failed;

/// How long a claim holds, by the machine's clock. An attempt ends well before: see [`crate::deliver::MOST_TIME`].
pub const LEASE: Duration = Duration::from_mins(5);

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

/// Proof that a worker holds a delivery. A later claim of the same delivery has another token, and with this one nothing
/// can be written any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Whose.
    pub account: AccountId,
    /// Which.
    pub delivery: DeliveryId,
    /// The fencing token.
    pub token: i64,
    /// The how manieth attempt this is, from 1.
    pub number: u32,
    /// What it shares with others.
    pub destination: String,
}

/// How much may be claimed now.
#[derive(Clone, Debug, Default)]
pub struct Room {
    /// How many attempts are under way, by destination.
    pub busy: HashMap<String, usize>,
    /// How many more may begin in all.
    pub total: usize,
    /// How many more mails may begin.
    pub mails: usize,
}

/// A claimed delivery with all that it takes to carry it out.
#[derive(Clone, Debug)]
pub struct Errand {
    /// The claim.
    pub claim: Claim,
    /// What to do.
    pub task: Task,
    /// Whether an attempt before may have succeeded although nobody heard of it.
    pub doubt: bool,
    /// When it was queued.
    pub created_at: Timestamp,
    /// What it is about, with the first of its entities.
    pub escalation: Option<NamedEscalation>,
    /// The account's name.
    pub account_name: String,
    /// The person, as far as still a member.
    pub person: Option<Member>,
    /// The integration, as far as still connected.
    pub integration: Option<Integration>,
    /// The PSA's id of the company.
    pub company: Option<String>,
    /// The ticket, where one is known or was tried.
    pub ticket: Option<Ticket>,
    /// The endpoint, as far as still there.
    pub webhook: Option<Webhook>,
    /// What tells this installation from others that use the same PSA.
    pub installation: String,
}

/// The ticket of an escalation in a PSA.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ticket {
    /// The PSA's id; none while it is not known.
    pub id: Option<String>,
    /// Whether one may have been made although nobody heard of it.
    pub doubt: bool,
    /// When a search last found none.
    pub searched_at: Option<Timestamp>,
}

/// What an attempt learned of the ticket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TicketNews {
    /// Here it is.
    Known(String),
    /// None was made, for certain.
    None,
    /// A search found none.
    NotFound,
}

/// How an attempt ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// It arrived; where exactly.
    Delivered {
        /// The address, the ticket's number, the URL.
        address: Option<String>,
    },
    /// It did not.
    Failed(Failed),
    /// There is no need for it any more.
    Needless(String),
    /// It has to wait before it goes on.
    Later {
        /// How long.
        wait: Duration,
        /// Why.
        why: String,
    },
}

/// An attempt, once it ended.
#[derive(Clone, Debug, PartialEq)]
pub struct Attempt {
    /// When it began.
    pub at: Timestamp,
    /// How long it took.
    pub took: Duration,
    /// How it ended.
    pub ended: Ended,
    /// What it learned of the ticket.
    pub ticket: Option<TicketNews>,
    /// A random number from 0 to 1, which spreads what would else be tried at the same moment.
    pub jitter: f64,
}

/// A PSA integration as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Integration {
    /// Which one.
    pub id: IntegrationId,
    /// Whose.
    pub account: AccountId,
    /// The vendor.
    pub vendor: Vendor,
    /// What was entered, without the secrets.
    pub settings: Settings,
    /// The secrets, sealed.
    #[serde(skip)]
    pub sealed: String,
    /// The names of the secrets.
    pub secrets: Vec<String>,
    /// What was chosen.
    pub choices: Choices,
    /// The company for what is not mapped.
    pub default_company: Option<Company>,
    /// Whether it is paused.
    pub paused: bool,
    /// When it was connected.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
}

impl Integration {
    /// Returns what is missing before tickets can be made, in a sentence.
    pub fn missing(&self) -> Option<String> {
        self.vendor.missing(&self.choices, self.default_company.is_some())
    }

    /// Tells whether tickets are made there.
    pub fn is_active(&self) -> bool {
        !self.paused && self.missing().is_none()
    }

    /// Returns the slug under which its failing is reported.
    pub fn own_slug(&self) -> String {
        format!("{}{}", beckon_core::escalation::OWN_INTEGRATION, self.vendor)
    }
}

/// A webhook endpoint as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Webhook {
    /// Which one.
    pub id: WebhookId,
    /// Whose; none for the operator's.
    pub account: Option<AccountId>,
    /// Where requests go.
    pub url: String,
    /// What it hears of; all where it is empty.
    pub events: Vec<WebhookEvent>,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Why it was switched off.
    pub disabled_because: Option<String>,
    /// The secrets, sealed.
    #[serde(skip)]
    pub sealed: String,
    /// Until when the secret before signs too.
    pub rotating_until: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Webhook {
    /// Tells whether it hears of `event`.
    pub fn hears(&self, event: WebhookEvent) -> bool {
        self.events.is_empty() || self.events.contains(&event)
    }
}

/// Filters of deliveries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeliveryQuery {
    /// Only of this account; none for the operator's own.
    pub account: Option<AccountId>,
    /// Only about this escalation.
    pub escalation: Option<EscalationId>,
    /// Only with this status.
    pub status: Option<DeliveryStatus>,
    /// Only by this channel.
    pub channel: Option<Channel>,
    /// Only to this endpoint.
    pub webhook: Option<WebhookId>,
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
