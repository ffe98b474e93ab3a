//! Time as core knows it: values and durations, never a clock.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use serde::de::{Deserialize as _, Deserializer, Error as _};

use crate::error::Invalid;

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

/// Reads a day such as `2026-12-24`.
///
/// # Errors
/// [`Invalid`] where it is none.
pub fn parse_date(text: &str) -> Result<Date, Invalid> {
    text.parse().map_err(|_| Invalid::new("a day such as 2026-12-24", text))
}

/// Reads a day in a body, or null.
pub(crate) fn optional_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| parse_date(&text).map_err(D::Error::custom)).transpose()
}
