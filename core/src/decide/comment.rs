//! What a comment does: it is there.

use crate::error::Refusal;
use crate::escalation::{Event, Happening, Head};
use crate::permission::{Action, Permit};
use crate::time::Timestamp;

/// The longest comment, in characters.
pub const MAX_COMMENT: usize = 10_000;

/// Decides what a comment does. Also of a resolved escalation: it changes nothing but the conversation.
///
/// # Errors
/// [`Refusal::Invalid`] when the text is empty or too long.
pub fn comment(permit: &Permit, head: &Head, text: &str, now: Timestamp) -> Result<Event, Refusal> {
    permit.demand(Action::Comment, head.account)?;
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 || length > MAX_COMMENT {
        let message = format!("expected 1 to {MAX_COMMENT} characters, found {length}");
        return Err(Refusal::field("text", message));
    }
    if text.chars().any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t')) {
        return Err(Refusal::field("text", "expected text without control characters"));
    }
    let what = Happening::Commented { text: text.to_owned() };
    Ok(Event { escalation: Some(head.id), at: now, by: permit.by().clone(), what })
}
