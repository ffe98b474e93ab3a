//! How one signs in oneself: the second factor, sessions, a proof before what is sensitive, other accounts.

use beckon_core::actor::Role;
use beckon_server::sign_in::second_factor::code_at;
use beckon_server::store::{Access as _, NewMember, Store as _};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::{Answer, Harness, OTHER, Who, at, fields};

const PASSWORD: &str = "tulips under the viaduct";
const ADMIN: &str = "admin@example.test";

/// Turns the admin's second factor on; returns the secret and the recovery codes.
async fn with_second_factor(browser: &mut Browser<'_>) -> (String, Vec<String>) {
    assert_eq!(browser.set_password(PASSWORD).await.status, 204);
    let begun = browser.post("/v1/user/second_factor", &Value::Null).await;
    assert_eq!(begun.status, 201, "{}", begun.body);
    let secret = begun.body["secret"].as_str().expect("a secret").to_owned();
    let confirmed = confirm(browser, &secret).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.body);
    let codes = confirmed.body["recovery_codes"].as_array().expect("codes").clone();
    (secret, codes.iter().map(|code| code.as_str().expect("text").to_owned()).collect())
}

fn code(beckon: &Harness, secret: &str) -> String {
    code_at(secret, beckon.app.clock.now()).expect("a code")
}

async fn confirm(browser: &mut Browser<'_>, secret: &str) -> Answer {
    let code = code(browser.beckon, secret);
    browser.post("/v1/user/second_factor/confirmation", &json!({ "code": code })).await
}

#[tokio::test]
async fn a_second_factor_is_asked_for_once_it_is_confirmed_and_each_code_counts_once() {
    let beckon = Harness::new().await;
    let mut own = Browser::signed_in(&beckon, "admin").await;
    let (secret, codes) = with_second_factor(&mut own).await;
    assert_eq!(codes.len(), 10);
    let mut browser = Browser::at(&beckon, "198.51.100.9");
    let asked = browser.sign_in(ADMIN, PASSWORD, None).await;
    assert_eq!((asked.status.as_u16(), &asked.body["prove"]), (403, &json!("second_factor")));
    let guessed = browser.sign_in(ADMIN, "a wrong one, to be sure", None).await;
    assert_eq!(
        guessed.body["prove"],
        Value::Null,
        "whoever guesses is not told that there is a second factor"
    );
    let used = code(&beckon, &secret);
    assert_eq!(browser.sign_in(ADMIN, PASSWORD, Some(&used)).await.status, 401, "it confirmed already");
    beckon.advance(30);
    let fresh = code(&beckon, &secret);
    assert_eq!(browser.sign_in(ADMIN, PASSWORD, Some(&fresh)).await.status, 204);
    assert_eq!(browser.sign_in(ADMIN, PASSWORD, Some(&fresh)).await.status, 401, "a code counts once");
    assert_eq!(browser.sign_in(ADMIN, PASSWORD, Some("000000")).await.status, 401);
}

#[tokio::test]
async fn a_link_stands_in_for_the_password_and_not_for_the_second_factor() {
    let beckon = Harness::new().await;
    let mut own = Browser::signed_in(&beckon, "admin").await;
    let (secret, _) = with_second_factor(&mut own).await;
    let mut browser = Browser::at(&beckon, "198.51.100.9");
    browser.post("/v1/sign_in_links", &json!({ "email": ADMIN })).await;
    beckon.deliver().await;
    let text = beckon.outlets.taken().pop().expect("a mail").message.text;
    let token =
        text.lines().find_map(|line| line.strip_prefix("http://beckon.test/sign-in/")).expect("a link");
    let asked = browser.post("/v1/session", &json!({ "token": token })).await;
    assert_eq!((asked.status.as_u16(), &asked.body["prove"]), (403, &json!("second_factor")));
    for _ in 0..3 {
        let wrong = browser.post("/v1/session", &json!({ "token": token, "code": "000000" })).await;
        assert_eq!(wrong.status, 401);
    }
    beckon.advance(30);
    let code = code(&beckon, &secret);
    let right = browser.post("/v1/session", &json!({ "token": token, "code": code })).await;
    assert_eq!(right.status, 204, "what was asked and what was wrong used nothing up: {}", right.body);
    assert_eq!(Browser::new(&beckon).post("/v1/session", &json!({ "token": token })).await.status, 401);
}

