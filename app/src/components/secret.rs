//! A secret that was just made, which is shown once.

use leptos::prelude::*;

use super::dialog::Dialog;
use super::snippet::Snippet;
use crate::erased::{click, view};
use crate::state::{Signal, State};

/// The dialog; it is open while there is a secret.
pub fn secret(title: &'static str, about: &'static str, secret: State<Option<String>>) -> AnyView {
    let open = Signal::derive(move || secret.with(Option::is_some));
    let close = Callback::new(move |()| secret.set(None));
    view! {
        <Dialog title open on_close=close>
            <div class="dialog-body">
                <p>{about}</p>
                <Snippet code=secret.get_untracked().unwrap_or_default()/>
            </div>
            <div class="dialog-actions">
                <button class="button primary" type="button" on:click=click(move |_| close.run(()))>
                    "I have copied it"
                </button>
            </div>
        </Dialog>
    }
}
