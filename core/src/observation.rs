//! Observations: typed facts that detectors report, read from the wire one by one, each accepted or refused alone.

use std::net::IpAddr;

use chrono::{DateTime, SubsecRound, TimeDelta};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use strum::{Display, EnumIter, EnumString, IntoStaticStr};

use crate::country::CountryCode;
use crate::error::FieldError;
use crate::id::{AccountId, ObservationId, OrganizationId};
use crate::time::{Timestamp, minutes};
use crate::vpn::VpnSlug;

/// How far a detector's clock may be ahead of ours.
pub const MAX_AHEAD: TimeDelta = minutes(5);

/// The longest id of an observation or identity, in characters.
pub const MAX_ID: usize = 200;

/// The longest name of a person or thing, in characters.
pub const MAX_NAME: usize = 320;

/// The most observations in one request.
pub const MAX_BATCH: usize = 1_000;

/// A fact that a detector reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Which one; the same id again is the same observation.
    pub id: ObservationId,
    /// When it happened, by the detector's clock.
    pub observed_at: Timestamp,
    /// Whom it concerns.
    pub account: AccountId,
    /// The organization it belongs to, where there is one.
    pub organization: Option<OrganizationId>,
    /// What happened.
    pub fact: Fact,
}

/// What happened. One variant a type on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// Somebody logged in successfully.
    Login(LoginFact),
}

/// A successful login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LoginFact {
    /// Who logged in.
    pub identity: ObservedIdentity,
    /// The country of the address, if known.
    pub country: Option<CountryCode>,
    /// The VPN it came through, if any.
    pub vpn: Option<VpnSlug>,
    /// The address, if known.
    pub ip_address: Option<IpAddr>,
}

/// An identity as a detector names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ObservedIdentity {
    /// The directory's id; unique within the organization.
    pub id: String,
    /// The name it signs in with.
    pub username: String,
    /// The person's name, where the detector knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where the person lives, if that is on record.
    #[serde(default)]
    pub usage_location: Option<CountryCode>,
}

/// What became of an observation.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Outcome {
    /// It raised an escalation.
    Raised,
    /// It joined an open one as a new entity.
    Joined,
    /// It is a sighting of an entity that an open one already lists.
    Updated,
    /// A rule or the usage location expects it.
    Expected,
    /// An unauthorized rule matched; the provider acts on it.
    Suspected,
    /// It has not lasted long or happened often enough.
    Pending,
    /// It ended a condition.
    Recovered,
    /// It says nothing that could be judged.
    Ignored,
    /// It was here before.
    Duplicate,
    /// It is not valid.
    Rejected,
}

/// A login on the wire.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginBody {
    /// See [`Observation::id`].
    pub id: String,
    /// Always `login`.
    #[serde(rename = "type")]
    pub kind: String,
    /// See [`Observation::observed_at`].
    pub observed_at: Timestamp,
    /// See [`Observation::account`].
    pub account_id: AccountId,
    /// See [`Observation::organization`].
    pub organization_id: OrganizationId,
    /// Who logged in.
    pub identity: ObservedIdentity,
    /// The country of the address, if known.
    #[serde(default)]
    pub country: Option<CountryCode>,
    /// The VPN it came through, if any.
    #[serde(default)]
    pub vpn: Option<VpnSlug>,
    /// The address, if known.
    #[serde(default)]
    pub ip_address: Option<IpAddr>,
}

/// The type of a login on the wire.
pub const LOGIN: &str = "login";

impl Observation {
    /// Reads one observation from its JSON text.
    ///
    /// # Errors
    /// Each field that is wrong, with what was expected and found.
    pub fn parse(json: &str, now: Timestamp) -> Result<Self, Vec<FieldError>> {
        let body: LoginBody = serde_json::from_str(json).map_err(|error| diagnose(json, &error))?;
        let errors = check(&body, now);
        if errors.is_empty() { Ok(body.into()) } else { Err(errors) }
    }
}

