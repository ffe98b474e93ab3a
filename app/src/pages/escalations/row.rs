//! One row of the list.

use beckon_core::api::escalation::{EscalationBody, MethodBody, StatusBody, StepBody, StepKind, StepState};
use leptos::prelude::*;

use crate::clock::use_clock;
use crate::components::severity_mark::SeverityMark;
use crate::components::time_left::TimeLeft;
use crate::erased::{dynamic, view};
use crate::routes::Route;
use crate::state::Signal;
use crate::words::{self, times};

/// How a row stands among the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// It was there before.
    Plain,
    /// It has just come.
    Fresh,
    /// Somebody has just answered it; in a moment it is gone.
    Leaving,
}

/// An escalation as the list shows it.
#[component]
pub fn EscalationRow(
    /// It.
    escalation: EscalationBody,
    /// How it stands among the others.
    look: Look,
    /// Whether the reader can answer.
    #[prop(into)]
    may_answer: Signal<bool>,
) -> impl IntoView {
    let clock = use_clock();
    let href = Route::Escalation(escalation.id).path();
    let organizations: Vec<&str> = escalation.organizations.iter().map(|one| one.name.as_str()).collect();
    let place = match organizations.as_slice() {
        [] => "Whole account".to_owned(),
        [one] => (*one).to_owned(),
        several => words::count(several.len() as u64, "organization", "organizations"),
    };
    let name = format!("{}, {place}", escalation.subject);
    let time = match escalation.resolved_at {
        None => view! {
            <TimeLeft
                severity=escalation.severity
                raised_at=escalation.created_at
                due_at=escalation.due_at
            />
        },
        Some(at) => {
            let ended = words::ended(&escalation);
            view! { <span class="quiet">{ended} " " {dynamic(move || times::ago(at, clock.now()))}</span> }
        }
    };
    let line = format!("{} · {}", escalation.category, escalation.summary);
    let state = state(&escalation, may_answer);
    view! {
        <tr class="row" class:fresh=look == Look::Fresh class:leaving=look == Look::Leaving>
            <td class="cell-severity"><SeverityMark severity=escalation.severity/></td>
            <td class="cell-what">
                <a class="row-link" href=href aria-label=name>
                    {escalation.subject}
                </a>
                <div class="row-line">{line}</div>
            </td>
            <td class="cell-place">{place}</td>
            <td class="cell-about">{escalation.about}</td>
            <td class="cell-time">{time}</td>
            <td class="cell-state">{state}</td>
        </tr>
    }
}

fn state(escalation: &EscalationBody, may_answer: Signal<bool>) -> AnyView {
    let ticks = escalation
        .workflow
        .iter()
        .filter(|step| step.state != StepState::Skipped)
        .map(|step| view! { <i class:done=step.state == StepState::Done></i> })
        .collect_view();
    let open = escalation.status == StatusBody::Open;
    let again = open && escalation.workflow.iter().any(is_troubled);
    let words = match escalation.status {
        StatusBody::Open => {
            let (admin, reader) = waiting(escalation);
            (move || if may_answer.get() { admin } else { reader }).into_any()
        }
        StatusBody::Resolved => resolved(escalation).into_any(),
    };
    view! {
        <span class="state-line" class:again=again>
            <span class="ticks" aria-hidden="true">{ticks}</span>
            <span>{words}</span>
        </span>
    }
}

/// Says what an open one waits for: to those who can answer, and to the others.
fn waiting(escalation: &EscalationBody) -> (&'static str, &'static str) {
    let current = escalation.workflow.iter().find(|step| step.state == StepState::Current);
    match current {
        Some(step) if is_troubled(step) => ("Needs you again", "Needs an answer again"),
        Some(step)
            if escalation.answer.is_some() && matches!(step.kind, StepKind::Act | StepKind::Verify) =>
        {
            ("Under way", "Under way")
        }
        Some(_) | None => ("Waiting for you", "Waiting for an answer"),
    }
}

fn is_troubled(step: &StepBody) -> bool {
    step.state == StepState::Current && step.problem.is_some()
}

/// Says who answered what, in two or three words.
fn resolved(escalation: &EscalationBody) -> String {
    let withdrawn = escalation.resolution.as_ref().filter(|one| one.method == MethodBody::Withdrawn);
    let answer = escalation.answer.as_ref().filter(|_| withdrawn.is_none());
    let what = match (answer, &escalation.resolution) {
        (Some(answer), _) => match answer.choice.as_str() {
            "expected" => "Expected",
            "unauthorized" => "Unauthorized",
            "dismiss" => "Dismissed",
            _ => answer.label.as_str(),
        },
        (None, Some(resolution)) => match resolution.method {
            MethodBody::Rule => "Covered by a rule",
            MethodBody::Dismiss => "Dismissed",
            MethodBody::Direct => "Resolved",
            MethodBody::Recovered => "By itself",
            MethodBody::Withdrawn => "Withdrawn",
        },
        (None, None) => "Resolved",
    };
    let answered = answer.map(|answer| answer.by.name());
    let by = answered.or(escalation.resolution.as_ref().map(|resolution| resolution.by.name()));
    by.map_or_else(|| what.to_owned(), |by| format!("{what} · {by}"))
}
