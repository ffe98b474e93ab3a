//! What core foresees, in words that answers and rules share.

use beckon_core::api::rule::CoverageResponse;
use beckon_core::id::EscalationId;
use beckon_core::rule::Schedule;
use beckon_core::rule::coverage::Effect;
use beckon_core::time::Timestamp;

/// Says what becomes of the logins of the last 30 days.
pub fn logins(effect: &Effect) -> Vec<String> {
    let mut lines = Vec::new();
    if effect.silenced_logins > 0 {
        let logins = super::count(effect.silenced_logins, "login", "logins");
        lines.push(format!("{logins} of the last 30 days would have asked nobody"));
    }
    if effect.reported_logins > 0 {
        let logins = super::count(effect.reported_logins, "login", "logins");
        lines.push(format!("{logins} of the last 30 days would have been reported instead of asked about"));
    }
    lines
}

/// Names an open escalation of the facts.
pub fn name_of(facts: &CoverageResponse, id: EscalationId) -> String {
    let named = facts.escalations.iter().find(|one| one.id == id);
    named.map_or_else(|| format!("escalation {id}"), |one| one.name.clone())
}

/// Says when rules count, as the end of a sentence: ` from 22 November until 6 December`.
pub fn period(schedule: Schedule, now: Timestamp) -> String {
    let from = schedule.starts_at.map(|first| format!(" from {}", super::dates::day(first, now)));
    let until = schedule.expires_at.map(|last| format!(" until {}", super::dates::day(last, now)));
    format!("{}{}", from.unwrap_or_default(), until.unwrap_or_default())
}

/// Begins with a capital letter.
pub fn capitalize_first(text: &str) -> String {
    let length = text.chars().next().map_or(0, char::len_utf8);
    let (first, rest) = text.split_at(length);
    format!("{}{rest}", super::upper(first))
}

/// Begins with a small letter.
pub fn lowercase_first(text: &str) -> String {
    let length = text.chars().next().map_or(0, char::len_utf8);
    let (first, rest) = text.split_at(length);
    format!("{}{rest}", super::lower(first))
}
