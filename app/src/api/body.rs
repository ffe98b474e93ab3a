//! Reads the bodies of core out of what the browser parsed.
//!
//! The browser has a parser; here each body takes its fields out of the result, by name. Serde would compile a state
//! machine for each body that is ten times as large, for formats and orders of fields that do not occur here. What a
//! body consists of stands in `bodies.rs`; the compiler sees to it that no field is forgotten.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::net::IpAddr;

use beckon_core::api::Named;
use beckon_core::country::CountryCode;
use beckon_core::network::Network;
use beckon_core::time::{Date, Timestamp};
use beckon_core::vpn::VpnSlug;
use js_sys::{Array, JSON, Object, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};

use crate::words::dates;

/// Parses `text`.
pub fn parse(text: &str) -> Option<JsValue> {
    JSON::parse(text).ok()
}

/// What was expected, or the name of the field that is missing or wrong.
#[derive(Clone, Copy, Debug)]
pub struct Error(pub &'static str);

thread_local! {
    static WRONG: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// Something that can be read out of what the browser parsed.
///
/// Reading goes on after a mistake, with something in the place of what could not be read: code that gives up in the
/// middle has to clean up after every field, and is twice as large. [`whole`] tells whether there was a mistake.
pub trait Body: Sized {
    /// Reads it. Whatever is wrong is noted by [`wrong`].
    fn read(value: &JsValue) -> Self;
}

/// Reads a whole answer.
///
/// # Errors
/// What was expected first and was not there, or the name of its field.
pub fn whole<T: Body>(value: &JsValue) -> Result<T, Error> {
    WRONG.take();
    let read = T::read(value);
    WRONG.take().map_or(Ok(read), |what| Err(Error(what)))
}

/// Notes that something is not what was expected, unless something else was not before.
pub fn wrong(expected: &'static str) {
    WRONG.set(WRONG.get().or(Some(expected)));
}

/// Reads one field of an object. One that is not there is undefined: nothing, or an empty list.
pub fn field<T: Body>(object: &JsValue, name: &'static str) -> T {
    let read = T::read(&part(object, name));
    blame(name);
    read
}

/// Puts the name of the field in the place of what was expected of it.
fn blame(name: &'static str) {
    if WRONG.get().is_some_and(|what| what.contains(' ')) {
        WRONG.set(Some(name));
    }
}

fn part(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &JsValue::from_str(name)).unwrap_or_else(|_| {
        wrong("an object");
        JsValue::UNDEFINED
    })
}

/// Reads text.
pub fn text(value: &JsValue) -> String {
    value.as_string().unwrap_or_else(|| {
        wrong("a text");
        String::new()
    })
}

/// Reads a whole number, which JSON keeps exactly up to 2^53.
#[expect(clippy::cast_possible_truncation, reason = "a fraction is no number of ours, and 2^53 fits")]
pub fn number(value: &JsValue) -> i64 {
    value.as_f64().map_or_else(
        || {
            wrong("a number");
            0
        },
        |number| number as i64,
    )
}

impl Body for JsValue {
    fn read(value: &JsValue) -> Self {
        value.clone()
    }
}

impl Body for String {
    fn read(value: &JsValue) -> Self {
        text(value)
    }
}

impl Body for bool {
    fn read(value: &JsValue) -> Self {
        value.as_bool().unwrap_or_else(|| {
            wrong("true or false");
            false
        })
    }
}

impl Body for i64 {
    fn read(value: &JsValue) -> Self {
        number(value)
    }
}

impl Body for u64 {
    fn read(value: &JsValue) -> Self {
        number(value).unsigned_abs()
    }
}

impl Body for u32 {
    fn read(value: &JsValue) -> Self {
        number(value).try_into().unwrap_or(Self::MAX)
    }
}

impl Body for u16 {
    fn read(value: &JsValue) -> Self {
        number(value).try_into().unwrap_or(Self::MAX)
    }
}

impl Body for u8 {
    fn read(value: &JsValue) -> Self {
        number(value).try_into().unwrap_or(Self::MAX)
    }
}

/// Nothing is read out of what is always null.
impl Body for () {
    fn read(_: &JsValue) -> Self {}
}

impl<T: Body> Body for Option<T> {
    fn read(value: &JsValue) -> Self {
        (!value.is_null() && !value.is_undefined()).then(|| T::read(value))
    }
}

impl<T: Body> Body for Vec<T> {
    fn read(value: &JsValue) -> Self {
        items(value).iter().map(T::read).collect()
    }
}

fn items(value: &JsValue) -> Vec<JsValue> {
    if let Some(list) = value.dyn_ref::<Array>() {
        return list.to_vec();
    }
    if !value.is_undefined() {
        wrong("a list");
    }
    Vec::new()
}

impl Body for BTreeMap<String, String> {
    fn read(value: &JsValue) -> Self {
        let mut all = Self::new();
        match value.dyn_ref::<Object>() {
            Some(object) => {
                for entry in Object::entries(object).to_vec() {
                    let entry: Array = entry.unchecked_into();
                    all.insert(text(&entry.get(0)), text(&entry.get(1)));
                }
            }
            None => wrong("an object"),
        }
        all
    }
}

impl<Id: Body> Body for Named<Id> {
    fn read(value: &JsValue) -> Self {
        Self { id: field(value, "id"), name: field(value, "name") }
    }
}

/// The browser reads times too; those of the API are in UTC, and of use here to the millisecond.
impl Body for Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit for 285 000 years")]
    fn read(value: &JsValue) -> Self {
        let milliseconds = js_sys::Date::parse(&text(value));
        let time = milliseconds.is_finite().then_some(milliseconds as i64);
        time.and_then(Self::from_timestamp_millis).unwrap_or_else(|| {
            wrong("a time");
            Self::UNIX_EPOCH
        })
    }
}

impl Body for Date {
    fn read(value: &JsValue) -> Self {
        dates::read(&text(value)).unwrap_or_else(|| {
            wrong("a date");
            Self::default()
        })
    }
}

/// What core reads from one text, and a text that can be read.
macro_rules! parsed {
    ($($type:ty => $read:expr, $some:literal;)+) => {$(
        impl Body for $type {
            fn read(value: &JsValue) -> Self {
                ($read)(&text(value)).unwrap_or_else(|_| {
                    wrong(concat!("a ", stringify!($type)));
                    ($read)($some).expect("it can be read")
                })
            }
        }
    )+};
}

parsed! {
    CountryCode => CountryCode::parse, "NL";
    VpnSlug => VpnSlug::parse, "unknown";
    Network => Network::parse, "0.0.0.0";
    IpAddr => str::parse::<IpAddr>, "0.0.0.0";
}
