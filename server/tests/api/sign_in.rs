//! Signing in by password, what slows guessing down, and the link that always helps.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::{Harness, fields, without_id};

const PASSWORD: &str = "tulips under the viaduct";
const ADMIN: &str = "admin@example.test";

/// Gives the admin a password, and returns a browser that never signed in.
async fn with_password(beckon: &Harness) -> Browser<'_> {
    let mut own = Browser::signed_in(beckon, "admin").await;
    let set = own.set_password(PASSWORD).await;
    assert_eq!(set.status, 204, "{}", set.body);
    Browser::at(beckon, "198.51.100.9")
}

#[tokio::test]
async fn address_and_password_sign_in_and_nothing_says_which_of_them_was_wrong() {
    let beckon = Harness::new().await;
    let mut browser = with_password(&beckon).await;
    let wrong = browser.sign_in(ADMIN, "not this one at all", None).await;
    let nobody = browser.sign_in("nobody@example.test", PASSWORD, None).await;
    // The viewer has no password.
    let without = browser.sign_in("viewer@example.test", PASSWORD, None).await;
    assert_eq!(wrong.status, 401);
    assert_eq!((&wrong.bytes, &wrong.bytes), (&nobody.bytes, &without.bytes));
    assert!(browser.cookies.is_empty());
    let right = browser.sign_in("  Admin@Example.TEST ", PASSWORD, None).await;
    assert_eq!(right.status, 204, "{}", right.body);
    assert_eq!(browser.get("/v1/actor").await.body["user"]["name"], "Priya Raman");
}

#[tokio::test]
async fn signing_in_again_ends_the_session_before_it() {
    let beckon = Harness::new().await;
    let mut browser = with_password(&beckon).await;
    browser.sign_in(ADMIN, PASSWORD, None).await;
    let first = browser.session().to_owned();
    browser.sign_in(ADMIN, PASSWORD, None).await;
    assert_ne!(browser.session(), first);
    let mut old = Browser::new(&beckon);
    old.cookies.insert("beckon_session".to_owned(), first);
    assert_eq!(old.get("/v1/actor").await.status, 401);
}

#[tokio::test]
async fn passwords_are_long_and_not_what_others_guess() {
    let beckon = Harness::new().await;
    let mut browser = Browser::signed_in(&beckon, "admin").await;
    let long = "x".repeat(300);
    for bad in ["", "short", "password1234", "qwertyuiop12", "Priya Raman 1234", "aaaaaaaaaaaaaaaa", &long] {
        let answer = browser.set_password(bad).await;
        assert_eq!((answer.status.as_u16(), fields(&answer)), (400, vec!["password"]), "{bad}");
    }
    assert_eq!(browser.set_password(PASSWORD).await.status, 204);
}

#[tokio::test]
async fn whoever_guesses_waits_and_whoever_is_guessed_at_gets_in() {
    let beckon = Harness::new().await;
    let mut guesser = with_password(&beckon).await;
    let mut owner = Browser::at(&beckon, "203.0.113.5");
    assert_eq!(owner.sign_in(ADMIN, PASSWORD, None).await.status, 204);
    owner.send("DELETE", "/v1/session", &Value::Null).await;
    for _ in 0..10 {
        assert_eq!(guesser.sign_in(ADMIN, "a guess, and no good one", None).await.status, 401);
    }
    let stopped = guesser.sign_in(ADMIN, PASSWORD, None).await;
    assert_eq!(stopped.status, 429, "the right one too, so that nothing is learned");
    let wait: u64 = stopped.headers["retry-after"].to_str().expect("text").parse().expect("seconds");
    assert!((1..=901).contains(&wait), "{wait}");
    // The owner's own browser is known, and a link by email helps from everywhere.
    assert_eq!(owner.sign_in(ADMIN, PASSWORD, None).await.status, 204);
    assert_eq!(link(&beckon, &mut Browser::at(&beckon, "203.0.113.77"), ADMIN).await.status, 204);
    beckon.advance(15 * 60);
    assert_eq!(guesser.sign_in(ADMIN, PASSWORD, None).await.status, 204);
}

#[tokio::test]
async fn a_made_up_device_is_no_known_one() {
    let beckon = Harness::new().await;
    let mut browser = with_password(&beckon).await;
    let mut viewer = Browser::signed_in(&beckon, "viewer").await;
    let other = viewer.cookies.remove("beckon_device").expect("a device");
    for _ in 0..10 {
        browser.sign_in(ADMIN, "a guess, and no good one", None).await;
    }
    for device in ["made up", "", &other] {
        browser.cookies.insert("beckon_device".to_owned(), device.to_owned());
        assert_eq!(browser.sign_in(ADMIN, PASSWORD, None).await.status, 429, "{device}");
    }
}

