//! A change under way: whether it is being made, and why it was not.

use leptos::prelude::*;

use crate::api::{Answer, Change, Failure};
use crate::components::announcer::use_announcer;
use crate::erased::{dynamic, spawn, view};

/// What is done with the answer to a change; returns what is said to screen readers.
type Then = Box<dyn FnOnce(&Answer) -> Result<String, Failure>>;

/// One change at a time. Copies are the same change.
#[derive(Clone, Copy)]
pub struct Doing {
    /// Whether it is being made.
    pub busy: RwSignal<bool>,
    /// Why it was not made.
    pub error: RwSignal<Option<String>>,
}

impl Doing {
    /// Nothing is being done.
    pub fn new() -> Self {
        Self { busy: RwSignal::new(false), error: RwSignal::new(None) }
    }

    /// Sends `change`, unless another is under way; `then` takes the answer and says what was done.
    pub fn send(self, change: Change, then: impl FnOnce(&Answer) -> Result<String, Failure> + 'static) {
        self.start(change, Box::new(then));
    }

    fn start(self, change: Change, then: Then) {
        if self.busy.get_untracked() {
            return;
        }
        let announcer = use_announcer();
        self.busy.set(true);
        self.error.set(None);
        spawn(async move {
            match change.send().await.and_then(|answer| then(&answer)) {
                Ok(said) => announcer.say(said),
                Err(failure) => drop(self.error.try_set(Some(failure.text()))),
            }
            let _ = self.busy.try_set(false);
        });
    }

    /// Shows why the change was not made; nothing while nothing went wrong.
    pub fn complaint(self) -> AnyView {
        let line =
            move || self.error.get().map(|text| view! { <p class="card-error" role="alert">{text}</p> });
        dynamic(line).into_any()
    }
}
