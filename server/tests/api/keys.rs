//! `/v1/keys`: made, listed, rotated with an overlap, ended.

use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use beckon_core::actor::{Actor, Scope};
use beckon_core::id::AccountId;
use beckon_core::permission::{Action, permit};
use beckon_server::store::{Access as _, KeyOwner, NewKey, Secret};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::{Harness, Who, fields};

const KEYS: &str = "/v1/keys";

async fn make(browser: &mut Browser<'_>, body: &Value) -> (String, String) {
    let answer = browser.post(KEYS, body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    (text(&answer.body["key"]["key"]), text(&answer.body["secret"]))
}

/// Asks who uses a key; returns the status.
async fn used(beckon: &Harness, secret: &str) -> u16 {
    let request =
        Request::get("/v1/actor").header("authorization", format!("Basic {}", STANDARD.encode(secret)));
    beckon.send(request.body(Body::empty()).expect("a request")).await.status.as_u16()
}

#[tokio::test]
async fn a_key_is_shown_once_and_tells_when_it_was_used() {
    let beckon = Harness::new().await;
    let mut browser = Browser::signed_in(&beckon, "admin").await;
    let (key, secret) = make(&mut browser, &json!({"name": " Backup script ", "scope": "read_only"})).await;
    assert!(key.starts_with("beckon_user_") && secret.starts_with(&format!("{key}:bks_")), "{secret}");
    let shown = async |browser: &mut Browser<'_>| {
        let answer = browser.get(KEYS).await;
        assert!(!String::from_utf8_lossy(&answer.bytes).contains("bks_"), "no secret is listed");
        let keys = answer.body["keys"].as_array().expect("a list").clone();
        keys.into_iter().find(|one| one["key"] == key).expect("the key")
    };
    let fresh = shown(&mut browser).await;
    assert_eq!((&fresh["name"], &fresh["last_used_at"]), (&json!("Backup script"), &Value::Null));
    assert_eq!((&fresh["user"]["name"], &fresh["scope"]), (&json!("Priya Raman"), &json!("read_only")));
    beckon.advance(60);
    assert_eq!(used(&beckon, &secret).await, 200);
    assert_eq!(shown(&mut browser).await["last_used_at"], "2026-11-24T08:01:00Z");
    let mut flawed = secret.clone();
    flawed.pop();
    assert_eq!(used(&beckon, &flawed).await, 401);
}

#[tokio::test]
async fn a_rotated_key_works_with_both_secrets_for_a_while() {
    let beckon = Harness::new().await;
    let mut browser = Browser::signed_in(&beckon, "admin").await;
    let (key, first) = make(&mut browser, &json!({"name": "Script", "scope": "read_write"})).await;
    let path = format!("{KEYS}/{key}/rotation");
    let rotated = browser.post(&path, &json!({"overlap_hours": 2})).await;
    assert_eq!(rotated.status, 201, "{}", rotated.body);
    let second = rotated.body["secret"].as_str().expect("a secret").to_owned();
    assert_eq!((used(&beckon, &first).await, used(&beckon, &second).await), (200, 200));
    beckon.advance(2 * 60 * 60);
    assert_eq!((used(&beckon, &first).await, used(&beckon, &second).await), (401, 200));
    let mut colleague = Browser::signed_in(&beckon, "secondadmin").await;
    let taken = colleague.post(&path, &json!({})).await;
    assert_eq!(taken.status, 403, "with its secret one acts as its owner: {}", taken.body);
    // Back to when the owner had just proved who it is.
    beckon.app.clock.set_ahead(0);
    let at_once = browser.post(&path, &json!({"overlap_hours": 0})).await;
    let third = at_once.body["secret"].as_str().expect("a secret").to_owned();
    assert_eq!((used(&beckon, &second).await, used(&beckon, &third).await), (401, 200));
    let wrong = browser.post(&path, &json!({"overlap_hours": 169})).await;
    assert_eq!((wrong.status.as_u16(), fields(&wrong)), (400, vec!["overlap_hours"]));
}

