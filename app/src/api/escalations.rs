//! Escalations: the list, one, its timeline, its answer.

use beckon_core::api::CommentRequest;
use beckon_core::api::escalation::{
    CommentResponse, EscalationDetailBody, EscalationsResponse, ResolutionRequest, TimelineEntryBody,
    TimelineResponse,
};
use beckon_core::id::EscalationId;
use gloo_net::http::Method;
use wasm_bindgen::JsValue;

use super::{Failure, body, encode, get, read_with, send, tree, write};

/// The most pages of a timeline that are fetched: 5 000 events.
const TIMELINE_PAGES: usize = 10;

/// Fetches one page of the list; `query` is what follows the question mark.
pub async fn list(query: String) -> Result<EscalationsResponse, Failure> {
    get(&format!("/v1/escalations?{query}")).await
}

/// Fetches one escalation.
pub async fn one(id: EscalationId) -> Result<EscalationDetailBody, Failure> {
    let body = tree(&send(Method::GET, &format!("/v1/escalations/{id}"), None).await?)?;
    detail(&body)
}

/// Fetches what happened to an escalation, oldest first.
pub async fn timeline(id: EscalationId) -> Result<Vec<TimelineEntryBody>, Failure> {
    let mut entries = Vec::new();
    let mut token = String::new();
    for _ in 0..TIMELINE_PAGES {
        let path = format!("/v1/escalations/{id}/timeline?limit=500{token}");
        let mut page: TimelineResponse = get(&path).await?;
        entries.append(&mut page.timeline);
        match page.pagination.next_page_token {
            Some(next) => token = format!("&page_token={}", encode(&next)),
            None => break,
        }
    }
    Ok(entries)
}

/// Answers or dismisses, or completes one `step` of the answer alone. Returns the escalation as it stands then.
pub async fn resolve(
    id: EscalationId,
    step: Option<&str>,
    answer: &ResolutionRequest,
) -> Result<EscalationDetailBody, Failure> {
    let answer = serde_json::to_string(answer).map_err(|_| Failure::Unreadable)?;
    let deed = step.map_or_else(|| "resolution".to_owned(), |step| format!("steps/{step}"));
    let path = format!("/v1/escalations/{id}/{deed}");
    let body = tree(&send(Method::POST, &path, Some(answer)).await?)?;
    detail(&body)
}

/// Reads an escalation out of an answer that holds it.
fn detail(body: &JsValue) -> Result<EscalationDetailBody, Failure> {
    read_with(|| body::field(body, "escalation"))
}

/// Adds a comment.
pub async fn comment(id: EscalationId, text: String) -> Result<TimelineEntryBody, Failure> {
    let body = CommentRequest { text };
    write::<CommentResponse>(Method::POST, &format!("/v1/escalations/{id}/comments"), &body)
        .await
        .map(|response| response.comment)
}
