//! Dates by the browser's `Intl`, in the reader's time zone. The text around them is English, so they are too: in the
//! reader's own English where the browser has one.

use beckon_core::time::{Date, Timestamp};
use chrono::{Datelike, NaiveTime};
use js_sys::{Array, Intl, Object, Reflect};
use leptos::prelude::*;
use wasm_bindgen::JsValue;

/// The forms in which dates appear.
#[derive(Clone, Copy)]
enum Form {
    /// `Mon 30 Nov, 09:14`, for deadlines.
    Deadline,
    /// `22 Nov, 09:14`.
    Moment,
    /// `6 December`.
    Day,
    /// `6 December 2027`.
    DayOfYear,
}

/// Returns a deadline, with its weekday.
pub fn deadline(at: Timestamp) -> String {
    format(Form::Deadline, at)
}

/// Returns a moment.
pub fn moment(at: Timestamp) -> String {
    format(Form::Moment, at)
}

/// Returns a calendar day of rules, with its year where that is not the one of `now`.
pub fn day(day: Date, now: Timestamp) -> String {
    let form = if day.year() == now.year() { Form::Day } else { Form::DayOfYear };
    format(form, day.and_time(NaiveTime::MIN).and_utc())
}

/// Reads a calendar day, as fields and the API write it: `2027-12-06`.
pub fn read(text: &str) -> Option<Date> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    Date::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 are exact in 53 bits")]
fn format(form: Form, at: Timestamp) -> String {
    thread_local! {
        static FORMATS: [Intl::DateTimeFormat; 4] =
            [Form::Deadline, Form::Moment, Form::Day, Form::DayOfYear].map(formatter);
    }
    FORMATS.with(|formats| {
        let format = formats[form as usize].format();
        let date = JsValue::from_f64(at.timestamp_millis() as f64);
        format.call1(&JsValue::NULL, &date).ok().and_then(|text| text.as_string()).unwrap_or_default()
    })
}

fn formatter(form: Form) -> Intl::DateTimeFormat {
    let options: &[(&str, &str)] = match form {
        Form::Deadline => &[
            ("weekday", "short"),
            ("day", "numeric"),
            ("month", "short"),
            ("hour", "2-digit"),
            ("minute", "2-digit"),
        ],
        Form::Moment => &[("day", "numeric"), ("month", "short"), ("hour", "2-digit"), ("minute", "2-digit")],
        Form::Day => &[("day", "numeric"), ("month", "long"), ("timeZone", "UTC")],
        Form::DayOfYear => &[("day", "numeric"), ("month", "long"), ("year", "numeric"), ("timeZone", "UTC")],
    };
    let object = Object::new();
    for (key, value) in options {
        let _ = Reflect::set(&object, &JsValue::from_str(key), &JsValue::from_str(value));
    }
    let own = window().navigator().language().filter(|language| language.starts_with("en"));
    let locale = own.unwrap_or_else(|| "en-GB".to_owned());
    Intl::DateTimeFormat::new(&Array::of1(&JsValue::from_str(&locale)), &object)
}
