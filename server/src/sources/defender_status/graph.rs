//! `windowsProtectionState` of Microsoft Graph: within the `managedDevice` that it belongs to, or alone.
//!
//! `deviceState` (`clean`, `critical`, `rebootPending`, …) tells of infections and of what is still to be done about
//! them, not of real-time protection, so it decides nothing here. Neither does `malwareProtectionEnabled`, which is the
//! antivirus as a whole.

use beckon_core::observation::ObservedEndpoint;
use chrono::{Datelike, SecondsFormat};
use serde::Deserialize;
use serde_json::Value;

use crate::sources::{Fact, Reason, Record, Status, not_json, text, when};

/// A device or a state. Each field is any JSON, so that one odd field does not spoil the record.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct GraphObject {
    id: Option<Value>,
    device_name: Option<Value>,
    operating_system: Option<Value>,
    os_version: Option<Value>,
    windows_protection_state: Option<Value>,
    real_time_protection_enabled: Option<Value>,
    device_state: Option<Value>,
    last_reported_date_time: Option<Value>,
}

/// Reads one record.
///
/// # Errors
/// What was expected of the record, and what was found.
pub fn read(json: &[u8]) -> Result<Record, String> {
    let device: GraphObject = serde_json::from_slice(json).map_err(|error| not_json(&error))?;
    let nested: Option<GraphObject> = match &device.windows_protection_state {
        Some(state @ Value::Object(_)) => {
            Some(serde_json::from_value(state.clone()).map_err(|error| not_json(&error))?)
        }
        _ => None,
    };
    let state = nested.as_ref().unwrap_or(&device);
    if state.real_time_protection_enabled.is_none() && state.device_state.is_none() {
        // A phone has no such state, and a device that was asked for without it has none either.
        let is_device = device.device_name.is_some() || nested.is_some();
        return Ok(Record::Ignored(if is_device { Reason::NotReported } else { Reason::OtherLog }));
    }
    let is_protected = match &state.real_time_protection_enabled {
        Some(Value::Bool(is_protected)) => *is_protected,
        None => return Ok(Record::Ignored(Reason::NotReported)),
        Some(_) => {
            return Err("expected `realTimeProtectionEnabled` to be true or false, found neither".to_owned());
        }
    };
    let at = text(state.last_reported_date_time.as_ref())
        .ok_or("expected the state's `lastReportedDateTime`, found none")?;
    let at = when::parse(at).map_err(|message| format!("`lastReportedDateTime`: {message}"))?;
    // Graph's word for never.
    if at.year() <= 1 {
        return Ok(Record::Ignored(Reason::NotReported));
    }
    // A state carries the id of its device.
    let id = text(device.id.as_ref())
        .or_else(|| text(state.id.as_ref()))
        .ok_or("expected the device's `id`, found none")?
        .to_lowercase();
    let hostname = text(device.device_name.as_ref()).unwrap_or(&id).to_owned();
    let parts = [&device.operating_system, &device.os_version].map(|part| text(part.as_ref()));
    let os = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let status = Status {
        id: format!("{id}/{}", at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        at,
        endpoint: ObservedEndpoint { id, hostname, os: (!os.is_empty()).then_some(os) },
        is_protected,
    };
    status.check()?;
    Ok(Record::Fact(Fact::Status(Box::new(status))))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ID: &str = "70FDA11D-A11D-70FD-1DA1-FD701DA1FD70";

    fn state() -> Value {
        json!({
            "@odata.type": "#microsoft.graph.windowsProtectionState", "id": ID, "malwareProtectionEnabled": true,
            "deviceState": "critical", "realTimeProtectionEnabled": false,
            "lastReportedDateTime": "2026-03-24T12:54:05.1234567Z",
        })
    }

    fn device() -> Value {
        json!({
            "id": ID, "deviceName": "WS-01", "operatingSystem": "Windows", "osVersion": "10.0.22631.4169",
            "windowsProtectionState": state(),
        })
    }

    fn status(body: &Value) -> Status {
        match read(body.to_string().as_bytes()) {
            Ok(Record::Fact(Fact::Status(status))) => *status,
            other => panic!("expected a status, found {other:?}"),
        }
    }

    #[test]
    fn a_state_is_read_within_its_device_and_alone() {
        let nested = status(&device());
        let id = ID.to_lowercase();
        assert_eq!(nested.id, format!("{id}/2026-03-24T12:54:05.123456Z"));
        assert_eq!(nested.at.timestamp_subsec_micros(), 123_456);
        assert!(!nested.is_protected);
        let os = Some("Windows 10.0.22631.4169".to_owned());
        assert_eq!(nested.endpoint, ObservedEndpoint { id: id.clone(), hostname: "WS-01".to_owned(), os });
        let alone = status(&state());
        assert_eq!((&alone.id, alone.at, alone.is_protected), (&nested.id, nested.at, nested.is_protected));
        assert_eq!(alone.endpoint, ObservedEndpoint { hostname: id.clone(), id, os: None });
        let mut named = state();
        named["deviceName"] = json!("WS-01");
        named["realTimeProtectionEnabled"] = json!(true);
        named["lastReportedDateTime"] = json!("2026-03-24T14:54:05+02:00");
        let named = status(&named);
        assert_eq!((named.endpoint.hostname.as_str(), named.is_protected), ("WS-01", true));
        assert!(named.id.ends_with("/2026-03-24T12:54:05Z"), "{}", named.id);
    }

    #[test]
    fn what_does_not_say_whether_it_is_on_is_ignored() {
        let ignored = |body: Value, reason| {
            assert_eq!(read(body.to_string().as_bytes()), Ok(Record::Ignored(reason)), "{body}");
        };
        let mut body = device();
        body["windowsProtectionState"]["realTimeProtectionEnabled"] = json!(null);
        ignored(body.clone(), Reason::NotReported);
        body["windowsProtectionState"] = json!({});
        ignored(body.clone(), Reason::NotReported);
        body["windowsProtectionState"] = json!(null);
        ignored(body, Reason::NotReported);
        let mut never = state();
        never["lastReportedDateTime"] = json!("0001-01-01T00:00:00Z");
        ignored(never, Reason::NotReported);
        ignored(json!({"id": "1", "createdDateTime": "2026-03-24T12:54:05Z"}), Reason::OtherLog);
        ignored(json!({"Operation": "UserLoggedIn", "Id": "1"}), Reason::OtherLog);
    }

    #[test]
    fn a_broken_state_says_what_was_expected() {
        let check = |change: fn(&mut Value), expected: &str| {
            let mut body = state();
            change(&mut body);
            let message = read(body.to_string().as_bytes()).expect_err("it is broken");
            assert!(message.contains(expected), "{message}");
        };
        check(|body| body["realTimeProtectionEnabled"] = json!("no"), "true or false");
        check(|body| body["lastReportedDateTime"] = json!(null), "`lastReportedDateTime`");
        check(|body| body["lastReportedDateTime"] = json!("soon"), "found `soon`");
        check(|body| body["id"] = json!(""), "`id`");
        check(|body| body["id"] = json!("x".repeat(190)), "at most 200");
    }
}
