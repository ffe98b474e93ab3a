//! Escalations: the list, one, its timeline, its answer.

use beckon_core::api::escalation::{
    CommentResponse, EscalationDetailBody, EscalationResponse, EscalationsResponse, ResolutionRequest,
    ResolutionResponse, TimelineEntryBody, TimelineResponse,
};
use beckon_core::api::CommentRequest;
use beckon_core::id::EscalationId;
use gloo_net::http::Method;

use super::{Failure, encode, get, write};

/// The most pages of a timeline that are fetched: 5 000 events.
const TIMELINE_PAGES: usize = 10;

/// Fetches one page of the list; `query` is what follows the question mark.
pub async fn list(query: String) -> Result<EscalationsResponse, Failure> {
    get(&format!("/v1/escalations?{query}")).await
}

/// Fetches one escalation.
pub async fn one(id: EscalationId) -> Result<EscalationDetailBody, Failure> {
    get::<EscalationResponse>(&format!("/v1/escalations/{id}")).await.map(|response| response.escalation)
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

/// Answers or dismisses.
pub async fn resolve(id: EscalationId, answer: &ResolutionRequest) -> Result<ResolutionResponse, Failure> {
    write(Method::POST, &format!("/v1/escalations/{id}/resolution"), answer).await
}

/// Adds a comment.
pub async fn comment(id: EscalationId, text: String) -> Result<TimelineEntryBody, Failure> {
    let body = CommentRequest { text };
    write::<CommentResponse>(Method::POST, &format!("/v1/escalations/{id}/comments"), &body)
        .await
        .map(|response| response.comment)
}
