//! How often something may be tried, such as a password: so many times in a window, which begins with the first.

use chrono::TimeDelta;

use crate::time::{Timestamp, minutes};

/// For how long a try counts.
pub const WINDOW: TimeDelta = minutes(15);

/// What was tried in the last while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tries {
    /// When the first of them was made.
    pub since: Timestamp,
    /// How many there were that failed, or whose end is not known yet.
    pub number: u32,
}

impl Tries {
    /// Returns the seconds after which another one may be made, where there were `most` already.
    pub fn wait(self, most: u32, now: Timestamp) -> Option<u64> {
        let left = self.since + WINDOW - now;
        let over = self.number >= most && left > TimeDelta::zero();
        over.then(|| u64::try_from(left.num_seconds()).unwrap_or(0) + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: i64) -> Timestamp {
        chrono::DateTime::from_timestamp(minute * 60, 0).expect("a time")
    }

    #[test]
    fn too_many_wait_for_the_end_of_their_window() {
        let tries = |number| Tries { since: at(0), number };
        assert_eq!(tries(9).wait(10, at(5)), None);
        assert_eq!(tries(10).wait(10, at(5)), Some(601));
        assert_eq!(tries(10).wait(10, at(14)), Some(61));
        assert_eq!(tries(99).wait(10, at(15)), None);
    }
}
