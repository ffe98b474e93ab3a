//! Proving again who is signed in.

use serde_json::{Value, json};

use super::{Browser, person, problem, with_provider};
use crate::harness::{NOW, Who, at};

fn with_auth_time(mut claims: Value, seconds: i64) -> Value {
    claims["auth_time"] = json!(at(NOW).timestamp() + seconds);
    claims
}

#[tokio::test]
async fn the_provider_asks_anew_and_the_session_is_renewed() {
    let (beckon, id) = with_provider().await;
    let joey = || person("1", "joey@example.test", &["admins"]);
    beckon.outlets.provider.says(joey());
    let mut browser = Browser::new(&beckon);
    browser.sign_in(id).await;
    beckon.advance(3_600);
    let is_fresh =
        async |browser: &mut Browser<'_>| browser.get("/v1/user").await.body["user"]["authenticated"].clone();
    assert_eq!(is_fresh(&mut browser).await, false);
    let again = format!("/sign-in/provider/{id}?again=1&return=/members");
    let asked = browser.follow(&again).await;
    assert!(asked.contains("prompt=login") && asked.contains("max_age=0"), "{asked}");
    for (claims, expected) in [
        (joey(), "not_asked_again"),
        (with_auth_time(joey(), -3_600), "not_asked_again"),
        (with_auth_time(person("2", "admin@example.test", &["admins"]), 0), "another_person"),
    ] {
        beckon.outlets.provider.says(claims);
        let back = browser.until_back(&again).await;
        assert_eq!(problem(&browser.follow(&back).await), expected);
        assert_eq!(is_fresh(&mut browser).await, false);
    }
    beckon.outlets.provider.says(with_auth_time(joey(), 0));
    let before = browser.cookies["beckon_session"].clone();
    let back = browser.until_back(&again).await;
    assert_eq!(browser.follow(&back).await, "/members");
    assert_eq!(is_fresh(&mut browser).await, true);
    assert_ne!(browser.cookies["beckon_session"], before);
    browser.cookies.insert("beckon_session".to_owned(), before);
    assert_eq!(browser.get("/v1/actor").await.status, 401, "the token before is no more");
}

#[tokio::test]
async fn what_began_in_another_way_is_not_proved_by_an_accounts_provider() {
    let (beckon, id) = with_provider().await;
    let mut browser = Browser::new(&beckon);
    let opened = browser.send("POST", "/v1/session", &json!({"token": "link-admin"})).await;
    assert_eq!(opened.status, 204);
    let asked = browser.follow(&format!("/sign-in/provider/{id}?again=1")).await;
    assert!(!asked.contains("prompt=login"), "it is a sign-in like any other: {asked}");
    beckon.advance(3_600);
    let key = beckon.get(Who::Admin, "/v1/sign_in_providers").await;
    assert_eq!(key.status, 200);
    let change =
        browser.send("PATCH", &format!("/v1/sign_in_providers/{id}"), &json!({"enabled": false})).await;
    assert_eq!((change.status.as_u16(), &change.body["prove"]), (403, &json!("authentication")));
}
