//! What was fetched, and is fetched again when what it depends on changes. Keeps what is shown until the new is here.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::Failure;

/// A request under way.
pub type Request<T> = Pin<Box<dyn Future<Output = Result<T, Failure>>>>;

/// Something of the server's. Copies are the same thing.
pub struct Remote<T: Send + Sync + 'static> {
    value: RwSignal<Option<Arc<T>>>,
    failure: RwSignal<Option<Failure>>,
    again: RwSignal<u32>,
    latest: StoredValue<u32>,
}

impl<T: Send + Sync + 'static> Clone for Remote<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync + 'static> Copy for Remote<T> {}

impl<T: Send + Sync + 'static> Remote<T> {
    /// Fetches now, and again whenever a signal changes that `request` reads while it is made.
    pub fn new(request: impl Fn() -> Request<T> + 'static) -> Self {
        Self::starting_with(None, request)
    }

    /// Does the same, and shows `value` until the first answer.
    pub fn starting_with(value: Option<Arc<T>>, request: impl Fn() -> Request<T> + 'static) -> Self {
        let remote = Self {
            value: RwSignal::new(value),
            failure: RwSignal::new(None),
            again: RwSignal::new(0),
            latest: StoredValue::new(0),
        };
        Effect::new(move |_| {
            remote.again.track();
            let number = remote.latest.get_value().wrapping_add(1);
            remote.latest.set_value(number);
            let request = request();
            spawn_local(async move { remote.receive(number, request.await) });
        });
        remote
    }

    /// Returns the value and subscribes to it.
    pub fn get(self) -> Option<Arc<T>> {
        self.value.get()
    }

    /// Returns the value.
    pub fn get_untracked(self) -> Option<Arc<T>> {
        self.value.get_untracked()
    }

    /// Returns why the last request failed and subscribes to it.
    pub fn failure(self) -> Option<Failure> {
        self.failure.get()
    }

    /// Puts `value` in place of what was fetched: a write has answered with it.
    pub fn set(self, value: T) {
        self.latest.update_value(|number| *number = number.wrapping_add(1));
        let _ = self.value.try_set(Some(Arc::new(value)));
    }

    /// Fetches again.
    pub fn refetch(self) {
        let _ = self.again.try_update(|again| *again = again.wrapping_add(1));
    }

    /// Takes an answer, unless its page is gone or a later request was made.
    fn receive(self, number: u32, answer: Result<T, Failure>) {
        if self.latest.try_get_value() != Some(number) {
            return;
        }
        match answer {
            Ok(value) => {
                let _ = self.value.try_set(Some(Arc::new(value)));
                if self.failure.try_get_untracked().flatten().is_some() {
                    let _ = self.failure.try_set(None);
                }
            }
            Err(failure) => drop(self.failure.try_set(Some(failure))),
        }
    }
}
