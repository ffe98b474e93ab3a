//! What an import did, for people and as JSON.

use std::collections::BTreeMap;
use std::fmt::{self, Display, Formatter, Write as _};

use beckon_core::id::EscalationId;
use beckon_core::observation::Outcome;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::sources::split::Position;
use crate::sources::{Facts, Reason};

/// How many lines of one kind are named.
const MAX_NAMED: usize = 20;

/// What an import did.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// Records in the file, broken ones included.
    pub records_read: u64,
    /// Facts among them, by the name of what they are: successful logins of people, or statuses of endpoints.
    #[serde(flatten, serialize_with = "by_name")]
    pub facts: (Facts, u64),
    /// Facts whose record was in the file before.
    pub repeated: u64,
    /// Facts that the server had already.
    pub already_there: u64,
    /// Facts that were sent and acknowledged, in this run.
    pub sent: u64,
    /// Those that raised an escalation.
    pub raised: u64,
    /// Those that joined an open escalation as another person or endpoint.
    pub joined: u64,
    /// Those that are one more sighting of a person or endpoint.
    pub updated: u64,
    /// Those that the usage location, a rule or an earlier answer expects.
    pub expected: u64,
    /// Those that a rule calls unauthorized.
    pub suspected: u64,
    /// Those that have not lasted or happened often enough.
    pub pending: u64,
    /// Those that ended a condition.
    pub recovered: u64,
    /// Those of which the server says that there is nothing to ask.
    pub nothing_to_ask: u64,
    /// The escalations that were raised, with the country, VPN or endpoint.
    pub escalations: BTreeMap<EscalationId, String>,
    /// Records that are nothing to ask about, by reason.
    pub ignored: BTreeMap<Reason, u64>,
    /// Records that could not be read.
    pub malformed: Lines,
    /// Facts that the server refused.
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
    /// Where it is; in JSON its number stands under `line`, `record` or `chunk`.
    #[serde(flatten)]
    pub at: Position,
    /// What was expected and what was found.
    pub message: String,
}

impl Lines {
    /// Adds one.
    pub fn push(&mut self, at: Position, message: String) {
        self.count += 1;
        if self.lines.len() < MAX_NAMED {
            self.lines.push(Line { at, message });
        }
    }

    fn write(&self, title: &str, f: &mut Formatter<'_>) -> fmt::Result {
        if self.count == 0 {
            return Ok(());
        }
        writeln!(f, "{title:<18}{:>6}", self.count)?;
        for Line { at, message } in &self.lines {
            writeln!(f, "  {at}: {message}")?;
        }
        let more = self.count - self.lines.len() as u64;
        if more > 0 { writeln!(f, "  … and {more} more") } else { Ok(()) }
    }
}

/// Writes a count under the name of what is counted.
fn by_name<S: Serializer>((facts, count): &(Facts, u64), serializer: S) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(1))?;
    map.serialize_entry(facts.name(), count)?;
    map.end()
}

impl Summary {
    /// Counts nothing yet.
    pub fn new(facts: Facts) -> Self {
        Self {
            records_read: 0,
            facts: (facts, 0),
            repeated: 0,
            already_there: 0,
            sent: 0,
            raised: 0,
            joined: 0,
            updated: 0,
            expected: 0,
            suspected: 0,
            pending: 0,
            recovered: 0,
            nothing_to_ask: 0,
            escalations: BTreeMap::new(),
            ignored: BTreeMap::new(),
            malformed: Lines::default(),
            rejected: Lines::default(),
            error: None,
        }
    }

    /// Counts a record that is nothing to ask about.
    pub fn ignore(&mut self, reason: Reason) {
        *self.ignored.entry(reason).or_default() += 1;
    }

    /// Counts what became of one fact that was sent. `subject` is what it is about, for the list of what was raised.
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
            Outcome::Pending => self.pending += 1,
            Outcome::Recovered => self.recovered += 1,
            Outcome::Ignored => self.nothing_to_ask += 1,
            // It came in by another way, or in a try whose answer was lost.
            Outcome::Duplicate => {
                self.sent -= 1;
                self.already_there += 1;
            }
            Outcome::Rejected => {}
        }
    }

    /// Returns how many facts the server holds for sure.
    pub fn acknowledged(&self) -> u64 {
        self.sent + self.already_there - self.rejected.count
    }
}

impl Display for Summary {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let are_logins = self.facts.0 == Facts::Logins;
        let rows = [
            ("records read", self.records_read, true),
            (self.facts.0.name(), self.facts.1, true),
            ("repeated", self.repeated, false),
            ("already there", self.already_there, false),
            ("sent", self.sent, true),
            ("  raised", self.raised, true),
            ("  joined", self.joined, true),
            ("  updated", self.updated, true),
            ("  expected", self.expected, are_logins),
            ("  suspected", self.suspected, false),
            ("  pending", self.pending, !are_logins),
            ("  recovered", self.recovered, !are_logins),
            ("  nothing to ask", self.nothing_to_ask, false),
        ];
        for (title, count, always) in rows {
            if always || count > 0 {
                writeln!(f, "{title:<18}{count:>6}")?;
            }
        }
        let ignored: u64 = self.ignored.values().sum();
        writeln!(f, "{:<18}{ignored:>6}", "ignored")?;
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
    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn the_first_lines_are_named_and_the_others_counted() {
        let mut summary = Summary { records_read: 30, ..Summary::new(Facts::Logins) };
        for line in 1..=25 {
            summary.malformed.push(Position::Line(line), "expected a JSON object".to_owned());
        }
        let text = summary.to_string();
        assert!(text.contains("  line 20: expected a JSON object\n  … and 5 more"), "{text}");
        assert!(!text.contains("line 21"), "{text}");
    }

    #[test]
    fn what_was_raised_is_listed() {
        let mut summary = Summary { facts: (Facts::Logins, 2), ..Summary::new(Facts::Logins) };
        summary.count(Outcome::Raised, Some(EscalationId(7)), "Ukraine");
        summary.count(Outcome::Joined, Some(EscalationId(7)), "Ukraine");
        summary.count(Outcome::Duplicate, None, "Ukraine");
        summary.ignore(Reason::Failed);
        insta::assert_snapshot!(summary.to_string());
        assert_eq!(summary.acknowledged(), 3);
    }

    #[test]
    fn every_outcome_of_a_status_is_counted() {
        let mut summary = Summary { facts: (Facts::Statuses, 10), ..Summary::new(Facts::Statuses) };
        for outcome in Outcome::iter() {
            summary.count(outcome, None, "WS-01");
        }
        summary.rejected.push(Position::Record(17), "endpoint.id: expected another one".to_owned());
        summary.malformed.push(Position::Chunk(2), "expected a whole chunk, found damage".to_owned());
        insta::assert_snapshot!(summary.to_string());
        assert_eq!(summary.acknowledged(), 9);
        let json = serde_json::to_value(&summary).expect("it has text keys");
        assert_eq!((&json["statuses"], json.get("logins")), (&10.into(), None));
        assert_eq!(json["rejected"]["lines"][0]["record"], 17);
    }
}
