//! One choice out of a list, by the browser's own control.

use leptos::prelude::*;

use crate::erased::{change, view};

/// The control.
pub fn select(
    id: String,
    options: Vec<(String, String)>,
    value: String,
    on_change: Callback<String>,
) -> AnyView {
    let option = |(own, label): (String, String)| {
        let selected = own == value;
        view! { <option value=own selected=selected>{label}</option> }
    };
    view! {
        <select class="input wide" id=id on:change=change(move |event| on_change.run(event_target_value(&event)))>
            {options.into_iter().map(option).collect_view()}
        </select>
    }
}
