//! Times as logs write them: with a zone, with an offset, or with neither, which then means UTC.

use beckon_core::time::Timestamp;
use chrono::{DateTime, NaiveDateTime, SubsecRound};

/// Reads a time. Fractions of any length are cut to microseconds, which is what Beckon keeps.
///
/// # Errors
/// What was expected and what was found.
pub fn parse(text: &str) -> Result<Timestamp, String> {
    let text = text.trim();
    DateTime::parse_from_rfc3339(text)
        .or_else(|_| DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%#z"))
        .map(|time| time.to_utc())
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").map(|time| time.and_utc()))
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S%.f").map(|time| time.and_utc()))
        .map(|time| time.trunc_subsecs(6))
        .map_err(|_| {
            beckon_core::error::Invalid::new("a time such as 2026-11-24T08:00:00Z", text).to_string()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: Option<&str>) {
        let read = parse(text).ok().map(|time| time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true));
        assert_eq!(read.as_deref(), expected, "{text}");
    }

    #[test]
    fn a_time_without_a_zone_is_utc() {
        check("2021-03-24T12:54:05", Some("2021-03-24T12:54:05Z"));
        check("2021-03-24T12:54:05Z", Some("2021-03-24T12:54:05Z"));
        check("2021-03-24T12:54:05z", Some("2021-03-24T12:54:05Z"));
        check("2021-03-24 12:54:05", Some("2021-03-24T12:54:05Z"));
        check("2021-03-24T14:54:05+02:00", Some("2021-03-24T12:54:05Z"));
        check("2021-03-24T14:54:05+0200", Some("2021-03-24T12:54:05Z"));
        check("2021-03-23T23:54:05.5-13:00", Some("2021-03-24T12:54:05.500Z"));
    }

    #[test]
    fn seven_fractional_digits_are_cut_to_microseconds() {
        check("2021-03-24T12:54:05.1234567", Some("2021-03-24T12:54:05.123456Z"));
        check("2021-03-24T12:54:05.9999999Z", Some("2021-03-24T12:54:05.999999Z"));
        check("2021-03-24T14:54:05.1234567+02:00", Some("2021-03-24T12:54:05.123456Z"));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in
            ["", "yesterday", "2021-03-24", "2021-13-24T12:54:05", "2021-02-30T12:54:05Z", "24/03/2021 12:54"]
        {
            check(text, None);
        }
    }
}
