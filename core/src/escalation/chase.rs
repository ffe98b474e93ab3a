//! How whoever is to answer is chased: overdue once, then reminded, and left alone as soon as somebody answers. Source: the
//! design, "Severity and time".

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{Event, Happening, Head};
use crate::time::Timestamp;

/// How far whoever is to answer was chased.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chase {
    /// Whether the log says that the response window has passed.
    pub overdue: bool,
    /// How often the question was repeated.
    pub reminders: u32,
    /// Up to when reminders are accounted for: what fell due before then and was not sent, is not sent any more.
    pub counted_to: Option<Timestamp>,
    /// How many entities the last answer left undecided. Who is undecided beyond them came after it.
    pub left: u32,
}

impl Head {
    /// Tells whether somebody has to answer now: nobody did, or the answer did not have its effect, or it was about others
    /// than those who joined since, and nothing is under way any more.
    pub fn waits_for_answer(&self) -> bool {
        let joined = || {
            self.kind.definition().is_answered_one_by_one()
                && self.progress.undecided > self.chase.left
                && self.progress.under_way == 0
        };
        self.is_open() && (self.answer.is_none() || self.setback.is_some() || joined())
    }

    /// Returns when the next event of the chase is due: becoming overdue, or the next reminder. Reminders are due at whole
    /// multiples of their interval after the deadline; however many of them passed unseen, one is next.
    pub fn chased_at(&self) -> Option<Timestamp> {
        if !self.is_open() {
            return None;
        }
        if !self.chase.overdue {
            return Some(self.due_at);
        }
        self.waits_for_answer().then(|| self.next_reminder())
    }

    fn next_reminder(&self) -> Timestamp {
        let every = self.severity.pace().remind_every.num_microseconds().unwrap_or(i64::MAX);
        let counted = self.chase.counted_to.unwrap_or(self.due_at) - self.due_at;
        let passed = counted.num_microseconds().unwrap_or(0).max(0) / every;
        self.due_at + TimeDelta::microseconds((passed + 1).saturating_mul(every))
    }

    /// Takes in what an event means for the chase; `asked` tells whether somebody had to answer before it.
    pub(super) fn chased(&mut self, event: &Event, asked: bool) {
        match &event.what {
            Happening::BecameOverdue => {
                self.chase.overdue = true;
                self.count_to(event.at);
            }
            Happening::Reminded { number } => {
                self.chase.reminders = *number;
                self.count_to(event.at);
            }
            // Whoever hears of that needs no reminder of the same moment.
            Happening::SeverityRaised { .. } => self.count_to(event.at),
            Happening::Answered { .. } => self.chase.left = self.progress.undecided,
            Happening::Raised { .. }
            | Happening::EntityAdded { .. }
            | Happening::Sighted { .. }
            | Happening::EntityRecovered { .. }
            | Happening::Delivers { .. }
            | Happening::Commented { .. }
            | Happening::RemedyOrdered { .. }
            | Happening::RemedySucceeded { .. }
            | Happening::RemedyFailed { .. }
            | Happening::VerificationUnheard
            | Happening::IncidentSuspected { .. }
            | Happening::ProviderFault { .. }
            | Happening::Resolved { .. }
            | Happening::Withdrawn { .. }
            | Happening::Configured { .. }
            | Happening::Removed { .. }
            | Happening::RuleMade { .. }
            | Happening::RuleChanged { .. }
            | Happening::RuleDeleted { .. } => {}
        }
        self.chase.left = self.chase.left.min(self.progress.undecided);
        if !asked && self.waits_for_answer() {
            self.count_to(event.at);
        }
    }

    fn count_to(&mut self, at: Timestamp) {
        self.chase.counted_to = self.chase.counted_to.max(Some(at));
    }
}
