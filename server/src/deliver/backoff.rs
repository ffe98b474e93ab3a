//! When something is tried again, and when it is given up. Source of the numbers: the design (3 days) and, for webhooks, the
//! schedule that public senders of them use.

use std::time::Duration;

use beckon_core::notice::Channel;
use beckon_core::time::{Timestamp, days};
use chrono::TimeDelta;

use super::outcome::Failed;
use crate::store::outbox::Task;
use crate::webhook;

/// How long something is tried before it is given up.
pub fn give_up_at(created_at: Timestamp) -> Timestamp {
    created_at + days(3)
}

/// The first wait after an attempt that failed.
const FIRST: Duration = Duration::from_secs(15);

/// The longest wait: whatever comes back is noticed within it.
const LONGEST: Duration = Duration::from_mins(8);

/// Returns how long to wait after `failures` attempts that failed, at least `after` where the far end asked for that.
/// `jitter`, from 0 to 1, spreads the wait over its last fifth.
pub fn wait(failures: u32, after: Option<Duration>, jitter: f64) -> Duration {
    let doubled = FIRST.saturating_mul(1 << failures.saturating_sub(1).min(10)).min(LONGEST);
    let spread = doubled.mul_f64(0.8 + 0.2 * jitter.clamp(0.0, 1.0));
    spread.max(after.unwrap_or_default().min(Duration::from_hours(24)))
}

/// Returns when something is tried again after `attempts`, the last of which failed like this; none where it is given up.
pub fn next(
    task: &Task,
    failed: &Failed,
    attempts: u32,
    give_up_at: Timestamp,
    jitter: f64,
    now: Timestamp,
) -> Option<Timestamp> {
    if failed.is_final() || task.is_impatient() {
        return None;
    }
    let wait = match task.channel() {
        Channel::Webhook => webhook::next_after(attempts, jitter)?.max(failed.after().unwrap_or_default()),
        Channel::Email | Channel::Psa => wait(attempts, failed.after(), jitter),
    };
    Some(now + delta(wait)).filter(|next| *next < give_up_at)
}

/// Returns a duration as core adds it to times.
pub fn delta(wait: Duration) -> TimeDelta {
    TimeDelta::from_std(wait).unwrap_or(TimeDelta::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_eight_minutes_and_never_fall_short_of_what_was_asked_for() {
        let seconds: Vec<u64> = (1..8).map(|failures| wait(failures, None, 1.0).as_secs()).collect();
        assert_eq!(seconds, [15, 30, 60, 120, 240, 480, 480]);
        assert_eq!(wait(1, None, 0.0).as_secs(), 12);
        assert_eq!(wait(1, Some(Duration::from_secs(90)), 0.5).as_secs(), 90);
        assert_eq!(wait(u32::MAX, None, 1.0), LONGEST);
    }
}
