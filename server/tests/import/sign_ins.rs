//! The Entra sign-in log in all its wrappings: what is sent for it, and what is not.

use beckon_server::import::exit::Exit;
use serde_json::{Value, json};

use crate::fake::Fake;
use crate::{import, lines};

#[tokio::test]
async fn sign_ins_are_read_from_every_wrapping() {
    let sign_in = |id: &str| {
        json!({
            "id": id, "createdDateTime": "2026-03-24T14:54:05.1234567+02:00", "userPrincipalName": "ana@contoso.example",
            "userId": "3f1c9a52-0b7e-4d7a-9a36-5a1c1f2f7d10", "userDisplayName": "Ana Lima",
            "ipAddress": "[2001:db8::7]:443", "status": {"errorCode": 0}, "location": {"countryOrRegion": "UA"},
            "riskEventTypes_v2": ["anonymizedIPAddress"],
        })
    };
    let record = |id: &str| json!({"category": "SignInLogs", "resultType": "0", "properties": sign_in(id)});
    let wrappings = [
        lines(&[sign_in("1"), sign_in("2")]),
        json!([sign_in("1"), sign_in("2")]).to_string().into_bytes(),
        serde_json::to_vec_pretty(&json!({"@odata.context": "x", "value": [sign_in("1"), sign_in("2")]}))
            .unwrap(),
        lines(&[record("1"), record("2")]),
        lines(&[json!({"records": [record("1")]}), json!({"records": [record("2")]})]),
        // Batches as a consumer appends them, with nothing between.
        format!("{}{}", json!({"records": [record("1")]}), json!({"records": [record("2")]})).into_bytes(),
        json!([{"records": [record("1"), record("2")]}]).to_string().into_bytes(),
    ];
    for wrapping in wrappings {
        let fake = Fake::start().await;
        let run = import(&fake, "entra-sign-ins", &wrapping, &[]).await;
        assert_eq!(run.exit, Exit::Done, "{run:?}");
        let inner = fake.inner();
        let ids: Vec<&Value> = inner.observations.iter().map(|observation| &observation["id"]).collect();
        assert_eq!(ids, ["1", "2"]);
        let first = &inner.observations[0];
        assert_eq!(first["observed_at"], "2026-03-24T12:54:05.123456Z");
        assert_eq!((&first["vpn"], &first["ip_address"]), (&json!("UNKNOWN_VPN"), &json!("2001:db8::7")));
        assert_eq!(first["identity"]["name"], "Ana Lima");
    }
}

/// An Event Hub's capture: several batches in one file, all categories mixed.
#[tokio::test]
async fn a_mixed_event_hub_batch_sends_what_people_did_and_says_why_not_the_rest() {
    let sign_in = |id: &str, change: Value| {
        let mut body = json!({
            "id": id, "createdDateTime": "2026-03-24T12:54:05.1234567Z", "userPrincipalName": "ana@contoso.example",
            "userId": "3f1c9a52-0b7e-4d7a-9a36-5a1c1f2f7d10", "ipAddress": "62.149.20.10",
            "location": {"countryOrRegion": "UA"}, "isInteractive": true,
        });
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        body
    };
    let record = |category: &str, result: &str, sign_in: Value| {
        json!({"time": "2026-03-24T12:54:06.7654321Z", "category": category, "resultType": result,
               "callerIpAddress": "62.149.20.10", "properties": sign_in})
    };
    let quiet = json!({"isInteractive": false, "signInEventTypes": ["nonInteractiveUser"]});
    let service = json!({"userId": "", "userPrincipalName": "", "signInEventTypes": ["servicePrincipal"],
                         "servicePrincipalId": "5f09333a-842c-47da-a157-57da27fcbca5"});
    let batches = [
        json!({"records": [
            record("SignInLogs", "0", sign_in("1", json!({}))),
            record("NonInteractiveUserSignInLogs", "0", sign_in("2", quiet.clone())),
            record("NonInteractiveUserSignInLogs", "50058", sign_in("3", quiet)),
        ]}),
        json!({"records": [
            record("SignInLogs", "50126", sign_in("4", json!({}))),
            record("ServicePrincipalSignInLogs", "0", sign_in("5", service.clone())),
            record("SignInLogs", "0", sign_in("6", service)),
            record("ManagedIdentitySignInLogs", "0", sign_in("7", json!({}))),
            record("AuditLogs", "0", json!({"id": "8"})),
        ]}),
    ];
    let fake = Fake::start().await;
    let run = import(&fake, "entra-sign-ins", &lines(&batches), &[]).await;
    assert_eq!(run.exit, Exit::Done, "{run:?}");
    let summary = run.summary();
    assert_eq!((&summary["records_read"], &summary["sent"]), (&json!(8), &json!(2)), "{summary}");
    assert_eq!(summary["ignored"], json!({"failed": 2, "not_a_person": 3, "not_a_login": 1}));
    let inner = fake.inner();
    let seen: Vec<_> = inner.observations.iter().map(|body| (&body["id"], &body["observed_at"])).collect();
    let at = json!("2026-03-24T12:54:05.123456Z");
    assert_eq!(seen, [(&json!("1"), &at), (&json!("2"), &at)]);
}
