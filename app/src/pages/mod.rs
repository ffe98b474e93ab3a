//! The pages: each fetches what it shows and owns its state.

pub mod blocked;
pub mod deliveries;
pub mod escalation;
pub mod escalations;
mod fetched;
pub mod integrations;
pub mod not_found;
pub mod notifications;
mod query;
pub mod rules;
pub mod shell;
pub mod sign_in;
pub mod webhooks;

use leptos::prelude::*;

use crate::erased::view;

/// Sets the title of the document.
pub fn set_title(title: &str) {
    document().set_title(&format!("{title} · Beckon"));
}

/// What stands above a page of settings: its name, and what it is for.
fn heading(title: &'static str, line: &'static str) -> AnyView {
    set_title(title);
    view! {
        <div class="heading">
            <h1>{title}</h1>
            <p class="heading-line">{line}</p>
        </div>
    }
}
