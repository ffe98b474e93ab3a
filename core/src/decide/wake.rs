//! What the time that passes does to an escalation.

use crate::actor::Party;
use crate::escalation::{Event, Happening, Head};
use crate::time::Timestamp;

/// Decides what it does to `head` that time has come to `now`: whoever waits for an observation in vain is told.
pub fn wake(head: &Head, now: Timestamp) -> Vec<Event> {
    let unheard = head.wakes_at().filter(|until| now >= *until);
    let event = |_| Event {
        escalation: Some(head.id),
        at: now,
        by: Party::System,
        what: Happening::VerificationUnheard,
    };
    unheard.map(event).into_iter().collect()
}
