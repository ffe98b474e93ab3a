//! A labelled row of a form, with a hint and an error below.

use leptos::prelude::*;

use crate::erased::{dynamic, view};
use crate::state::Signal;

/// The row. The control inside carries the id that the label names.
#[component]
pub fn Field(
    /// The label.
    #[prop(into)]
    label: String,
    /// The id of the control; a group of controls has none and names itself. What is wrong has the same id with
    /// `-error` behind it.
    #[prop(optional, into)]
    control: Option<String>,
    /// What is wrong, if anything.
    #[prop(optional, into)]
    error: Signal<Option<String>>,
    /// The control.
    children: Children,
) -> impl IntoView {
    let error_id = control.as_ref().map(|id| format!("{id}-error"));
    let label = match control {
        Some(id) => view! { <label class="field-label" for=id>{label}</label> },
        None => view! { <span class="field-label">{label}</span> },
    };
    view! {
        <div class="field">
            {label}
            <div class="field-control">
                {children()}
                {dynamic(move || {
                    let id = error_id.clone();
                    error.get().map(|text| view! { <p class="field-error" role="alert" id=id>{text}</p> })
                })}
            </div>
        </div>
    }
}
