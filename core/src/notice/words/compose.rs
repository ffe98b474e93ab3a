//! Puts a letter together: what it says for which reason.

use std::collections::BTreeMap;

use super::clip::{MAX_SENTENCES, MAX_VALUE, line, lines, sentence};
use super::facts::facts;
use super::letter::{Call, Deadline, Letter, List, News, Point, Tone};
use super::title::{title, whom};
use super::{Told, when};
use crate::api::escalation::{ChoiceBody, StepKind};
use crate::escalation::{Escalation, Head};
use crate::field::{FieldSpec, FieldType};
use crate::notice::Reason;
use crate::text::join;

/// The longest preheader; mail programs show about half of it.
const MAX_PREHEADER: usize = 200;

/// How much of an escalation a message tells again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Extent {
    /// All of it: the reader may hear of it for the first time.
    Full,
    /// That the question is open, and until when.
    Brief,
    /// That it is over.
    Over,
}

/// Puts the letter together that tells of `told` for `reason`.
pub(super) fn letter(told: &Told<'_>, reason: &Reason) -> Letter {
    let Told { head, entities, names, now } = *told;
    let kind = head.kind.definition();
    let extent = extent(reason);
    let full = extent == Extent::Full;
    let question = line(&kind.question(head), MAX_SENTENCES);
    let news = news(head, reason);
    let deadline = match extent {
        Extent::Over => None,
        Extent::Full | Extent::Brief => {
            let answered = matches!(reason, Reason::Answered { .. });
            let text = if answered { when::due(head, now) } else { when::please_answer(head, now) };
            Some(Deadline { text, overdue: now >= head.due_at })
        }
    };
    let preheader = match (&deadline, &news, reason) {
        (_, Some(news), Reason::Answered { .. } | Reason::Resolved { .. }) => news.text.clone(),
        (Some(deadline), ..) => format!("{}. {question}", deadline.text),
        (None, ..) => question.clone(),
    };
    let account = line(names.account, MAX_VALUE);
    let (choices, fields) = if full { answers(head) } else { (List::default(), List::default()) };
    Letter {
        title: title(head, entities, names),
        preheader: line(&preheader, MAX_PREHEADER),
        severity: (extent != Extent::Over).then_some(head.severity),
        kind: kind.name(),
        whom: whom(head, entities, names),
        subject: line(&kind.subject(head), MAX_VALUE),
        news,
        happened: if full { happened(head) } else { Vec::new() },
        facts: if full { facts(told) } else { List::default() },
        question,
        guidance: if full { guidance(head) } else { None },
        deadline,
        choices,
        fields,
        url: format!("{}/escalations/{}", names.base_url, head.id),
        call: match reason {
            Reason::Answered { .. } | Reason::Resolved { .. } => Call::Look,
            Reason::Raised
            | Reason::SeverityRaised { .. }
            | Reason::Overdue
            | Reason::Reminder { .. }
            | Reason::Setback { .. } => Call::Answer,
        },
        because: format!("You get this because you are told of escalations of {account}."),
        settings_url: format!("{}/notifications", names.base_url),
    }
}

const fn extent(reason: &Reason) -> Extent {
    match reason {
        Reason::Raised | Reason::SeverityRaised { .. } | Reason::Overdue | Reason::Reminder { .. } => {
            Extent::Full
        }
        Reason::Answered { .. } | Reason::Setback { .. } => Extent::Brief,
        Reason::Resolved { .. } => Extent::Over,
    }
}

fn news(head: &Head, reason: &Reason) -> Option<News> {
    let (text, tone) = match reason {
        Reason::Raised => return None,
        Reason::SeverityRaised { before } => {
            let text = format!("The severity rose from {before} to {}.", head.severity);
            (text, Tone::Severity(head.severity))
        }
        Reason::Overdue => (format!("The response window has passed, and {}.", waiting(head)), Tone::Overdue),
        Reason::Reminder { number } => (format!("Reminder {number}: {}.", waiting(head)), Tone::Overdue),
        Reason::Answered { by, answer } => {
            let (by, answer) = (line(by, MAX_VALUE), line(answer, MAX_VALUE));
            let text =
                format!("{by} answered: “{answer}”. It stays open until the answer has had its effect.");
            (text, Tone::Neutral)
        }
        Reason::Setback { what } => {
            let what = sentence(&lines(what, MAX_SENTENCES));
            (format!("{what} The question is open again.").trim_start().to_owned(), Tone::Neutral)
        }
        Reason::Resolved { how } => {
            let how = sentence(&lines(how, MAX_SENTENCES));
            (format!("{how} Nobody needs to do anything any more.").trim_start().to_owned(), Tone::Good)
        }
    };
    Some(News { text, tone })
}

