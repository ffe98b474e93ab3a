//! The choices of an answer as cards: radios with a label and a hint each.

use beckon_core::api::escalation::ChoiceBody;
use leptos::prelude::*;

use crate::erased::{change, view};

/// The cards.
#[component]
pub fn ChoiceCards(
    /// The question that they answer.
    #[prop(into)]
    question: String,
    /// In order.
    choices: Vec<ChoiceBody>,
    /// The slug of the one that is chosen; empty while none is.
    value: RwSignal<String>,
) -> impl IntoView {
    view! {
        <fieldset class="choices">
            <legend class="unseen">{question}</legend>
            {choices
                .into_iter()
                .enumerate()
                .map(|(index, choice)| {
                    let (checked, chosen) = (choice.slug.clone(), choice.slug.clone());
                    let hint_id = format!("choice-{index}-hint");
                    view! {
                        <label class="choice">
                            <input
                                id=format!("choice-{}", index + 1)
                                type="radio"
                                name="choice"
                                value=choice.slug
                                aria-label=choice.label.clone()
                                aria-describedby=hint_id.clone()
                                prop:checked=Signal::derive(move || *value.read() == checked)
                                on:change=change(move |_| value.set(chosen.clone()))
                            />
                            <span class="choice-label" aria-hidden="true">{choice.label}</span>
                            <span class="choice-hint" id=hint_id>{choice.hint}</span>
                        </label>
                    }
                })
                .collect_view()}
        </fieldset>
    }
}
