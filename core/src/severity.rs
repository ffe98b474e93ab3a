//! Severity, and the pace that follows from it. Source of the numbers: the design, "Severity and time".

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr, VariantNames};

use crate::time::{Timestamp, days, hours};

/// How pressing an escalation is. Ordered: low, high, critical.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
    VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Severity {
    /// An answer is due within days.
    Low,
    /// An answer is due within two days.
    High,
    /// An answer is due within half a day.
    Critical,
}

/// How long an account has to answer, and how often it is reminded after that.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The response window, counted from when the escalation was raised.
    pub answer_within: TimeDelta,
    /// The time between two reminders once the window has passed.
    pub remind_every: TimeDelta,
}

const fn pace(answer_within: TimeDelta, remind_every: TimeDelta) -> Pace {
    Pace { answer_within, remind_every }
}

impl Severity {
    /// Returns how long an account has to answer, and how often it is reminded after that.
    #[rustfmt::skip]
    pub const fn pace(self) -> Pace {
        match self {
            //                       answer within   remind every
            Self::Critical => pace(  hours(12),      hours(6)  ),
            Self::High     => pace(  hours(48),      hours(24) ),
            Self::Low      => pace(  days(7),        hours(72) ),
        }
    }

    /// Returns when an answer is due for something raised at `raised_at` with this severity.
    pub fn due_at(self, raised_at: Timestamp) -> Timestamp {
        raised_at + self.pace().answer_within
    }

    /// Returns the deadline of an open escalation whose severity rises to `self` at `now`: the earlier of the old
    /// one and `now` plus the new window.
    pub fn due_at_when_raised(self, old_due_at: Timestamp, now: Timestamp) -> Timestamp {
        old_due_at.min(self.due_at(now))
    }

    /// Returns the word for people, in sentence case.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::High => "High",
            Self::Critical => "Critical",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;

    fn at(text: &str) -> Timestamp {
        DateTime::parse_from_rfc3339(text).expect("a literal").to_utc()
    }

    #[test]
    fn windows_and_reminders_are_those_of_the_design() {
        let table: Vec<_> = [Severity::Critical, Severity::High, Severity::Low]
            .map(|severity| {
                (severity.pace().answer_within.num_hours(), severity.pace().remind_every.num_hours())
            })
            .to_vec();
        assert_eq!(table, [(12, 6), (48, 24), (168, 72)]);
    }

    #[test]
    fn rising_severity_never_moves_the_deadline_back() {
        let now = at("2026-11-24T08:00:00Z");
        let soon = at("2026-11-24T09:00:00Z");
        let late = at("2026-12-01T08:00:00Z");
        assert_eq!(Severity::Critical.due_at_when_raised(soon, now), soon);
        assert_eq!(Severity::Critical.due_at_when_raised(late, now), at("2026-11-24T20:00:00Z"));
    }
}
