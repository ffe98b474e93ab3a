//! Autotask: what only it has.

use beckon_core::integration::Vendor;
use beckon_emulators::Kind;
use beckon_server::deliver::outcome::Failure;
use serde_json::json;

use crate::{client, client_of, note, patient, refused, start, tells_a_whole_story, ticket};

#[tokio::test]
async fn a_whole_story() {
    tells_a_whole_story(Vendor::Autotask).await;
}

#[tokio::test]
async fn what_is_sent_is_what_the_api_wants() {
    let emulator = start(Vendor::Autotask).await;
    let psa = client(&emulator);
    let id = psa.create_ticket(&ticket("beckon-17", "174")).await.unwrap();
    psa.add_note(&id, &note("n-1")).await.unwrap();
    psa.find_ticket("beckon-17").await.unwrap();
    psa.close(&id).await.unwrap();
    let body = |kind: Kind| emulator.recorded().into_iter().find(|call| call.kind == kind).unwrap().body;
    assert_eq!(body(Kind::CreateTicket)["queueID"], 8);
    assert_eq!(body(Kind::CreateTicket)["dueDateTime"], "2026-11-26T08:00:00Z");
    let added = json!({ "title": "Answered", "description": "Priya said <yes> & \"no\"\n\n[n-1]", "noteType": 1, "publish": 1 });
    assert_eq!(body(Kind::AddNote), added);
    let filter = json!([{ "op": "eq", "field": "externalID", "value": "beckon-17" }]);
    assert_eq!(body(Kind::Search)["filter"], filter);
    assert_eq!(body(Kind::Update), json!({ "id": id.parse::<i64>().unwrap(), "status": 5 }));
    assert_eq!(emulator.calls(Kind::Enter), 1);
}

#[tokio::test]
async fn a_500_that_says_what_is_wrong_is_refused() {
    let emulator = start(Vendor::Autotask).await;
    let mut choices = emulator.choices();
    choices.insert("queue".to_owned(), "77".to_owned());
    let psa = client_of(Vendor::Autotask, &emulator.settings(), &choices, patient());
    let failed = psa.create_ticket(&ticket("k", "174")).await;
    refused(failed, Some(500), "Value 77 does not exist for the field queueID");
    let long = "k".repeat(51);
    refused(psa.create_ticket(&ticket(&long, "174")).await, Some(500), "externalID exceeds");
}

#[tokio::test]
async fn wrong_credentials_are_refused() {
    let emulator = start(Vendor::Autotask).await;
    let with = |slug: &str, value: &str| {
        let mut settings = emulator.settings();
        settings.insert(slug.to_owned(), value.to_owned());
        client_of(Vendor::Autotask, &settings, &emulator.choices(), patient())
    };
    refused(with("secret", "another").test().await, Some(401), "401");
    refused(with("integration_code", "another").test().await, Some(401), "401");
    refused(with("username", "another").test().await, Some(500), "no such user");
}

#[tokio::test]
async fn a_user_who_was_moved_is_looked_for_again() {
    let emulator = start(Vendor::Autotask).await;
    let psa = client(&emulator);
    psa.test().await.unwrap();
    let before = emulator.calls(Kind::Enter);
    refused(psa.add_note("999", &note("k")).await, Some(404), "No matching");
    psa.find_ticket("k").await.unwrap();
    assert_eq!(emulator.calls(Kind::Enter), before + 1);
}

#[tokio::test]
async fn the_third_of_three_places_is_the_last() {
    let emulator = start(Vendor::Autotask).await;
    let psa = client(&emulator);
    psa.test().await.unwrap();
    let all = futures_util::future::join_all((0..8).map(|_| psa.find_ticket("k"))).await;
    let turned_away = all.iter().filter(|one| one.is_err()).count();
    assert_eq!(turned_away, 5);
    for failed in all.into_iter().filter_map(Result::err) {
        assert!(matches!(failed.failure, Failure::NotNow { after: Some(_) }), "{failed:?}");
    }
}

#[tokio::test]
async fn notes_are_read_page_by_page() {
    let emulator = start(Vendor::Autotask).await;
    let psa = client(&emulator);
    let id = psa.create_ticket(&ticket("k", "174")).await.unwrap();
    psa.add_note(&id, &note("other")).await.unwrap();
    emulator.change(|world| {
        let first = world.tickets[0].notes[0].clone();
        for id in 2_000..3_100 {
            world.tickets[0].notes.push(beckon_emulators::Note { id, ..first.clone() });
        }
        world.last_id = 9_000;
    });
    psa.add_note(&id, &note("last-1")).await.unwrap();
    assert!(psa.has_note(&id, "last-1").await.unwrap());
    assert_eq!(emulator.calls(Kind::ReadNotes), 3);
}
