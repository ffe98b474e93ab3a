//! Sign-ins as Graph, Azure Monitor and Event Hubs write them.

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
        Ok(Record::Fact(Fact::Login(login))) => *login,
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
    for empty in [json!({"countryOrRegion": ""}), json!({}), json!(null), json!({"countryOrRegion": "ZZ"})] {
        nowhere["location"] = empty;
        assert_eq!(expect_login(read(nowhere.to_string().as_bytes())).country, None);
    }
    let envelope = wrapped("SignInLogs", &nowhere);
    assert!(expect_login(read(envelope.to_string().as_bytes())).country.is_some());
}

#[test]
fn an_anonymized_address_is_an_unknown_vpn() {
    for risks in [json!(["unfamiliarFeatures", "anonymizedIPAddress"]), json!("[\"anonymizedIPAddress\"]")] {
        let login = expect_login(changed(|body| body["riskEventTypes_v2"] = risks.clone()));
        assert_eq!(login.vpn.as_ref().map(VpnSlug::as_str), Some("UNKNOWN_VPN"));
    }
    assert_eq!(
        expect_login(changed(|body| body["riskEventTypes_v2"] = json!(["leakedCredentials"]))).vpn,
        None
    );
}

#[test]
fn the_autonomous_system_is_read() {
    let check = |value: Value, expected: Option<u32>| {
        let login = expect_login(changed(|body| body["autonomousSystemNumber"] = value.clone()));
        assert_eq!(login.system, expected, "{value}");
    };
    check(json!(9009), Some(9009));
    check(json!("9009"), Some(9009));
    check(json!(4_294_967_295_u32), Some(4_294_967_295));
    for none in [json!(0), json!(null), json!(-1), json!(4_294_967_296_i64), json!("AS9009"), json!([])] {
        check(none, None);
    }
}

#[test]
fn an_event_hub_record_without_a_status_is_judged_by_its_result_type() {
    let mut quiet = sign_in();
    quiet["isInteractive"] = json!(false);
    quiet["signInEventTypes"] = json!(["nonInteractiveUser"]);
    quiet.as_object_mut().expect("an object").remove("status");
    let mut envelope = wrapped("NonInteractiveUserSignInLogs", &quiet);
    let login = expect_login(read(envelope.to_string().as_bytes()));
    assert_eq!((login.id.as_str(), login.at.timestamp_subsec_nanos()), ("si-1", 123_456_000));
    envelope["resultType"] = json!("50058");
    ignored(&envelope, Reason::Failed);
    envelope["properties"]["signInEventTypes"] = json!(["servicePrincipal"]);
    ignored(&envelope, Reason::NotAPerson);
    envelope["properties"]["signInEventTypes"] = json!(["managedIdentity"]);
    ignored(&envelope, Reason::NotAPerson);
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
