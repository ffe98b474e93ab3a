//! Escalations: the list, one, its timeline, its answer.

use beckon_core::api::CommentRequest;
use beckon_core::api::escalation::{
    ChoiceBody, CommentResponse, EntitiesBody, EscalationDetailBody, EscalationsResponse, GuidanceBody,
    RemedyStateBody, ResolutionRequest, TimelineEntryBody, TimelineResponse,
};
use beckon_core::field::FieldSpec;
use beckon_core::id::EscalationId;
use beckon_core::request::Evidence;
use beckon_core::rule::Subject;
use gloo_net::http::Method;
use serde::Deserialize;
use wasm_bindgen::JsValue;

use super::{Failure, encode, get, read, send, tree, write};

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

/// What an escalation has beside what lists show.
#[derive(Deserialize)]
struct Rest {
    what_happened: String,
    why: String,
    evidence: Vec<Evidence>,
    entities: EntitiesBody,
    guidance: Vec<GuidanceBody>,
    choices: Vec<ChoiceBody>,
    fields: Vec<FieldSpec>,
    one_by_one: bool,
    remedies: Vec<RemedyStateBody>,
    rule_subject: Option<Subject>,
}

/// Reads an escalation in two halves: as one with flattened fields it would cost as much as all other bodies.
fn detail(body: &JsValue) -> Result<EscalationDetailBody, Failure> {
    let tree =
        js_sys::Reflect::get(body, &JsValue::from_str("escalation")).map_err(|_| Failure::Unreadable)?;
    let rest: Rest = read(tree.clone())?;
    Ok(EscalationDetailBody {
        escalation: read(tree)?,
        what_happened: rest.what_happened,
        why: rest.why,
        evidence: rest.evidence,
        entities: rest.entities,
        guidance: rest.guidance,
        choices: rest.choices,
        fields: rest.fields,
        one_by_one: rest.one_by_one,
        remedies: rest.remedies,
        rule_subject: rest.rule_subject,
    })
}

/// Adds a comment.
pub async fn comment(id: EscalationId, text: String) -> Result<TimelineEntryBody, Failure> {
    let body = CommentRequest { text };
    write::<CommentResponse>(Method::POST, &format!("/v1/escalations/{id}/comments"), &body)
        .await
        .map(|response| response.comment)
}