#[tokio::test]
async fn a_key_ends_by_its_date_or_at_once() {
    let beckon = Harness::new().await;
    let mut browser = Browser::signed_in(&beckon, "admin").await;
    let body = json!({"name": "Short", "scope": "read_only", "expires_at": "2026-11-24T09:00:00Z"});
    let (_, short) = make(&mut browser, &body).await;
    let (key, other) = make(&mut browser, &json!({"name": "Other", "scope": "read_only"})).await;
    assert_eq!(browser.send("DELETE", &format!("{KEYS}/{key}"), &Value::Null).await.status, 204);
    assert_eq!((used(&beckon, &short).await, used(&beckon, &other).await), (200, 401));
    beckon.advance(60 * 60);
    assert_eq!(used(&beckon, &short).await, 401);
}

#[tokio::test]
async fn what_is_wrong_with_a_key_names_its_field() {
    let beckon = Harness::new().await;
    let mut browser = Browser::signed_in(&beckon, "admin").await;
    for (body, field) in [
        (json!({"name": "", "scope": "read_only"}), "name"),
        (json!({"name": "x"}), "scope"),
        (json!({"name": "x", "scope": "full"}), "scope"),
        (json!({"name": "x", "scope": "embed_view"}), "scope"),
        (json!({"name": "x", "scope": "read_only", "expires_at": "2026-11-24T07:00:00Z"}), "expires_at"),
        (json!({"name": "x", "scope": "read_only", "expires_at": "2028-11-24T07:00:00Z"}), "expires_at"),
    ] {
        let answer = browser.post(KEYS, &body).await;
        assert_eq!((answer.status.as_u16(), fields(&answer)), (400, vec![field]), "{body}");
    }
    for n in 1..20 {
        make(&mut browser, &json!({"name": format!("{n}"), "scope": "read_only"})).await;
    }
    let one_more = browser.post(KEYS, &json!({"name": "x", "scope": "read_only"})).await;
    assert_eq!(one_more.status, 409, "{}", one_more.body);
}

#[tokio::test]
async fn keys_are_managed_by_admins_who_are_signed_in_each_in_their_account() {
    let beckon = Harness::new().await;
    let mut browser = Browser::signed_in(&beckon, "admin").await;
    let (key, secret) = make(&mut browser, &json!({"name": "Mine", "scope": "read_write"})).await;
    for who in [Who::Admin, Who::Viewer, Who::OrganizationUser, Who::Operator] {
        assert_eq!(beckon.get(who, KEYS).await.status, 403, "{who:?}");
    }
    let mut stranger = Browser::signed_in(&beckon, "stranger").await;
    let foreign = stranger.send("DELETE", &format!("{KEYS}/{key}"), &Value::Null).await;
    let absent = stranger.send("DELETE", &format!("{KEYS}/beckon_user_nobody"), &Value::Null).await;
    assert_eq!((foreign.status.as_u16(), &foreign.bytes), (404, &absent.bytes));
    assert_eq!(used(&beckon, &secret).await, 200);
    let mut viewer = Browser::signed_in(&beckon, "viewer").await;
    assert_eq!(viewer.post(KEYS, &json!({"name": "x", "scope": "read_only"})).await.status, 403);
    beckon.advance(10 * 60);
    let refused = browser.post(KEYS, &json!({"name": "x", "scope": "read_only"})).await;
    assert_eq!(refused.body["prove"], "authentication");
}

