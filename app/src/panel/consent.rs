//! Before a panel sends an answer: one more question, which counts only where all of it has been seen for a moment, with nothing
//! over it, and where a person pressed the button.

use std::cell::RefCell;

use js_sys::futures::JsFuture;
use js_sys::{Array, Object, Promise, Reflect};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

use crate::api::Failure;
use crate::components::dialog::Dialog;
use crate::components::when::When;
use crate::erased::{click, dynamic, effect, view};
use crate::session::Session;
use crate::state::{Signal, State};

use super::host;

/// For how long all of it has to be seen before the button counts, in ms. Whoever presses where something else was a moment
/// ago does not mean this.
const SEEN_MS: f64 = 600.0;

/// How often the browser looks whether it is seen, in ms; the least that it takes for that.
const LOOK_MS: f64 = 100.0;

type Asker = Box<dyn Fn(js_sys::Function)>;

thread_local! {
    static ASKER: RefCell<Option<Asker>> = const { RefCell::new(None) };
    static WAITING: RefCell<Option<js_sys::Function>> = const { RefCell::new(None) };
}

/// Asks whether an answer is to be sent from this panel.
///
/// # Errors
/// [`Failure::Held`] where it is not.
pub async fn ask() -> Result<(), Failure> {
    let asked = Promise::new(&mut |resolve, _| {
        ASKER.with_borrow(|asker| asker.iter().for_each(|asker| asker(resolve.clone())));
    });
    let said = JsFuture::from(asked).await.is_ok_and(|said| said.is_truthy());
    if said { Ok(()) } else { Err(Failure::Held("Nothing was sent.".to_owned())) }
}

fn answer(said: bool) {
    if let Some(waiting) = WAITING.take() {
        let _ = waiting.call1(&JsValue::NULL, &JsValue::from_bool(said));
    }
}

fn performance_ms() -> f64 {
    window().performance().map_or(0.0, |performance| performance.now())
}

/// Since when all of something has been seen. Copies are the same.
#[derive(Clone, Copy)]
struct Seen {
    since: State<Option<f64>>,
    /// Whether it has been seen long enough; told by a timer, so that the page shows it.
    ready: State<bool>,
}

impl Seen {
    fn new() -> Self {
        Self { since: State::new(None), ready: State::new(false) }
    }

    fn is_ready(self) -> bool {
        self.since.get_untracked().is_some_and(|since| performance_ms() - since >= SEEN_MS)
    }

    fn set(self, seen: bool) {
        let before = self.since.get_untracked();
        match (before, seen) {
            (None, true) => {
                self.since.try_set(Some(performance_ms()));
                set_timeout(
                    move || {
                        if self.since.try_get_untracked().is_some_and(|since| since.is_some()) {
                            self.ready.try_set(self.is_ready());
                        }
                    },
                    std::time::Duration::from_millis(650),
                );
            }
            (Some(_), false) => {
                self.since.try_set(None);
                self.ready.try_set(false);
            }
            _ => {}
        }
    }

    /// Watches an element. Browsers that can tell whether something lies over it do.
    fn watch(self, element: &Element) {
        let looked = Closure::<dyn Fn(Array)>::new(move |entries: Array| {
            if let Ok(entry) = entries.pop().dyn_into::<IntersectionObserverEntry>() {
                self.set(is_seen(&entry));
            }
        });
        let options = Object::new();
        let set = |name: &str, value: JsValue| {
            let _ = Reflect::set(&options, &JsValue::from_str(name), &value);
        };
        let steps: Array = [0.0, 0.5, 0.9, 0.99, 1.0].into_iter().map(JsValue::from_f64).collect();
        set("threshold", steps.into());
        set("trackVisibility", JsValue::TRUE);
        set("delay", JsValue::from_f64(LOOK_MS));
        let options: IntersectionObserverInit = options.unchecked_into();
        let observer = IntersectionObserver::new_with_options(looked.as_ref().unchecked_ref(), &options);
        if let Ok(observer) = observer {
            observer.observe(element);
            looked.forget();
            on_cleanup(move || observer.disconnect());
        }
    }
}

/// Tells whether all of it is seen, with nothing over it where the browser knows that.
fn is_seen(entry: &IntersectionObserverEntry) -> bool {
    let uncovered = Reflect::get(entry, &JsValue::from_str("isVisible")).ok().and_then(|is| is.as_bool());
    entry.intersection_ratio() >= 0.99 && uncovered.unwrap_or(true) && !document().hidden()
}

/// Tells whether a person is behind what happens now, where the browser knows that.
fn is_activated() -> bool {
    let navigator: JsValue = window().navigator().into();
    let get = |value: &JsValue, name: &str| Reflect::get(value, &JsValue::from_str(name)).unwrap_or_default();
    get(&get(&navigator, "userActivation"), "isActive").as_bool().unwrap_or(true)
}

/// The dialog; it opens when an answer is about to be sent.
pub fn consent(session: Session) -> AnyView {
    let open = State::new(false);
    ASKER.set(Some(Box::new(move |waiting| {
        answer(false);
        WAITING.set(Some(waiting));
        open.set(true);
    })));
    let close = Callback::new(move |()| {
        open.set(false);
        answer(false);
    });
    view! {
        <Dialog title="Send this answer?" open on_close=close>
            {form(session, open, close)}
        </Dialog>
    }
}

fn form(session: Session, open: State<bool>, close: Callback<()>) -> AnyView {
    let (seen, tried) = (Seen::new(), State::new(false));
    let body = NodeRef::<html::Div>::new();
    effect(move || {
        if let Some(body) = body.get() {
            seen.watch(&body);
        }
    });
    let who = move || {
        let me = session.me()?;
        let account = session.account().map(|account| account.name.clone()).unwrap_or_default();
        Some(format!("You answer as {} for {account}, in a panel on {}.", me.name, host::origin()))
    };
    let send = click(move |event| {
        tried.set(true);
        if event.is_trusted() && is_activated() && seen.is_ready() {
            answer(true);
            open.set(false);
        }
    });
    let covered = Signal::derive(move || tried.get() && !seen.ready.get());
    view! {
        <div class="dialog-body" node_ref=body>
            <p>{dynamic(who)}</p>
            <When is=covered>
                <p class="card-error" role="alert">
                    "Not sent: something lay over this, or not all of it could be seen. When you see all of it, press again."
                </p>
            </When>
            <div class="dialog-actions">
                <button class="button primary" type="button" on:click=send>"Send the answer"</button>
                <button class="button" type="button" on:click=click(move |_| close.run(()))>"Cancel"</button>
            </div>
        </div>
    }
}
