//! Who is told of escalations, on the wire.

use serde::{Deserialize, Serialize};

use super::Named;
use crate::actor::Role;
use crate::id::{IntegrationId, UserId};
use crate::integration::Vendor;
use crate::time::Timestamp;

/// `GET /v1/notification_settings`, and the answer to a change of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationSettingsResponse {
    /// The settings, with what follows from them.
    pub notification_settings: NotificationSettingsBody,
}

/// Who hears of what, by which channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotificationSettingsBody {
    /// The members who were chosen to get the mails; null for all account admins.
    pub recipients: Option<Vec<UserId>>,
    /// Whether none of those who were chosen is an account admin any more, so that all account admins are told.
    pub fallen_back: bool,
    /// The account's team: whoever can be told.
    pub team: Vec<TeamMemberBody>,
    /// Whether questions about logins go by email too where they go to the PSA.
    pub psa_and_email: bool,
    /// The account's PSA, where one is connected.
    pub psa: Option<PsaBody>,
    /// Every kind of the catalogue, and on which way people hear of it now.
    pub kinds: Vec<KindRouteBody>,
    /// How mails leave.
    pub mail: MailBody,
}

/// A person who can be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TeamMemberBody {
    /// Which one.
    pub user_id: UserId,
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
    /// The role.
    pub role: Role,
    /// Whether this person gets the mails now.
    pub told: bool,
}

/// The account's PSA, as far as notices need it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PsaBody {
    /// Which integration.
    pub id: IntegrationId,
    /// The vendor.
    pub vendor: Vendor,
    /// The vendor's name for people.
    pub name: String,
    /// Whether it is paused: what would go there goes by email.
    pub paused: bool,
}

/// How people hear of a kind.
#[expect(clippy::struct_excessive_bools, reason = "a row of a table of yes and no")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindRouteBody {
    /// The kind's slug.
    #[serde(rename = "type")]
    pub kind: String,
    /// The category for people.
    pub category: String,
    /// The name for people.
    pub name: String,
    /// Whether by email, as things are now.
    pub email: bool,
    /// Whether in the PSA, as things are now.
    pub psa: bool,
    /// Whether the account switches the PSA on and off for this kind; the others go there by themselves.
    pub psa_optional: bool,
    /// Whether the account switched it on; it counts as soon as a PSA is connected.
    pub psa_wanted: bool,
}

/// How mails leave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailBody {
    /// `smtp`, or `files` where no server for mails is set up: they are written to a folder.
    pub transport: String,
    /// How it goes.
    pub health: HealthBody,
}

/// How a destination does.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthBody {
    /// When something last arrived.
    pub last_success_at: Option<Timestamp>,
    /// When an attempt last failed.
    pub last_failure_at: Option<Timestamp>,
    /// Since when every attempt fails; null where the last one succeeded.
    pub failing_since: Option<Timestamp>,
    /// What the far end said then.
    pub last_error: Option<String>,
    /// When the next attempt is, where it is failing.
    pub retry_at: Option<Timestamp>,
    /// How many deliveries wait.
    pub waiting: u64,
    /// Since when the oldest of them waits.
    pub oldest_waiting_since: Option<Timestamp>,
    /// How many could not be delivered for good in the last 30 days.
    pub undelivered: u64,
}

/// `POST /v1/notification_settings/test`: sends a test message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SendTestRequest {
    /// To whom; to everybody who gets the mails where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
}

/// What was queued.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QueuedResponse {
    /// The deliveries.
    pub deliveries: Vec<super::delivery::DeliveryBody>,
}

/// `GET /v1/message_preview?type=…&reason=…`: what a message says, with an example or the newest escalation of the kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessagePreviewResponse {
    /// The title, which is the subject of the mail and the summary of the ticket.
    pub title: String,
    /// As plain text.
    pub text: String,
    /// As an HTML document.
    pub html: String,
    /// The escalation that it is about; null for an example.
    pub escalation: Option<Named<crate::id::EscalationId>>,
}
