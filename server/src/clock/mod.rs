//! The only clock: it sits at the server's edge, and what is inside takes `now` as an argument.

use std::sync::Arc;

use beckon_core::time::Timestamp;
use chrono::{SubsecRound, TimeDelta, Utc};
use tokio::sync::watch;

mod steady;

use steady::Steady;

/// Tells the time. A demo turns it forward; a test stops it.
#[derive(Clone, Debug)]
pub struct Clock {
    ahead_seconds: Arc<watch::Sender<i64>>,
    stopped_at: Option<Timestamp>,
    steady: Arc<Steady>,
}

impl Default for Clock {
    fn default() -> Self {
        Self::ahead(0)
    }
}

impl Clock {
    /// Makes a clock that is `seconds` ahead of the machine's.
    pub fn ahead(seconds: i64) -> Self {
        Self {
            ahead_seconds: Arc::new(watch::Sender::new(seconds)),
            stopped_at: None,
            steady: Arc::default(),
        }
    }

    /// Makes a clock that stands still at `at`, and moves only when it is turned.
    pub fn stopped(at: Timestamp) -> Self {
        Self { stopped_at: Some(at), ..Self::default() }
    }

    /// Returns the time, with the microseconds that the store keeps.
    pub fn now(&self) -> Timestamp {
        let ahead = TimeDelta::seconds(*self.ahead_seconds.borrow());
        (self.stopped_at.unwrap_or_else(|| self.steady.now()) + ahead).trunc_subsecs(6)
    }

    /// Returns the time that nobody turns or stops, by which claims run out.
    pub fn steady(&self) -> Timestamp {
        self.steady.now().trunc_subsecs(6)
    }

    /// Begins at `at`, which is what the others go by who share this one's database.
    pub fn begin_at(&self, at: Timestamp) {
        self.steady.set(at);
    }

    /// Compares it with the clock that it goes by, which showed `reference` when this one showed `then`. Returns by how much the
    /// other one is ahead where that is a jump, and not followed.
    pub fn steer(&self, then: Timestamp, reference: Timestamp) -> Option<TimeDelta> {
        self.steady.steer(then, reference)
    }

    /// By how much the clock that it goes by has jumped ahead, where it has.
    pub fn jumped(&self) -> Option<TimeDelta> {
        self.steady.jumped()
    }

    /// Returns the machine's time, however far it is turned: others go by that, such as those who sign tokens.
    pub fn machine(&self) -> Timestamp {
        self.stopped_at.unwrap_or_else(Utc::now)
    }

    /// Returns by how many seconds it is ahead of the machine's.
    pub fn ahead_seconds(&self) -> i64 {
        *self.ahead_seconds.borrow()
    }

    /// Turns it to `seconds` ahead of the machine's.
    pub fn set_ahead(&self, seconds: i64) {
        self.ahead_seconds.send_replace(seconds);
    }

    /// Hears when it is turned.
    pub fn turned(&self) -> watch::Receiver<i64> {
        self.ahead_seconds.subscribe()
    }
}
