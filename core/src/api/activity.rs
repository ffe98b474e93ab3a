//! The activity of an account: everything that its log holds, for people and auditors.

use serde::{Deserialize, Serialize};

use super::Pagination;
use super::escalation::TimelineEntryBody;
use crate::id::EscalationId;

/// `GET /v1/activity`, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityResponse {
    /// One page.
    pub activity: Vec<ActivityBody>,
    /// Where the next is.
    pub pagination: Pagination,
}

/// One event of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityBody {
    /// What happened, as the timeline of an escalation shows it.
    #[serde(flatten)]
    pub entry: TimelineEntryBody,
    /// The escalation that it belongs to; null for what concerns the account.
    pub escalation_id: Option<EscalationId>,
}
