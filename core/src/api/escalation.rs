//! Escalations on the wire: lists, one, its timeline, its resolution.

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::{Named, Pagination};
use crate::actor::Party;
use crate::country::CountryCode;
use crate::id::{AccountId, EscalationId, IdentityId, OrganizationId, RuleId};
use crate::rule::{Determination, Scope, Subject};
use crate::severity::Severity;
use crate::time::{Date, Timestamp, optional_date};
use crate::vpn::VpnSlug;

/// `GET /v1/escalations`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscalationsResponse {
    /// One page.
    pub escalations: Vec<EscalationBody>,
    /// Where the next is.
    pub pagination: Pagination,
}

/// `GET /v1/escalations/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscalationResponse {
    /// The escalation with its entities.
    pub escalation: EscalationDetailBody,
}

/// The state of an escalation as the compatible API names it. Overdue is only ever a filter.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum StatusBody {
    /// It waits.
    Open,
    /// It does not.
    Resolved,
}

/// An escalation as lists show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscalationBody {
    /// Which one.
    pub id: EscalationId,
    /// Whose.
    pub account: Named<AccountId>,
    /// The organizations it concerns; empty for the whole account.
    pub organizations: Vec<Named<OrganizationId>>,
    /// When it was raised.
    pub created_at: Timestamp,
    /// When anything last happened to it.
    pub updated_at: Timestamp,
    /// When it was resolved.
    pub resolved_at: Option<Timestamp>,
    /// How pressing it is.
    pub severity: Severity,
    /// Open or resolved.
    pub status: StatusBody,
    /// What happened, in a few words: `Logins from Ukraine`.
    pub subject: String,
    /// The country code, VPN slug or error code, where there is one.
    pub subtype: Option<String>,
    /// The kind's slug from the catalogue.
    #[serde(rename = "type")]
    pub kind: String,
    /// The kind's category for people: `Login`.
    pub category: String,
    /// A second line: `2 people who live in the Netherlands`.
    pub summary: String,
    /// How many of what it is about: `2 people`.
    pub about: String,
    /// How many entities it lists.
    pub entity_count: u32,
    /// When an answer is due.
    pub due_at: Timestamp,
    /// Whether it is open and that time has passed.
    pub overdue: bool,
    /// What is asked.
    pub question: String,
    /// The steps that lead to an answer, in order.
    pub workflow: Vec<StepBody>,
    /// What was answered, by whom; null while nobody did, and where it resolved without an answer.
    pub answer: Option<AnswerBody>,
    /// How it was resolved; null while it is open.
    pub resolution: Option<ResolutionBody>,
    /// Grows with each event; send it along with an answer.
    pub revision: u64,
    /// The earlier escalation about the same subject, if there is one.
    pub previous_id: Option<EscalationId>,
    /// Its page.
    pub url: String,
}

/// An escalation with everything that its page shows but the timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscalationDetailBody {
    /// What lists show too.
    #[serde(flatten)]
    pub escalation: EscalationBody,
    /// What happened, in a sentence or two.
    pub what_happened: String,
    /// What it concerns.
    pub entities: EntitiesBody,
    /// The choices of the answer, in order.
    pub choices: Vec<ChoiceBody>,
    /// What an access rule that answers it is about; null for kinds that no rule answers.
    pub rule_subject: Option<Subject>,
}

/// One choice of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceBody {
    /// Goes into the answer.
    pub slug: String,
    /// For people.
    pub label: String,
    /// A hint below the label.
    pub hint: String,
}

/// The entities of an escalation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntitiesBody {
    /// How many there are.
    pub total_count: u64,
    /// Whether there are more than are listed.
    pub has_more: bool,
    /// The ones that are listed: those seen last come first.
    pub items: Vec<EntityBody>,
}

/// One entity of an escalation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntityBody {
    /// Its id among its type: for an identity, the one that access rules take.
    pub id: i64,
    /// `identity`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What is known of it.
    pub details: LoginEntityDetails,
}

