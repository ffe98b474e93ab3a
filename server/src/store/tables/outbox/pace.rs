//! How fast mails leave. All servers of a database keep to it together, and after a restart too: until when the mails that left are
//! paid for stands beside the destination that they share.

use beckon_core::time::Timestamp;
use chrono::TimeDelta;

use super::Result;
use crate::store::outbox::EMAIL;
use crate::store::sql::{Connection, OptionalExtension as _};
use crate::store::tables::columns::{micros, optional_time};

/// How much may be saved up: what this long brings.
const SAVED_UP: TimeDelta = TimeDelta::seconds(1);

/// Beyond this nothing is paid for in advance: the clock was set back since, which does not stop the mails.
const AHEAD: TimeDelta = TimeDelta::seconds(10);

/// A pace as it is now. Time is the machine's.
#[derive(Debug)]
pub(super) struct Pace {
    /// How long one mail takes at this pace.
    each: TimeDelta,
    /// Until when the mails that left are paid for.
    paid: Timestamp,
    now: Timestamp,
    spent: bool,
}

impl Pace {
    /// Reads how many of `per_second` have left.
    pub(super) fn of(connection: &Connection, per_second: u32, machine_now: Timestamp) -> Result<Self> {
        let mut statement = connection.prepare_cached(
            "SELECT paced_until FROM destinations WHERE destination = ?1 ORDER BY account_id LIMIT 1",
        )?;
        let paid =
            statement.query_row([EMAIL], |row| optional_time(row, "paced_until")).optional()?.flatten();
        Ok(Self::new(per_second, paid, machine_now))
    }

    fn new(per_second: u32, paid: Option<Timestamp>, now: Timestamp) -> Self {
        let each = TimeDelta::microseconds(1_000_000 / i64::from(per_second.max(1)));
        let paid = paid.filter(|paid| *paid <= now + AHEAD).map_or(now, |paid| paid.max(now));
        Self { each, paid, now, spent: false }
    }

    /// How many may leave now.
    pub(super) fn allows(&self) -> usize {
        let left = (self.now + SAVED_UP - self.paid).num_microseconds().unwrap_or(0);
        let each = self.each.num_microseconds().unwrap_or(0);
        left.checked_div(each).map_or(usize::MAX, |mails| usize::try_from(mails).unwrap_or(0))
    }

    /// Counts one that leaves.
    pub(super) fn spend(&mut self) {
        self.paid += self.each;
        self.spent = true;
    }

    /// Keeps what was counted.
    pub(super) fn keep(self, connection: &Connection) -> Result<()> {
        if self.spent {
            connection.execute(
                "UPDATE destinations SET paced_until = ?2 WHERE destination = ?1",
                (EMAIL, micros(self.paid)),
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(millis: i64) -> Timestamp {
        chrono::DateTime::from_timestamp_millis(1_800_000_000_000 + millis).expect("a time")
    }

    /// Lets `count` leave, and returns until when they are paid for.
    fn leave(mut pace: Pace, count: usize) -> Timestamp {
        (0..count).for_each(|_| pace.spend());
        pace.paid
    }

    #[test]
    fn no_more_leave_than_the_time_that_passed_allows() {
        let pace = Pace::new(10, None, at(0));
        assert_eq!(pace.allows(), 10);
        let paid = Some(leave(pace, 10));
        assert_eq!(Pace::new(10, paid, at(0)).allows(), 0);
        let pace = Pace::new(10, paid, at(550));
        assert_eq!(pace.allows(), 5);
        let paid = Some(leave(pace, 5));
        assert_eq!(Pace::new(10, paid, at(60_000)).allows(), 10, "no more is saved up");
    }

    #[test]
    fn a_clock_that_was_set_back_and_a_rate_beyond_counting_stop_nothing() {
        let paid = Some(leave(Pace::new(10, None, at(86_400_000)), 10));
        assert_eq!(Pace::new(10, paid, at(0)).allows(), 10);
        assert_eq!(Pace::new(10, paid, at(86_399_000)).allows(), 0, "servers may be a little apart");
        assert_eq!(Pace::new(u32::MAX, None, at(0)).allows(), usize::MAX);
    }
}
