//! The Entra sign-in log: Microsoft Graph `signIn` objects, and the records of Azure Monitor and Event Hubs that hold
//! one under `properties`.

use beckon_core::country::CountryCode;
use beckon_core::vpn::VpnSlug;
use serde::Deserialize;
use serde_json::Value;

use super::{Login, Person, Reason, Record, address, not_json, object_id, text, username, when};

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
    login(&outer, sign_in, person).map(|login| Record::Login(Box::new(login)))
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
    let number = |value: &Value| value.as_i64().or_else(|| value.as_str()?.trim().parse().ok());
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
mod tests {
    use serde_json::json;

    use super::*;

    const ANA: &str = "3f1c9a52-0b7e-4d7a-9a36-5a1c1f2f7d10";

    fn sign_in() -> Value {
        json!({
            "id": "si-1", "createdDateTime": "2026-03-24T12:54:05.1234567Z", "userDisplayName": "Ana Lima",
            "userPrincipalName": "Ana.Lima@contoso.example", "userId": ANA, "ipAddress": "62.149.20.10",
            "isInteractive": true, "userType": "member", "status": {"errorCode": 0, "failureReason": "Other."},
            "location": {"city": "Kyiv", "countryOrRegion": "UA"}, "riskEventTypes_v2": [],
        })
    }

    /// The same sign-in as Azure Monitor wraps it.
    fn wrapped(category: &str, sign_in: &Value) -> Value {
        json!({
            "time": "2026-03-24T12:54:06Z", "category": category, "operationName": "Sign-in activity",
            "resultType": "0", "callerIpAddress": "62.149.20.10", "identity": "Ana Lima", "location": "UA",
            "properties": sign_in,
        })
    }

    fn changed(change: impl Fn(&mut Value)) -> Result<Record, String> {
        let mut body = sign_in();
        change(&mut body);
        read(body.to_string().as_bytes())
    }

    fn expect_login(record: Result<Record, String>) -> Login {
        match record {
            Ok(Record::Login(login)) => *login,
            other => panic!("expected a login, found {other:?}"),
        }
    }

    fn ignored(record: &Value, expected: Reason) {
        assert_eq!(read(record.to_string().as_bytes()), Ok(Record::Ignored(expected)), "{record}");
    }

    #[test]
    fn a_sign_in_is_read_in_either_wrapping() {
        let plain = expect_login(changed(|_| {}));
        assert_eq!((plain.id.as_str(), plain.person.username.as_str()), ("si-1", "ana.lima@contoso.example"));
        assert_eq!(
            (plain.person.object_id.as_deref(), plain.person.name.as_deref()),
            (Some(ANA), Some("Ana Lima"))
        );
        assert_eq!(plain.country.map(|country| country.to_string()).as_deref(), Some("UA"));
        assert_eq!(plain.at.timestamp_subsec_micros(), 123_456);
        for category in ["SignInLogs", "NonInteractiveUserSignInLogs"] {
            let wrapped = wrapped(category, &sign_in());
            assert_eq!(expect_login(read(wrapped.to_string().as_bytes())), plain);
        }
    }

    #[test]
    fn guests_are_people_and_services_are_not() {
        expect_login(changed(|body| body["userType"] = json!("guest")));
        expect_login(changed(|body| body["signInEventTypes"] = json!(["nonInteractiveUser"])));
        for category in ["ServicePrincipalSignInLogs", "ManagedIdentitySignInLogs"] {
            ignored(&wrapped(category, &sign_in()), Reason::NotAPerson);
        }
        let mut service = sign_in();
        service["signInEventTypes"] = json!(["servicePrincipal"]);
        ignored(&service, Reason::NotAPerson);
        service["signInEventTypes"] = json!(null);
        service["servicePrincipalId"] = json!("5f09333a-842c-47da-a157-57da27fcbca5");
        service["userId"] = json!("");
        service["userPrincipalName"] = json!("");
        ignored(&service, Reason::NotAPerson);
        service["servicePrincipalId"] = json!("");
        ignored(&service, Reason::NobodyNamed);
    }

    #[test]
    fn failures_are_ignored_wherever_the_code_stands() {
        let mut failed = sign_in();
        failed["status"]["errorCode"] = json!(50126);
        ignored(&failed, Reason::Failed);
        failed["status"]["errorCode"] = json!("50126");
        ignored(&failed, Reason::Failed);
        failed["status"] = json!(null);
        let mut envelope = wrapped("SignInLogs", &failed);
        envelope["resultType"] = json!("50126");
        ignored(&envelope, Reason::Failed);
        envelope["resultType"] = json!(50126);
        ignored(&envelope, Reason::Failed);
        envelope["resultType"] = json!("0");
        expect_login(read(envelope.to_string().as_bytes()));
    }

    #[test]
    fn other_logs_are_told_apart() {
        ignored(&wrapped("AuditLogs", &json!({})), Reason::NotALogin);
        ignored(&json!({"Operation": "UserLoggedIn", "Id": "x"}), Reason::OtherLog);
    }

    #[test]
    fn an_empty_country_is_none_and_the_envelope_may_know_it() {
        let mut nowhere = sign_in();
        for empty in
            [json!({"countryOrRegion": ""}), json!({}), json!(null), json!({"countryOrRegion": "ZZ"})]
        {
            nowhere["location"] = empty;
            assert_eq!(expect_login(read(nowhere.to_string().as_bytes())).country, None);
        }
        let envelope = wrapped("SignInLogs", &nowhere);
        assert!(expect_login(read(envelope.to_string().as_bytes())).country.is_some());
    }

    #[test]
    fn an_anonymized_address_is_an_unknown_vpn() {
        for risks in
            [json!(["unfamiliarFeatures", "anonymizedIPAddress"]), json!("[\"anonymizedIPAddress\"]")]
        {
            let login = expect_login(changed(|body| body["riskEventTypes_v2"] = risks.clone()));
            assert_eq!(login.vpn.as_ref().map(VpnSlug::as_str), Some("UNKNOWN_VPN"));
        }
        assert_eq!(
            expect_login(changed(|body| body["riskEventTypes_v2"] = json!(["leakedCredentials"]))).vpn,
            None
        );
    }

    #[test]
    fn a_broken_sign_in_says_what_was_expected() {
        let check = |change: fn(&mut Value), expected: &str| {
            let message = changed(change).expect_err("it is broken");
            assert!(message.contains(expected), "{message}");
        };
        check(|body| body["id"] = json!(""), "`id`");
        check(|body| body["createdDateTime"] = json!("soon"), "found `soon`");
        check(|body| body["status"] = json!({}), "status.errorCode");
    }
}
