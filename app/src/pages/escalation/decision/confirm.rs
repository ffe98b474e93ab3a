//! Asks for a word before something is done that cannot be taken back, and names what that is.

use leptos::prelude::*;

use super::form::Form;
use crate::components::confirm::{Confirm, Question};
use crate::doing::Doing;
use crate::erased::view;
use crate::state::Signal;

/// The dialog.
pub fn confirm(form: Form) -> AnyView {
    let send = Callback::new(move |()| form.send(None));
    let asked = Signal::derive(move || {
        let plan = form.plan.read();
        let question = || Question {
            title: format!("{}?", plan.button),
            lines: plan.lines.clone(),
            word: plan.confirm.clone(),
            button: plan.button.clone(),
            does: send,
        };
        form.confirming.get().then(question)
    });
    let cancel = Callback::new(move |()| form.confirming.set(false));
    view! { <Confirm asked on_cancel=cancel doing=Doing::with(form.busy, form.error)/> }
}
