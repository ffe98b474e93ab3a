//! Deliveries in words: by which channel, and what became of them.

use beckon_core::api::delivery::{DeliveryBody, DeliveryStatus};
use beckon_core::notice::Channel;
use beckon_core::time::Timestamp;

use super::times;

/// Names a channel.
pub const fn channel(channel: Channel) -> &'static str {
    match channel {
        Channel::Email => "Email",
        Channel::Psa => "PSA",
        Channel::Webhook => "Webhook",
    }
}

/// Says what became of a delivery, in the class of its mark and a word or two.
pub fn standing(one: &DeliveryBody) -> (&'static str, &'static str) {
    match (one.status, one.attempts) {
        (DeliveryStatus::Waiting, 0) | (DeliveryStatus::Sending, _) => ("standing under_way", "On its way"),
        (DeliveryStatus::Waiting, _) => ("standing failed", "Waiting"),
        (DeliveryStatus::Delivered, _) => ("standing recovered", "Delivered"),
        (DeliveryStatus::Canceled, _) => ("standing", "Not needed any more"),
        (DeliveryStatus::Undelivered, _) => ("standing failed", "Not delivered"),
    }
}

/// Says what goes with that: what was said, and when it is tried again.
pub fn detail(one: &DeliveryBody, now: Timestamp) -> String {
    let said = one.last_error.clone().filter(|_| one.status != DeliveryStatus::Delivered);
    let next = one.next_attempt_at.filter(|_| one.attempts > 0 && one.status == DeliveryStatus::Waiting);
    let next = next.map(|at| format!("tried again {}", times::until(at, now)));
    let parts: Vec<String> = said.into_iter().chain(next).collect();
    parts.join(" · ")
}

/// Tells whether nothing happens to it by itself any more.
pub const fn is_finished(one: &DeliveryBody) -> bool {
    one.finished_at.is_some()
}
