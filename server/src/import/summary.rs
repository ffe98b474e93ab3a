//! What an import did, for people and as JSON.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter, Write as _};

use beckon_core::id::EscalationId;
use beckon_core::observation::Outcome;
use serde::Serialize;

use crate::sources::Reason;

/// How many lines of one kind are named.
const MAX_NAMED: usize = 20;

/// What an import did.
#[derive(Debug, Default, Serialize)]
pub struct Summary {
    /// Records in the file, broken ones included.
    pub records_read: u64,
    /// Successful logins of people among them.
    pub logins: u64,
    /// Logins whose record was in the file before.
    pub repeated: u64,
    /// Logins that the server had already.
    pub already_there: u64,
    /// Logins that were sent and acknowledged, in this run.
    pub sent: u64,
    /// Those that raised an escalation.
    pub raised: u64,
    /// Those that joined an open escalation as another person.
    pub joined: u64,
    /// Those that are one more sighting of a person.
    pub updated: u64,
    /// Those that the usage location or a rule expects.
    pub expected: u64,
    /// Those that a rule calls unauthorized.
    pub suspected: u64,
    /// Those that the server could not judge.
    pub not_judged: u64,
    /// The escalations that were raised, with the country or VPN.
    pub escalations: BTreeMap<EscalationId, String>,
    /// Records that are nothing to ask about, by reason.
    pub ignored: BTreeMap<Reason, u64>,
    /// Records that could not be read.
    pub malformed: Lines,
    /// Logins that the server refused.
    pub rejected: Lines,
    /// Why the import stopped before the end.
    pub error: Option<String>,
}

/// Lines and what is wrong with them: all are counted, the first are named.
#[derive(Debug, Default, Serialize)]
pub struct Lines {
    /// How many there are.
    pub count: u64,
    /// The first of them.
    pub lines: Vec<Line>,
}

/// A line and what is wrong with it.
#[derive(Debug, Serialize)]
pub struct Line {
    /// Its number; the first is 1.
    pub line: u64,
    /// What was expected and what was found.
    pub message: String,
}

impl Lines {
    /// Adds one.
    pub fn push(&mut self, line: u64, message: String) {
        self.count += 1;
        if self.lines.len() < MAX_NAMED {
            self.lines.push(Line { line, message });
        }
    }

    fn write(&self, title: &str, f: &mut Formatter<'_>) -> fmt::Result {
        if self.count == 0 {
            return Ok(());
        }
        writeln!(f, "{title:<16}{:>8}", self.count)?;
        for Line { line, message } in &self.lines {
            writeln!(f, "  line {line}: {message}")?;
        }
        let more = self.count - self.lines.len() as u64;
        if more > 0 { writeln!(f, "  … and {more} more") } else { Ok(()) }
    }
}

impl Summary {
    /// Counts a record that is nothing to ask about.
    pub fn ignore(&mut self, reason: Reason) {
        *self.ignored.entry(reason).or_default() += 1;
    }

    /// Counts what became of one login that was sent. `subject` is its VPN or country, for the list of what was raised.
    pub fn count(&mut self, outcome: Outcome, escalation: Option<EscalationId>, subject: &str) {
        self.sent += 1;
        match outcome {
            Outcome::Raised => {
                self.raised += 1;
                self.escalations.extend(escalation.map(|id| (id, subject.to_owned())));
            }
            Outcome::Joined => self.joined += 1,
            Outcome::Updated => self.updated += 1,
            Outcome::Expected => self.expected += 1,
            Outcome::Suspected => self.suspected += 1,
            Outcome::Pending | Outcome::Recovered | Outcome::Ignored => self.not_judged += 1,
            // It came in by another way, or in a try whose answer was lost.
            Outcome::Duplicate => {
                self.sent -= 1;
                self.already_there += 1;
            }
            Outcome::Rejected => {}
        }
    }

    /// Returns how many logins the server holds for sure.
    pub fn acknowledged(&self) -> u64 {
        self.sent + self.already_there - self.rejected.count
    }
}

impl Display for Summary {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let rows = [
            ("records read", self.records_read, true),
            ("logins", self.logins, true),
            ("repeated", self.repeated, false),
            ("already there", self.already_there, false),
            ("sent", self.sent, true),
            ("  raised", self.raised, true),
            ("  joined", self.joined, true),
            ("  updated", self.updated, true),
            ("  expected", self.expected, true),
            ("  suspected", self.suspected, false),
            ("  not judged", self.not_judged, false),
        ];
        for (title, count, always) in rows {
            if always || count > 0 {
                writeln!(f, "{title:<16}{count:>8}")?;
            }
        }
        let ignored: u64 = self.ignored.values().sum();
        writeln!(f, "{:<16}{ignored:>8}", "ignored")?;
        for (reason, count) in &self.ignored {
            writeln!(f, "  {count} × {reason}")?;
        }
        self.rejected.write("rejected", f)?;
        self.malformed.write("malformed", f)?;
        if self.escalations.is_empty() {
            return Ok(());
        }
        let mut list = String::new();
        for (id, subject) in &self.escalations {
            write!(list, "{}{id} ({subject})", if list.is_empty() { "" } else { ", " })?;
        }
        writeln!(f, "escalations raised: {list}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_lines_are_named_and_the_others_counted() {
        let mut summary = Summary { records_read: 30, ..Summary::default() };
        for line in 1..=25 {
            summary.malformed.push(line, "expected a JSON object".to_owned());
        }
        let text = summary.to_string();
        assert!(text.contains("  line 20: expected a JSON object\n  … and 5 more"), "{text}");
        assert!(!text.contains("line 21"), "{text}");
    }

    #[test]
    fn what_was_raised_is_listed() {
        let mut summary = Summary { logins: 2, ..Summary::default() };
        summary.count(Outcome::Raised, Some(EscalationId(7)), "Ukraine");
        summary.count(Outcome::Joined, Some(EscalationId(7)), "Ukraine");
        summary.count(Outcome::Duplicate, None, "Ukraine");
        summary.ignore(Reason::Failed);
        insta::assert_snapshot!(summary.to_string());
        assert_eq!(summary.acknowledged(), 3);
    }
}