#[tokio::test]
async fn a_recovery_code_stands_in_once() {
    let beckon = Harness::new().await;
    let mut own = Browser::signed_in(&beckon, "admin").await;
    let (_, codes) = with_second_factor(&mut own).await;
    let mut browser = Browser::at(&beckon, "198.51.100.9");
    let typed = codes[0].to_uppercase().replace('-', " ");
    assert_eq!(browser.sign_in(ADMIN, PASSWORD, Some(&typed)).await.status, 204);
    assert_eq!(browser.get("/v1/user").await.body["user"]["recovery_codes"], 9);
    assert_eq!(browser.sign_in(ADMIN, PASSWORD, Some(&codes[0])).await.status, 401);
    let renewed = browser.post("/v1/user/second_factor/recovery_codes", &Value::Null).await;
    assert_eq!(renewed.status, 200, "{}", renewed.body);
    assert_eq!(browser.sign_in(ADMIN, PASSWORD, Some(&codes[1])).await.status, 401, "the old ones are gone");
}

#[tokio::test]
async fn a_second_factor_is_confirmed_by_what_it_shows_and_turned_off_again() {
    let beckon = Harness::new().await;
    let mut browser = Browser::signed_in(&beckon, "admin").await;
    let early = browser.post("/v1/user/second_factor/confirmation", &json!({ "code": "123456" })).await;
    assert_eq!(early.status, 409);
    let begun = browser.post("/v1/user/second_factor", &Value::Null).await;
    let secret = begun.body["secret"].as_str().expect("a secret").to_owned();
    let wrong = browser.post("/v1/user/second_factor/confirmation", &json!({ "code": "12345" })).await;
    assert_eq!((wrong.status.as_u16(), fields(&wrong)), (400, vec!["code"]));
    assert_eq!(browser.get("/v1/user").await.body["user"]["second_factor_since"], Value::Null);
    assert_eq!(confirm(&mut browser, &secret).await.status, 200);
    assert_eq!(
        browser.get("/v1/user").await.body["user"]["second_factor_since"],
        json!("2026-11-24T08:00:00Z")
    );
    assert_eq!(browser.post("/v1/user/second_factor", &Value::Null).await.status, 409);
    assert_eq!(browser.send("DELETE", "/v1/user/second_factor", &Value::Null).await.status, 204);
    assert_eq!(browser.get("/v1/user").await.body["user"]["recovery_codes"], 0);
    let codes = browser.post("/v1/user/second_factor/recovery_codes", &Value::Null).await;
    assert_eq!(codes.status, 409);
}

#[tokio::test]
async fn what_is_sensitive_asks_for_a_proof_that_is_not_old() {
    let beckon = Harness::new().await;
    let mut browser = Browser::signed_in(&beckon, "admin").await;
    assert_eq!(browser.set_password(PASSWORD).await.status, 204);
    beckon.advance(10 * 60);
    assert_eq!(browser.get("/v1/user").await.body["user"]["authenticated"], false);
    let refused = browser.set_password("another one, just as long").await;
    assert_eq!((refused.status.as_u16(), &refused.body["prove"]), (403, &json!("authentication")));
    let before = browser.session().to_owned();
    let wrong = browser.post("/v1/session/authentication", &json!({ "password": "no" })).await;
    assert_eq!((wrong.status.as_u16(), fields(&wrong)), (400, vec!["password"]));
    let proved = browser.post("/v1/session/authentication", &json!({ "password": PASSWORD })).await;
    assert_eq!(proved.status, 204, "{}", proved.body);
    assert_ne!(browser.session(), before, "the session has another token");
    assert_eq!(browser.set_password("another one, just as long").await.status, 204);
    let mut old = Browser::new(&beckon);
    old.cookies.insert("beckon_session".to_owned(), before);
    assert_eq!(old.get("/v1/actor").await.status, 401);
    for _ in 0..10 {
        browser.post("/v1/session/authentication", &json!({ "password": "guess" })).await;
    }
    let stopped = browser.post("/v1/session/authentication", &json!({ "password": "guess" })).await;
    assert_eq!(stopped.status, 429, "whoever finds an open browser cannot guess for ever");
}

