//! Values that follow from others, and are passed on only when they are new. Leptos' `Memo`, once for all types.

use std::any::Any;
use std::marker::PhantomData;
use std::sync::Arc;

use leptos::prelude::{AnyView, Get as _, GetUntracked as _, IntoRender, IntoView, Signal};

use crate::erased::dynamic;

/// A value that follows from others. Copies are the same value.
pub struct Memo<T> {
    inner: leptos::prelude::Memo<Kept>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Memo<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Memo<T> {}

type Erased = Arc<dyn Any + Send + Sync>;

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

impl<T: PartialEq + Send + Sync + 'static> Memo<T> {
    /// Computes now, and again whenever a signal changes that `compute` reads. It is given the value before.
    pub fn new(compute: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Self {
        let same = |one: &Erased, other: &Erased| one.downcast_ref::<T>() == other.downcast_ref::<T>();
        let erased = move |before: Option<&Kept>| {
            let before = before.and_then(|kept| kept.value.downcast_ref::<T>());
            Kept { value: Arc::new(compute(before)), same }
        };
        Self { inner: memo(Box::new(erased)), of: PhantomData }
    }

    /// Returns the value without a copy, and subscribes to it.
    pub fn read(self) -> Arc<T> {
        typed(self.inner.get().value)
    }

    /// Returns the value without a copy.
    pub fn read_untracked(self) -> Arc<T> {
        typed(self.inner.get_untracked().value)
    }

    /// Returns the value without a copy, unless its page is gone.
    pub fn try_read_untracked(self) -> Option<Arc<T>> {
        self.inner.try_get_untracked().map(|kept| typed(kept.value))
    }

    /// Subscribes to the value.
    pub fn track(self) {
        let _ = self.inner.get();
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

impl<T: Clone + PartialEq + Send + Sync + 'static> Memo<T> {
    /// Returns the value and subscribes to it.
    pub fn get(self) -> T {
        T::clone(&self.read())
    }

    /// Returns the value.
    pub fn get_untracked(self) -> T {
        T::clone(&self.read_untracked())
    }
}

impl<T: Clone + PartialEq + Send + Sync + 'static> From<Memo<T>> for Signal<T> {
    fn from(memo: Memo<T>) -> Self {
        Self::derive(move || memo.get())
    }
}

impl<T: Clone + PartialEq + IntoView + Send + Sync + 'static> IntoRender for Memo<T> {
    type Output = Box<dyn FnMut() -> AnyView + Send>;

    fn into_render(self) -> Self::Output {
        dynamic(move || self.get())
    }
}

/// Computes a value from the one before.
type Compute = Box<dyn Fn(Option<&Kept>) -> Kept + Send + Sync>;

fn memo(compute: Compute) -> leptos::prelude::Memo<Kept> {
    leptos::prelude::Memo::new(compute)
}

fn typed<T: Send + Sync + 'static>(value: Erased) -> Arc<T> {
    value.downcast().expect("it is what was computed")
}
