//! A checkbox with its words beside it. Shows what is kept, also when a change was refused.

use leptos::prelude::*;

use crate::erased::{change, view};

/// The box and the words.
#[component]
pub fn Tick(
    /// For people.
    #[prop(into)]
    label: String,
    /// Stands below the label.
    #[prop(optional, into)]
    hint: String,
    /// Whether it is ticked.
    #[prop(into)]
    ticked: Signal<bool>,
    /// Whether it cannot be changed now; the hint says why.
    #[prop(optional, into)]
    fixed: Signal<bool>,
    /// Whether it is drawn and heard as a switch.
    #[prop(optional)]
    switch: bool,
    /// Takes whether it is ticked from now on.
    on_change: Callback<bool>,
) -> impl IntoView {
    let hint = (!hint.is_empty()).then(|| view! { <span class="quiet">{hint}</span> });
    view! {
        <label class="tick">
            <input
                class:switch=switch
                type="checkbox"
                role=switch.then_some("switch")
                disabled=fixed
                prop:checked=ticked
                on:change=change(move |event| on_change.run(event_target_checked(&event)))
            />
            <span>
                <span class="tick-label">{label}</span>
                {hint}
            </span>
        </label>
    }
}
