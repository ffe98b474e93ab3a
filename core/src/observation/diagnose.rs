//! Finds the fields that kept an observation from being read. Slow and thorough: it runs only for what is refused.

use std::net::IpAddr;

use chrono::DateTime;
use serde_json::{Map, Value};
use strum::VariantNames;

use super::body::Type;
use super::{AntivirusPolicy, IsolatedBy};
use crate::country::CountryCode;
use crate::error::FieldError;
use crate::severity::Severity;
use crate::vpn::VpnSlug;

/// How a field is read, and whether it must be there, may be null, or may be missing.
struct Field {
    name: &'static str,
    presence: Presence,
    read: Reader,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Presence {
    Required,
    Nullable,
    Optional,
}

use Presence::{Nullable, Optional, Required};

#[derive(Clone, Copy)]
enum Reader {
    Value(fn(&Value) -> Result<(), String>),
    Object(&'static [Field]),
}

const fn value(name: &'static str, presence: Presence, read: fn(&Value) -> Result<(), String>) -> Field {
    Field { name, presence, read: Reader::Value(read) }
}

const fn object(name: &'static str, fields: &'static [Field]) -> Field {
    Field { name, presence: Required, read: Reader::Object(fields) }
}

const COMMON: &[Field] = &[
    value("id", Required, text),
    value("type", Required, text),
    value("observed_at", Required, time),
    value("account_id", Required, number),
];

const ORGANIZATION: Field = value("organization_id", Required, number);

const ENDPOINT: Field = object("endpoint", ENDPOINT_FIELDS);
const ENDPOINT_FIELDS: &[Field] =
    &[value("id", Required, text), value("hostname", Required, text), value("os", Optional, text)];

const IDENTITY: &[Field] = &[
    value("id", Required, text),
    value("username", Required, text),
    value("name", Optional, text),
    value("usage_location", Optional, |value| parsed(value, CountryCode::parse)),
];

const INCIDENT: &[Field] = &[value("id", Required, text), value("title", Required, text)];

const REPORT: &[Field] = &[
    value("id", Required, text),
    value("title", Required, text),
    value("severity", Required, word::<Severity>),
];

const LOGIN: &[Field] = &[
    ORGANIZATION,
    object("identity", IDENTITY),
    value("country", Optional, |value| parsed(value, CountryCode::parse)),
    value("vpn", Optional, |value| parsed(value, VpnSlug::parse)),
    value("ip_address", Optional, address),
];

const DEFENDER_STATUS: &[Field] = &[
    ORGANIZATION,
    ENDPOINT,
    value("managed_antivirus", Required, word::<AntivirusPolicy>),
    value("real_time_protection", Required, truth),
];

const ISOLATION: &[Field] = &[
    ORGANIZATION,
    ENDPOINT,
    object("incident", INCIDENT),
    value("isolated", Required, truth),
    value("by", Optional, word::<IsolatedBy>),
];

const TENANT_ACCESS: &[Field] =
    &[ORGANIZATION, value("tenant_id", Required, text), value("error", Nullable, text)];

const REPORT_DELIVERY: &[Field] = &[
    value("organization_id", Optional, number),
    object("report", REPORT),
    value("integration", Required, text),
    value("error", Nullable, text),
];

/// Returns the fields of a type, beside those that all have.
const fn fields(kind: Type) -> &'static [Field] {
    match kind {
        Type::Login => LOGIN,
        Type::DefenderStatus => DEFENDER_STATUS,
        Type::Isolation => ISOLATION,
        Type::TenantAccess => TENANT_ACCESS,
        Type::ReportDelivery => REPORT_DELIVERY,
    }
}

/// Names what is wrong in `json`; `error` is what the reader said, where it got as far as the type.
pub(super) fn diagnose(json: &str, error: Option<&serde_json::Error>) -> Vec<FieldError> {
    let body = match serde_json::from_str(json) {
        Ok(Value::Object(body)) => body,
        Ok(_) => return vec![FieldError::new("", "expected a JSON object")],
        Err(syntax) => return vec![FieldError::new("", format!("expected JSON: {syntax}"))],
    };
    let kind = match body.get("type").map(|kind| kind.as_str().unwrap_or_default()) {
        Some(text) => match text.parse::<Type>() {
            Ok(kind) => kind,
            Err(_) => return vec![FieldError::new("type", expected::<Type>(text))],
        },
        None => {
            return vec![FieldError::new(
                "type",
                "required, and missing: the observation's type, such as `login`",
            )];
        }
    };
    let known: Vec<&Field> = COMMON.iter().chain(fields(kind)).collect();
    let mut errors = of_object("", &body, &known);
    if errors.is_empty() {
        let text = error.map_or_else(|| "expected an observation".to_owned(), ToString::to_string);
        errors.push(FieldError::new("", text));
    }
    errors
}

fn of_object(prefix: &str, object: &Map<String, Value>, known: &[&Field]) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for field in known {
        let name = format!("{prefix}{}", field.name);
        match (object.get(field.name), field.presence) {
            (None | Some(Value::Null), Optional) | (Some(Value::Null), Nullable) => {}
            (None | Some(Value::Null), Required) => {
                errors.push(FieldError::new(name, "required, and missing"));
            }
            (None, Nullable) => {
                errors.push(FieldError::new(name, "required, and missing: null says that it works"));
            }
            (Some(value), _) => match field.read {
                Reader::Value(read) => {
                    errors.extend(read(value).err().map(|text| FieldError::new(name, text)));
                }
                Reader::Object(fields) => errors.extend(nested(&name, value, fields)),
            },
        }
    }
    for name in object.keys().filter(|name| !known.iter().any(|field| field.name == name.as_str())) {
        errors.push(FieldError::new(format!("{prefix}{name}"), "unknown field: leave it out"));
    }
    errors
}

