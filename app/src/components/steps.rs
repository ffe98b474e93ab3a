//! The workflow: which step is behind, which is waited for, which comes later.

use beckon_core::api::escalation::{StepBody, StepState};
use leptos::prelude::*;

/// The steps with their titles.
#[component]
pub fn Steps(
    /// In order.
    steps: Vec<StepBody>,
) -> impl IntoView {
    view! {
        <ol class="steps" aria-label="Steps">
            {steps
                .into_iter()
                .map(|step| {
                    let current = (step.state == StepState::Current).then_some("step");
                    view! {
                        <li class=format!("step {}", step.state) aria-current=current>
                            {step.title}
                            <span class="unseen">{spoken(step.state)}</span>
                        </li>
                    }
                })
                .collect_view()}
        </ol>
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
