//! A line to fill in, for which password managers and authenticators can stand in.

use leptos::prelude::*;

use super::field::Field;
use crate::erased::{view, written};
use crate::state::State;

/// The line with its label. `fills` is what the browser knows it by: `current-password`, `one-time-code`.
pub fn text_field(
    label: &'static str,
    id: &'static str,
    kind: &'static str,
    fills: &'static str,
    text: State<String>,
) -> AnyView {
    view! {
        <Field label=label control=id>
            <input
                class="input wide"
                id=id
                name=id
                type=kind
                autocomplete=fills
                autocapitalize="off"
                spellcheck="false"
                required
                prop:value=text.bare()
                on:input=written(text)
            />
        </Field>
    }
}
