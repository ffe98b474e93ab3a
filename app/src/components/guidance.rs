//! What is to be done outside Beckon, step by step, with links to follow and commands to copy.

use beckon_core::api::escalation::GuidanceBody;
use leptos::prelude::*;

use super::snippet::Snippet;
use crate::erased::view;

/// The steps.
#[component]
pub fn Guidance(
    /// In order; nothing is shown where there are none.
    steps: Vec<GuidanceBody>,
) -> impl IntoView {
    (!steps.is_empty())
        .then(|| view! { <ol class="guidance" aria-label="What to do">{steps.into_iter().map(step).collect_view()}</ol> })
}

/// A link only where it leads to the web: nothing that an address could run. What helps with a step has no number.
fn step(step: GuidanceBody) -> AnyView {
    let aside = step.link.is_some() || step.code.is_some();
    let link = step.link.filter(|link| link.starts_with("https://") || link.starts_with("http://"));
    let text = match link {
        Some(href) => view! {
            <a class="button small" href=href target="_blank" rel="noopener">
                {step.text}
                <span aria-hidden="true">"↗"</span>
                <span class="unseen">", opens in a new tab"</span>
            </a>
        },
        None => view! { <span>{step.text}</span> },
    };
    view! { <li class:aside=aside>{text} {step.code.map(|code| view! { <Snippet code/> })}</li> }
}
