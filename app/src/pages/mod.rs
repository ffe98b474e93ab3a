//! The pages: each fetches what it shows and owns its state.

pub mod blocked;
pub mod escalation;
pub mod escalations;
pub mod not_found;
pub mod rules;
pub mod shell;
pub mod sign_in;

use leptos::prelude::*;

/// Sets the title of the document.
pub fn set_title(title: &str) {
    document().set_title(&format!("{title} · Beckon"));
}
