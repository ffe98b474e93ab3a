//! One choice out of a few short ones, side by side: radios that look like a switch.

use leptos::prelude::*;

use crate::erased::{change, view};

/// One option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Goes into `value`.
    pub value: String,
    /// For people.
    pub label: String,
}

impl Segment {
    /// An option.
    pub fn new(value: &(impl ToString + ?Sized), label: impl Into<String>) -> Self {
        Self { value: value.to_string(), label: label.into() }
    }
}

/// The switch.
#[component]
pub fn Segmented(
    /// Names the group of radios in the document.
    #[prop(into)]
    name: String,
    /// Names it for people.
    #[prop(into)]
    label: String,
    /// The options.
    segments: Vec<Segment>,
    /// What is chosen.
    #[prop(into)]
    value: Signal<String>,
    /// Takes what is chosen instead.
    #[prop(into)]
    set: SignalSetter<String>,
) -> impl IntoView {
    view! {
        <div class="segmented" role="radiogroup" aria-label=label>
            {segments
                .into_iter()
                .map(|Segment { value: own, label }| {
                    let (checked, chosen) = (own.clone(), own.clone());
                    view! {
                        <label class="segment">
                            <input
                                id=format!("{name}-{own}")
                                type="radio"
                                name=name.clone()
                                value=own
                                prop:checked=Signal::derive(move || *value.read() == checked)
                                on:change=change(move |_| set.set(chosen.clone()))
                            />
                            {label}
                        </label>
                    }
                })
                .collect_view()}
        </div>
    }
}
