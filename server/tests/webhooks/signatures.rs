//! Signatures that the public verifiers take, and refuse when a byte changes. The crate verifies here; the npm packages
//! verify what lies in `e2e/support/webhooks.json`, which a test here keeps current.

use std::path::Path;

use beckon_core::time::Timestamp;
use beckon_server::outbound::{Outbound, Policy};
use beckon_server::webhook::{Secret, Secrets, Webhook, send, sign};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use standardwebhooks::Webhook as Verifier;

use crate::http::Endpoint;

const BODY: &str =
    r#"{"event_type":"escalation.created","id":17,"subject":"Logins from Ukraine – „Contoso“ \u0000"}"#;

/// Now, as the verifier's own clock has it: it refuses what is old.
fn now() -> Timestamp {
    Timestamp::from(std::time::SystemTime::now())
}

fn secret() -> Secret {
    Secret::random().expect("random bytes")
}

fn takes(secret: &Secret, body: &[u8], headers: &HeaderMap) -> bool {
    Verifier::new(&secret.reveal()).expect("a secret").verify(body, headers).is_ok()
}

#[tokio::test]
async fn what_a_receiver_gets_is_taken_by_the_public_verifier() {
    let endpoint = Endpoint::start("HTTP/1.1 204 No Content\r\n\r\n").await;
    let outbound = Outbound::new(Policy { allow_private: true }).expect("a client");
    let secrets = Secrets { current: secret(), previous: None };
    let webhook = Webhook { id: "msg_17".to_owned(), url: endpoint.url.clone(), body: BODY.into() };
    send(&outbound, &secrets, &webhook, now()).await.expect("taken");
    let [request] = &endpoint.requests()[..] else { panic!("expected one request") };
    assert!(request.line.starts_with("POST /hook HTTP/1.1"), "{}", request.line);
    assert_eq!(request.headers["content-type"], "application/json");
    assert_eq!(request.body, BODY.as_bytes());
    for name in ["id", "timestamp", "signature"] {
        assert_eq!(request.headers[&format!("webhook-{name}")], request.headers[&format!("svix-{name}")]);
    }
    let headers = HeaderMap::try_from(&request.headers).expect("headers");
    assert!(takes(&secrets.current, &request.body, &headers));
}

#[test]
fn a_changed_byte_is_refused() {
    let secrets = Secrets { current: secret(), previous: None };
    let headers = sign(&secrets, "msg_17", now(), BODY.as_bytes()).expect("signed");
    assert!(takes(&secrets.current, BODY.as_bytes(), &headers));
    assert!(!takes(&secret(), BODY.as_bytes(), &headers), "another secret");
    for at in 0..BODY.len() {
        let mut body = BODY.as_bytes().to_vec();
        body[at] ^= 1;
        assert!(!takes(&secrets.current, &body, &headers), "byte {at}");
    }
    for (name, value) in
        [("webhook-id", "msg_18"), ("webhook-timestamp", "1"), ("webhook-signature", "v1,AAAA")]
    {
        let mut headers = headers.clone();
        headers.insert(name, value.parse().expect("a value"));
        assert!(!takes(&secrets.current, BODY.as_bytes(), &headers), "{name}");
    }
}

#[test]
fn during_a_rotation_both_secrets_verify_and_after_it_one() {
    let now = now();
    let (old, new) = (secret(), secret());
    let signed = |until| {
        let secrets = Secrets { current: new.clone(), previous: Some((old.clone(), until)) };
        sign(&secrets, "msg_17", now, BODY.as_bytes()).expect("signed")
    };
    let during = signed(now + beckon_core::time::hours(1));
    assert_eq!(during["webhook-signature"].to_str().expect("ASCII").split(' ').count(), 2);
    assert!(takes(&old, BODY.as_bytes(), &during) && takes(&new, BODY.as_bytes(), &during));
    let after = signed(now);
    assert!(!takes(&old, BODY.as_bytes(), &after) && takes(&new, BODY.as_bytes(), &after));
}

/// What the npm packages verify: signed with secrets that are as old as this test, and secret to nobody.
fn samples() -> Value {
    let old = Secret::parse("whsec_b2xkIHNlY3JldCBvZiB0aGUgdGVzdHMgYWxvbmU=").expect("a secret");
    let new = Secret::parse("whsec_bmV3IHNlY3JldCBvZiB0aGUgdGVzdHMgYWxvbmU=").expect("a secret");
    let now: Timestamp = "2026-11-24T08:00:00Z".parse().expect("a literal");
    let sample = |name: &str, previous: Option<&Secret>, body: &str| {
        let until = now + beckon_core::time::hours(1);
        let secrets =
            Secrets { current: new.clone(), previous: previous.cloned().map(|secret| (secret, until)) };
        let headers = sign(&secrets, "msg_17", now, body.as_bytes()).expect("signed");
        let headers: serde_json::Map<_, _> = headers
            .iter()
            .map(|(name, value)| (name.to_string(), json!(value.to_str().expect("ASCII"))))
            .collect();
        let accepted: Vec<_> = secrets.at(now).map(Secret::reveal).collect();
        json!({"name": name, "now": now, "secrets": accepted, "headers": headers, "body": body})
    };
    json!([
        sample("one secret", None, BODY),
        sample("two secrets during a rotation", Some(&old), BODY),
        sample("an empty object", None, "{}"),
    ])
}

#[test]
fn the_samples_for_the_npm_verifiers_are_current() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../e2e/support/webhooks.json");
    let current = serde_json::to_string_pretty(&samples()).expect("JSON") + "\n";
    if std::env::var_os("UPDATE_SAMPLES").is_some() {
        std::fs::write(&path, &current).expect("written");
    }
    let found = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        found == current,
        "{} is not what is signed now: run this test with UPDATE_SAMPLES=1",
        path.display()
    );
}
