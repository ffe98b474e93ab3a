//! Labels with values: what the operator knows, what an admin filled in. Others wrote both: they are text, each line with
//! the direction of its own script.

use leptos::prelude::*;

use crate::erased::view;

/// The pairs.
#[component]
pub fn Facts(
    /// Label and value, in order; nothing is shown where there are none.
    facts: Vec<(String, String)>,
) -> impl IntoView {
    let pair = |(label, value): (String, String)| {
        view! {
            <div>
                <dt><bdi>{label}</bdi></dt>
                <dd>{value}</dd>
            </div>
        }
    };
    (!facts.is_empty())
        .then(|| view! { <dl class="facts-list">{facts.into_iter().map(pair).collect_view()}</dl> })
}
