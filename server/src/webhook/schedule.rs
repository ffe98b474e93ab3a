//! When a webhook is tried, and tried again.

use std::time::Duration;

const fn seconds(n: u64) -> Duration {
    Duration::from_secs(n)
}

const fn minutes(n: u64) -> Duration {
    seconds(n * 60)
}

const fn hours(n: u64) -> Duration {
    minutes(n * 60)
}

/// How long after the attempt before it each attempt is due; the first is due at once.
#[rustfmt::skip]
pub const SCHEDULE: [Duration; 10] = [
    seconds(0), seconds(5), minutes(5), minutes(30),
    hours(2), hours(5), hours(10), hours(14), hours(20), hours(24),
];

/// How far from its place an attempt may be moved, so that what failed together does not come back together.
const SPREAD: f64 = 0.1;

/// Returns how long to wait after `attempts` attempts failed, or nothing when there were enough. `jitter` is a random
/// number from 0 to 1 and moves the wait by a tenth at most: 0 makes it shorter, 1 longer, ½ leaves it as it is.
pub fn next_after(attempts: u32, jitter: f64) -> Option<Duration> {
    let wait = SCHEDULE.get(usize::try_from(attempts).ok()?)?;
    let jitter = if jitter.is_nan() { 0.5 } else { jitter.clamp(0.0, 1.0) };
    Some(wait.mul_f64(1.0 + SPREAD * (2.0 * jitter - 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let waits: Vec<_> = (0..).map_while(|attempts| next_after(attempts, 0.5)).collect();
        assert_eq!(waits, SCHEDULE);
        assert!(waits.is_sorted());
        assert_eq!(next_after(u32::MAX, 0.5), None);
    }

    #[test]
    fn jitter_moves_a_wait_by_a_tenth_at_most() {
        let check = |jitter, expected| assert_eq!(next_after(2, jitter), Some(seconds(expected)), "{jitter}");
        check(0.0, 270);
        check(1.0, 330);
        check(-7.0, 270);
        check(f64::INFINITY, 330);
        check(f64::NAN, 300);
    }
}
