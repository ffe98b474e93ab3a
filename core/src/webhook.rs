//! Webhook endpoints: how many there may be, and what each hears of.

use strum::IntoEnumIterator as _;

use crate::api::webhook::WebhookEvent;
use crate::error::Refusal;

/// The most endpoints of an account, and of the operator: each of them is told of everything.
pub const MAX_WEBHOOKS: usize = 5;

/// Checks that another endpoint may be added to `count` of them.
///
/// # Errors
/// [`Refusal::Conflict`] where there are as many as there may be.
pub fn check_room(count: usize) -> Result<(), Refusal> {
    if count < MAX_WEBHOOKS {
        return Ok(());
    }
    Err(Refusal::Conflict(format!(
        "there are {MAX_WEBHOOKS} endpoints already, which is the most: delete one first"
    )))
}

/// Returns what can be chosen: everything but the test, which somebody asks for.
fn events() -> impl Iterator<Item = WebhookEvent> {
    WebhookEvent::iter().filter(|event| *event != WebhookEvent::Test)
}

/// Reads what somebody chose to hear of: each once, in order; nothing where it is everything, and where nobody chose.
///
/// # Errors
/// [`Refusal::Invalid`] where it is nothing.
pub fn chosen(asked: Option<&[WebhookEvent]>) -> Result<Vec<WebhookEvent>, Refusal> {
    let Some(asked) = asked else { return Ok(Vec::new()) };
    let chosen: Vec<WebhookEvent> = events().filter(|event| asked.contains(event)).collect();
    if chosen.is_empty() {
        let known: Vec<String> = events().map(|event| event.to_string()).collect();
        return Err(Refusal::field("events", format!("expected at least one of {}", known.join(", "))));
    }
    if chosen.len() == events().count() { Ok(Vec::new()) } else { Ok(chosen) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_chosen_is_kept_once_and_everything_is_nothing_special() {
        use WebhookEvent::{EscalationClosed, EscalationCreated, Test};
        let check = |asked: &[WebhookEvent], expected: &[WebhookEvent]| {
            assert_eq!(chosen(Some(asked)).expect("something"), expected);
        };
        check(
            &[EscalationClosed, EscalationCreated, EscalationClosed],
            &[EscalationCreated, EscalationClosed],
        );
        check(&WebhookEvent::iter().collect::<Vec<_>>(), &[]);
        assert_eq!(chosen(None).expect("everything"), []);
        assert!(chosen(Some(&[])).is_err() && chosen(Some(&[Test])).is_err());
    }

    #[test]
    fn five_are_the_most() {
        assert!(check_room(4).is_ok() && check_room(5).is_err());
    }
}