#[tokio::test]
async fn one_address_that_tries_many_people_waits_too() {
    let beckon = Harness::new().await;
    let mut browser = with_password(&beckon).await;
    for n in 0..50 {
        let answer = browser.sign_in(&format!("person-{n}@example.test"), "guess", None).await;
        assert_eq!(answer.status, 401, "{n}");
    }
    assert_eq!(browser.sign_in("one-more@example.test", "guess", None).await.status, 429);
    assert_eq!(Browser::at(&beckon, "203.0.113.1").sign_in(ADMIN, PASSWORD, None).await.status, 204);
}

/// Asks for a link by email and opens it.
async fn link(beckon: &Harness, browser: &mut Browser<'_>, email: &str) -> crate::harness::Answer {
    let asked = browser.post("/v1/sign_in_links", &json!({ "email": email })).await;
    assert_eq!((asked.status.as_u16(), asked.bytes.len()), (202, 0));
    beckon.deliver().await;
    let letter = beckon.outlets.taken().pop().expect("a mail");
    assert_eq!(letter.message.title, "Beckon sign-in link");
    let line =
        letter.message.text.lines().find(|line| line.contains("/sign-in/")).expect("a link").to_owned();
    let token = line.rsplit('/').next().expect("a token").to_owned();
    browser.post("/v1/session", &json!({ "token": token })).await
}

#[tokio::test]
async fn a_link_by_email_works_once_for_an_hour_and_is_not_in_the_database() {
    let beckon = Harness::new().await;
    let mut browser = Browser::new(&beckon);
    browser.post("/v1/sign_in_links", &json!({ "email": "VIEWER@example.test" })).await;
    beckon.deliver().await;
    let letter = beckon.outlets.taken().pop().expect("a mail");
    assert_eq!(letter.to_address, "viewer@example.test");
    let line =
        letter.message.text.lines().find(|line| line.contains("/sign-in/")).expect("a link").to_owned();
    let token = line.strip_prefix("http://beckon.test/sign-in/").expect("our address").to_owned();
    assert!(beckon.home.holds("viewer@example.test").await, "what is kept is looked through");
    assert!(!beckon.home.holds(&token).await);
    assert_eq!(browser.post("/v1/session", &json!({ "token": token })).await.status, 204);
    assert_eq!(Browser::new(&beckon).post("/v1/session", &json!({ "token": token })).await.status, 401);

    browser.post("/v1/sign_in_links", &json!({ "email": "viewer@example.test" })).await;
    beckon.deliver().await;
    let late = beckon.outlets.taken().pop().expect("a mail").message.text;
    let late =
        late.lines().find_map(|line| line.strip_prefix("http://beckon.test/sign-in/")).expect("a link");
    beckon.advance(60 * 60);
    assert_eq!(browser.post("/v1/session", &json!({ "token": late })).await.status, 401);
}

#[tokio::test]
async fn asking_for_a_link_tells_nothing_and_floods_nobody() {
    let beckon = Harness::new().await;
    let mut browser = Browser::new(&beckon);
    let known = browser.post("/v1/sign_in_links", &json!({ "email": ADMIN })).await;
    let unknown = browser.post("/v1/sign_in_links", &json!({ "email": "nobody@example.test" })).await;
    assert_eq!(
        (known.status, &known.bytes, without_id(known.headers.clone())),
        (unknown.status, &unknown.bytes, without_id(unknown.headers.clone()))
    );
    for _ in 0..5 {
        assert_eq!(browser.post("/v1/sign_in_links", &json!({ "email": ADMIN })).await.status, 202);
    }
    beckon.deliver().await;
    assert_eq!(beckon.outlets.taken().len(), 3);
    for n in 0..13 {
        let email = format!("person-{n}@example.test");
        assert_eq!(browser.post("/v1/sign_in_links", &json!({ "email": email })).await.status, 202, "{n}");
    }
    assert_eq!(browser.post("/v1/sign_in_links", &json!({ "email": ADMIN })).await.status, 429);
}

#[tokio::test]
async fn malformed_requests_say_what_is_expected() {
    let beckon = Harness::new().await;
    let mut browser = Browser::new(&beckon);
    for body in [
        json!({}),
        json!({"token": "x", "email": "y", "password": "z"}),
        json!({"email": "y"}),
        json!({"token": 7}),
        json!({"token": "x", "more": true}),
        json!([]),
    ] {
        let answer = browser.post("/v1/session", &body).await;
        assert_eq!(answer.status, 400, "{body}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_link_for_what_cannot_be_an_address_is_refused_by_its_field() {
    let beckon = Harness::new().await;
    let mut browser = Browser::new(&beckon);
    for email in ["", "priya", "priya@", "a@b, c@d"] {
        let refused = browser.post("/v1/sign_in_links", &json!({ "email": email })).await;
        assert_eq!(
            (refused.status.as_u16(), crate::harness::fields(&refused)),
            (400, vec!["email"]),
            "{email}"
        );
    }
    assert_eq!(browser.post("/v1/sign_in_links", &json!({"email": "nobody@example.test"})).await.status, 202);
}