fn nested(name: &str, value: &Value, fields: &'static [Field]) -> Vec<FieldError> {
    if let Value::Object(object) = value {
        return of_object(&format!("{name}."), object, &fields.iter().collect::<Vec<_>>());
    }
    let needed: Vec<String> = fields
        .iter()
        .filter(|field| field.presence == Required)
        .map(|field| format!("`{}`", field.name))
        .collect();
    vec![FieldError::new(name, format!("expected an object with {}", crate::text::join(&needed, "and")))]
}

fn text(value: &Value) -> Result<(), String> {
    value.as_str().map(|_| ()).ok_or_else(|| "expected text".to_owned())
}

fn number(value: &Value) -> Result<(), String> {
    value.as_i64().map(|_| ()).ok_or_else(|| "expected a whole number".to_owned())
}

fn truth(value: &Value) -> Result<(), String> {
    value.as_bool().map(|_| ()).ok_or_else(|| "expected true or false".to_owned())
}

fn time(value: &Value) -> Result<(), String> {
    let expected = "expected a time such as 2026-11-24T08:00:00Z";
    let text = value.as_str().ok_or_else(|| expected.to_owned())?;
    DateTime::parse_from_rfc3339(text).map(|_| ()).map_err(|_| format!("{expected}, found `{}`", short(text)))
}

fn address(value: &Value) -> Result<(), String> {
    parsed(value, |text| {
        text.parse::<IpAddr>().map_err(|_| format!("expected an IP address, found `{}`", short(text)))
    })
}

fn word<T: std::str::FromStr + VariantNames>(value: &Value) -> Result<(), String> {
    parsed(value, |text| text.parse::<T>().map_err(|_| expected::<T>(text)))
}

fn expected<T: VariantNames>(found: &str) -> String {
    let words: Vec<String> = T::VARIANTS.iter().map(|word| format!("`{word}`")).collect();
    format!("expected {}, found `{}`", crate::text::join(&words, "or"), short(found))
}

fn parsed<T, E: ToString>(value: &Value, read: impl Fn(&str) -> Result<T, E>) -> Result<(), String> {
    let text = value.as_str().ok_or_else(|| "expected text".to_owned())?;
    read(text).map(|_| ()).map_err(|error| error.to_string())
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}
