//! What the time that passes does to an escalation.

use crate::actor::Party;
use crate::escalation::{Event, Happening, Head};
use crate::time::Timestamp;

/// Decides what it does to `head` that time has come to `now`: whoever waits for an observation in vain is told, and whoever
/// does not answer is chased. However much time has passed, there is at most one event of the chase.
pub fn wake(head: &Head, now: Timestamp) -> Vec<Event> {
    let event = |what| Event { escalation: Some(head.id), at: now, by: Party::System, what };
    let mut events = Vec::new();
    let mut after = head.clone();
    if head.unheard_at().is_some_and(|until| now >= until) {
        let unheard = event(Happening::VerificationUnheard);
        after.apply(&unheard);
        events.push(unheard);
    }
    if after.chased_at().is_some_and(|due| now >= due) {
        let number = after.chase.reminders + 1;
        events.push(event(if after.chase.overdue {
            Happening::Reminded { number }
        } else {
            Happening::BecameOverdue
        }));
    }
    events
}
