//! Values that change: kept ([`State`]), computed at each look ([`Signal`]), computed when they are new ([`Memo`]).
//!
//! Leptos' own are compiled once for each type of value, and note at each use where in the source it stands. These are
//! leptos' own for one type that stands for all, with the type put back on.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use leptos::prelude::{
    AnyView, Callback, Get as _, GetUntracked as _, IntoAttributeValue, IntoRender, IntoView, Set as _,
};

use crate::erased::dynamic;

type Erased = Arc<dyn Any + Send + Sync>;

/// What can be kept.
pub trait Value: Send + Sync + 'static {}

impl<T: Send + Sync + 'static> Value for T {}

/// A value that is set. Copies are the same value.
pub struct State<T> {
    inner: leptos::prelude::RwSignal<Erased>,
    of: PhantomData<fn() -> T>,
}

/// A value that is computed at each look. Copies are the same value.
pub struct Signal<T> {
    inner: leptos::prelude::Signal<Erased>,
    of: PhantomData<fn() -> T>,
}

/// A value that is computed when what it follows from is new, and passed on when it is new itself. Copies are the same.
pub struct Memo<T> {
    inner: leptos::prelude::Memo<Kept>,
    of: PhantomData<fn() -> T>,
}

/// A value, and how to tell whether another is the same.
#[derive(Clone)]
struct Kept {
    value: Erased,
    same: fn(&Erased, &Erased) -> bool,
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        (self.same)(&self.value, &other.value)
    }
}

/// Computes a value from the one before.
type Compute = Box<dyn Fn(Option<&Kept>) -> Kept + Send + Sync>;

impl<T: Value> State<T> {
    /// Keeps `value`.
    pub fn new(value: T) -> Self {
        Self { inner: kept(Arc::new(value)), of: PhantomData }
    }

    /// Puts `value` in its place.
    pub fn set(self, value: T) {
        set(self.inner, Arc::new(value));
    }

    /// Puts `value` in its place, unless its page is gone.
    pub fn try_set(self, value: T) {
        try_set(self.inner, Arc::new(value));
    }

    /// Returns the value, unless its page is gone.
    pub fn try_get_untracked(self) -> Option<Arc<T>> {
        try_look(self.inner).map(typed)
    }
}

impl<T: Value + Clone> State<T> {
    /// Changes the value, unless its page is gone.
    pub fn update(self, change: impl FnOnce(&mut T)) {
        if let Some(value) = self.try_get_untracked() {
            let mut value = T::clone(&value);
            change(&mut value);
            self.try_set(value);
        }
    }
}

impl<T: Value> Signal<T> {
    /// Computes the value whenever somebody looks.
    pub fn derive(compute: impl Fn() -> T + Send + Sync + 'static) -> Self {
        Self { inner: derived(Box::new(move || Arc::new(compute()))), of: PhantomData }
    }

    /// A value that never changes.
    pub fn stored(value: T) -> Self {
        let value: Erased = Arc::new(value);
        Self { inner: derived(Box::new(move || value.clone())), of: PhantomData }
    }
}

