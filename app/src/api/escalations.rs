//! Escalations: the list, one, its timeline, its answer.

use beckon_core::api::CommentRequest;
use beckon_core::api::escalation::{
    EscalationDetailBody, EscalationsResponse, ResolutionRequest, TimelineEntryBody,
};
use beckon_core::id::EscalationId;
use gloo_net::http::Method;

use crate::panel;

use super::{Answer, Failure, all, read_all, write};

/// The most pages of a timeline that are fetched: 5 000 events.
const TIMELINE_PAGES: u32 = 10;

/// Where what one escalation is stands in an answer.
pub const ONE: &str = "escalation";

/// Fetches one page of the list; `query` is what follows the question mark.
pub async fn list(query: String) -> Result<EscalationsResponse, Failure> {
    Answer::of(format!("/v1/escalations?{query}")).await?.read("")
}

/// Returns where one escalation is.
pub fn one(id: EscalationId) -> String {
    format!("/v1/escalations/{id}")
}

/// Fetches one escalation.
pub async fn fetch(id: EscalationId) -> Result<EscalationDetailBody, Failure> {
    Answer::of(one(id)).await?.read(ONE)
}

/// Fetches what happened to an escalation, oldest first.
pub async fn timeline(id: EscalationId) -> Result<Vec<TimelineEntryBody>, Failure> {
    let path = format!("/v1/escalations/{id}/timeline?limit=500");
    read_all(all(path, "timeline", TIMELINE_PAGES).await?.0)
}

/// Answers or dismisses, or completes one `step` of the answer alone. Returns the escalation as it stands then.
pub async fn resolve(
    id: EscalationId,
    step: Option<&str>,
    answer: &ResolutionRequest,
) -> Result<EscalationDetailBody, Failure> {
    if panel::is_panel() {
        panel::consent::consented().await?;
    }
    let deed = step.map_or_else(|| "resolution".to_owned(), |step| format!("steps/{step}"));
    write(Method::POST, format!("/v1/escalations/{id}/{deed}"), answer).await?.read(ONE)
}

/// Adds a comment.
pub async fn comment(id: EscalationId, text: String) -> Result<TimelineEntryBody, Failure> {
    write(Method::POST, format!("/v1/escalations/{id}/comments"), &CommentRequest { text })
        .await?
        .read("comment")
}
