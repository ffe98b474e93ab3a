//! `POST /v1/observations` and `POST /v1/observations/known`.

use serde::{Deserialize, Serialize};

use super::{Named, Pagination};
use crate::error::FieldError;
use crate::id::{AccountId, EscalationId, OrganizationId};
use crate::observation::Outcome;
use crate::time::Timestamp;

/// One result for each observation, in order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservationsResponse {
    /// What became of each.
    pub results: Vec<ObservationResult>,
}

/// What became of one observation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ObservationResult {
    /// The observation's own id; null where it could not be read.
    pub id: Option<String>,
    /// What became of it.
    pub outcome: Outcome,
    /// The escalation that it raised, joined or updated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation_id: Option<EscalationId>,
    /// Why it was rejected or ignored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// Asks which of these ids are here already, so that a client that starts again need not send them again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownRequest {
    /// Whose observations.
    pub account_id: AccountId,
    /// At most 1 000.
    pub ids: Vec<String>,
}

/// The ids that are here already, in the order in which they were asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownResponse {
    /// A part of the ids of the request.
    pub known: Vec<String>,
}

/// `GET /v1/provider_faults`: the tenants that cannot be read for a reason that only the operator can mend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderFaultsResponse {
    /// One page, in the order in which the tenants were first observed.
    pub provider_faults: Vec<ProviderFaultBody>,
    /// Where the next is.
    pub pagination: Pagination,
}

/// A tenant that cannot be read for a reason that only the operator can mend.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderFaultBody {
    /// Whose.
    pub account: Named<AccountId>,
    /// The organization that the tenant belongs to.
    pub organization: Option<Named<OrganizationId>>,
    /// Microsoft's id of the tenant.
    pub tenant_id: String,
    /// The error: `AADSTS7000222`.
    pub code: String,
    /// What it means.
    pub meaning: String,
    /// Since when, by the detector's clock.
    pub since: Timestamp,
}
