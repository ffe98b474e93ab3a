//! Which events of an escalation are told, and why.

use super::Reason;
use crate::api::show::{Names, resolution_text};
use crate::escalation::{Event, Happening, Head, SetbackKind};

/// Returns why somebody is told after `events` happened to `head`, as it stands now. What happens at once is told once: a
/// question that is raised is not also said to press more, and one that ends needs no other word.
pub fn reasons(
    events: &[&Event],
    before: crate::severity::Severity,
    head: &Head,
    names: Names<'_>,
) -> Vec<Reason> {
    if let Some(resolution) = head.resolution() {
        let ended = events
            .iter()
            .any(|event| matches!(event.what, Happening::Resolved { .. } | Happening::Withdrawn { .. }));
        let how = || resolution_text(head, resolution, names);
        return if ended { vec![Reason::Resolved { how: how() }] } else { Vec::new() };
    }
    let raised = events.iter().any(|event| matches!(event.what, Happening::Raised { .. }));
    if raised {
        return vec![Reason::Raised];
    }
    events.iter().filter_map(|event| reason(&event.what, event, before, head)).collect()
}

fn reason(what: &Happening, event: &Event, before: crate::severity::Severity, head: &Head) -> Option<Reason> {
    match what {
        Happening::SeverityRaised { .. } => Some(Reason::SeverityRaised { before }),
        // Whoever answered and waits for the effect has done what was asked.
        Happening::BecameOverdue => head.waits_for_answer().then_some(Reason::Overdue),
        Happening::Reminded { number } => Some(Reason::Reminder { number: *number }),
        Happening::Answered { choice, .. } => {
            let choices = head.kind.definition().choices(head);
            let label = choices.into_iter().find(|one| one.slug == *choice).map(|one| one.label);
            let answer = label.unwrap_or_else(|| "Decided one by one".to_owned());
            Some(Reason::Answered { by: event.by.name().to_owned(), answer })
        }
        Happening::RemedyFailed { .. } | Happening::VerificationUnheard => {
            head.setback.as_ref().map(|setback| Reason::Setback { what: setback_text(&setback.what) })
        }
        Happening::Raised { .. }
        | Happening::EntityAdded { .. }
        | Happening::Sighted { .. }
        | Happening::EntityRecovered { .. }
        | Happening::Delivers { .. }
        | Happening::Commented { .. }
        | Happening::RemedyOrdered { .. }
        | Happening::RemedySucceeded { .. }
        | Happening::IncidentSuspected { .. }
        | Happening::ProviderFault { .. }
        | Happening::Resolved { .. }
        | Happening::Withdrawn { .. }
        | Happening::Configured { .. }
        | Happening::Removed { .. }
        | Happening::RuleMade { .. }
        | Happening::RuleChanged { .. }
        | Happening::RuleDeleted { .. } => None,
    }
}

fn setback_text(setback: &SetbackKind) -> String {
    match setback {
        SetbackKind::RemedyFailed { action, message } => format!("{} failed: {message}", action.label()),
        SetbackKind::Unheard => "Nothing was heard in the time that this takes".to_owned(),
    }
}