impl From<LoginBody> for Observation {
    fn from(body: LoginBody) -> Self {
        Self {
            id: ObservationId(body.id),
            observed_at: body.observed_at.trunc_subsecs(6),
            account: body.account_id,
            organization: Some(body.organization_id),
            fact: Fact::Login(LoginFact {
                identity: body.identity,
                country: body.country,
                vpn: body.vpn,
                ip_address: body.ip_address.map(|ip| ip.to_canonical()),
            }),
        }
    }
}

fn check(body: &LoginBody, now: Timestamp) -> Vec<FieldError> {
    let mut errors = Vec::new();
    if body.kind != LOGIN {
        errors.push(FieldError::new("type", format!("expected `login`, found `{}`", body.kind)));
    }
    let texts = [
        ("id", Some(&body.id), MAX_ID),
        ("identity.id", Some(&body.identity.id), MAX_ID),
        ("identity.username", Some(&body.identity.username), MAX_NAME),
        ("identity.name", body.identity.name.as_ref(), MAX_NAME),
    ];
    for (field, text, max) in texts {
        errors.extend(text.and_then(|text| check_text(field, text, max)));
    }
    if body.observed_at > now + MAX_AHEAD {
        let ahead = format!("expected at most 5 minutes after now ({now}), found {}", body.observed_at);
        errors.push(FieldError::new("observed_at", ahead));
    }
    errors
}

fn check_text(field: &str, text: &str, max: usize) -> Option<FieldError> {
    let length = text.chars().count();
    if text.trim().is_empty() {
        Some(FieldError::new(field, format!("expected 1 to {max} characters, found none")))
    } else if length > max {
        Some(FieldError::new(field, format!("expected at most {max} characters, found {length}")))
    } else if text.chars().any(char::is_control) {
        Some(FieldError::new(field, "expected text without control characters"))
    } else {
        None
    }
}

/// Finds the fields that kept a login from being read. Slow and thorough: it runs only for what is refused.
fn diagnose(json: &str, error: &serde_json::Error) -> Vec<FieldError> {
    let object = match serde_json::from_str(json) {
        Ok(Value::Object(object)) => object,
        Ok(_) => return vec![FieldError::new("", "expected a JSON object")],
        Err(syntax) => return vec![FieldError::new("", format!("expected JSON: {syntax}"))],
    };
    let mut errors = diagnose_fields(&object);
    if errors.is_empty() {
        errors.push(FieldError::new("", error));
    }
    errors
}

type Reader = fn(&Value) -> Result<(), String>;

fn diagnose_fields(object: &Map<String, Value>) -> Vec<FieldError> {
    match object.get("type").and_then(Value::as_str) {
        Some(LOGIN) => {}
        Some(other) => {
            let message = format!("expected `login`, the type that this version reads, found `{other}`");
            return vec![FieldError::new("type", message)];
        }
        None => return vec![FieldError::new("type", "expected the observation's type, such as `login`")],
    }
    let fields: &[(&str, bool, Reader)] = &[
        ("id", true, text),
        ("type", true, text),
        ("observed_at", true, time),
        ("account_id", true, number),
        ("organization_id", true, number),
        ("identity", true, record),
        ("country", false, |value| parsed(value, CountryCode::parse)),
        ("vpn", false, |value| parsed(value, VpnSlug::parse)),
        ("ip_address", false, |value| {
            parsed(value, |text| {
                text.parse::<IpAddr>().map_err(|_| format!("expected an IP address, found `{text}`"))
            })
        }),
    ];
    let mut errors = diagnose_object("", object, fields);
    if let Some(Value::Object(identity)) = object.get("identity") {
        let fields: &[(&str, bool, Reader)] = &[
            ("id", true, text),
            ("username", true, text),
            ("name", false, text),
            ("usage_location", false, |value| parsed(value, CountryCode::parse)),
        ];
        errors.extend(diagnose_object("identity.", identity, fields));
    }
    errors
}

fn diagnose_object(
    prefix: &str,
    object: &Map<String, Value>,
    fields: &[(&str, bool, Reader)],
) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (field, required, read) in fields {
        match object.get(*field) {
            None | Some(Value::Null) if *required => {
                errors.push(FieldError::new(format!("{prefix}{field}"), "required, and missing"));
            }
            None | Some(Value::Null) => {}
            Some(value) => {
                errors
                    .extend(read(value).err().map(|text| FieldError::new(format!("{prefix}{field}"), text)));
            }
        }
    }
    for field in object.keys().filter(|key| !fields.iter().any(|(field, ..)| field == key)) {
        errors.push(FieldError::new(format!("{prefix}{field}"), "unknown field: leave it out"));
    }
    errors
}

