//! What was fetched, and is fetched again when what it depends on changes. Keeps what is shown until the new is here.
//!
//! The work is done once for all types, in [`Inner`]; [`Remote`] only puts the type back on.

use std::any::Any;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use leptos::prelude::*;

use crate::api::{Answer, Body, Failure};
use crate::erased::{effect, spawn};
use crate::memo::Memo;

/// A request under way.
pub type Request<T> = Pin<Box<dyn Future<Output = Result<T, Failure>>>>;

/// What stands where something of the server's would be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shape {
    /// It was not fetched yet.
    Loading,
    /// It could not be fetched.
    Failed(Failure),
    /// It is here.
    Content,
}

/// Something of the server's. Copies are the same thing.
pub struct Remote<T> {
    inner: Inner,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Remote<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Remote<T> {}

type Erased = Arc<dyn Any + Send + Sync>;

#[derive(Clone, Copy)]
struct Inner {
    value: RwSignal<Option<Erased>>,
    failure: RwSignal<Option<Failure>>,
    again: RwSignal<u32>,
    latest: StoredValue<u32>,
}

impl<T: Send + Sync + 'static> Remote<T> {
    /// Fetches now, and again whenever a signal changes that `request` reads while it is made.
    pub fn new(request: impl Fn() -> Request<T> + 'static) -> Self {
        Self::starting_with(None, request)
    }

    /// Does the same, and shows `value` until the first answer.
    pub fn starting_with(value: Option<Arc<T>>, request: impl Fn() -> Request<T> + 'static) -> Self {
        let erased = move || -> Request<Erased> {
            let request = request();
            Box::pin(async move { request.await.map(|value| Arc::new(value) as Erased) })
        };
        let inner = Inner::new(value.map(|value| value as Erased), Box::new(erased));
        Self { inner, of: PhantomData }
    }

    /// Returns what stands where the value would be shown.
    pub fn shape(self) -> Memo<Shape> {
        self.inner.shape()
    }

    /// Returns the value and subscribes to it.
    pub fn get(self) -> Option<Arc<T>> {
        typed(self.inner.value.get())
    }

    /// Returns the value.
    pub fn get_untracked(self) -> Option<Arc<T>> {
        typed(self.inner.value.get_untracked())
    }

    /// Returns why the last request failed and subscribes to it.
    pub fn failure(self) -> Option<Failure> {
        self.inner.failure.get()
    }

    /// Puts `value` in place of what was fetched: a write has answered with it.
    pub fn set(self, value: T) {
        self.inner.set(Arc::new(value));
    }

    /// Fetches again.
    pub fn refetch(self) {
        let _ = self.inner.again.try_update(|again| *again = again.wrapping_add(1));
    }
}

impl<T: Body + Send + Sync + 'static> Remote<T> {
    /// Fetches what is at a path, and again whenever a signal changes that `path` reads.
    pub fn at(path: impl Fn() -> String + 'static) -> Self {
        let read: Reader = |answer| answer.read::<T>().map(|value| Arc::new(value) as Erased);
        Self { inner: Inner::new(None, requests(Box::new(path), read)), of: PhantomData }
    }

    /// Puts what a write has answered in place of what was fetched.
    ///
    /// # Errors
    /// [`Failure::Unreadable`] where it is something else.
    pub fn take(self, answer: &Answer) -> Result<(), Failure> {
        answer.read::<T>().map(|value| self.set(value))
    }
}

/// Reads an answer, whatever it is.
type Reader = fn(&Answer) -> Result<Erased, Failure>;

fn requests(path: Box<dyn Fn() -> String>, read: Reader) -> Box<dyn Fn() -> Request<Erased>> {
    Box::new(move || {
        let path = path();
        Box::pin(async move { Answer::of(path).await.and_then(|answer| read(&answer)) })
    })
}

fn typed<T: Send + Sync + 'static>(value: Option<Erased>) -> Option<Arc<T>> {
    value.and_then(|value| value.downcast().ok())
}

impl Inner {
    fn new(value: Option<Erased>, request: Box<dyn Fn() -> Request<Erased>>) -> Self {
        let inner = Self {
            value: RwSignal::new(value),
            failure: RwSignal::new(None),
            again: RwSignal::new(0),
            latest: StoredValue::new(0),
        };
        effect(move || {
            inner.again.track();
            let number = inner.latest.get_value().wrapping_add(1);
            inner.latest.set_value(number);
            let request = request();
            spawn(async move { inner.receive(number, request.await) });
        });
        inner
    }

    fn shape(self) -> Memo<Shape> {
        Memo::new(move |_| match (self.value.with(Option::is_some), self.failure.get()) {
            (true, _) => Shape::Content,
            (false, Some(failure)) => Shape::Failed(failure),
            (false, None) => Shape::Loading,
        })
    }

    fn set(self, value: Erased) {
        self.latest.try_update_value(|number| *number = number.wrapping_add(1));
        let _ = self.value.try_set(Some(value));
    }

    /// Takes an answer, unless its page is gone or a later request was made.
    fn receive(self, number: u32, answer: Result<Erased, Failure>) {
        if self.latest.try_get_value() != Some(number) {
            return;
        }
        match answer {
            Ok(value) => {
                let _ = self.value.try_set(Some(value));
                if self.failure.try_get_untracked().flatten().is_some() {
                    let _ = self.failure.try_set(None);
                }
            }
            Err(failure) => drop(self.failure.try_set(Some(failure))),
        }
    }
}
