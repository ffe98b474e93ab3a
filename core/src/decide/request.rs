//! What the operator does to an escalation: asks, and takes back.

use super::answer::check_open;
use crate::error::Refusal;
use crate::escalation::{Event, Happening, Head, Matter};
use crate::id::EscalationId;
use crate::permission::{Action, Permit};
use crate::request::RaiseRequest;
use crate::text::plain;
use crate::time::Timestamp;

/// The longest reason of a withdrawal, in characters.
pub const MAX_REASON: usize = 2_000;

/// Decides what asking `request` does at `now`. That the organization is one of the account is for the caller to know.
///
/// # Errors
/// [`Refusal::Invalid`] with each field that is wrong.
pub fn raise(
    permit: &Permit,
    request: &RaiseRequest,
    id: EscalationId,
    now: Timestamp,
) -> Result<Event, Refusal> {
    permit.demand(Action::Operate, request.account_id)?;
    let (kind, asked) = request.check().map_err(Refusal::Invalid)?;
    let what = Happening::Raised {
        kind,
        organization: request.organization_id,
        // Each request is a question of its own.
        subject_key: kind.subject_key(request.organization_id, &format!("request-{id}")),
        subtype: None,
        severity: request.severity,
        due_at: request.severity.due_at(now),
        previous: None,
        matter: Matter::Request(Box::new(asked)),
    };
    Ok(Event { escalation: Some(id), at: now, by: permit.by().clone(), what })
}

/// Decides what taking `head` back for `reason` does.
///
/// # Errors
/// [`Refusal::Invalid`] when the reason is missing or too long, [`Refusal::Conflict`] when it is resolved.
pub fn withdraw(permit: &Permit, head: &Head, reason: &str, now: Timestamp) -> Result<Event, Refusal> {
    permit.demand(Action::Operate, head.account)?;
    let (text, length) = (plain(reason), reason.chars().count());
    if text.is_empty() || length > MAX_REASON {
        let found = if text.is_empty() { "none".to_owned() } else { length.to_string() };
        let message = format!("expected 1 to {MAX_REASON} characters that say why, found {found}");
        return Err(Refusal::field("reason", message));
    }
    check_open(head)?;
    let what = Happening::Withdrawn { reason: text };
    Ok(Event { escalation: Some(head.id), at: now, by: permit.by().clone(), what })
}
