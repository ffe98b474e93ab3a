//! `/v1/sign_in_providers`: who sets them up, and what is kept of a secret.

use serde_json::{Value, json};

use super::fake::SECRET;
use super::{Browser, add, person, settings, with_provider};
use crate::harness::{FOREIGN, Harness, Who, fields};

#[tokio::test]
async fn admins_set_up_the_providers_of_their_account() {
    let (beckon, id) = with_provider().await;
    let path = format!("/v1/sign_in_providers/{id}");
    let shown = beckon.get(Who::Admin, &path).await;
    let body = &shown.body["sign_in_provider"];
    assert_eq!(
        (&body["account_id"], &body["has_secret"], &body["enabled"]),
        (&json!(1), &json!(true), &json!(true))
    );
    assert_eq!(body["redirect_uri"], "http://beckon.test/sign-in/provider/callback");
    assert_eq!(beckon.get(Who::Viewer, &path).await.status, 200);
    for who in [Who::Viewer, Who::Operator] {
        let refused = beckon.write(who, "PATCH", &path, &json!({"enabled": false})).await;
        assert_eq!(refused.status, if who == Who::Viewer { 403 } else { 404 }, "{who:?}");
    }
    let post = json!({"settings": settings()});
    assert_eq!(beckon.post(Who::Viewer, "/v1/sign_in_providers", &post).await.status, 403);
    assert_eq!(beckon.post(Who::OrganizationUser, "/v1/sign_in_providers", &post).await.status, 403);
    assert_eq!(beckon.post(Who::Nobody, "/v1/sign_in_providers", &post).await.status, 401);
    for (method, rest) in [("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/test")] {
        let answer = async |id: i64| {
            let path = format!("/v1/sign_in_providers/{id}{rest}");
            let answer = beckon.write(Who::Stranger, method, &path, &json!({})).await;
            (answer.status, answer.bytes)
        };
        assert_eq!(answer(id).await, answer(99).await, "{method}");
        assert_eq!(answer(id).await.0, 404, "{method}");
    }
    assert_eq!(beckon.get(Who::Stranger, "/v1/sign_in_providers").await.body["sign_in_providers"], json!([]));
    assert_eq!(beckon.write(Who::Admin, "DELETE", &path, &json!({})).await.status, 200);
    assert_eq!(beckon.get(Who::Admin, &path).await.status, 404);
}

#[tokio::test]
async fn a_secret_is_never_said_and_kept_sealed() {
    let (beckon, id) = with_provider().await;
    let path = format!("/v1/sign_in_providers/{id}");
    for answer in [
        beckon.get(Who::Admin, &path).await,
        beckon.get(Who::Admin, "/v1/sign_in_providers").await,
        beckon.write(Who::Admin, "PATCH", &path, &json!({"enabled": true})).await,
    ] {
        assert!(!String::from_utf8_lossy(&answer.bytes).contains(SECRET));
    }
    assert!(!beckon.home.holds(SECRET).await);
    let has = async |change: &Value| {
        let changed = beckon.write(Who::Admin, "PATCH", &path, change).await;
        changed.body["sign_in_provider"]["has_secret"].clone()
    };
    assert_eq!(has(&json!({"settings": settings()})).await, true, "what is left out stays");
    assert_eq!(has(&json!({"client_secret": ""})).await, false);
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let beckon = Harness::new().await;
    let check = async |who: Who, change: fn(&mut Value), expected: &str| {
        let mut wrong = settings();
        change(&mut wrong);
        let answer = beckon.post(who, "/v1/sign_in_providers", &json!({"settings": wrong})).await;
        assert_eq!((answer.status.as_u16(), fields(&answer)), (400, vec![expected]), "{}", answer.body);
    };
    check(Who::Admin, |settings| settings["issuer"] = json!("http://login.contoso.test"), "settings.issuer")
        .await;
    check(Who::Admin, |settings| settings["email_domains"] = json!([]), "settings.email_domains").await;
    let organization = "settings.roles[0].grant.organization_id";
    let foreign = |settings: &mut Value| {
        settings["roles"] =
            json!([{"value": "a", "grant": {"role": "organization_user", "organization_id": FOREIGN}}]);
    };
    check(Who::Admin, foreign, organization).await;
    let operator =
        |settings: &mut Value| settings["roles"] = json!([{"value": "a", "grant": {"role": "operator"}}]);
    check(Who::Admin, operator, "settings.roles[0].grant.account_id").await;
    let elsewhere = |settings: &mut Value| {
        settings["roles"] = json!([{"value": "a", "grant": {"role": "account_admin", "account_id": 2}}]);
    };
    check(Who::Admin, elsewhere, "settings.roles[0].grant.account_id").await;
    let absent = |settings: &mut Value| {
        settings["roles"] = json!([{"value": "a", "grant": {"role": "account_admin", "account_id": 99}}]);
    };
    check(Who::Operator, absent, "settings.roles[0].grant.account_id").await;
    check(Who::Admin, |settings| settings["odd"] = json!(1), "settings.odd").await;
}

#[tokio::test]
async fn the_same_request_again_makes_no_second_one() {
    let beckon = Harness::new().await;
    let send = async || {
        let request = Harness::request("POST", "/v1/sign_in_providers", Who::Admin)
            .header("content-type", "application/json")
            .header("idempotency-key", "k1");
        let body = json!({"settings": settings()}).to_string();
        beckon.send(request.body(axum::body::Body::from(body)).expect("a request")).await.body
    };
    assert_eq!(send().await, send().await);
    let list = beckon.get(Who::Admin, "/v1/sign_in_providers").await;
    assert_eq!(list.body["sign_in_providers"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn a_test_says_whether_the_provider_is_there() {
    let (beckon, id) = with_provider().await;
    let path = format!("/v1/sign_in_providers/{id}/test");
    let works = beckon.post(Who::Admin, &path, &json!({})).await;
    assert_eq!(works.body, json!({"works": true, "error": null, "keys": 1}));
    let mut other = settings();
    other["issuer"] = json!("https://login.contoso.test/");
    let named = format!("/v1/sign_in_providers/{id}");
    beckon.write(Who::Admin, "PATCH", &named, &json!({"settings": other})).await;
    let wrong = beckon.post(Who::Admin, &path, &json!({})).await.body;
    let text = wrong["error"].as_str().expect("a text");
    assert!(
        text.contains("https://login.contoso.test`") && text.contains("https://login.contoso.test/"),
        "{text}"
    );
    beckon.write(Who::Admin, "PATCH", &named, &json!({"settings": settings()})).await;
    beckon.outlets.provider.breaks("/jwks");
    let down = beckon.post(Who::Admin, &path, &json!({})).await.body;
    assert_eq!(down["error"], "the provider cannot be reached: nothing listens there");
}

#[tokio::test]
async fn what_began_by_a_provider_ends_with_it() {
    let (beckon, id) = with_provider().await;
    let other = add(&beckon, Who::Admin, &settings()).await;
    beckon.outlets.provider.says(person("1", "joey@example.test", &["readers"]));
    let mut browser = Browser::new(&beckon);
    browser.sign_in(id).await;
    let path = |id: i64| format!("/v1/sign_in_providers/{id}");
    beckon.write(Who::Admin, "DELETE", &path(other), &json!({})).await;
    assert_eq!(browser.get("/v1/actor").await.status, 200);
    beckon.write(Who::Admin, "PATCH", &path(id), &json!({"enabled": false})).await;
    assert_eq!(browser.get("/v1/actor").await.status, 401);
}
