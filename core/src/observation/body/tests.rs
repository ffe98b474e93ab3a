//! What is read of an observation, and what is said of each field that is wrong.

use serde_json::{Value, json};

use super::*;
use crate::observation::{MAX_ERROR, MAX_ID};
use crate::severity::Severity;
use crate::testing::at;

fn login() -> Value {
    json!({
        "id": "evt-1", "type": "login", "observed_at": "2026-11-24T08:00:00Z", "account_id": 1,
        "organization_id": 2, "country": "UA", "vpn": null, "ip_address": "62.149.20.10",
        "identity": {"id": "joey", "username": "joey@contoso.example", "usage_location": "NL"},
    })
}

fn common(kind: &str, rest: Value) -> Value {
    let mut body = json!({
        "id": "evt-1", "type": kind, "observed_at": "2026-11-24T08:00:00Z", "account_id": 1, "organization_id": 2,
    });
    let (Value::Object(all), Value::Object(rest)) = (&mut body, rest) else { unreachable!("literals") };
    all.extend(rest);
    body
}

fn defender() -> Value {
    common(
        "defender_status",
        json!({
            "endpoint": {"id": "e1", "hostname": "WS-01", "os": "Windows 11"},
            "managed_antivirus": "enforce", "real_time_protection": false,
        }),
    )
}

fn isolation() -> Value {
    common(
        "isolation",
        json!({
            "endpoint": {"id": "e1", "hostname": "WS-01"}, "incident": {"id": "i1", "title": "Ransomware"},
            "isolated": true, "by": "provider",
        }),
    )
}

fn tenant() -> Value {
    common(
        "tenant_access",
        json!({"tenant_id": "0873", "error": "AADSTS700016: Application with identifier"}),
    )
}

fn report() -> Value {
    common(
        "report_delivery",
        json!({
            "report": {"id": "r1", "title": "Ransomware on WS-01", "severity": "critical"},
            "integration": "connectwise", "error": "401 Unauthorized",
        }),
    )
}

fn parse(body: &Value) -> Result<Observation, Vec<FieldError>> {
    Observation::parse(&body.to_string(), at("2026-11-24T08:00:00Z"))
}

#[track_caller]
fn check(mut body: Value, change: impl Fn(&mut Value), expected_fields: &[&str]) {
    change(&mut body);
    let fields: Vec<String> = match parse(&body) {
        Ok(_) => Vec::new(),
        Err(errors) => errors.into_iter().map(|error| error.field).collect(),
    };
    assert_eq!(fields, expected_fields, "{body}");
}

fn fact(body: &Value) -> Fact {
    parse(body).unwrap_or_else(|errors| panic!("{errors:?}")).fact
}

#[test]
fn the_examples_of_the_design_are_read() {
    let Fact::Login(login) = fact(&login()) else { panic!("a login") };
    assert_eq!(login.country.map(|country| country.in_sentence()), Some("Ukraine".to_owned()));
    let Fact::DefenderStatus(status) = fact(&defender()) else { panic!("a status") };
    assert_eq!((status.policy, status.protected), (AntivirusPolicy::Enforce, false));
    let Fact::Isolation(isolation) = fact(&isolation()) else { panic!("an isolation") };
    assert_eq!((isolation.isolated, isolation.by), (true, Some(IsolatedBy::Provider)));
    let Fact::TenantAccess(access) = fact(&tenant()) else { panic!("an access") };
    assert_eq!(access.tenant, "0873");
    let Fact::ReportDelivery(delivery) = fact(&report()) else { panic!("a delivery") };
    assert_eq!(delivery.report.severity, Severity::Critical);
}

#[test]
fn each_wrong_field_of_a_login_is_named() {
    check(login(), |body| body["country"] = json!("Ukraine"), &["country"]);
    check(login(), |body| body["country"] = json!("ua"), &[]);
    check(login(), |body| body["identity"]["usage_location"] = json!("ZZ"), &["identity.usage_location"]);
    check(login(), |body| body["ip_address"] = json!("62.149.20"), &["ip_address"]);
    check(login(), |body| body["id"] = json!(7), &["id"]);
    check(login(), |body| body["id"] = json!(""), &["id"]);
    check(login(), |body| body["id"] = json!("a\u{7}b"), &["id"]);
    check(login(), |body| body["id"] = json!("x".repeat(MAX_ID + 1)), &["id"]);
    check(login(), |body| body["observed_at"] = json!("yesterday"), &["observed_at"]);
    check(login(), |body| body["organization_id"] = json!(null), &["organization_id"]);
    check(login(), |body| body["mood"] = json!("good"), &["mood"]);
    check(login(), |body| body["identity"] = json!({"id": "joey"}), &["identity.username"]);
    check(login(), |body| body["type"] = json!("eclipse"), &["type"]);
    check(login(), |body| *body = json!([]), &[""]);
}

#[test]
fn each_wrong_field_of_the_others_is_named() {
    check(defender(), |body| body["managed_antivirus"] = json!("strict"), &["managed_antivirus"]);
    check(defender(), |body| body["real_time_protection"] = json!("no"), &["real_time_protection"]);
    check(defender(), |body| body["endpoint"]["hostname"] = json!(null), &["endpoint.hostname"]);
    check(defender(), |body| body["endpoint"]["hostname"] = json!("\u{202e}"), &["endpoint.hostname"]);
    check(defender(), |body| body["endpoint"]["hostname"] = json!("<b>\u{202e}WS"), &[]);
    check(defender(), |body| body["endpoint"]["hostname"] = json!("x".repeat(321)), &["endpoint.hostname"]);
    check(defender(), |body| body["endpoint"] = json!("e1"), &["endpoint"]);
    check(defender(), |body| body["endpoint"]["mood"] = json!("good"), &["endpoint.mood"]);
    check(isolation(), |body| body["by"] = json!("somebody"), &["by"]);
    check(isolation(), |body| body["by"] = json!(null), &["by"]);
    check(isolation(), |body| (body["by"], body["isolated"]) = (json!(null), json!(false)), &[]);
    check(isolation(), |body| body["incident"] = json!({"id": "i1"}), &["incident.title"]);
    check(tenant(), |body| body["tenant_id"] = json!(""), &["tenant_id"]);
    check(tenant(), |body| body["error"] = json!(null), &[]);
    check(tenant(), |body| body["error"] = json!(""), &["error"]);
    check(tenant(), |body| body["error"] = json!("x".repeat(MAX_ERROR + 1)), &["error"]);
    check(tenant(), |body| drop(body.as_object_mut().map(|body| body.remove("error"))), &["error"]);
    check(tenant(), |body| body["country"] = json!("NL"), &["country"]);
    check(report(), |body| body["report"]["severity"] = json!("urgent"), &["report.severity"]);
    check(report(), |body| body["integration"] = json!(1), &["integration"]);
    check(report(), |body| body["organization_id"] = json!(null), &[]);
}

#[test]
fn a_detector_may_be_five_minutes_ahead_and_no_more() {
    for body in [login(), defender(), isolation(), tenant(), report()] {
        check(body.clone(), |body| body["observed_at"] = json!("2026-11-24T08:05:00Z"), &[]);
        let late = "2026-11-24T08:05:00.000001Z";
        check(body.clone(), |body| body["observed_at"] = json!(late), &["observed_at"]);
        let hour = "2026-11-24T09:00:00Z";
        check(body, |body| body["observed_at"] = json!(hour), &["observed_at"]);
    }
}

#[test]
fn seven_fractional_digits_and_any_offset_are_read() {
    check(login(), |body| body["observed_at"] = json!("2026-11-24T09:59:59.1234567+02:00"), &[]);
}
