//! ConnectWise PSA: what only it has.

use beckon_core::integration::Vendor;
use beckon_emulators::Kind;
use serde_json::json;

use crate::{a_company, client, client_of, note, patient, refused, start, tells_a_whole_story, ticket};

#[tokio::test]
async fn a_whole_story() {
    tells_a_whole_story(Vendor::Connectwise).await;
}

#[tokio::test]
async fn what_is_sent_is_what_the_api_wants() {
    let emulator = start(Vendor::Connectwise).await;
    let psa = client(&emulator);
    let id = psa.create_ticket(&ticket("beckon-17", "2")).await.unwrap();
    psa.add_note(&id, &note("n-1")).await.unwrap();
    psa.close(&id).await.unwrap();
    let body = |kind: Kind| emulator.recorded().into_iter().find(|call| call.kind == kind).unwrap().body;
    let made = body(Kind::CreateTicket);
    assert_eq!(made["board"], json!({ "id": 11 }));
    assert_eq!(made["externalXRef"], "beckon-17");
    assert!(made["initialDescription"].as_str().unwrap().ends_with("why not\n\n[beckon-17]"));
    let added =
        json!({ "text": "Answered\n\nPriya said <yes> & \"no\"\n\n[n-1]", "detailDescriptionFlag": true });
    assert_eq!(body(Kind::AddNote), added);
    assert_eq!(body(Kind::Update), json!([{ "op": "replace", "path": "status/id", "value": 113 }]));
}

#[tokio::test]
async fn the_codebase_is_asked_for_once_and_again_after_an_upgrade() {
    let emulator = start(Vendor::Connectwise).await;
    let psa = client(&emulator);
    a_company(&*psa).await;
    let id = psa.create_ticket(&ticket("k", "2")).await.unwrap();
    assert_eq!(emulator.calls(Kind::Enter), 1);
    emulator.change(|world| world.quirks.codebase = "v2026_2/".to_owned());
    let second = psa.create_ticket(&ticket("k2", "2")).await.unwrap();
    assert_ne!(id, second);
    assert_eq!(emulator.tickets().len(), 2);
    // Once for the lookup; the emulator also takes the call at the old place for one to get in.
    assert_eq!(emulator.recorded().iter().filter(|call| call.path.starts_with("/login/")).count(), 2);
}

#[tokio::test]
async fn what_is_not_found_is_looked_for_once_more_and_then_refused() {
    let emulator = start(Vendor::Connectwise).await;
    let psa = client(&emulator);
    refused(psa.has_note("999", "k").await, Some(404), "Ticket 999 not found");
    assert_eq!(emulator.calls(Kind::ReadNotes), 1);
    assert_eq!(emulator.calls(Kind::Enter), 2);
}

#[tokio::test]
async fn wrong_credentials_are_refused() {
    let emulator = start(Vendor::Connectwise).await;
    let with = |slug: &str, value: &str| {
        let mut settings = emulator.settings();
        settings.insert(slug.to_owned(), value.to_owned());
        client_of(Vendor::Connectwise, &settings, &emulator.choices(), patient())
    };
    refused(with("client_id", "another").test().await, Some(401), "clientId");
    refused(with("private_key", "another").test().await, Some(401), "credentials");
    refused(with("company", "another").test().await, None, "check the site and the company");
    refused(with("company", "../../x").test().await, None, "check the site and the company");
}

#[tokio::test]
async fn only_closed_statuses_of_the_board_are_offered() {
    let emulator = start(Vendor::Connectwise).await;
    let (psa, mut choices) = (client(&emulator), emulator.choices());
    let names = async |choices: &_| {
        let offers = psa.offers("closed_status", choices).await.unwrap();
        offers.into_iter().map(|offer| offer.name).collect::<Vec<_>>()
    };
    assert_eq!(names(&choices).await, ["Closed"]);
    choices.insert("board".to_owned(), "12".to_owned());
    assert_eq!(names(&choices).await, [">Closed"]);
    choices.remove("board");
    refused(psa.offers("closed_status", &choices).await, None, "board");
}

#[tokio::test]
async fn a_status_of_another_board_does_not_close() {
    let emulator = start(Vendor::Connectwise).await;
    let mut choices = emulator.choices();
    choices.insert("closed_status".to_owned(), "122".to_owned());
    let psa = client_of(Vendor::Connectwise, &emulator.settings(), &choices, patient());
    let id = psa.create_ticket(&ticket("k", "2")).await.unwrap();
    refused(psa.close(&id).await, Some(400), "status was not found on the board");
}

#[tokio::test]
async fn notes_are_read_page_by_page() {
    let emulator = start(Vendor::Connectwise).await;
    let psa = client(&emulator);
    let id = psa.create_ticket(&ticket("k", "2")).await.unwrap();
    psa.add_note(&id, &note("first-1")).await.unwrap();
    emulator.change(|world| {
        let mut other = world.tickets[0].notes[0].clone();
        "[other]".clone_into(&mut other.text);
        world.tickets[0].notes.splice(0..0, std::iter::repeat_n(other, 2_500));
    });
    assert!(psa.has_note(&id, "first-1").await.unwrap());
    assert_eq!(emulator.calls(Kind::ReadNotes), 3);
}