/// Says what is still missing of an answer, as the end of a sentence.
pub(super) fn waiting(head: &Head) -> String {
    let kind = head.kind.definition();
    if head.answer.is_none() {
        "nobody has answered yet".to_owned()
    } else if kind.is_answered_one_by_one() {
        let wait = if head.progress.undecided == 1 { "waits" } else { "wait" };
        format!("{} of {} still {wait} for a decision", head.progress.undecided, kind.about(head))
    } else if head.setback.is_some() {
        "what was answered did not work".to_owned()
    } else {
        "the answer is not complete yet".to_owned()
    }
}

fn happened(head: &Head) -> Vec<String> {
    let kind = head.kind.definition();
    [kind.what_happened(head), kind.why(head)]
        .iter()
        .map(|text| line(text, MAX_SENTENCES))
        .filter(|text| !text.is_empty())
        .collect()
}

/// What has to be done before it can be answered. How that is done stays on the page, with its links and commands.
fn guidance(head: &Head) -> Option<String> {
    let kind = head.kind.definition();
    let escalation = Escalation { head: head.clone(), entities: BTreeMap::new() };
    if kind.guidance(&escalation).is_empty() {
        return None;
    }
    let step = kind.steps(head).into_iter().find(|step| step.kind == StepKind::Choose)?;
    let title = sentence(&line(&step.title, MAX_VALUE));
    Some(format!("What to do: {title} The escalation shows how, step by step."))
}

/// What can be answered, and what is to be filled in with every answer. Where there is but one way to answer and it is to
/// fill something in, that says it all.
fn answers(head: &Head) -> (List, List) {
    let kind = head.kind.definition();
    let (choices, fields) = (kind.choices(head), kind.fields(head));
    let alone = |field: &FieldSpec| choices.iter().any(|choice| choice.fields.contains(&field.slug));
    let asked: Vec<Point> = fields.iter().filter(|field| !alone(field)).map(wanted).collect();
    let choices: Vec<Point> = if choices.len() == 1 && !asked.is_empty() {
        Vec::new()
    } else {
        choices.iter().map(|choice| offered(choice, &fields)).collect()
    };
    (List { points: choices, hidden: 0 }, List { points: asked, hidden: 0 })
}

fn offered(choice: &ChoiceBody, fields: &[FieldSpec]) -> Point {
    let own = fields
        .iter()
        .filter(|field| choice.fields.contains(&field.slug))
        .map(|field| wanted(field).in_a_line());
    let hint = Some(line(&choice.hint, MAX_VALUE)).filter(|hint| !hint.is_empty());
    let detail = hint.into_iter().chain(own).collect::<Vec<_>>().join(". ");
    Point { name: line(&choice.label, MAX_VALUE), detail }
}

fn wanted(field: &FieldSpec) -> Point {
    let expected = match field.kind {
        FieldType::Choice => {
            let options: Vec<&str> = field.options.iter().map(|option| option.label.as_str()).collect();
            line(&join(&options, "or"), MAX_VALUE)
        }
        FieldType::Text => String::new(),
        FieldType::WindowsPath | FieldType::UncPath | FieldType::Hash | FieldType::Sha256 => {
            field.kind.expected().to_owned()
        }
    };
    let detail = match (field.required, expected.as_str()) {
        (true, _) => expected,
        (false, "") => "Optional".to_owned(),
        (false, expected) => format!("{expected} (optional)"),
    };
    Point { name: line(&field.label, MAX_VALUE), detail }
}
