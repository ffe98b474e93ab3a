//! Reads the bodies of core out of what the browser parsed.
//!
//! The browser has a parser; here each body takes its fields out of the result, by name. Serde would compile a state
//! machine for each body that is ten times as large, for formats and orders of fields that do not occur here. What a
//! body consists of stands in `bodies.rs`; the compiler sees to it that no field is forgotten.

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

/// Something that can be read out of what the browser parsed.
pub trait Body: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// What was expected, or the name of the field that is missing or wrong.
    fn read(value: &JsValue) -> Result<Self, Error>;
}

/// Reads one field of an object. One that is not there is undefined: nothing, or an empty list.
pub fn field<T: Body>(object: &JsValue, name: &'static str) -> Result<T, Error> {
    T::read(&part(object, name)?)
        .map_err(|Error(inner)| Error(if inner.contains(' ') { name } else { inner }))
}

fn part(object: &JsValue, name: &str) -> Result<JsValue, Error> {
    Reflect::get(object, &JsValue::from_str(name)).map_err(|_| Error("an object"))
}

/// Reads text.
pub fn text(value: &JsValue) -> Result<String, Error> {
    value.as_string().ok_or(Error("a text"))
}

/// Reads a whole number, which JSON keeps exactly up to 2^53.
#[expect(clippy::cast_possible_truncation, reason = "a fraction is no number of ours, and 2^53 fits")]
pub fn number(value: &JsValue) -> Result<i64, Error> {
    value.as_f64().map(|number| number as i64).ok_or(Error("a number"))
}

impl Body for String {
    fn read(value: &JsValue) -> Result<Self, Error> {
        text(value)
    }
}

impl Body for bool {
    fn read(value: &JsValue) -> Result<Self, Error> {
        value.as_bool().ok_or(Error("true or false"))
    }
}

impl Body for i64 {
    fn read(value: &JsValue) -> Result<Self, Error> {
        number(value)
    }
}

impl Body for u64 {
    fn read(value: &JsValue) -> Result<Self, Error> {
        number(value).map(i64::unsigned_abs)
    }
}

impl Body for u32 {
    fn read(value: &JsValue) -> Result<Self, Error> {
        number(value)?.try_into().map_err(|_| Error("a small number"))
    }
}

impl Body for u16 {
    fn read(value: &JsValue) -> Result<Self, Error> {
        number(value)?.try_into().map_err(|_| Error("a small number"))
    }
}

/// Nothing is read out of what is always null.
impl Body for () {
    fn read(_: &JsValue) -> Result<Self, Error> {
        Ok(())
    }
}

impl<T: Body> Body for Option<T> {
    fn read(value: &JsValue) -> Result<Self, Error> {
        if value.is_null() || value.is_undefined() { Ok(None) } else { T::read(value).map(Some) }
    }
}

impl<T: Body> Body for Vec<T> {
    fn read(value: &JsValue) -> Result<Self, Error> {
        if value.is_undefined() {
            return Ok(Self::new());
        }
        let list: &Array = value.dyn_ref().ok_or(Error("a list"))?;
        let mut all = Self::new();
        for index in 0..list.length() {
            all.push(T::read(&list.get(index))?);
        }
        Ok(all)
    }
}

impl Body for BTreeMap<String, String> {
    fn read(value: &JsValue) -> Result<Self, Error> {
        let object: &Object = value.dyn_ref().ok_or(Error("an object"))?;
        let entries = Object::entries(object);
        let mut all = Self::new();
        for index in 0..entries.length() {
            let entry: Array = entries.get(index).unchecked_into();
            all.insert(text(&entry.get(0))?, text(&entry.get(1))?);
        }
        Ok(all)
    }
}

impl<Id: Body> Body for Named<Id> {
    fn read(value: &JsValue) -> Result<Self, Error> {
        Ok(Self { id: field(value, "id")?, name: field(value, "name")? })
    }
}

/// The browser reads times too; those of the API are in UTC, and of use here to the millisecond.
impl Body for Timestamp {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a time that is none is no number, and milliseconds fit"
    )]
    fn read(value: &JsValue) -> Result<Self, Error> {
        let milliseconds = js_sys::Date::parse(&text(value)?);
        let time =
            milliseconds.is_finite().then_some(milliseconds as i64).and_then(Self::from_timestamp_millis);
        time.ok_or(Error("a time"))
    }
}

impl Body for Date {
    fn read(value: &JsValue) -> Result<Self, Error> {
        dates::read(&text(value)?).ok_or(Error("a date"))
    }
}

/// What core reads from one text.
macro_rules! parsed {
    ($($type:ty => $read:expr,)+) => {$(
        impl Body for $type {
            fn read(value: &JsValue) -> Result<Self, Error> {
                ($read)(&text(value)?).map_err(|_| Error(concat!("a ", stringify!($type))))
            }
        }
    )+};
}

parsed! {
    CountryCode => CountryCode::parse,
    VpnSlug => VpnSlug::parse,
    Network => Network::parse,
    IpAddr => str::parse::<IpAddr>,
}
