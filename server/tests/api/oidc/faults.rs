//! What goes wrong on the way, or is done on purpose: each ends in a page of its own, and nobody is in.

use serde_json::json;

use super::fake::{Signed, Token};
use super::{Browser, person, problem, with_provider};
use crate::harness::{Harness, Who};

fn joey(beckon: &Harness) {
    beckon.outlets.provider.says(person("1", "joey@example.test", &["readers"]));
}

/// Signs in while every token is changed.
async fn check(change: fn(&mut Token), expected: &str) {
    let (beckon, id) = with_provider().await;
    joey(&beckon);
    beckon.outlets.provider.changes(change);
    let mut browser = Browser::new(&beckon);
    assert_eq!(problem(&browser.sign_in(id).await), expected);
    let is_in = expected == "/escalations";
    assert_eq!(browser.get("/v1/actor").await.status == 200, is_in, "{expected}");
}

#[tokio::test]
async fn a_token_for_somebody_else_counts_for_nobody() {
    check(|token| token.claims["aud"] = json!("another"), "wrong_audience").await;
    check(|token| token.claims["aud"] = json!(["beckon", "another"]), "wrong_audience").await;
    check(|token| token.claims["aud"] = json!([]), "wrong_audience").await;
}

#[tokio::test]
async fn a_token_counts_in_its_time() {
    check(|token| token.claims["exp"] = json!(token.claims["iat"].as_i64().expect("a time") - 61), "expired")
        .await;
    check(
        |token| token.claims["iat"] = json!(token.claims["iat"].as_i64().expect("a time") + 90),
        "invalid_token",
    )
    .await;
    // Clocks differ by a little.
    check(
        |token| token.claims["exp"] = json!(token.claims["iat"].as_i64().expect("a time") - 30),
        "/escalations",
    )
    .await;
}

#[tokio::test]
async fn a_token_that_cannot_be_relied_on_counts_for_nobody() {
    check(|token| token.claims["nonce"] = json!("another"), "invalid_token").await;
    check(|token| token.claims["nonce"] = json!(null), "invalid_token").await;
    check(|token| token.claims["iss"] = json!("https://evil.test"), "invalid_token").await;
    check(|token| token.signed = Signed::ByAnotherKey, "invalid_token").await;
    check(|token| token.header["kid"] = json!("99"), "invalid_token").await;
    let unsigned = |token: &mut Token| {
        token.header = json!({"alg": "none"});
        token.signed = Signed::Not;
    };
    check(unsigned, "invalid_token").await;
    let by_secret = |token: &mut Token| {
        token.header["alg"] = json!("HS256");
        token.signed = Signed::ByTheSecret;
    };
    check(by_secret, "invalid_token").await;
}

#[tokio::test]
async fn a_changed_state_or_another_browser_brings_nobody_in() {
    let (beckon, id) = with_provider().await;
    joey(&beckon);
    let mut browser = Browser::new(&beckon);
    let back = browser.until_back(&format!("/sign-in/provider/{id}")).await;
    let (path, state) = back.rsplit_once("state=").expect("a state");
    assert_eq!(problem(&browser.follow(&format!("{path}state=x{state}")).await), "wrong_state");
    assert_eq!(problem(&browser.follow(path).await), "wrong_state");
    let mut without = Browser::new(&beckon);
    assert_eq!(problem(&without.follow(&back).await), "wrong_state", "no cookie");
    without.until_back(&format!("/sign-in/provider/{id}")).await;
    assert_eq!(problem(&without.follow(&back).await), "wrong_state", "the cookie of another browser");
    assert_eq!(browser.follow(&back).await, "/", "none of them used it up");
}

#[tokio::test]
async fn an_answer_counts_once_and_for_ten_minutes() {
    let (beckon, id) = with_provider().await;
    joey(&beckon);
    let mut browser = Browser::new(&beckon);
    let back = browser.until_back(&format!("/sign-in/provider/{id}")).await;
    assert_eq!(browser.follow(&back).await, "/");
    assert_eq!(problem(&browser.follow(&back).await), "replayed");
    let late = browser.until_back(&format!("/sign-in/provider/{id}")).await;
    beckon.advance(600);
    assert_eq!(problem(&browser.follow(&late).await), "expired");
    // The code of another sign-in, under a state that is good.
    let code = |back: &str| back.split(['=', '&']).nth(1).expect("a code").to_owned();
    let fresh = browser.until_back(&format!("/sign-in/provider/{id}")).await;
    let stolen = fresh.replace(&code(&fresh), &code(&back));
    assert_eq!(problem(&browser.follow(&stolen).await), "replayed");
    let (one, two) = (
        browser.until_back(&format!("/sign-in/provider/{id}")).await,
        browser.until_back(&format!("/sign-in/provider/{id}")).await,
    );
    let swapped = one.replace(&code(&one), &code(&two));
    assert_eq!(
        problem(&browser.follow(&swapped).await),
        "replayed",
        "the code was asked for with another verifier"
    );
}

