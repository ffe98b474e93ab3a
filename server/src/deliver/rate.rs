//! How many mails may leave in a second.

use std::time::Instant;

/// A bucket that fills at an even rate and holds what one second brings.
#[derive(Debug)]
pub(super) struct Rate {
    per_second: f64,
    left: f64,
    filled_at: Instant,
}

impl Rate {
    /// Allows `per_second` on average.
    pub(super) fn new(per_second: u32) -> Self {
        let per_second = f64::from(per_second.max(1));
        Self { per_second, left: per_second, filled_at: Instant::now() }
    }

    /// Returns how many may leave now.
    pub(super) fn allows(&mut self) -> usize {
        self.allows_at(Instant::now())
    }

    fn allows_at(&mut self, now: Instant) -> usize {
        let passed = now.saturating_duration_since(self.filled_at).as_secs_f64();
        self.left = (self.left + passed * self.per_second).min(self.per_second);
        self.filled_at = now;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 0 to a million")]
        let whole = self.left.max(0.0) as usize;
        whole
    }

    /// Counts one that leaves.
    pub(super) fn spend(&mut self) {
        self.left -= 1.0;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn no_more_leave_than_the_time_that_passed_allows() {
        let mut rate = Rate::new(10);
        let began = rate.filled_at;
        assert_eq!(rate.allows_at(began), 10);
        (0..10).for_each(|_| rate.spend());
        assert_eq!(rate.allows_at(began), 0);
        assert_eq!(rate.allows_at(began + Duration::from_millis(550)), 5);
        assert_eq!(rate.allows_at(began + Duration::from_mins(1)), 10);
    }
}
