//! The server's time, as far as the browser can tell: its own clock, moved by what `GET /v1/actor` said last.

use std::time::Duration;

use beckon_core::time::Timestamp;
use leptos::prelude::*;

use crate::state::State;

/// How often what is shown relative to now is shown again.
const TICK: Duration = Duration::from_secs(20);

/// Knows the time. Copies are the same clock.
#[derive(Clone, Copy)]
pub struct Clock {
    ahead_ms: State<i64>,
    tick: State<u32>,
}

impl Clock {
    /// Starts a clock that ticks a few times a minute.
    pub fn start() -> Self {
        let clock = Self { ahead_ms: State::new(0), tick: State::new(0) };
        set_interval(move || clock.tick.update(|tick| *tick = tick.wrapping_add(1)), TICK);
        clock
    }

    /// Takes over the server's time. Differences below two seconds are the network's, not the clock's.
    ///
    /// Tells whether the clock was wrong.
    pub fn adjust(self, server: Timestamp) -> bool {
        let ahead = server.timestamp_millis() - browser_ms();
        let wrong = ahead.abs_diff(self.ahead_ms.get_untracked()) > 2_000;
        if wrong {
            self.ahead_ms.set(ahead);
        }
        wrong
    }

    /// Returns the time and subscribes to its passing.
    pub fn now(self) -> Timestamp {
        self.tick.track();
        at(self.ahead_ms.get())
    }

    /// Returns the time.
    pub fn now_untracked(self) -> Timestamp {
        at(self.ahead_ms.get_untracked())
    }
}

/// Returns the clock that [`crate::app::App`] started.
pub fn use_clock() -> Clock {
    expect_context()
}

fn at(ahead_ms: i64) -> Timestamp {
    Timestamp::from_timestamp_millis(browser_ms() + ahead_ms).unwrap_or_default()
}

#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit for 285 000 years")]
fn browser_ms() -> i64 {
    js_sys::Date::now() as i64
}
