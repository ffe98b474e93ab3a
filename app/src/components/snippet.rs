//! Text to copy: a command, a secret.

use js_sys::futures::JsFuture;
use leptos::prelude::*;

use super::announcer::use_announcer;
use crate::erased::{click, spawn, view};

/// The text with a button that copies it.
#[component]
pub fn Snippet(
    /// The text.
    code: String,
) -> impl IntoView {
    let announcer = use_announcer();
    let label = RwSignal::new("Copy");
    let text = code.clone();
    let copy = move |_| {
        let clipboard = window().navigator().clipboard();
        if clipboard.is_undefined() {
            announcer.warn("The browser does not let this page copy: select the text instead");
            return;
        }
        let copied = JsFuture::from(clipboard.write_text(&text));
        spawn(async move {
            let said = if copied.await.is_ok() { "Copied" } else { "Not copied" };
            let _ = label.try_set(said);
            announcer.say(said);
        });
    };
    view! {
        <div class="snippet">
            <code>{code}</code>
            <button class="button small" type="button" on:click=click(copy)>{label}</button>
        </div>
    }
}
