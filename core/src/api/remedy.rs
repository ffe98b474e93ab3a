//! Remedies on the wire: `GET /v1/remedies` and `POST /v1/remedies/{id}/outcome`. For the operator.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Named, Pagination};
use crate::actor::Party;
use crate::id::{AccountId, EscalationId, OrganizationId, RemedyId};
use crate::remedy::{RemedyAction, RemedyStatus};
use crate::time::Timestamp;

/// `GET /v1/remedies`, oldest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemediesResponse {
    /// One page.
    pub remedies: Vec<RemedyBody>,
    /// Where the next is.
    pub pagination: Pagination,
}

/// One remedy, after its outcome was reported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemedyResponse {
    /// As it is then.
    pub remedy: RemedyBody,
}

/// A remedy with everything that the operator needs to carry it out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemedyBody {
    /// Which one.
    pub id: RemedyId,
    /// What is to be done.
    pub action: RemedyAction,
    /// The same for people.
    pub label: String,
    /// What became of it.
    pub status: RemedyStatus,
    /// What the operator said of it.
    pub message: Option<String>,
    /// Whose.
    pub account: Named<AccountId>,
    /// The organization that it concerns, where it concerns one.
    pub organization: Option<Named<OrganizationId>>,
    /// What ordered it.
    pub escalation_id: EscalationId,
    /// To what it is to be done; null where it concerns the escalation as a whole.
    pub entity: Option<RemedyEntityBody>,
    /// What else has to be known, such as the scope of an allow-listing.
    pub parameters: BTreeMap<String, String>,
    /// Whose answer ordered it.
    pub ordered_by: Party,
    /// When.
    pub ordered_at: Timestamp,
    /// When its outcome came, or else when it was ordered.
    pub updated_at: Timestamp,
}

/// To what a remedy is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemedyEntityBody {
    /// Its id in the escalation.
    pub id: i64,
    /// `identity`, `endpoint`, `report` or `tenant`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The id that its detector gave it.
    pub external_id: String,
    /// What people call it.
    pub name: String,
}

/// `POST /v1/remedies/{id}/outcome`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OutcomeRequest {
    /// What became of it. Under either name, since the remedy itself calls it its status.
    #[serde(alias = "status")]
    pub outcome: OutcomeBody,
    /// Why it failed; what there is to say where it succeeded. 1 to 2 000 characters.
    #[serde(default)]
    pub message: Option<String>,
}

/// What became of a remedy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeBody {
    /// It was carried out.
    Succeeded,
    /// It could not be carried out. Goes with a message.
    Failed,
}
