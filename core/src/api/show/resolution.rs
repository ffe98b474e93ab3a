//! What stands on top of a resolved escalation.

use super::Names;
use crate::escalation::{Answer, Head, Method, Resolution};
use crate::rule::Scope;
use crate::text::plain;

/// Who, what, and what came of it.
pub(crate) fn text(head: &Head, resolution: &Resolution, names: Names<'_>) -> String {
    let by = resolution.by.name();
    let subject = head.kind.definition().subject(head);
    match (&head.answer, resolution.method) {
        (_, Method::Dismiss) => {
            format!("{by} dismissed this. No rule was made, so the next login like this asks again.")
        }
        (Some(answer), Method::Rule) => {
            let whom = match answer.scope {
                Some(Scope::Account) => format!("everybody in {}", plain(names.account)),
                Some(Scope::Organization) => {
                    format!("everybody in {}", plain(names.organization.unwrap_or("the organization")))
                }
                Some(Scope::Identity) | None => head.kind.definition().about(head),
            };
            let until = answer
                .schedule
                .expires_at
                .map(|last| format!(" until {}", last.format("%-d %B %Y")))
                .unwrap_or_default();
            let act = if answer.revoke_and_disable {
                " Their sessions are revoked and their accounts disabled."
            } else {
                ""
            };
            let next = if answer.choice == "expected" {
                "The next login like this asks nobody."
            } else {
                "The provider acts on it, and on the next login like this."
            };
            format!("{by} answered: {subject} are {} for {whom}{until}. {next}{act}", answer.choice)
        }
        (None, Method::Rule) => {
            format!("Nobody had to answer: rules cover everybody listed here, the last of them made by {by}.")
        }
        (answer, Method::Direct) => direct(head, answer.as_ref(), by),
        (answer, Method::Recovered) => {
            let reason = resolution.reason.as_deref().unwrap_or("What was wrong is observed to be right");
            let before = answer.as_ref().map(|answer| format!(" {} had answered before.", answer.by.name()));
            format!("It resolved by itself. {reason}.{}", before.unwrap_or_default())
        }
        (_, Method::Withdrawn) => {
            format!("{by} took the question back: {}", resolution.reason.as_deref().unwrap_or_default())
        }
    }
}

/// Says what was answered, and what came of it, where no rule was made.
fn direct(head: &Head, answer: Option<&Answer>, by: &str) -> String {
    let Some(answer) = answer else { return format!("{by} resolved this.") };
    let kind = head.kind.definition();
    let choices = kind.choices(head);
    let chosen =
        choices.iter().find(|choice| choice.slug == answer.choice).map(|choice| choice.label.as_str());
    let what = match chosen {
        Some(label) => format!("{} answered: {label}.", answer.by.name()),
        None => format!("{} decided about each of {}.", answer.by.name(), kind.about(head)),
    };
    if head.remedies.is_empty() { what } else { format!("{what} It was carried out.") }
}