/// An identity that logged in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginEntityDetails {
    /// The person's name, or the username where none is known.
    pub name: String,
    /// The name it signs in with.
    pub username: String,
    /// The detector's id for it.
    pub external_id: String,
    /// Where the person lives; null where that is not on record.
    pub usage_location: Option<CountryCode>,
    /// Where the logins came from, the most frequent first.
    pub origins: Vec<OriginBody>,
    /// Whether there are more addresses than are listed.
    pub more_origins: bool,
    /// How many logins there were.
    pub logins: u64,
    /// The earliest, by the detector's clock.
    pub first_seen_at: Timestamp,
    /// The latest, by the detector's clock.
    pub last_seen_at: Timestamp,
}

/// Where logins of one identity came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginBody {
    /// The country of the address, if known.
    pub country: Option<CountryCode>,
    /// The VPN, if any.
    pub vpn: Option<VpnSlug>,
    /// The address, if known.
    pub ip_address: Option<IpAddr>,
    /// How many logins came from there.
    pub logins: u64,
}

/// A step of the workflow, with its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepBody {
    /// Names the step.
    pub slug: String,
    /// For people.
    pub title: String,
    /// Where it stands.
    pub state: StepState,
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Display, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum StepState {
    /// It is behind us.
    Done,
    /// It is what everybody waits for.
    Current,
    /// It comes later.
    Upcoming,
    /// It is not needed any more.
    Skipped,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerBody {
    /// The slug of the choice: `expected`, `unauthorized`, `dismiss`.
    pub choice: String,
    /// The level of the rules, where rules were made.
    pub scope: Option<Scope>,
    /// The first day of the rules, if dated.
    pub starts_at: Option<Date>,
    /// The last day of the rules, if dated.
    pub expires_at: Option<Date>,
    /// Why, in the admin's words.
    pub note: Option<String>,
    /// Whether sessions are revoked and identities disabled.
    pub revoke_and_disable_identities: bool,
    /// Who answered.
    pub by: Party,
    /// When.
    pub at: Timestamp,
}

/// How an escalation was resolved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolutionBody {
    /// `rule`, `dismiss` or `direct`, as the compatible API names it.
    pub method: MethodBody,
    /// Who resolved it, or whose rule did.
    pub by: Party,
    /// When.
    pub at: Timestamp,
    /// The rules that cover it, where rules do.
    pub rule_ids: Vec<RuleId>,
    /// For people: who, what and what came of it.
    pub text: String,
}

/// The way of a resolution, as the compatible API names it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MethodBody {
    /// Rules cover it.
    Rule,
    /// Dismissed for now.
    Dismiss,
    /// Answered without a rule.
    Direct,
}

/// `POST /v1/escalations/{id}/resolution`. An empty body dismisses a login.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ResolutionRequest {
    /// For logins: expected or unauthorized. Goes with `scope`; neither dismisses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub determination: Option<Determination>,
    /// For logins: the level of the rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// For expected logins: the first day of the rules, UTC.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "optional_date")]
    pub start_date: Option<Date>,
    /// For expected logins: the last day of the rules, UTC.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "optional_date")]
    pub expiration_date: Option<Date>,
    /// For unauthorized logins: whether to revoke sessions and disable the identities. Never unless said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revoke_and_disable_identities: Option<bool>,
    /// For the other kinds: the slug of the choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// For the other kinds: typed fields by slug.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, Value>,
    /// For the other kinds: a choice for each entity, by id.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub entities: BTreeMap<String, String>,
    /// Why, in the admin's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The revision that the admin looked at. The answer is refused when somebody joined since.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
}

/// The answer to a resolution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolutionResponse {
    /// The escalation, resolved.
    pub escalation: EscalationDetailBody,
    /// How.
    pub resolution_method: MethodBody,
    /// The other escalations that the new rules resolved too.
    pub also_resolved: Vec<EscalationId>,
}

/// `GET /v1/escalations/{id}/timeline`, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineResponse {
    /// One page.
    pub timeline: Vec<TimelineEntryBody>,
    /// Where the next is.
    pub pagination: Pagination,
}

/// One event of the timeline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineEntryBody {
    /// The number of the event in the account's log.
    pub seq: i64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Party,
    /// What, as a slug: `raised`, `entity_added`, `sighted`, `answered`, `commented`, `remedy_ordered`, `resolved`, …
    pub event: String,
    /// What, for people.
    pub text: String,
    /// The text of a comment or the note of an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The identity that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity_id: Option<IdentityId>,
}

/// The answer to a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentResponse {
    /// The comment as the timeline shows it.
    pub comment: TimelineEntryBody,
}