#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_owner_alone() {
    let beckon = Harness::new().await;
    let mut first = Browser::signed_in(&beckon, "admin").await;
    assert_eq!(first.set_password(PASSWORD).await.status, 204);
    let mut second = Browser::at(&beckon, "198.51.100.9");
    assert_eq!(second.sign_in(ADMIN, PASSWORD, None).await.status, 204);
    let listed = second.get("/v1/sessions").await.body["sessions"].clone();
    let listed = listed.as_array().expect("a list");
    let shown: Vec<_> = listed
        .iter()
        .map(|one| {
            (one["current"].clone(), one["method"].clone(), one["address"].clone(), one["device"].clone())
        })
        .collect();
    let device = json!("Test browser");
    assert_eq!(
        shown,
        [
            (json!(true), json!("password"), json!("198.51.100.9"), device.clone()),
            (json!(false), json!("link"), json!("192.0.2.7"), device)
        ]
    );
    let mut viewer = Browser::signed_in(&beckon, "viewer").await;
    let path = format!("/v1/sessions/{}", listed[1]["id"]);
    let foreign = viewer.send("DELETE", &path, &Value::Null).await;
    let absent = viewer.send("DELETE", "/v1/sessions/999", &Value::Null).await;
    assert_eq!((foreign.status.as_u16(), &foreign.bytes), (404, &absent.bytes));
    assert_eq!(second.send("DELETE", &path, &Value::Null).await.status, 204);
    assert_eq!(first.get("/v1/actor").await.status, 401);
    let mut third = Browser::new(&beckon);
    third.sign_in(ADMIN, PASSWORD, None).await;
    assert_eq!(third.send("DELETE", "/v1/sessions", &Value::Null).await.status, 204);
    assert_eq!(second.get("/v1/actor").await.status, 401);
    assert_eq!(third.get("/v1/actor").await.status, 200);
}

#[tokio::test]
async fn another_password_ends_the_other_sessions_and_the_log_says_so() {
    let beckon = Harness::new().await;
    let mut first = Browser::signed_in(&beckon, "admin").await;
    assert_eq!(first.set_password(PASSWORD).await.status, 204);
    let mut second = Browser::at(&beckon, "198.51.100.9");
    second.sign_in(ADMIN, PASSWORD, None).await;
    assert_eq!(second.set_password("another one, just as long").await.status, 204);
    assert_eq!(first.get("/v1/actor").await.status, 401);
    assert_eq!(second.get("/v1/actor").await.status, 200);
    assert_eq!(Browser::new(&beckon).sign_in(ADMIN, PASSWORD, None).await.status, 401);
    let signals = beckon.store.signals_after(crate::harness::NORTHWIND, 0, 100).await.expect("the log");
    assert_eq!(signals.iter().filter(|signal| signal.event == "configured").count(), 2);
}

#[tokio::test]
async fn no_key_changes_how_its_owner_signs_in() {
    let beckon = Harness::new().await;
    for (method, path) in [
        ("GET", "/v1/user"),
        ("PUT", "/v1/user/password"),
        ("POST", "/v1/user/second_factor"),
        ("POST", "/v1/user/second_factor/confirmation"),
        ("POST", "/v1/user/second_factor/recovery_codes"),
        ("DELETE", "/v1/user/second_factor"),
        ("GET", "/v1/sessions"),
        ("DELETE", "/v1/sessions"),
        ("DELETE", "/v1/sessions/1"),
        ("POST", "/v1/session/authentication"),
    ] {
        for who in [Who::Admin, Who::Operator] {
            let answer = beckon.write(who, method, path, &json!({})).await;
            assert_eq!(answer.status, 403, "{method} {path}");
            assert!(answer.body["error"].as_str().expect("a reason").contains("sign in"), "{}", answer.body);
        }
    }
}

/// Makes the organization user of the first account an admin of the other one too.
async fn in_two_accounts(beckon: &Harness) {
    let member = NewMember {
        account: OTHER,
        name: "Dana Okafor".to_owned(),
        email: "Organizationuser@example.test".to_owned(),
        role: Role::AccountAdmin,
        organization: None,
    };
    beckon.store.add_member(member, at("2026-11-24T08:00:00Z")).await.expect("a member");
}

