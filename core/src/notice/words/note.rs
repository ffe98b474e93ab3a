//! What a note in a ticket says.

use super::clip::{MAX_VALUE, line};
use super::compose::{letter, waiting};
use super::title::MAX_TITLE;
use super::{Told, when};
use crate::notice::Reason;

/// Says in one line what is new, and in a text the rest of it.
pub(super) fn note(told: &Told<'_>, reason: &Reason) -> (String, String) {
    let letter = letter(told, reason);
    let mut blocks: Vec<String> = letter.news.iter().map(|news| news.text.clone()).collect();
    if matches!(reason, Reason::Raised) {
        blocks.extend(letter.happened.iter().take(1).cloned());
    }
    match &letter.deadline {
        Some(deadline) => blocks.push(format!("{}\n{}", letter.question, deadline.text)),
        None => blocks.push(format!("The question was: {}", letter.question)),
    }
    blocks.push(letter.url);
    (line(&headline(told, reason), MAX_TITLE), blocks.join("\n\n") + "\n")
}

fn headline(told: &Told<'_>, reason: &Reason) -> String {
    let head = told.head;
    match reason {
        Reason::Raised => format!("Asked: {}", head.kind.definition().subject(head)),
        Reason::SeverityRaised { before } => {
            format!("Severity raised from {before} to {}", head.severity)
        }
        Reason::Overdue => format!("Overdue since {}", when::deadline(head.due_at)),
        Reason::Reminder { number } => format!("Reminder {number}: {}", waiting(head)),
        Reason::Answered { by, answer } => {
            format!("{} answered: {}", line(by, MAX_VALUE / 3), line(answer, MAX_VALUE))
        }
        Reason::Setback { .. } => "It did not work: the question is open again".to_owned(),
        Reason::Resolved { .. } => "Resolved: nobody needs to do anything any more".to_owned(),
    }
}