fn text(value: &Value) -> Result<(), String> {
    value.as_str().map(|_| ()).ok_or_else(|| "expected text".to_owned())
}

fn number(value: &Value) -> Result<(), String> {
    value.as_i64().map(|_| ()).ok_or_else(|| "expected a whole number".to_owned())
}

fn record(value: &Value) -> Result<(), String> {
    value.as_object().map(|_| ()).ok_or_else(|| "expected an object with `id` and `username`".to_owned())
}

fn time(value: &Value) -> Result<(), String> {
    let expected = "expected a time such as 2026-11-24T08:00:00Z";
    let text = value.as_str().ok_or_else(|| expected.to_owned())?;
    DateTime::parse_from_rfc3339(text).map(|_| ()).map_err(|_| format!("{expected}, found `{text}`"))
}

fn parsed<T, E: ToString>(value: &Value, read: impl Fn(&str) -> Result<T, E>) -> Result<(), String> {
    let text = value.as_str().ok_or_else(|| "expected text".to_owned())?;
    read(text).map(|_| ()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::at;

    fn login() -> Value {
        json!({
            "id": "evt-1", "type": "login", "observed_at": "2026-11-24T08:00:00Z", "account_id": 1,
            "organization_id": 2, "country": "UA", "vpn": null, "ip_address": "62.149.20.10",
            "identity": {"id": "joey", "username": "joey@contoso.example", "usage_location": "NL"},
        })
    }

    fn check(change: impl Fn(&mut Value), expected_fields: &[&str]) {
        let mut body = login();
        change(&mut body);
        let fields: Vec<String> = match Observation::parse(&body.to_string(), at("2026-11-24T08:00:00Z")) {
            Ok(_) => Vec::new(),
            Err(errors) => errors.into_iter().map(|error| error.field).collect(),
        };
        assert_eq!(fields, expected_fields, "{body}");
    }

    #[test]
    fn the_example_of_the_design_is_read() {
        let observation =
            Observation::parse(&login().to_string(), at("2026-11-24T08:00:00Z")).expect("it is valid");
        assert_eq!(observation.account, AccountId(1));
        let Fact::Login(login) = observation.fact;
        assert_eq!(login.country.map(|country| country.in_sentence()), Some("Ukraine".to_owned()));
    }

    #[test]
    fn each_wrong_field_is_named() {
        check(|body| body["country"] = json!("Ukraine"), &["country"]);
        check(|body| body["country"] = json!("ua"), &[]);
        check(|body| body["identity"]["usage_location"] = json!("ZZ"), &["identity.usage_location"]);
        check(|body| body["ip_address"] = json!("62.149.20"), &["ip_address"]);
        check(|body| body["id"] = json!(7), &["id"]);
        check(|body| body["id"] = json!(""), &["id"]);
        check(|body| body["id"] = json!("x".repeat(MAX_ID + 1)), &["id"]);
        check(|body| body["observed_at"] = json!("yesterday"), &["observed_at"]);
        check(|body| body["organization_id"] = json!(null), &["organization_id"]);
        check(|body| body["mood"] = json!("good"), &["mood"]);
        check(|body| body["identity"] = json!({"id": "joey"}), &["identity.username"]);
        check(|body| body["type"] = json!("eclipse"), &["type"]);
        check(|body| *body = json!([]), &[""]);
    }

    #[test]
    fn a_detector_may_be_five_minutes_ahead_and_no_more() {
        check(|body| body["observed_at"] = json!("2026-11-24T08:05:00Z"), &[]);
        check(|body| body["observed_at"] = json!("2026-11-24T08:05:00.000001Z"), &["observed_at"]);
    }

    #[test]
    fn seven_fractional_digits_and_any_offset_are_read() {
        check(|body| body["observed_at"] = json!("2026-11-24T09:59:59.1234567+02:00"), &[]);
    }
}
