//! Who was told of an escalation, when, how, and whether it arrived: the lines of the timeline beside its events. Pure.

use beckon_core::api::delivery::{DeliveryBody, DeliveryStatus};
use beckon_core::id::EscalationId;
use beckon_core::notice::Channel;

use crate::components::timeline::Told;
use crate::routes::Route;
use crate::words;

/// What is queued within this many seconds for the same reason on the same way is one line.
const TOGETHER: i64 = 60;

/// Returns where the deliveries of an escalation are listed.
pub fn log(id: EscalationId) -> String {
    format!("{}?escalation_id={id}", Route::Deliveries.path())
}

/// Makes the lines, newest first as the deliveries are.
pub fn told(deliveries: &[DeliveryBody]) -> Vec<Told> {
    let mut groups: Vec<Vec<&DeliveryBody>> = Vec::new();
    for one in deliveries {
        match groups.iter_mut().find(|group| group.first().is_some_and(|first| belongs(first, one))) {
            Some(group) => group.push(one),
            None => groups.push(vec![one]),
        }
    }
    groups.iter().filter_map(|group| line(group)).collect()
}

fn belongs(first: &DeliveryBody, one: &DeliveryBody) -> bool {
    let apart = (first.created_at - one.created_at).num_seconds();
    first.channel == one.channel && first.reason_label == one.reason_label && apart < TOGETHER
}

fn line(group: &[&DeliveryBody]) -> Option<Told> {
    let first = group.first()?;
    let names: Vec<&str> = group.iter().map(|one| one.to.as_str()).collect();
    let text = match first.channel {
        Channel::Email => {
            let people = words::count(names.len() as u64, "person", "people");
            format!("Told {people} by email: {}", words::join(&names, "and"))
        }
        Channel::Psa => {
            let ticket = first.address.as_ref().map(|address| format!(", {address}")).unwrap_or_default();
            format!("Told {}{ticket}", first.to)
        }
        Channel::Webhook => format!("Told by webhook: {}", words::join(&names, "and")),
    };
    let number = |status: DeliveryStatus| group.iter().filter(|one| one.status == status).count();
    let failed = number(DeliveryStatus::Undelivered);
    let troubled = failed > 0 || group.iter().any(|one| is_tried_again(one));
    let said = group.iter().filter(|one| one.status != DeliveryStatus::Canceled);
    let said =
        said.filter(|one| one.status != DeliveryStatus::Delivered).find_map(|one| one.last_error.clone());
    let arrived = number(DeliveryStatus::Delivered);
    let all = group.len();
    let parts = [
        (
            arrived,
            if all == 1 {
                "arrived"
            } else if arrived == all {
                "all arrived"
            } else {
                "arrived"
            },
        ),
        (failed, "not delivered"),
        (
            number(DeliveryStatus::Waiting) + number(DeliveryStatus::Sending),
            if troubled { "waiting" } else { "on the way" },
        ),
        (number(DeliveryStatus::Canceled), "not needed any more"),
    ];
    let parts = parts.into_iter().filter(|(number, _)| *number > 0);
    let outcome: Vec<String> = parts
        .map(|(number, words)| if number == all { words.to_owned() } else { format!("{number} {words}") })
        .collect();
    Some(Told {
        key: format!("{} {}", first.id, outcome.join(" ")),
        at: first.created_at,
        text,
        outcome: outcome.join(", "),
        trouble: said.filter(|_| troubled),
    })
}

fn is_tried_again(one: &DeliveryBody) -> bool {
    one.status == DeliveryStatus::Waiting && one.attempts > 0
}
