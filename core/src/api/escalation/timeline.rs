//! The timeline of an escalation.

use serde::{Deserialize, Serialize};

use crate::actor::Party;
use crate::api::Pagination;
use crate::id::EntityId;
use crate::time::Timestamp;

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
    /// The entity that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entity_id: Option<EntityId>,
}

/// The answer to a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommentResponse {
    /// The comment as the timeline shows it.
    pub comment: TimelineEntryBody,
}
