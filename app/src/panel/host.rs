//! The page around the panel: both make sure of each other once, and then talk over a port that nobody else has.

use std::cell::RefCell;

use beckon_core::api::embed::{FrameBody, ThemeBody};
use beckon_core::id::EscalationId;
use js_sys::{Object, Reflect};
use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{MessageEvent, MessagePort};

use crate::api;
use crate::erased::listen;

thread_local! {
    static PORT: RefCell<Option<MessagePort>> = const { RefCell::new(None) };
    static ORIGIN: RefCell<String> = const { RefCell::new(String::new()) };
}

/// What the page around says.
#[derive(Debug)]
pub enum Said {
    /// It is there. Comes first, and once.
    Connected {
        /// The question to begin with.
        escalation: Option<i64>,
    },
    /// A launch code.
    Code(String),
    /// That there is none, and why.
    NoCode(String),
    /// How the panel is to look.
    Theme(ThemeBody),
    /// Which question to show.
    Open(i64),
    /// That everything is to be fetched again.
    Refresh,
    /// That whoever looked is signed out.
    SignOut,
}

/// Tells the page around something. `fields` are names and values.
pub fn say(kind: &str, fields: &[(&str, JsValue)]) {
    PORT.with_borrow(|port| {
        if let Some(port) = port {
            let _ = port.post_message(&message(kind, fields));
        }
    });
}

/// Returns the origin of the page around, as the browser says; empty before it is there.
pub fn origin() -> String {
    ORIGIN.with_borrow(Clone::clone)
}

fn message(kind: &str, fields: &[(&str, JsValue)]) -> JsValue {
    let object = Object::new();
    let set = |name: &str, value: &JsValue| {
        let _ = Reflect::set(&object, &JsValue::from_str(name), value);
    };
    set("type", &JsValue::from_str(kind));
    for (name, value) in fields {
        set(name, value);
    }
    object.into()
}

/// Greets the page around, and calls `heard` with what it says. Whoever is not on the list, is not around this page or says
/// something else is not heard.
pub fn connect(known: &FrameBody, heard: impl Fn(Said) + Clone + 'static) {
    let origins = known.origins.clone();
    listen(ev::message, move |event: MessageEvent| {
        let parent: JsValue = window().parent().ok().flatten().into();
        let from_parent = event.source().is_some_and(|source| JsValue::from(source) == parent);
        if !from_parent || !origins.contains(&event.origin()) {
            return;
        }
        let data = event.data();
        if kind(&data) != "connect" {
            return;
        }
        let Ok(port) = event.ports().get(0).dyn_into::<MessagePort>() else { return };
        // The page around answers once for each hello; whoever speaks up later is not it.
        if PORT.with_borrow(Option::is_some) {
            return;
        }
        ORIGIN.set(event.origin());
        follow(&port, heard.clone());
        PORT.set(Some(port));
        if let Some(theme) = theme(&data) {
            heard(Said::Theme(theme));
        }
        heard(Said::Connected { escalation: number(&data) });
    });
    let hello = message("hello", &[("beckon", JsValue::from_f64(1.0))]);
    if let Ok(Some(parent)) = window().parent() {
        // Holds nothing that anybody could use: whoever is around may hear it.
        let _ = parent.post_message(&hello, "*");
    }
}

fn follow(port: &MessagePort, heard: impl Fn(Said) + 'static) {
    let handle = Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| {
        if let Some(said) = read(&event.data()) {
            heard(said);
        }
    });
    // Setting the handler starts the port. It lives as long as the page.
    port.set_onmessage(Some(handle.as_ref().unchecked_ref()));
    handle.forget();
}

fn read(data: &JsValue) -> Option<Said> {
    let text = |name: &str| get(data, name).as_string();
    match kind(data).as_str() {
        "code" => text("code").map(Said::Code),
        "no-code" => Some(Said::NoCode(text("message").unwrap_or_default())),
        "theme" => theme(data).map(Said::Theme),
        "open" => number(data).map(Said::Open),
        "refresh" => Some(Said::Refresh),
        "sign-out" => Some(Said::SignOut),
        _ => None,
    }
}

fn get(data: &JsValue, name: &str) -> JsValue {
    if data.is_object() {
        Reflect::get(data, &JsValue::from_str(name)).unwrap_or_default()
    } else {
        JsValue::UNDEFINED
    }
}

fn kind(data: &JsValue) -> String {
    get(data, "type").as_string().unwrap_or_default()
}

/// Reads the number of a question.
#[expect(clippy::cast_possible_truncation, reason = "a fraction is no number of ours, and 2^53 fits")]
fn number(data: &JsValue) -> Option<i64> {
    get(data, "escalation").as_f64().filter(|number| *number >= 1.0).map(|number| number as i64)
}

/// Writes the number of a question.
#[expect(clippy::cast_precision_loss, reason = "JSON keeps numbers exactly up to 2^53, and so does the API")]
pub fn number_of(id: EscalationId) -> JsValue {
    JsValue::from_f64(id.0 as f64)
}

fn theme(data: &JsValue) -> Option<ThemeBody> {
    let theme = get(data, "theme");
    theme.is_object().then(|| api::read_object(&theme)).flatten()
}
