//! Asks for a word before something is done that cannot be taken back, and names what that is.

use leptos::prelude::*;

use super::form::Form;
use crate::components::consequences::consequence_lines;
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::erased::{click, dynamic, view, written};

/// The dialog.
#[component]
pub fn Confirm(
    /// What it confirms.
    form: Form,
) -> impl IntoView {
    let title = Signal::derive(move || format!("{}?", form.plan.read().button));
    view! {
        <Dialog title open=form.confirming>
            <Question form/>
        </Dialog>
    }
}

#[component]
fn Question(form: Form) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let tried = RwSignal::new(false);
    let word = move || form.plan.read().confirm.clone().unwrap_or_default();
    let is_right = move || typed.read().trim().eq_ignore_ascii_case(&word());
    let mistake = Signal::derive(move || {
        (tried.get() && !is_right()).then(|| format!("Type “{}” here, or cancel.", word()))
    });
    let submit = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
        tried.set(true);
        if untrack(is_right) && !form.busy.get_untracked() {
            form.send(None);
        }
    };
    view! {
        <form class="dialog-body" on:submit=submit>
            <ul class="consequences">
                {dynamic(move || consequence_lines(form.plan.read().lines.clone()))}
            </ul>
            <Field label=format!("Type “{}”", untrack(word)) control="confirm-word" error=mistake>
                <input
                    class="input wide"
                    id="confirm-word"
                    type="text"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    autofocus
                    aria-describedby="confirm-word-error"
                    prop:value=typed
                    on:input=written(typed)
                />
            </Field>
            {dynamic(move || form.error.get().map(|text| view! { <p class="card-error" role="alert">{text}</p> }))}
            <div class="dialog-actions">
                <button class="button primary" type="submit" disabled=form.busy>
                    {dynamic(move || form.plan.read().button.clone())}
                </button>
                <button class="button" type="button" on:click=click(move |_| form.confirming.set(false))>
                    "Cancel"
                </button>
            </div>
        </form>
    }
}
