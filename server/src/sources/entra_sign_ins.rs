//! The Entra sign-in log: Microsoft Graph `signIn` objects, and the records of Azure Monitor and Event Hubs that hold
//! one under `properties`.

use beckon_core::country::CountryCode;
use beckon_core::vpn::VpnSlug;
use serde::Deserialize;
use serde_json::Value;

use super::{Fact, Login, Person, Reason, Record, address, not_json, object_id, text, username, when};

/// A record in either wrapping. Each field is any JSON, so that one odd field does not spoil the record.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LogRecord {
    // Azure Monitor's envelope.
    category: Option<Value>,
    properties: Option<Box<LogRecord>>,
    time: Option<Value>,
    result_type: Option<Value>,
    caller_ip_address: Option<Value>,
    // The sign-in itself.
    id: Option<Value>,
    created_date_time: Option<Value>,
    user_principal_name: Option<Value>,
    user_display_name: Option<Value>,
    user_id: Option<Value>,
    service_principal_id: Option<Value>,
    sign_in_event_types: Option<Value>,
    ip_address: Option<Value>,
    autonomous_system_number: Option<Value>,
    location: Option<Value>,
    status: Option<Value>,
    #[serde(rename = "riskEventTypes_v2")]
    risk_event_types_v2: Option<Value>,
    risk_event_types: Option<Value>,
}

/// The risk that means a VPN, a proxy or Tor. Entra does not say which.
const ANONYMIZED: &str = "anonymizedIPAddress";

/// Reads one record.
///
/// # Errors
/// What was expected of the record, and what was found.
pub fn read(json: &[u8]) -> Result<Record, String> {
    let outer: LogRecord = serde_json::from_slice(json).map_err(|error| not_json(&error))?;
    match text(outer.category.as_ref()) {
        Some("SignInLogs" | "NonInteractiveUserSignInLogs" | "ADFSSignInLogs") | None => {}
        Some(category) if category.ends_with("SignInLogs") => return Ok(Record::Ignored(Reason::NotAPerson)),
        Some(_) => return Ok(Record::Ignored(Reason::NotALogin)),
    }
    let sign_in = outer.properties.as_deref().unwrap_or(&outer);
    if !is_sign_in(&outer, sign_in) {
        return Ok(Record::Ignored(Reason::OtherLog));
    }
    if is_service(sign_in) {
        return Ok(Record::Ignored(Reason::NotAPerson));
    }
    if error_code(&outer, sign_in)? != 0 {
        return Ok(Record::Ignored(Reason::Failed));
    }
    let Some(person) = person(sign_in) else {
        return Ok(Record::Ignored(Reason::NobodyNamed));
    };
    login(&outer, sign_in, person).map(|login| Record::Fact(Fact::Login(Box::new(login))))
}

fn login(outer: &LogRecord, sign_in: &LogRecord, person: Person) -> Result<Login, String> {
    let id = text(sign_in.id.as_ref()).ok_or("expected the sign-in's `id`, found none")?;
    let at = text(sign_in.created_date_time.as_ref())
        .or_else(|| text(outer.time.as_ref()))
        .ok_or("expected the sign-in's `createdDateTime`, found none")?;
    let login = Login {
        id: id.to_owned(),
        at: when::parse(at).map_err(|message| format!("`createdDateTime`: {message}"))?,
        person,
        country: country(sign_in).or_else(|| country(outer)),
        vpn: vpn(sign_in),
        address: address::best([text(sign_in.ip_address.as_ref()), text(outer.caller_ip_address.as_ref())]),
        system: system(sign_in),
    };
    login.check()?;
    Ok(login)
}

/// Tells a sign-in from the records of other logs.
fn is_sign_in(outer: &LogRecord, sign_in: &LogRecord) -> bool {
    outer.category.is_some()
        || sign_in.created_date_time.is_some()
            && (sign_in.status.is_some()
                || sign_in.user_principal_name.is_some()
                || sign_in.user_id.is_some())
}

fn is_service(sign_in: &LogRecord) -> bool {
    let kinds = sign_in.sign_in_event_types.as_ref().and_then(Value::as_array);
    let is_service_kind = kinds.is_some_and(|kinds| {
        !kinds.is_empty()
            && kinds.iter().filter_map(Value::as_str).all(|kind| !kind.to_ascii_lowercase().ends_with("user"))
    });
    let has_principal = text(sign_in.service_principal_id.as_ref()).is_some();
    is_service_kind || (has_principal && person(sign_in).is_none())
}

/// Returns the result: 0 for success. A number in Graph's objects, mostly a string in the envelope.
fn error_code(outer: &LogRecord, sign_in: &LogRecord) -> Result<i64, String> {
    let status = sign_in.status.as_ref().and_then(|status| status.get("errorCode"));
    [status, sign_in.result_type.as_ref(), outer.result_type.as_ref()]
        .into_iter()
        .flatten()
        .find_map(number)
        .ok_or_else(|| "expected the result in `status.errorCode` or `resultType`, found none".to_owned())
}

/// Tells who signed in. The directory's object id is the person; a guest is one too.
fn person(sign_in: &LogRecord) -> Option<Person> {
    let object_id = object_id(text(sign_in.user_id.as_ref()));
    let username = username(text(sign_in.user_principal_name.as_ref())).or_else(|| object_id.clone())?;
    let name = text(sign_in.user_display_name.as_ref()).map(str::to_owned);
    Some(Person { object_id, username, name })
}

/// Returns the country: under `location` in a sign-in, as a bare text in the envelope.
fn country(record: &LogRecord) -> Option<CountryCode> {
    let location = record.location.as_ref()?;
    CountryCode::parse(text(location.get("countryOrRegion").or(Some(location)))?).ok()
}

/// Returns the number of the autonomous system; 0 stands for none.
fn system(sign_in: &LogRecord) -> Option<u32> {
    number(sign_in.autonomous_system_number.as_ref()?)?.try_into().ok().filter(|system| *system != 0)
}

/// Reads a number, also from the text that some exports make of it.
fn number(value: &Value) -> Option<i64> {
    value.as_i64().or_else(|| value.as_str()?.trim().parse().ok())
}

fn vpn(sign_in: &LogRecord) -> Option<VpnSlug> {
    let names = |value: &Value| match value {
        // Some exports write the list as a text that holds JSON.
        Value::String(text) => text.to_ascii_lowercase().contains(&ANONYMIZED.to_ascii_lowercase()),
        Value::Array(risks) => {
            risks.iter().filter_map(Value::as_str).any(|risk| risk.eq_ignore_ascii_case(ANONYMIZED))
        }
        _ => false,
    };
    [&sign_in.risk_event_types_v2, &sign_in.risk_event_types]
        .into_iter()
        .flatten()
        .any(names)
        .then(|| VpnSlug::parse("UNKNOWN_VPN").expect("a slug of the catalogue"))
}

#[cfg(test)]
mod tests;
