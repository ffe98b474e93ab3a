//! An answer on the wire, and what comes back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{EscalationDetailBody, MethodBody};
use crate::id::EscalationId;
use crate::rule::{Determination, Scope};
use crate::time::{Date, optional_date};

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
    /// The step that is completed by it, where one is named. Comes from the path, never from the body.
    #[serde(skip)]
    pub step: Option<String>,
}

/// The answer to a resolution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolutionResponse {
    /// The escalation as it stands then.
    pub escalation: EscalationDetailBody,
    /// How it was resolved; null where the answer has to have its effect first.
    pub resolution_method: Option<MethodBody>,
    /// The other escalations that the new rules resolved too.
    pub also_resolved: Vec<EscalationId>,
}
