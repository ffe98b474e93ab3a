//! How much a PSA lets one client ask: so many requests at once, so many in a window of time, and nothing while it rests.
//! Never waits: who asks too much is told how long to stay away.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use beckon_core::time::Timestamp;
use chrono::TimeDelta;

/// How long one who finds all places taken stays away.
const BUSY: Duration = Duration::from_secs(1);
/// The longest rest that is believed.
const LONGEST_REST: TimeDelta = TimeDelta::days(1);

/// The limits of a PSA.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most requests under way at the same time.
    pub at_once: usize,
    /// The most requests in a window of time, where there is such a limit.
    pub in_window: Option<(usize, Duration)>,
    /// How long to rest after the PSA said that it is too much and not for how long.
    pub rest: Option<Duration>,
}

/// Keeps a client within its limits.
#[derive(Clone, Debug)]
pub struct Throttle {
    limits: Limits,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    under_way: usize,
    sent: VecDeque<Timestamp>,
    rest: Option<(Timestamp, Timestamp)>,
}

/// A place among the requests under way. Free again when it is dropped.
#[derive(Debug)]
pub struct Place(Throttle);

impl Drop for Place {
    fn drop(&mut self) {
        self.0.state().under_way -= 1;
    }
}

impl Throttle {
    /// Makes one to which nothing was sent yet.
    pub fn new(limits: Limits) -> Self {
        Self { limits, state: Arc::default() }
    }

    /// Takes a place for one request.
    ///
    /// # Errors
    /// How long to stay away, where the limits allow none at `now`.
    pub fn enter(&self, now: Timestamp) -> Result<Place, Duration> {
        let mut state = self.state();
        // A clock that was turned back must not shut the door for good: what lies ahead of it does not count.
        if let Some((_, until)) = state.rest.filter(|(since, until)| (*since..*until).contains(&now)) {
            return Err((until - now).to_std().unwrap_or(BUSY));
        }
        state.rest = None;
        if state.under_way >= self.limits.at_once {
            return Err(BUSY);
        }
        if let Some((most, window)) = self.limits.in_window {
            let window = TimeDelta::from_std(window).unwrap_or(TimeDelta::MAX);
            state.sent.retain(|at| *at <= now && now - *at < window);
            if state.sent.len() >= most {
                let free = state.sent.front().map_or(TimeDelta::zero(), |oldest| *oldest + window - now);
                return Err(free.to_std().unwrap_or(BUSY).max(BUSY));
            }
            state.sent.push_back(now);
        }
        state.under_way += 1;
        Ok(Place(self.clone()))
    }

    /// Rests because the PSA said that it is too much, as long as it asks for or as it is usual with it, whichever is
    /// longer. Returns how long.
    pub fn rest(&self, now: Timestamp, asked: Option<Duration>) -> Option<Duration> {
        let after = asked.max(self.limits.rest)?;
        let rest = TimeDelta::from_std(after).unwrap_or(LONGEST_REST).min(LONGEST_REST);
        self.state().rest = Some((now, now + rest));
        rest.to_std().ok()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn secs(n: u64) -> Duration {
        Duration::from_secs(n)
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + TimeDelta::seconds(second)
    }

    fn limits(at_once: usize, in_window: Option<(usize, Duration)>) -> Throttle {
        Throttle::new(Limits { at_once, in_window, rest: Some(secs(30)) })
    }

    #[test]
    fn places_are_few_and_come_free() {
        let throttle = limits(2, None);
        let first = throttle.enter(at(0)).expect("it is good");
        let _second = throttle.enter(at(0)).expect("it is good");
        assert_eq!(throttle.enter(at(0)).expect_err("it is refused"), BUSY);
        drop(first);
        assert!(throttle.enter(at(0)).is_ok());
    }

    #[test]
    fn a_window_lets_only_so_many_through() {
        let throttle = limits(9, Some((2, secs(300))));
        assert!(throttle.enter(at(0)).is_ok());
        assert!(throttle.enter(at(100)).is_ok());
        assert_eq!(throttle.enter(at(200)).expect_err("it is refused"), secs(100));
        assert_eq!(throttle.enter(at(299)).expect_err("it is refused"), secs(1));
        assert!(throttle.enter(at(300)).is_ok());
        assert_eq!(throttle.enter(at(300)).expect_err("it is refused"), secs(100));
    }

    #[test]
    fn a_rest_lasts_as_long_as_asked_and_never_less_than_usual() {
        let throttle = limits(9, None);
        assert_eq!(throttle.rest(at(0), Some(secs(5))), Some(secs(30)));
        assert_eq!(throttle.enter(at(10)).expect_err("it is refused"), secs(20));
        assert!(throttle.enter(at(30)).is_ok());
        assert_eq!(throttle.rest(at(40), Some(secs(60))), Some(secs(60)));
        assert_eq!(throttle.enter(at(90)).expect_err("it is refused"), secs(10));
        assert_eq!(throttle.rest(at(100), Some(secs(u64::MAX))), Some(secs(86_400)));
    }

    #[test]
    fn a_clock_that_goes_back_does_not_shut_the_door() {
        let throttle = limits(9, Some((1, secs(300))));
        assert!(throttle.enter(at(100_000)).is_ok());
        throttle.rest(at(100_000), None);
        assert!(throttle.enter(at(0)).is_ok());
    }
}
