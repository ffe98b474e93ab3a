//! HaloPSA: what only it has.

use std::time::Duration;

use beckon_core::integration::Vendor;
use beckon_emulators::{Fault, Kind};
use beckon_server::clock::Clock;
use beckon_server::deliver::outcome::Failure;
use beckon_server::psa::http::Options;

use crate::{client, client_of, note, now, patient, refused, start, tells_a_whole_story, ticket};

#[tokio::test]
async fn a_whole_story() {
    tells_a_whole_story(Vendor::Halopsa).await;
}

#[tokio::test]
async fn what_is_sent_is_escaped_and_ends_with_its_key() {
    let emulator = start(Vendor::Halopsa).await;
    let psa = client(&emulator);
    let id = psa.create_ticket(&ticket("beckon-17", "12")).await.unwrap();
    psa.add_note(&id, &note("n-1")).await.unwrap();
    let made = &emulator.tickets()[0];
    assert!(made.summary.ends_with("(Contoso) [beckon-17]"), "{}", made.summary);
    assert_eq!(made.text, "<p>Off &amp; <b>on</b></p>");
    assert_eq!(
        made.notes[0].text,
        "<p><b>Answered</b></p><p>Priya said &lt;yes&gt; &amp; &quot;no&quot;<br><br>[n-1]</p>"
    );
    assert_eq!(made.notes[0].title.as_deref(), Some("Private Note"));
}

#[tokio::test]
async fn a_name_in_a_title_that_looks_like_a_key_is_none() {
    let emulator = start(Vendor::Halopsa).await;
    let psa = client(&emulator);
    let mut other = ticket("beckon-2", "12");
    other.title = "Login of [beckon-1] (Contoso)".to_owned();
    psa.create_ticket(&other).await.unwrap();
    assert_eq!(psa.find_ticket("beckon-1").await.unwrap(), None);
}

#[tokio::test]
async fn a_token_is_fetched_once_until_it_is_about_to_expire() {
    let emulator = start(Vendor::Halopsa).await;
    let clock = Clock::stopped(now());
    let options = Options { timeout: Duration::from_secs(30), clock: clock.clone() };
    let psa = client_of(Vendor::Halopsa, &emulator.settings(), &emulator.choices(), options);
    let tokens_after = async |seconds: i64| {
        clock.set_ahead(seconds);
        psa.find_ticket("k").await.unwrap();
        emulator.calls(Kind::Enter)
    };
    assert_eq!(tokens_after(0).await, 1);
    assert_eq!(tokens_after(3_400).await, 1);
    assert_eq!(tokens_after(3_500).await, 2);
}

#[tokio::test]
async fn a_token_that_is_refused_is_replaced_once() {
    let emulator = start(Vendor::Halopsa).await;
    let psa = client(&emulator);
    psa.find_ticket("k").await.unwrap();
    emulator.fail_next(Kind::CreateTicket, Fault::ExpireToken);
    psa.create_ticket(&ticket("k", "12")).await.unwrap();
    assert_eq!(
        (emulator.tickets().len(), emulator.calls(Kind::CreateTicket), emulator.calls(Kind::Enter)),
        (1, 2, 2)
    );
    emulator.fail_next(Kind::CreateTicket, Fault::ExpireToken);
    emulator.fail_next(Kind::CreateTicket, Fault::ExpireToken);
    refused(psa.create_ticket(&ticket("k2", "12")).await, Some(401), "401");
    assert_eq!(emulator.tickets().len(), 1);
}

#[tokio::test]
async fn many_calls_at_once_fetch_one_token() {
    let emulator = start(Vendor::Halopsa).await;
    let psa = client(&emulator);
    let all = futures_util::future::join_all((0..4).map(|_| psa.find_ticket("k"))).await;
    assert!(all.iter().all(Result::is_ok), "{all:?}");
    assert_eq!(emulator.calls(Kind::Enter), 1);
}

#[tokio::test]
async fn wrong_credentials_and_a_missing_tenant_are_refused() {
    let emulator = start(Vendor::Halopsa).await;
    let with = |slug: &str, value: &str| {
        let mut settings = emulator.settings();
        settings.insert(slug.to_owned(), value.to_owned());
        client_of(Vendor::Halopsa, &settings, &emulator.choices(), patient())
    };
    refused(with("client_secret", "another").test().await, Some(400), "invalid_client");
    emulator.change(|world| world.quirks.tenant = Some("northwind".to_owned()));
    refused(client(&emulator).test().await, Some(400), "tenant");
    with("tenant", "northwind").test().await.unwrap();
}

#[tokio::test]
async fn fewer_than_200_calls_go_out_in_five_minutes() {
    let emulator = start(Vendor::Halopsa).await;
    let clock = Clock::stopped(now());
    let options = Options { timeout: Duration::from_secs(30), clock: clock.clone() };
    let psa = client_of(Vendor::Halopsa, &emulator.settings(), &emulator.choices(), options);
    let mut sent = 0;
    let failed = loop {
        match psa.find_ticket("k").await {
            Ok(_) => sent += 1,
            Err(failed) => break failed,
        }
    };
    // One of them fetched the token.
    assert_eq!((sent, emulator.recorded().len()), (198, 199));
    assert_eq!(failed.failure, Failure::NotNow { after: Some(Duration::from_mins(5)) });
    clock.set_ahead(300);
    psa.find_ticket("k").await.unwrap();
}

#[tokio::test]
async fn after_too_many_it_rests_for_30_seconds() {
    let emulator = start(Vendor::Halopsa).await;
    let clock = Clock::stopped(now());
    let options = Options { timeout: Duration::from_secs(30), clock: clock.clone() };
    let psa = client_of(Vendor::Halopsa, &emulator.settings(), &emulator.choices(), options);
    emulator.fail_next(Kind::Search, Fault::TooMany(None));
    let not_now = |after| Failure::NotNow { after: Some(Duration::from_secs(after)) };
    assert_eq!(psa.find_ticket("k").await.unwrap_err().failure, not_now(30));
    clock.set_ahead(10);
    let calls = emulator.recorded().len();
    assert_eq!(psa.create_ticket(&ticket("k", "12")).await.unwrap_err().failure, not_now(20));
    assert_eq!(emulator.recorded().len(), calls, "nothing is sent while it rests");
    clock.set_ahead(30);
    psa.create_ticket(&ticket("k", "12")).await.unwrap();
}

#[tokio::test]
async fn a_note_is_found_among_thousands() {
    let emulator = start(Vendor::Halopsa).await;
    let psa = client(&emulator);
    let id = psa.create_ticket(&ticket("k", "12")).await.unwrap();
    psa.add_note(&id, &note("first-1")).await.unwrap();
    emulator.change(|world| {
        let mut other = world.tickets[0].notes[0].clone();
        "[other]".clone_into(&mut other.text);
        world.tickets[0].notes.extend(std::iter::repeat_n(other, 2_500));
    });
    assert!(psa.has_note(&id, "first-1").await.unwrap());
    assert!(!psa.has_note(&id, "first-2").await.unwrap());
}
