//! Moments and spans in words. Time is UTC, and a deadline has its weekday.

use chrono::TimeDelta;

use crate::escalation::Head;
use crate::text::count;
use crate::time::{Timestamp, days, hours, minutes};

/// `24 Nov 2026, 20:00 UTC`.
pub(super) fn moment(at: Timestamp) -> String {
    at.format("%-d %b %Y, %H:%M UTC").to_string()
}

/// `Tuesday 24 November 2026, 20:00 UTC`.
pub(super) fn deadline(at: Timestamp) -> String {
    at.format("%A %-d %B %Y, %H:%M UTC").to_string()
}

/// `40 minutes`, `11 hours`, `6 days`: rounded, in the unit in which one thinks of it.
pub(super) fn span(span: TimeDelta) -> String {
    let rounded = |unit: TimeDelta| {
        let (span, unit) = (span.num_seconds().max(0), unit.num_seconds());
        u64::try_from((span + unit / 2) / unit).unwrap_or_default()
    };
    match (rounded(minutes(1)), rounded(hours(1)), rounded(days(1))) {
        (0, ..) => "less than a minute".to_owned(),
        (n @ ..60, ..) => count(n, "minute", "minutes"),
        (_, n @ ..72, _) => count(n, "hour", "hours"),
        (.., n) => count(n, "day", "days"),
    }
}

/// Asks for an answer by the deadline, or says how long ago that was.
pub(super) fn please_answer(head: &Head, now: Timestamp) -> String {
    if now < head.due_at {
        format!("Please answer by {} (in {})", deadline(head.due_at), span(head.due_at - now))
    } else {
        was_due(head, now)
    }
}

/// States the deadline where an answer was given already.
pub(super) fn due(head: &Head, now: Timestamp) -> String {
    if now < head.due_at {
        format!("An answer is due by {} (in {})", deadline(head.due_at), span(head.due_at - now))
    } else {
        was_due(head, now)
    }
}

fn was_due(head: &Head, now: Timestamp) -> String {
    let due_at = deadline(head.due_at);
    match now - head.due_at {
        late if late < minutes(1) => format!("An answer was due on {due_at}, just now"),
        late => format!("An answer was due on {due_at}, {} ago", span(late)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_in_the_unit_in_which_one_thinks_of_them() {
        let table = [
            (TimeDelta::seconds(-5), "less than a minute"),
            (TimeDelta::seconds(29), "less than a minute"),
            (TimeDelta::seconds(31), "1 minute"),
            (minutes(59), "59 minutes"),
            (TimeDelta::seconds(59 * 60 + 31), "1 hour"),
            (hours(12) - TimeDelta::seconds(3), "12 hours"),
            (hours(48), "48 hours"),
            (hours(72), "3 days"),
            (days(7), "7 days"),
        ];
        for (given, expected) in table {
            assert_eq!(span(given), expected, "{given}");
        }
    }

    #[test]
    fn a_deadline_has_its_weekday() {
        let at = crate::testing::at("2026-11-24T20:00:00Z");
        assert_eq!(deadline(at), "Tuesday 24 November 2026, 20:00 UTC");
        assert_eq!(moment(at), "24 Nov 2026, 20:00 UTC");
    }
}