#[tokio::test]
async fn two_windows_do_not_get_into_each_others_way() {
    let (beckon, id) = with_provider().await;
    joey(&beckon);
    let mut browser = Browser::new(&beckon);
    let first = browser.until_back(&format!("/sign-in/provider/{id}?return=/rules")).await;
    let second = browser.until_back(&format!("/sign-in/provider/{id}?return=/webhooks")).await;
    assert_eq!(browser.follow(&first).await, "/rules");
    assert_eq!(browser.follow(&second).await, "/webhooks");
}

#[tokio::test]
async fn a_provider_that_is_down_is_said_to_be() {
    for path in ["/.well-known/openid-configuration", "/jwks"] {
        let (beckon, id) = with_provider().await;
        beckon.outlets.provider.breaks(path);
        let place = Browser::new(&beckon).follow(&format!("/sign-in/provider/{id}")).await;
        assert_eq!(problem(&place), "provider_down", "{path}");
    }
    let (beckon, id) = with_provider().await;
    joey(&beckon);
    beckon.outlets.provider.breaks("/token");
    assert_eq!(problem(&Browser::new(&beckon).sign_in(id).await), "provider_down");
}

#[tokio::test]
async fn a_provider_that_says_no_is_said_to() {
    let (beckon, id) = with_provider().await;
    let check = async |said: &str, expected: &str| {
        let mut browser = Browser::new(&beckon);
        let back = browser.until_back(&format!("/sign-in/provider/{id}")).await;
        let (_, state) = back.rsplit_once("state=").expect("a state");
        let back = format!("/sign-in/provider/callback?{said}&state={state}");
        assert_eq!(problem(&browser.follow(&back).await), expected, "{said}");
    };
    check("error=access_denied&error_description=%3Cscript%3E", "refused_by_provider").await;
    check("error=login_required", "refused_by_provider").await;
    check("error=temporarily_unavailable", "provider_down").await;
    check("error=server_error&code=x", "provider_down").await;
    check("iss=https://evil.test&code=x", "invalid_token").await;
    check("nothing=1", "invalid_token").await;
    check("code=never-given", "replayed").await;
    let wrong = json!({"client_secret": "wrong"});
    beckon.write(Who::Admin, "PATCH", &format!("/v1/sign_in_providers/{id}"), &wrong).await;
    joey(&beckon);
    assert_eq!(problem(&Browser::new(&beckon).sign_in(id).await), "refused_by_provider", "a wrong secret");
}

#[tokio::test]
async fn new_keys_are_fetched_when_they_are_needed() {
    let (beckon, id) = with_provider().await;
    joey(&beckon);
    let fetched = || beckon.outlets.provider.asked().iter().filter(|path| *path == "/jwks").count();
    let mut browser = Browser::new(&beckon);
    browser.sign_in(id).await;
    browser.sign_in(id).await;
    assert_eq!(fetched(), 1, "they are kept for a while");
    beckon.outlets.provider.rotates();
    assert_eq!(browser.sign_in(id).await, "/escalations");
    assert_eq!(fetched(), 2);
}

#[tokio::test]
async fn signing_in_leads_to_a_place_of_the_page_alone() {
    let (beckon, id) = with_provider().await;
    joey(&beckon);
    let check = async |asked: &str, expected: &str| {
        let mut browser = Browser::new(&beckon);
        let back = browser.until_back(&format!("/sign-in/provider/{id}?return={asked}")).await;
        assert_eq!(browser.follow(&back).await, expected, "{asked}");
    };
    check("/escalations/17%3Ftab%3Dtold", "/escalations/17?tab=told").await;
    for elsewhere in [
        "https://evil.test",
        "//evil.test",
        "/%5Cevil.test",
        "%5C%5Cevil.test",
        "/%09/evil.test",
        "/%0D%0ASet-Cookie:%20a=b",
        "javascript:alert(1)",
        "/v1/session",
        "/sign-in/provider/1",
        "",
    ] {
        check(elsewhere, "/").await;
    }
}

#[tokio::test]
async fn what_is_no_provider_is_said_to_be_none() {
    let (beckon, id) = with_provider().await;
    let mut browser = Browser::new(&beckon);
    for path in ["/sign-in/provider/99", "/sign-in/provider/x", "/sign-in/provider/-1"] {
        assert_eq!(problem(&browser.follow(path).await), "no_such_provider", "{path}");
    }
    joey(&beckon);
    let back = browser.until_back(&format!("/sign-in/provider/{id}")).await;
    let path = format!("/v1/sign_in_providers/{id}");
    beckon.write(Who::Admin, "PATCH", &path, &json!({"enabled": false})).await;
    assert_eq!(problem(&browser.follow(&back).await), "wrong_state", "what began by it ends");
    let place = browser.follow(&format!("/sign-in/provider/{id}")).await;
    assert_eq!(problem(&place), "no_such_provider");
}
