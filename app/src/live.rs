//! Live updates: one stream of small signals for the whole page, and whether it flows.
//!
//! Says only that something changed; who shows something fetches it again.

use std::cell::RefCell;
use std::time::Duration;

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::EventSource;

use crate::api;
use crate::erased::{listen, spawn};
use crate::panel;
use crate::state::State;

/// The first change is passed on at once, those that follow it within this time together.
const GATHER: Duration = Duration::from_millis(300);

/// How long to wait before a stream that the browser gave up is opened again.
const REOPEN: Duration = Duration::from_secs(4);

/// Whether changes arrive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// They do.
    Live,
    /// The stream is being opened.
    Reconnecting,
    /// The browser has no network.
    Offline,
}

/// The stream. Copies are the same stream.
#[derive(Clone, Copy)]
pub struct Live {
    flow: State<Flow>,
    version: State<u64>,
    gathering: StoredValue<Gathering>,
    opened: StoredValue<bool>,
}

/// What came in since the last change that was passed on.
#[derive(Clone, Copy, Default)]
struct Gathering {
    waits: bool,
    more: bool,
}

thread_local! {
    static SOURCE: RefCell<Option<EventSource>> = const { RefCell::new(None) };
}

impl Live {
    /// Prepares the stream; [`Live::open`] opens it.
    pub fn new() -> Self {
        let live = Self {
            flow: State::new(Flow::Reconnecting),
            version: State::new(0),
            gathering: StoredValue::new(Gathering::default()),
            opened: StoredValue::new(false),
        };
        listen(ev::offline, move |_| live.flow.set(Flow::Offline));
        listen(ev::online, move |_| live.reopen());
        live
    }

    /// Returns whether changes arrive, and subscribes to that.
    pub fn flow(self) -> Flow {
        self.flow.get()
    }

    /// Subscribes to changes of anything.
    pub fn track(self) {
        self.version.track();
    }

    /// Opens the stream, once.
    pub fn open(self) {
        if !self.opened.get_value() {
            self.opened.set_value(true);
            self.connect();
        }
    }

    /// Has everything fetched again that is shown.
    pub fn refresh(self) {
        self.gather();
    }

    fn reopen(self) {
        if self.opened.get_value() {
            self.connect();
            self.pass_on();
        }
    }

    fn connect(self) {
        if !window().navigator().on_line() {
            self.flow.set(Flow::Offline);
            return;
        }
        self.flow.set(Flow::Reconnecting);
        if panel::is_panel() {
            self.read();
            return;
        }
        let Ok(source) = EventSource::new("/v1/events") else { return };
        let changed = Closure::<dyn Fn()>::new(move || self.gather());
        let connected = Closure::<dyn Fn()>::new(move || self.flow.set(Flow::Live));
        let lost = Closure::<dyn Fn()>::new(move || self.lose());
        let _ = source.add_event_listener_with_callback("change", changed.as_ref().unchecked_ref());
        let _ = source.add_event_listener_with_callback("resync", changed.as_ref().unchecked_ref());
        source.set_onopen(Some(connected.as_ref().unchecked_ref()));
        source.set_onerror(Some(lost.as_ref().unchecked_ref()));
        // The stream lives as long as the page; the few that are opened again after an outage are small.
        changed.forget();
        connected.forget();
        lost.forget();
        SOURCE.with_borrow_mut(|current| {
            if let Some(old) = current.replace(source) {
                old.close();
            }
        });
    }

    /// Reads the stream as any other answer: an `EventSource` sends no token. It ends with the token that it was opened with,
    /// and is opened again with the next one.
    fn read(self) {
        spawn(async move {
            if let Some(mut stream) = api::Stream::open("/v1/events").await {
                self.flow.try_set(Flow::Live);
                while let Some(text) = stream.next().await {
                    if text.contains("event:") {
                        self.gather();
                    }
                }
            }
            self.flow.try_set(Flow::Reconnecting);
            if panel::bearer().is_some() {
                set_timeout(move || self.reopen(), REOPEN);
            } else {
                self.opened.set_value(false);
            }
        });
    }

    /// The browser opens a lost stream again by itself, unless the server refused it.
    fn lose(self) {
        let refused = SOURCE.with_borrow(|source| {
            source.as_ref().is_some_and(|source| source.ready_state() == EventSource::CLOSED)
        });
        let on_line = window().navigator().on_line();
        self.flow.set(if on_line { Flow::Reconnecting } else { Flow::Offline });
        if refused {
            set_timeout(move || self.reopen(), REOPEN);
        }
    }

    fn gather(self) {
        let Gathering { waits, .. } = self.gathering.get_value();
        if waits {
            self.gathering.set_value(Gathering { waits, more: true });
            return;
        }
        self.pass_on();
        self.gathering.set_value(Gathering { waits: true, more: false });
        set_timeout(
            move || {
                let Gathering { more, .. } = self.gathering.get_value();
                self.gathering.set_value(Gathering::default());
                if more {
                    self.gather();
                }
            },
            GATHER,
        );
    }

    fn pass_on(self) {
        self.version.update(|version| *version += 1);
    }
}

/// Returns the stream that [`crate::app::App`] prepared.
pub fn use_live() -> Live {
    expect_context()
}
