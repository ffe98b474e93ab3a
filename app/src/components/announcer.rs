//! The two live regions through which the page speaks to screen readers. Present from the start.

use leptos::prelude::*;

use crate::erased::{dynamic, view};
use crate::state::State;

/// Says things to screen readers. Copies are the same voice.
#[derive(Clone, Copy)]
pub struct Announcer {
    polite: State<String>,
    assertive: State<String>,
}

impl Announcer {
    /// Begins in silence.
    pub fn new() -> Self {
        Self { polite: State::new(String::new()), assertive: State::new(String::new()) }
    }

    /// Says `text` when nothing else is being said.
    pub fn say(self, text: impl Into<String>) {
        self.polite.set(text.into());
    }

    /// Says `text` at once.
    pub fn warn(self, text: impl Into<String>) {
        self.assertive.set(text.into());
    }
}

/// Returns the voice that [`crate::app::App`] provides.
pub fn use_announcer() -> Announcer {
    expect_context()
}

/// The regions themselves.
#[component]
pub fn LiveRegions() -> impl IntoView {
    let Announcer { polite, assertive } = use_announcer();
    view! {
        <div class="unseen" role="status" aria-live="polite">{dynamic(move || polite.get())}</div>
        <div class="unseen" aria-live="assertive" aria-atomic="true">{dynamic(move || assertive.get())}</div>
    }
}
