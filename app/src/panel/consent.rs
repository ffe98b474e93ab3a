//! Before a panel sends an answer: one more question, which counts only where all of it has been seen for a moment, with nothing
//! over it, and where a person pressed the button.

use std::cell::Cell;
use std::time::Duration;

use js_sys::{Array, Object, Reflect};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit};

use crate::api::Failure;
use crate::asking::{Answer, Asking, ask, dialog, refuse};
use crate::components::when::When;
use crate::erased::{click, dynamic, effect, view};
use crate::session::Session;
use crate::state::{Signal, State};

use super::host;

/// For how long all of it has to be seen before the button counts. Whoever presses where something else was a moment
/// ago does not mean this.
const SEEN: Duration = Duration::from_millis(600);

/// How often the browser looks whether it is seen, in ms; the least that it takes for that.
const LOOK_MS: f64 = 100.0;

thread_local! {
    static CONSENT: Asking = const { Asking::new() };
}

/// Asks whether an answer is to be sent from this panel.
///
/// # Errors
/// [`Failure::Held`] where it is not.
pub async fn consented() -> Result<(), Failure> {
    if ask(&CONSENT).await { Ok(()) } else { Err(Failure::Held("Nothing was sent.".to_owned())) }
}

/// Closes the question, as if the answer had been no.
pub fn withdraw() {
    refuse(&CONSENT);
}

/// Whether all of something has been seen for long enough. Copies are the same.
#[derive(Clone, Copy)]
struct Seen {
    /// Counts how often it came into sight; nothing while it is not.
    in_sight: State<Option<u32>>,
    long_enough: State<bool>,
}

impl Seen {
    fn new() -> Self {
        Self { in_sight: State::new(None), long_enough: State::new(false) }
    }

    fn set(self, seen: bool, time: u32) {
        let before = self.in_sight.get_untracked();
        if !seen {
            self.in_sight.try_set(None);
            self.long_enough.try_set(false);
        } else if before.is_none() {
            self.in_sight.try_set(Some(time));
            // It counts where it did not go out of sight meanwhile.
            let stayed = move || self.in_sight.try_get_untracked().is_some_and(|now| *now == Some(time));
            set_timeout(
                move || {
                    if stayed() {
                        self.long_enough.try_set(true);
                    }
                },
                SEEN,
            );
        }
    }

    /// Watches an element. Browsers that can tell whether something lies over it do.
    fn watch(self, element: &Element) {
        let times = Cell::new(0);
        let looked = Closure::<dyn Fn(Array)>::new(move |entries: Array| {
            if let Ok(entry) = entries.pop().dyn_into::<IntersectionObserverEntry>() {
                times.set(times.get() + 1);
                self.set(is_seen(&entry), times.get());
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
    dialog(&CONSENT, "Send this answer?", move |answer| form(session, answer))
}

fn form(session: Session, answer: Answer) -> AnyView {
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
        if event.is_trusted() && is_activated() && seen.long_enough.get_untracked() {
            answer.say(true);
        }
    });
    let covered = Signal::derive(move || tried.get() && !seen.long_enough.get());
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
                <button class="button" type="button" on:click=click(move |_| answer.say(false))>"Cancel"</button>
            </div>
        </div>
    }
}
