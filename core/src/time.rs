//! Time as core knows it: values and durations, never a clock.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// A moment in UTC. Stored with microsecond precision.
pub type Timestamp = DateTime<Utc>;

/// A calendar day in UTC.
pub type Date = NaiveDate;

/// Returns a duration of `n` minutes.
pub const fn minutes(n: i64) -> TimeDelta {
    TimeDelta::seconds(n * 60)
}

/// Returns a duration of `n` hours.
pub const fn hours(n: i64) -> TimeDelta {
    minutes(n * 60)
}

/// Returns a duration of `n` days of 24 hours.
pub const fn days(n: i64) -> TimeDelta {
    hours(n * 24)
}