impl<T: Value + PartialEq> Memo<T> {
    /// Computes now, and again whenever a signal changes that `compute` reads. It is given the value before.
    pub fn new(compute: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Self {
        let same = |one: &Erased, other: &Erased| one.downcast_ref::<T>() == other.downcast_ref::<T>();
        let erased = move |before: Option<&Kept>| {
            let before = before.and_then(|kept| kept.value.downcast_ref::<T>());
            Kept { value: Arc::new(compute(before)), same }
        };
        Self { inner: memo(Box::new(erased)), of: PhantomData }
    }

    /// Returns the value without a copy, unless its page is gone.
    pub fn try_read_untracked(self) -> Option<Arc<T>> {
        self.inner.try_get_untracked().map(|kept| typed(kept.value))
    }
}

/// What all of them can do; `$look` subscribes and `$glance` does not.
macro_rules! values {
    ($($name:ident: $look:ident, $glance:ident;)+) => {$(
        impl<T> Clone for $name<T> {
            fn clone(&self) -> Self {
                *self
            }
        }

        impl<T> Copy for $name<T> {}

        #[allow(dead_code, reason = "all three do the same, whether or not somebody asks each")]
        impl<T: Value> $name<T> {
            /// Returns the value without a copy, and subscribes to it.
            pub fn read(self) -> Arc<T> {
                typed($look(self.inner))
            }

            /// Returns the value without a copy.
            pub fn read_untracked(self) -> Arc<T> {
                typed($glance(self.inner))
            }

            /// Subscribes to the value.
            pub fn track(self) {
                let _ = $look(self.inner);
            }

            /// Looks at the value, and subscribes to it.
            pub fn with<R>(self, look: impl FnOnce(&T) -> R) -> R {
                look(&self.read())
            }

            /// Looks at the value.
            pub fn with_untracked<R>(self, look: impl FnOnce(&T) -> R) -> R {
                look(&self.read_untracked())
            }
        }

        #[allow(dead_code, reason = "all three do the same, whether or not somebody asks each")]
        impl<T: Value + Clone> $name<T> {
            /// Returns the value and subscribes to it.
            pub fn get(self) -> T {
                T::clone(&self.read())
            }

            /// Returns the value.
            pub fn get_untracked(self) -> T {
                T::clone(&self.read_untracked())
            }

            /// Returns it as leptos knows it: for classes, styles and properties in a view.
            pub fn bare(self) -> leptos::prelude::Signal<T> {
                leptos::prelude::Signal::derive(move || self.get())
            }
        }

        impl<T: Value + Clone> IntoAttributeValue for $name<T>
        where
            leptos::prelude::Signal<T>: IntoAttributeValue,
        {
            type Output = <leptos::prelude::Signal<T> as IntoAttributeValue>::Output;

            fn into_attribute_value(self) -> Self::Output {
                self.bare().into_attribute_value()
            }
        }

        impl<T: Value + Clone + IntoView> IntoRender for $name<T> {
            type Output = Box<dyn FnMut() -> AnyView + Send>;

            fn into_render(self) -> Self::Output {
                dynamic(move || self.get())
            }
        }
    )+};
}

values! {
    State: look_at_state, glance_at_state;
    Signal: look_at_signal, glance_at_signal;
    Memo: look_at_memo, glance_at_memo;
}

impl<T: Value> From<State<T>> for Signal<T> {
    fn from(State { inner, .. }: State<T>) -> Self {
        Self { inner: derived(Box::new(move || look_at_state(inner))), of: PhantomData }
    }
}

impl<T: Value> From<Memo<T>> for Signal<T> {
    fn from(Memo { inner, .. }: Memo<T>) -> Self {
        Self { inner: derived(Box::new(move || look_at_memo(inner))), of: PhantomData }
    }
}

/// Whoever takes values can set one.
impl<T: Value> From<State<T>> for Callback<T> {
    fn from(state: State<T>) -> Self {
        Self::new(move |value| state.set(value))
    }
}

impl<T: Value> From<T> for Signal<T> {
    fn from(value: T) -> Self {
        Self::stored(value)
    }
}

impl From<&str> for Signal<String> {
    fn from(text: &str) -> Self {
        Self::stored(text.to_owned())
    }
}

impl<T: Value> Default for Signal<Option<T>> {
    fn default() -> Self {
        Self::stored(None)
    }
}

impl Default for Signal<bool> {
    fn default() -> Self {
        Self::stored(false)
    }
}

fn kept(value: Erased) -> leptos::prelude::RwSignal<Erased> {
    leptos::prelude::RwSignal::new(value)
}

fn set(state: leptos::prelude::RwSignal<Erased>, value: Erased) {
    state.set(value);
}

fn try_set(state: leptos::prelude::RwSignal<Erased>, value: Erased) {
    let _ = state.try_set(value);
}

fn try_look(state: leptos::prelude::RwSignal<Erased>) -> Option<Erased> {
    state.try_get_untracked()
}

fn look_at_state(state: leptos::prelude::RwSignal<Erased>) -> Erased {
    state.get()
}

fn glance_at_state(state: leptos::prelude::RwSignal<Erased>) -> Erased {
    state.get_untracked()
}

fn derived(compute: Box<dyn Fn() -> Erased + Send + Sync>) -> leptos::prelude::Signal<Erased> {
    leptos::prelude::Signal::derive(compute)
}

fn look_at_signal(signal: leptos::prelude::Signal<Erased>) -> Erased {
    signal.get()
}

fn glance_at_signal(signal: leptos::prelude::Signal<Erased>) -> Erased {
    signal.get_untracked()
}

fn memo(compute: Compute) -> leptos::prelude::Memo<Kept> {
    leptos::prelude::Memo::new(compute)
}

fn look_at_memo(memo: leptos::prelude::Memo<Kept>) -> Erased {
    memo.get().value
}

fn glance_at_memo(memo: leptos::prelude::Memo<Kept>) -> Erased {
    memo.get_untracked().value
}

fn typed<T: Value>(value: Erased) -> Arc<T> {
    value.downcast().expect("it is what was put there")
}
