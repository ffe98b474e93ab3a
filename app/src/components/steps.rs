//! The workflow: which step is behind and who completed it, which is waited for and what keeps it open, which comes later.

use beckon_core::api::escalation::{StepBody, StepState};
use leptos::prelude::*;

use crate::erased::view;
use crate::words::dates;

/// The steps with their titles.
#[component]
pub fn Steps(
    /// In order.
    steps: Vec<StepBody>,
) -> impl IntoView {
    view! { <ol class="steps" aria-label="Steps">{steps.into_iter().map(step).collect_view()}</ol> }
}

fn step(step: StepBody) -> AnyView {
    let current = (step.state == StepState::Current).then_some("step");
    let troubled = step.problem.is_some() && current.is_some();
    let who = step.by.map(|by| {
        let at = step.at.map(dates::moment).unwrap_or_default();
        view! { <span class="step-line"><bdi>{by.name().to_owned()}</bdi> " · " {at}</span> }
    });
    let problem = step.problem.map(|text| view! { <span class="step-line problem">{text}</span> });
    view! {
        <li class=format!("step {}", step.state) class:troubled=troubled aria-current=current>
            <span class="step-title">{step.title}</span>
            <span class="unseen">{spoken(step.state)}</span>
            {who}
            {problem}
        </li>
    }
}

fn spoken(state: StepState) -> &'static str {
    match state {
        StepState::Done => ", done",
        StepState::Current => ", waiting",
        StepState::Upcoming => ", later",
        StepState::Skipped => ", not needed",
    }
}