#[tokio::test]
async fn somebody_with_two_accounts_switches_between_them_also_out_of_one_that_keeps_them_out() {
    let beckon = Harness::new().await;
    in_two_accounts(&beckon).await;
    let mut browser = Browser::signed_in(&beckon, "organizationuser").await;
    let blocked = browser.get("/v1/actor").await;
    assert_eq!(blocked.status, 403);
    assert_eq!(blocked.body["blocked"]["accounts"], json!([{"id": 2, "name": "Other MSP"}]));
    let before = browser.session().to_owned();
    let switch = json!({ "account_id": 2 });
    assert_eq!(browser.send("PUT", "/v1/session/account", &switch).await.status, 204);
    assert_ne!(browser.session(), before);
    let me = browser.get("/v1/actor").await.body;
    assert_eq!((&me["account"]["id"], &me["user"]["role"]), (&json!(2), &json!("account_admin")));
    let accounts = browser.get("/v1/user").await.body["user"]["accounts"].clone();
    assert_eq!(accounts, json!([{"id": 1, "name": "Northwind IT"}, {"id": 2, "name": "Other MSP"}]));
}

#[tokio::test]
async fn an_account_of_others_is_not_there_to_switch_to() {
    let beckon = Harness::new().await;
    let mut browser = Browser::signed_in(&beckon, "admin").await;
    let foreign = browser.send("PUT", "/v1/session/account", &json!({ "account_id": 2 })).await;
    let absent = browser.send("PUT", "/v1/session/account", &json!({ "account_id": 99 })).await;
    assert_eq!((foreign.status.as_u16(), &foreign.bytes), (404, &absent.bytes));
    assert_eq!(browser.get("/v1/actor").await.body["account"]["id"], 1);
    assert_eq!(
        Browser::new(&beckon).send("PUT", "/v1/session/account", &json!({ "account_id": 1 })).await.status,
        401
    );
}

#[tokio::test]
async fn an_operator_signs_in_and_looks_at_the_account_that_it_chose() {
    let beckon = Harness::new().await;
    let user = beckon.store.add_operator("Sam Ito", "sam@soc.test", at("2026-11-24T08:00:00Z")).await;
    let user = user.expect("an operator");
    let mut browser = Browser::new(&beckon);
    browser.post("/v1/sign_in_links", &json!({ "email": "sam@soc.test" })).await;
    beckon.deliver().await;
    let text = beckon.outlets.taken().pop().expect("a mail").message.text;
    let token =
        text.lines().find_map(|line| line.strip_prefix("http://beckon.test/sign-in/")).expect("a link");
    assert_eq!(browser.post("/v1/session", &json!({ "token": token })).await.status, 204);
    let me = browser.get("/v1/actor").await.body;
    // Of those that there are, the first by name, until the operator chooses.
    assert_eq!(me["actor"]["operator"], "Sam Ito");
    assert_eq!(me["account"], json!({"id": 1, "name": "Northwind IT"}));
    assert_eq!(browser.send("PUT", "/v1/session/account", &json!({ "account_id": 2 })).await.status, 204);
    assert_eq!(browser.get("/v1/actor").await.body["account"], json!({"id": 2, "name": "Other MSP"}));
    assert_eq!(browser.get("/v1/account").await.body["account"]["name"], "Other MSP");
    assert_eq!(beckon.store.person(user).await.expect("the store").expect("a person").email, "sam@soc.test");
    let again = beckon.store.add_operator("Priya", ADMIN, at("2026-11-24T08:00:00Z")).await;
    assert!(again.is_err(), "a member of an account is no operator");
}

#[tokio::test]
async fn a_demo_s_clock_signs_nobody_out_and_what_was_proved_gets_older() {
    let beckon = Harness::new().await;
    let mut browser = Browser::signed_in(&beckon, "admin").await;
    for _ in 0..3 {
        let turned = beckon.post(Who::Operator, "/demo/clock", &json!({"advance_seconds": 864_000})).await;
        assert_eq!(turned.status, 200, "{}", turned.body);
    }
    assert_eq!(browser.get("/v1/user").await.body["user"]["authenticated"], false);
    for (method, path, body) in [
        ("POST", "/v1/webhooks", json!({"url": "https://hook.example"})),
        ("POST", "/v1/integrations", json!({"vendor": "connectwise", "settings": {}})),
        ("PUT", "/v1/user/password", json!({"password": PASSWORD})),
        ("POST", "/v1/user/second_factor", json!({})),
        ("POST", "/v1/keys", json!({"name": "x", "scope": "read_only"})),
    ] {
        let refused = browser.send(method, path, &body).await;
        assert_eq!(
            (refused.status.as_u16(), &refused.body["prove"]),
            (403, &json!("authentication")),
            "{path}"
        );
    }
}