#[tokio::test]
async fn what_is_over_is_not_rotated_and_an_overlap_that_is_over_is_not_shown() {
    let beckon = Harness::new().await;
    let mut browser = Browser::signed_in(&beckon, "admin").await;
    let body = json!({"name": "Short", "scope": "read_only", "expires_at": "2026-11-24T08:05:00Z"});
    let (key, _) = make(&mut browser, &body).await;
    let path = format!("{KEYS}/{key}/rotation");
    let rotated = browser.post(&path, &json!({"overlap_hours": 0})).await;
    assert_eq!((rotated.status.as_u16(), &rotated.body["key"]["expires_at"]), (201, &body["expires_at"]));
    let listed = browser.get(KEYS).await.body["keys"].clone();
    let own = listed.as_array().expect("a list").iter().find(|one| one["key"] == key.as_str());
    assert_eq!(own.expect("the key")["rotating_until"], Value::Null);
    beckon.advance(5 * 60);
    assert_eq!(browser.post(&path, &json!({})).await.status, 409);
    // A path that is no text is a key that nobody has.
    let nonsense = browser.send("DELETE", &format!("{KEYS}/%FF"), &Value::Null).await;
    let absent = browser.send("DELETE", &format!("{KEYS}/nobody"), &Value::Null).await;
    assert_eq!((nonsense.status.as_u16(), &nonsense.bytes), (404, &absent.bytes));
}

#[tokio::test]
async fn asked_again_a_key_is_made_once_and_its_secret_not_shown_again() {
    let beckon = Harness::new().await;
    let browser = Browser::signed_in(&beckon, "admin").await;
    let send = async |path: &str, body: Value| {
        let request = Request::post(path)
            .header("cookie", format!("beckon_session={}", browser.session()))
            .header("idempotency-key", format!("once {path}"))
            .header("content-type", "application/json");
        beckon.send(request.body(Body::from(body.to_string())).expect("a request")).await
    };
    let body = json!({"name": "x", "scope": "read_only"});
    let first = send(KEYS, body.clone()).await;
    assert_eq!(first.status, 201);
    let again = send(KEYS, body).await;
    assert_eq!((again.status.as_u16(), &again.body["secret"]), (201, &Value::Null), "{}", again.body);
    let key = first.body["key"]["key"].as_str().expect("a key");
    assert_eq!(again.body["key"]["key"], key);
    let path = format!("{KEYS}/{key}/rotation");
    let rotated = send(&path, json!({})).await;
    assert_eq!(rotated.status, 201);
    assert_eq!(send(&path, json!({})).await.body["secret"], Value::Null);
    assert_eq!(used(&beckon, rotated.body["secret"].as_str().expect("a secret")).await, 200);
}

#[tokio::test]
async fn the_operator_s_own_keys_are_made_rotated_and_ended_by_its_commands() {
    let beckon = Harness::new().await;
    let operator = Actor::operator("the command line");
    let permitted = || permit(&operator, Action::ManageKeys, AccountId(0)).expect("an operator");
    let now = beckon.app.clock.now();
    let secret = Secret::for_key().expect("random bytes");
    let key = NewKey {
        owner: KeyOwner::Operator,
        name: "Detector".to_owned(),
        key: "beckon_op_detector".to_owned(),
        secret: secret.digest(),
        scope: Scope::ReadWrite,
        expires_at: None,
    };
    let made = beckon.store.make_key(permitted(), key, None, now).await.expect("it is made");
    assert_eq!(made.key.name, "Detector");
    let whole = |secret: &Secret| format!("beckon_op_detector:{}", secret.reveal());
    assert_eq!(used(&beckon, &whole(&secret)).await, 200);
    let next = Secret::for_key().expect("random bytes");
    let rotated =
        beckon.store.rotate_key(permitted(), "beckon_op_detector", next.digest(), now, None, now).await;
    assert_eq!(rotated.expect("it is rotated").key.key, "beckon_op_detector");
    assert_eq!((used(&beckon, &whole(&secret)).await, used(&beckon, &whole(&next)).await), (401, 200));
    let listed = beckon.store.keys(None, now).await.expect("the store works");
    assert!(listed.iter().any(|key| key.key == "beckon_op_detector"));
    beckon.store.revoke_key(permitted(), "beckon_op_detector", None, now).await.expect("it ends");
    assert_eq!(used(&beckon, &whole(&next)).await, 401);
}
