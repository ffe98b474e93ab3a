//! What the outcome of a remedy does: the workflow goes on, or its step is open again.

use super::answer::{Ids, ordered};
use crate::actor::Party;
use crate::api::remedy::{OutcomeBody, OutcomeRequest};
use crate::error::Refusal;
use crate::escalation::{Event, Happening, Head, Method};
use crate::kinds::{Next, OrderDraft};
use crate::permission::{Action, Permit};
use crate::remedy::{Remedy, RemedyStatus};
use crate::time::Timestamp;

/// The longest message, in characters.
pub const MAX_MESSAGE: usize = 2_000;

/// Decides what the outcome of `remedy`, which `head` ordered, does at `now`. The same outcome again does nothing.
///
/// # Errors
/// [`Refusal::Invalid`] when a failure comes without a message or the message is too long, [`Refusal::Conflict`] when
/// another outcome was reported before.
pub fn remedy_outcome(
    permit: &Permit,
    remedy: &Remedy,
    head: &Head,
    request: &OutcomeRequest,
    ids: &mut impl Ids,
    now: Timestamp,
) -> Result<Vec<Event>, Refusal> {
    permit.demand(Action::Operate, remedy.account)?;
    let message = message(request)?;
    match (remedy.status, request.outcome) {
        (RemedyStatus::Ordered, _) => {}
        (RemedyStatus::Succeeded, OutcomeBody::Succeeded) => return Ok(Vec::new()),
        (RemedyStatus::Failed, OutcomeBody::Failed) if remedy.message == message => return Ok(Vec::new()),
        (status @ (RemedyStatus::Succeeded | RemedyStatus::Failed), _) => {
            return Err(Refusal::Conflict(format!(
                "remedy {} has {status} already: an outcome is reported once; a failed one is ordered anew by the next \
                 answer",
                remedy.order.id
            )));
        }
    }
    let (id, action, entity) = (remedy.order.id, remedy.order.action, remedy.order.entity);
    let by = |by: Party, what| Event { escalation: Some(head.id), at: now, by, what };
    let what = match request.outcome {
        OutcomeBody::Succeeded => Happening::RemedySucceeded { remedy: id, action, entity, message },
        OutcomeBody::Failed => {
            let message = message.unwrap_or_default();
            Happening::RemedyFailed { remedy: id, action, entity, message }
        }
    };
    let mut events = vec![by(permit.by().clone(), what)];
    if head.is_open() && request.outcome == OutcomeBody::Succeeded {
        match head.kind.definition().after(head, action) {
            Next::Wait => {}
            Next::Order(next) if head.is_under_way(next) => {}
            Next::Order(next) => events.push(by(Party::System, ordered(&[OrderDraft::whole(next)], ids))),
            Next::Resolve => events.push(by(Party::System, Happening::resolved(Method::Direct))),
        }
    }
    Ok(events)
}

fn message(request: &OutcomeRequest) -> Result<Option<String>, Refusal> {
    let message = request.message.as_deref().map(str::trim).filter(|text| !text.is_empty());
    match (request.outcome, message) {
        (OutcomeBody::Failed, None) => {
            Err(Refusal::field("message", "required where a remedy failed, and missing: say why"))
        }
        (_, Some(text)) if text.chars().count() > MAX_MESSAGE => {
            let found = text.chars().count();
            Err(Refusal::field(
                "message",
                format!("expected at most {MAX_MESSAGE} characters, found {found}"),
            ))
        }
        (_, message) => Ok(message.map(str::to_owned)),
    }
}
