//! The keys, all of them.

use leptos::prelude::*;

use crate::erased::{click, view};

use super::dialog::Dialog;

/// What each key does, in the order of use.
const KEYS: &[(&[&str], &str)] = &[
    (&["/"], "Search"),
    (&["j", "k"], "Next and previous row"),
    (&["Enter"], "Open the row"),
    (&["1", "2", "3"], "Choose an answer"),
    (&["Ctrl or ⌘", "Enter"], "Do what the button says"),
    (&["Esc"], "Close, or go back to the list"),
    (&["?"], "Show this"),
];

/// The dialog that `?` opens.
#[component]
pub fn Help(
    /// Whether it is open.
    open: RwSignal<bool>,
) -> impl IntoView {
    view! {
        <Dialog title="Keyboard" open on_close=Callback::new(move |()| open.set(false))>
            <dl class="keys">
                {KEYS
                    .iter()
                    .map(|(keys, does)| {
                        let keys = keys.iter().map(|key| view! { <kbd>{*key}</kbd> }).collect_view();
                        view! {
                            <div>
                                <dt>{keys}</dt>
                                <dd>{*does}</dd>
                            </div>
                        }
                    })
                    .collect_view()}
            </dl>
            <div class="dialog-actions">
                <button class="button" type="button" on:click=click(move |_| open.set(false))>
                    "Close"
                </button>
            </div>
        </Dialog>
    }
}
