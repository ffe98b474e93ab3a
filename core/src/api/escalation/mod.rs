//! Escalations on the wire: lists, one, its workflow. What it lists, what can be chosen, how it is answered and its timeline
//! stand beside.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use super::{Named, Pagination};
use crate::actor::Party;
use crate::field::FieldSpec;
use crate::id::{AccountId, EscalationId, OrganizationId, RuleId};
use crate::remedy::{RemedyAction, RemedyStatus};
use crate::request::Evidence;
use crate::rule::{Scope, Subject};
use crate::severity::Severity;
use crate::time::{Date, Timestamp};

mod choice;
mod entity;
mod resolution;
mod timeline;

pub use choice::{ChoiceBody, GuidanceBody};
pub use entity::{
    EntitiesBody, EntitiesResponse, EntityBody, EntityDetails, EntityStanding, EntityStateBody, OriginBody,
};
pub use resolution::{ResolutionRequest, ResolutionResponse};
pub use timeline::{CommentResponse, TimelineEntryBody, TimelineResponse};

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
    /// Why that matters; empty where the question says it.
    pub why: String,
    /// What the operator knows, where the operator asks.
    pub evidence: Vec<Evidence>,
    /// What it concerns.
    pub entities: EntitiesBody,
    /// What an admin does outside Beckon before answering, step by step.
    pub guidance: Vec<GuidanceBody>,
    /// The choices of the answer, in order.
    pub choices: Vec<ChoiceBody>,
    /// What the answer fills in.
    pub fields: Vec<FieldSpec>,
    /// Whether the answer can differ from entity to entity.
    pub one_by_one: bool,
    /// The remedies that concern the escalation as a whole; those of an entity stand with it.
    pub remedies: Vec<RemedyStateBody>,
    /// What an access rule that answers it is about; null for kinds that no rule answers.
    pub rule_subject: Option<Subject>,
}

/// A remedy, as its escalation shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemedyStateBody {
    /// What is done.
    pub action: RemedyAction,
    /// The same for people.
    pub label: String,
    /// What became of it.
    pub status: RemedyStatus,
    /// What the operator said of it.
    pub message: Option<String>,
    /// When that was.
    pub at: Timestamp,
}

/// A step of the workflow, with its state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepBody {
    /// Names the step.
    pub slug: String,
    /// For people.
    pub title: String,
    /// What is done in it.
    pub kind: StepKind,
    /// Where it stands.
    pub state: StepState,
    /// Who completed it, where a person did.
    pub by: Option<Party>,
    /// When.
    pub at: Option<Timestamp>,
    /// What keeps it open although somebody completed it: a remedy that failed, an observation that did not come.
    pub problem: Option<String>,
}

/// What is done in a step.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumString, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum StepKind {
    /// Evidence is shown.
    Evidence,
    /// An admin chooses.
    Choose,
    /// An admin fills in.
    Provide,
    /// A remedy is carried out.
    Act,
    /// An observation is waited for.
    Verify,
}

/// Where a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, Display, EnumString, IntoStaticStr)]
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
    /// The slug of the choice: `expected`, `unauthorized`, `dismiss`, or one of the escalation's `choices`; empty where
    /// entities were decided one by one.
    pub choice: String,
    /// The choice for people.
    pub label: String,
    /// What was filled in, by slug.
    pub fields: BTreeMap<String, String>,
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
    /// `rule`, `dismiss` or `direct`, as the compatible API names it; `recovered` where it resolved by itself, `withdrawn`
    /// where the operator took it back.
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
    /// By itself.
    Recovered,
    /// Taken back by the operator.
    Withdrawn,
}

/// The answer to `POST /v1/escalations`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RaisedResponse {
    /// The new escalation.
    pub escalation: EscalationDetailBody,
}

/// `POST /v1/escalations/{id}/withdrawal`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WithdrawalRequest {
    /// Why, for those who were asked. 1 to 2 000 characters.
    pub reason: String,
}
