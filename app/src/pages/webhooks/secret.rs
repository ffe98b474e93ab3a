//! The secret of an endpoint, which is shown once.

use leptos::prelude::*;

use super::Endpoints;
use crate::components::dialog::Dialog;
use crate::components::snippet::Snippet;
use crate::erased::{click, view};

/// The dialog; it opens when a secret was made.
pub(super) fn secret(endpoints: Endpoints) -> AnyView {
    let open = Signal::derive(move || endpoints.secret.with(Option::is_some));
    let close = Callback::new(move |()| endpoints.secret.set(None));
    view! {
        <Dialog title="The endpoint’s secret" open on_close=close>
            <div class="dialog-body">
                <p>
                    "Copy it now: it is shown this once. With it your system checks the signature of each request (Standard Webhooks)."
                </p>
                <Snippet code=endpoints.secret.get_untracked().unwrap_or_default()/>
            </div>
            <div class="dialog-actions">
                <button class="button primary" type="button" on:click=click(move |_| close.run(()))>
                    "I have copied it"
                </button>
            </div>
        </Dialog>
    }
}
