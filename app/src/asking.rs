//! A question to whoever is here, for whose answer something waits: a dialog that is asked from anywhere, one question at a time.

use std::cell::{Cell, RefCell};
use std::thread::LocalKey;

use js_sys::futures::JsFuture;
use js_sys::{Function, Promise};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::components::dialog::Dialog;
use crate::erased::view;
use crate::state::State;

/// Where a question is asked and answered.
#[derive(Default)]
pub struct Asking {
    open: Cell<Option<State<bool>>>,
    waiting: RefCell<Option<Function>>,
}

impl Asking {
    /// Nobody asks, and nobody could answer.
    pub const fn new() -> Self {
        Self { open: Cell::new(None), waiting: RefCell::new(None) }
    }

    fn answer(&self, said: bool) {
        if let Some(waiting) = self.waiting.take() {
            let _ = waiting.call1(&JsValue::NULL, &JsValue::from_bool(said));
        }
    }
}

/// Asks, and tells whether the answer was yes. It is no where there is no dialog, and where somebody asks again.
pub async fn ask(asking: &'static LocalKey<Asking>) -> bool {
    let Some(open) = asking.with(|asking| asking.open.get()) else { return false };
    let asked = Promise::new(&mut |resolve, _| {
        asking.with(|asking| {
            asking.answer(false);
            asking.waiting.replace(Some(resolve));
        });
    });
    open.set(true);
    JsFuture::from(asked).await.is_ok_and(|said| said.is_truthy())
}

/// Answers the question that is asked. Copies are the same.
#[derive(Clone, Copy)]
pub struct Answer {
    asking: &'static LocalKey<Asking>,
    open: State<bool>,
}

impl Answer {
    /// Says yes, or no, and closes the dialog.
    pub fn say(self, said: bool) {
        self.asking.with(|asking| asking.answer(said));
        self.open.try_set(false);
    }
}

/// Answers no for whoever is asked, and closes the dialog.
pub fn refuse(asking: &'static LocalKey<Asking>) {
    if let Some(open) = asking.with(|asking| asking.open.get()) {
        Answer { asking, open }.say(false);
    }
}

/// The dialog; it opens when somebody asks. `form` is made anew each time.
pub fn dialog(
    asking: &'static LocalKey<Asking>,
    title: &'static str,
    form: impl Fn(Answer) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let answer = Answer { asking, open: State::new(false) };
    asking.with(|asking| asking.open.set(Some(answer.open)));
    view! {
        <Dialog title open=answer.open on_close=Callback::new(move |()| answer.say(false))>
            {form(answer)}
        </Dialog>
    }
}
