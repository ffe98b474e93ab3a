//! The time as this process keeps it: it begins with that of the machine or of the database, and is carried on by a counter that
//! nobody turns. Small differences are made up for slowly. A jump is not followed: no deadline passes because somebody set a
//! clock, and no two servers of one database go by different times.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use beckon_core::time::Timestamp;
use chrono::{TimeDelta, Utc};

/// The largest difference that is made up for; a larger one is a jump.
const MOST: TimeDelta = TimeDelta::minutes(2);

/// The smallest: below it lies what asking takes.
const LEAST: TimeDelta = TimeDelta::milliseconds(50);

/// How fast a difference is made up for: one second in so many.
const PACE: i32 = 20;

/// A clock that nobody turns. Copies are not made: it is shared.
#[derive(Debug)]
pub(super) struct Steady(Mutex<State>);

#[derive(Clone, Copy, Debug)]
struct State {
    /// The time when `counter` was read.
    at: Timestamp,
    counter: Duration,
    /// What it still has to make up for, forwards or backwards, from then on.
    left: TimeDelta,
    /// By how much the clock that it was compared with last is ahead, where that is too much to be made up for.
    jumped: Option<TimeDelta>,
}

impl State {
    fn now(&self, counter: Duration) -> Timestamp {
        let passed = TimeDelta::from_std(counter.saturating_sub(self.counter)).unwrap_or(TimeDelta::MAX);
        let most = passed / PACE;
        self.at + passed + self.left.clamp(-most, most)
    }
}

impl Default for Steady {
    fn default() -> Self {
        Self::at(Utc::now())
    }
}

impl Steady {
    fn at(at: Timestamp) -> Self {
        Self(Mutex::new(State { at, counter: counter(), left: TimeDelta::zero(), jumped: None }))
    }

    fn held(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the time.
    pub(super) fn now(&self) -> Timestamp {
        self.held().now(counter())
    }

    /// Begins anew at `at`.
    pub(super) fn set(&self, at: Timestamp) {
        *self.held() = State { at, counter: counter(), left: TimeDelta::zero(), jumped: None };
    }

    /// Compares it with another clock, which showed `reference` when this one showed `then`. Returns by how much the other one is
    /// ahead where that is a jump, and not followed.
    pub(super) fn steer(&self, then: Timestamp, reference: Timestamp) -> Option<TimeDelta> {
        self.steer_at(counter(), then, reference)
    }

    fn steer_at(&self, counter: Duration, then: Timestamp, reference: Timestamp) -> Option<TimeDelta> {
        let mut state = self.held();
        let difference = reference - then;
        let jumped = Some(difference).filter(|difference| difference.abs() > MOST);
        let left = if jumped.is_some() || difference.abs() < LEAST { TimeDelta::zero() } else { difference };
        *state = State { at: state.now(counter), counter, left, jumped };
        jumped
    }

    /// By how much the other clock is ahead, where that is a jump.
    pub(super) fn jumped(&self) -> Option<TimeDelta> {
        self.held().jumped
    }
}

/// How long this machine runs, also while it slept.
#[cfg(target_os = "linux")]
fn counter() -> Duration {
    let since = rustix::time::clock_gettime(rustix::time::ClockId::Boottime);
    Duration::new(u64::try_from(since.tv_sec).unwrap_or(0), u32::try_from(since.tv_nsec).unwrap_or(0))
}

/// How long this process runs.
#[cfg(not(target_os = "linux"))]
fn counter() -> Duration {
    static BEGAN: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
    BEGAN.get_or_init(std::time::Instant::now).elapsed()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGAN: Duration = Duration::from_secs(1_000);

    fn steady() -> Steady {
        let at = chrono::DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        Steady(Mutex::new(State { at, counter: BEGAN, left: TimeDelta::zero(), jumped: None }))
    }

    fn after(steady: &Steady, seconds: u64) -> f64 {
        let now = steady.held().now(BEGAN + Duration::from_secs(seconds));
        let passed = now - chrono::DateTime::from_timestamp(1_800_000_000, 0).expect("a time");
        passed.as_seconds_f64()
    }

    fn steer(steady: &Steady, seconds: u64, by: TimeDelta) -> Option<TimeDelta> {
        let then = steady.held().now(BEGAN + Duration::from_secs(seconds));
        steady.steer_at(BEGAN + Duration::from_secs(seconds), then, then + by)
    }

    #[test]
    fn a_small_difference_is_made_up_for_slowly_and_never_backwards() {
        let steady = steady();
        assert_eq!(steer(&steady, 10, TimeDelta::seconds(2)), None);
        assert!((after(&steady, 30) - 31.0).abs() < 1e-6, "half of it after 20 seconds");
        assert!((after(&steady, 50) - 52.0).abs() < 1e-6, "all of it after 40");
        assert!((after(&steady, 90) - 92.0).abs() < 1e-6, "and no more");
        assert_eq!(steer(&steady, 100, TimeDelta::seconds(-60)), None);
        let mut before = after(&steady, 100);
        for second in 101..1_500 {
            let now = after(&steady, second);
            assert!(now > before, "it never goes back");
            before = now;
        }
        assert!((before - (1_499.0 + 2.0 - 60.0)).abs() < 1e-6);
    }

    #[test]
    fn a_jump_is_told_and_not_followed() {
        let jumps = [
            TimeDelta::hours(1),
            TimeDelta::hours(-1),
            TimeDelta::days(-1),
            TimeDelta::days(400),
            TimeDelta::minutes(5),
        ];
        for jump in jumps {
            let steady = steady();
            assert_eq!(steer(&steady, 10, jump), Some(jump));
            assert_eq!(steady.jumped(), Some(jump));
            assert!((after(&steady, 500) - 500.0).abs() < 1e-6);
            assert_eq!(steer(&steady, 600, TimeDelta::zero()), None, "set right again");
            assert_eq!(steady.jumped(), None);
        }
    }

    #[test]
    fn what_asking_takes_is_no_difference() {
        let steady = steady();
        assert_eq!(steer(&steady, 10, TimeDelta::milliseconds(30)), None);
        assert!((after(&steady, 100) - 100.0).abs() < 1e-6);
    }

    #[test]
    fn it_goes_on_by_itself() {
        let steady = Steady::default();
        let (one, two) = (steady.now(), steady.now());
        assert!(one <= two);
        assert!((Utc::now() - two).abs() < TimeDelta::minutes(1));
    }
}
