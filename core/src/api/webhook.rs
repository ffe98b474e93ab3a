//! Webhook endpoints on the wire.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr, VariantNames};

use super::Named;
use super::notification::HealthBody;
use crate::id::{AccountId, EscalationId, OrganizationId, WebhookId};
use crate::severity::Severity;
use crate::time::Timestamp;

/// What an endpoint can hear of.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
    VariantNames,
)]
pub enum WebhookEvent {
    /// A question came into being.
    #[serde(rename = "escalation.created")]
    #[strum(serialize = "escalation.created")]
    EscalationCreated,
    /// The response window has passed.
    #[serde(rename = "escalation.overdue")]
    #[strum(serialize = "escalation.overdue")]
    EscalationOverdue,
    /// Somebody answered, or a part of it.
    #[serde(rename = "escalation.answered")]
    #[strum(serialize = "escalation.answered")]
    EscalationAnswered,
    /// It is resolved.
    #[serde(rename = "escalation.closed")]
    #[strum(serialize = "escalation.closed")]
    EscalationClosed,
    /// Somebody was where they should not be.
    #[serde(rename = "incident.suspected")]
    #[strum(serialize = "incident.suspected")]
    IncidentSuspected,
    /// The provider is to act.
    #[serde(rename = "remedy.ordered")]
    #[strum(serialize = "remedy.ordered")]
    RemedyOrdered,
    /// Somebody tries the endpoint.
    #[serde(rename = "webhook.test")]
    #[strum(serialize = "webhook.test")]
    Test,
}

/// `GET /v1/webhooks`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhooksResponse {
    /// All of the account, at most [`MAX_WEBHOOKS`](crate::webhook::MAX_WEBHOOKS).
    pub webhooks: Vec<WebhookBody>,
}

/// The answer to making or changing an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookResponse {
    /// The endpoint.
    pub webhook: WebhookBody,
    /// The secret: only when it is made or rotated, and never again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// A webhook endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookBody {
    /// Which one.
    pub id: WebhookId,
    /// Where requests go.
    pub url: String,
    /// What it hears of.
    pub events: Vec<WebhookEvent>,
    /// Whether it is switched on.
    pub enabled: bool,
    /// Why it was switched off, where Beckon did that.
    pub disabled_because: Option<String>,
    /// Until when the secret before signs too, while it is rotated.
    pub rotating_until: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// How it goes.
    pub health: HealthBody,
}

/// `POST /v1/webhooks`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookRequest {
    /// Where requests go.
    pub url: String,
    /// What it hears of; all where it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<WebhookEvent>>,
}

/// `PATCH /v1/webhooks/{id}`: what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookPatch {
    /// Where requests go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What it hears of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<WebhookEvent>>,
    /// Whether it is switched on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
}

/// What a webhook says: flat, as the compatible API has it, with what is ours beside it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookPayload {
    /// What happened.
    pub event_type: WebhookEvent,
    /// The escalation; null for a test.
    pub id: Option<EscalationId>,
    /// Whose.
    pub account: Named<AccountId>,
    /// Where the API shows it.
    pub api_url: String,
    /// The organizations that it concerns; empty for the whole account.
    pub organizations: Vec<Named<OrganizationId>>,
    /// How many.
    pub total_organizations_impacted: u64,
    /// How pressing it is.
    pub severity: Option<Severity>,
    /// `open` or `resolved`.
    pub status: Option<super::escalation::StatusBody>,
    /// What happened, in a few words.
    pub subject: String,
    /// The kind's slug.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// When it was raised.
    pub created_at: Timestamp,
    /// When anything last happened to it.
    pub updated_at: Timestamp,
    /// When it was resolved.
    pub resolved_at: Option<Timestamp>,
    /// When an answer is due.
    pub due_at: Option<Timestamp>,
    /// Its page.
    pub url: Option<String>,
    /// What else there is to know: the identities and the rule of an incident, the orders of a remedy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<serde_json::Value>,
}
