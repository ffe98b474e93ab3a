//! A change under way: whether it is being made, and why it was not.

use leptos::prelude::*;

use crate::api::{Answer, Change, Failure};
use crate::components::announcer::use_announcer;
use crate::erased::{dynamic, spawn, view};
use crate::state::State;

/// What is done with the answer to a change; returns what is said to screen readers.
type Then = Box<dyn FnOnce(&Answer) -> Result<String, Failure>>;

/// One change at a time. Copies are the same change.
#[derive(Clone, Copy)]
pub struct Doing {
    /// Whether it is being made.
    pub busy: State<bool>,
    /// Why it was not made.
    pub error: State<Option<String>>,
    refused: State<()>,
}

impl Doing {
    /// Nothing is being done.
    pub fn new() -> Self {
        Self::with(State::new(false), State::new(None))
    }

    /// What is being done is told by signals that others set.
    pub fn with(busy: State<bool>, error: State<Option<String>>) -> Self {
        Self { busy, error, refused: State::new(()) }
    }

    /// Subscribes to changes that were not made: a control that has moved already goes back to what is kept.
    pub fn track_refusals(self) {
        self.refused.track();
    }

    /// Sends `change`, unless another is under way; `then` takes the answer and says what was done.
    pub fn send(self, change: Change, then: impl FnOnce(&Answer) -> Result<String, Failure> + 'static) {
        self.start(change, Box::new(then));
    }

    fn start(self, change: Change, then: Then) {
        if self.busy.get_untracked() {
            self.refused.set(());
            return;
        }
        let announcer = use_announcer();
        self.busy.set(true);
        self.error.set(None);
        spawn(async move {
            match change.send().await.and_then(|answer| then(&answer)) {
                Ok(said) => announcer.say(said),
                Err(failure) => {
                    self.error.try_set(Some(failure.text()));
                    self.refused.try_set(());
                }
            }
            self.busy.try_set(false);
        });
    }

    /// Shows why the change was not made; nothing while nothing went wrong.
    pub fn complaint(self) -> AnyView {
        let line =
            move || self.error.get().map(|text| view! { <p class="card-error" role="alert">{text}</p> });
        dynamic(line).into_any()
    }
}
