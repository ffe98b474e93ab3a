//! Durations in words: how long is left, how long ago.

use beckon_core::time::Timestamp;
use chrono::TimeDelta;

/// How long an answer may still take, in words: `5 d 2 h left`, `Overdue by 3 h`.
pub fn left(due_at: Timestamp, now: Timestamp) -> String {
    let left = due_at - now;
    if left > TimeDelta::zero() {
        format!("{} left", fine(left))
    } else {
        format!("Overdue by {}", rough(-left))
    }
}

/// Returns how much of the window from `raised_at` to `due_at` has passed, in percent.
pub fn passed(raised_at: Timestamp, due_at: Timestamp, now: Timestamp) -> u8 {
    let window = (due_at - raised_at).num_seconds().max(1);
    let passed = (now - raised_at).num_seconds().clamp(0, window);
    u8::try_from(passed * 100 / window).unwrap_or(100)
}

/// Returns how long ago something was: `a moment ago`, `5 minutes ago`, `yesterday`, `12 days ago`.
pub fn ago(then: Timestamp, now: Timestamp) -> String {
    let past = now - then;
    let words = |number: i64, one: &str, many: &str| match number {
        1 => format!("1 {one} ago"),
        _ => format!("{number} {many} ago"),
    };
    if past.num_seconds() < 60 {
        "a moment ago".to_owned()
    } else if past.num_minutes() < 60 {
        words(past.num_minutes(), "minute", "minutes")
    } else if past.num_hours() < 24 {
        words(past.num_hours(), "hour", "hours")
    } else {
        words(past.num_days(), "day", "days")
    }
}

/// Returns when something will be: `in 4 min`, `in a moment`.
pub fn until(then: Timestamp, now: Timestamp) -> String {
    let left = then - now;
    if left.num_seconds() < 60 { "in a moment".to_owned() } else { format!("in {}", rough(left)) }
}

/// Says how long something took: `320 ms`, `1.2 s`.
pub fn took(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds} ms"),
        _ => format!("{}.{} s", milliseconds / 1_000, milliseconds % 1_000 / 100),
    }
}

/// Two units: `5 d 2 h`, `4 h 12 min`, `12 min`.
fn fine(time: TimeDelta) -> String {
    let (days, hours, minutes) = (time.num_days(), time.num_hours() % 24, time.num_minutes() % 60);
    if days > 0 {
        format!("{days} d {hours} h")
    } else if hours > 0 {
        format!("{hours} h {minutes} min")
    } else if minutes > 0 {
        format!("{minutes} min")
    } else {
        "less than 1 min".to_owned()
    }
}

/// One unit: `3 h`.
fn rough(time: TimeDelta) -> String {
    if time.num_days() > 0 {
        format!("{} d", time.num_days())
    } else if time.num_hours() > 0 {
        format!("{} h", time.num_hours())
    } else {
        format!("{} min", time.num_minutes().max(1))
    }
}
