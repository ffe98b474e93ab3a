//! The PSA clients, each against an emulator of its vendor's API over a real socket.

#![expect(
    clippy::unwrap_used,
    reason = "whatever is not there fails the test, and the line says what it was"
)]

use std::net::SocketAddr;
use std::time::Duration;

use beckon_core::integration::{Choices, Settings, Vendor};
use beckon_core::severity::Severity;
use beckon_core::time::Timestamp;
use beckon_emulators::{Emulator, Kind, Running};
use beckon_server::clock::Clock;
use beckon_server::deliver::outcome::{Failed, Failure};
use beckon_server::outbound::{Outbound, Policy};
use beckon_server::psa::http::Options;
use beckon_server::psa::{NewTicket, Note, Psa, connect_with};

mod autotask;
mod connectwise;
mod faults;
mod halopsa;
mod hosts;
mod schema;
mod strict;
mod texts;

/// All of them, for what they have in common.
const VENDORS: [Vendor; 3] = [Vendor::Connectwise, Vendor::Autotask, Vendor::Halopsa];

fn now() -> Timestamp {
    "2026-11-24T08:00:00Z".parse().unwrap()
}

fn anywhere() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

async fn start(vendor: Vendor) -> Running {
    Emulator::start(vendor, anywhere()).await.unwrap()
}

fn patient() -> Options {
    Options { timeout: Duration::from_secs(30), clock: Clock::stopped(now()) }
}

/// The client that a server has whose operator lets it go anywhere.
fn http() -> reqwest::Client {
    Outbound::new(Policy { allow_private: true }).unwrap().client()
}

fn client_of(vendor: Vendor, settings: &Settings, choices: &Choices, options: Options) -> Box<dyn Psa> {
    connect_with(vendor, settings, choices, http(), options).expect("good settings")
}

fn client(emulator: &Running) -> Box<dyn Psa> {
    client_of(emulator.vendor(), &emulator.settings(), &emulator.choices(), patient())
}

/// Returns the first company of an emulator.
async fn a_company(psa: &dyn Psa) -> String {
    let companies = psa.companies().await.unwrap();
    companies.into_iter().find(|company| company.name == "Contoso Dental").expect("it has this one").id
}

fn ticket(key: &str, company: &str) -> NewTicket {
    NewTicket {
        key: key.to_owned(),
        title: "Beckon High Escalation | Real-time protection off on 3 endpoints (Contoso)".to_owned(),
        text: "Real-time protection is off.\n\nTurn it on, or tell us why not".to_owned(),
        html: "<!doctype html><html><head><style>p{}</style></head><body><p>Off &amp; <b>on</b></p></body></html>".to_owned(),
        company: company.to_owned(),
        severity: Severity::High,
        due_at: "2026-11-26T08:00:00.123456Z".parse().unwrap(),
    }
}

fn note(key: &str) -> Note {
    Note { key: key.to_owned(), title: "Answered".to_owned(), text: "Priya said <yes> & \"no\"".to_owned() }
}

#[track_caller]
fn refused<T: std::fmt::Debug>(result: Result<T, Failed>, code: Option<u16>, says: &str) {
    let failed = result.unwrap_err();
    assert_eq!((failed.failure, failed.code), (Failure::Refused, code), "{failed:?}");
    assert!(failed.detail.contains(says), "expected `{says}` in {failed:?}");
}

/// What every vendor's client does, from the first look to the closed ticket.
async fn tells_a_whole_story(vendor: Vendor) {
    let emulator = start(vendor).await;
    let psa = client(&emulator);
    psa.test().await.unwrap();
    let company = a_company(&*psa).await;

    assert_eq!(psa.find_ticket("beckon-17").await.unwrap(), None);
    let id = psa.create_ticket(&ticket("beckon-17", &company)).await.unwrap();
    assert_eq!(psa.find_ticket("beckon-17").await.unwrap(), Some(id.clone()));

    assert!(!psa.has_note(&id, "beckon-17-n1").await.unwrap());
    psa.add_note(&id, &note("beckon-17-n1")).await.unwrap();
    psa.add_note(&id, &note("beckon-17-n10")).await.unwrap();
    assert!(psa.has_note(&id, "beckon-17-n1").await.unwrap());
    assert!(psa.has_note(&id, "beckon-17-n10").await.unwrap());
    assert!(!psa.has_note(&id, "beckon-17-n").await.unwrap());

    assert!(!emulator.tickets()[0].closed);
    psa.close(&id).await.unwrap();
    let updates = emulator.calls(Kind::Update);
    psa.close(&id).await.unwrap();
    assert_eq!(emulator.calls(Kind::Update), updates, "a closed ticket is left alone");

    let [made] = &emulator.tickets()[..] else { panic!("one ticket") };
    assert!(made.closed);
    assert_eq!(made.id.to_string(), id);
    assert_eq!(made.company.to_string(), company);
    assert_eq!(made.due.as_deref(), Some("2026-11-26T08:00:00Z"));
    assert_eq!(made.notes.len(), 2);
    let settings = emulator.choices();
    assert_eq!(made.priority.to_string(), settings["priority_high"]);
}

#[tokio::test]
async fn every_slot_offers_what_the_choices_name() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let (psa, choices) = (client(&emulator), emulator.choices());
        assert_eq!(vendor.check_choices(&choices), []);
        assert_eq!(vendor.missing(&choices, true), None);
        for slot in vendor.slots() {
            let offers = psa.offers(slot.slug, &choices).await.unwrap();
            assert!(
                offers.iter().any(|offer| offer.id == choices[slot.slug]),
                "{vendor} {}: {offers:?}",
                slot.slug
            );
            let unique: std::collections::BTreeSet<_> = offers.iter().map(|offer| &offer.id).collect();
            assert_eq!(unique.len(), offers.len(), "{vendor} {}", slot.slug);
        }
        refused(psa.offers("planet", &choices).await, None, "planet");
    }
}

#[tokio::test]
async fn companies_are_read_to_the_last_one_and_keep_their_names() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let names: Vec<String> = (0..1_200).map(|n| format!("Customer {n:04}")).collect();
        emulator.add_companies(names.clone());
        emulator.change(|world| world.companies.last_mut().unwrap().active = false);
        let companies = client(&emulator).companies().await.unwrap();
        let found: Vec<_> =
            companies.iter().map(|one| one.name.clone()).filter(|n| n.starts_with("Customer")).collect();
        assert_eq!(found, names[..1_199], "{vendor}");
        assert!(companies.iter().any(|one| one.name == "O'Neill \"Sons\" & Co"), "{vendor}");
        let unique: std::collections::BTreeSet<_> = companies.iter().map(|one| &one.id).collect();
        assert_eq!(unique.len(), companies.len(), "{vendor}");
    }
}

#[tokio::test]
async fn a_key_that_another_one_begins_with_is_another_key() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let psa = client(&emulator);
        let company = a_company(&*psa).await;
        let long = psa.create_ticket(&ticket("beckon-17", &company)).await.unwrap();
        let upper = psa.create_ticket(&ticket("BECKON-1", &company)).await.unwrap();
        assert_eq!(psa.find_ticket("beckon-1").await.unwrap(), None, "{vendor}");
        let short = psa.create_ticket(&ticket("beckon-1", &company)).await.unwrap();
        for (key, id) in [("beckon-1", short), ("beckon-17", long), ("BECKON-1", upper)] {
            assert_eq!(psa.find_ticket(key).await.unwrap(), Some(id), "{vendor} {key}");
        }
    }
}

#[tokio::test]
async fn a_ticket_is_found_among_many_that_look_like_it() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let psa = client(&emulator);
        let company = a_company(&*psa).await;
        psa.create_ticket(&ticket("BECKON-1", &company)).await.unwrap();
        emulator.change(|world| {
            let like = world.tickets[0].clone();
            for id in 5_000..6_100 {
                world.tickets.push(beckon_emulators::Ticket { id, ..like.clone() });
            }
            world.last_id = 9_000;
        });
        let id = psa.create_ticket(&ticket("beckon-1", &company)).await.unwrap();
        assert_eq!(psa.find_ticket("beckon-1").await.unwrap(), Some(id), "{vendor}");
    }
}

#[tokio::test]
async fn of_two_tickets_with_one_key_the_first_counts() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let psa = client(&emulator);
        let company = a_company(&*psa).await;
        let first = psa.create_ticket(&ticket("beckon-1", &company)).await.unwrap();
        psa.create_ticket(&ticket("beckon-1", &company)).await.unwrap();
        assert_eq!(psa.find_ticket("beckon-1").await.unwrap(), Some(first), "{vendor}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_refused() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let psa = client(&emulator);
        let failure = |failed: Failed| failed.failure;
        assert_eq!(
            psa.create_ticket(&ticket("k", "987654")).await.map_err(failure),
            Err(Failure::Refused),
            "{vendor}"
        );
        assert_eq!(
            psa.add_note("987654", &note("k")).await.map_err(failure),
            Err(Failure::Refused),
            "{vendor}"
        );
        assert_eq!(psa.close("987654").await.map_err(failure), Err(Failure::Refused), "{vendor}");
        refused(psa.create_ticket(&ticket("k", "../1")).await, None, "expected a number for the company");
        refused(psa.has_note("1/../2", "k").await, None, "expected a number for the ticket");
        assert_eq!(emulator.tickets(), []);
    }
}

#[tokio::test]
async fn choices_that_are_missing_or_gone_are_named() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let none = client_of(vendor, &emulator.settings(), &Choices::new(), patient());
        none.test().await.unwrap();
        let company = a_company(&*none).await;
        refused(
            none.create_ticket(&ticket("k", &company)).await,
            None,
            "choose one in the integration's form",
        );
        let mut choices = emulator.choices();
        choices.insert("priority_low".to_owned(), "4242".to_owned());
        let gone = client_of(vendor, &emulator.settings(), &choices, patient());
        refused(gone.test().await, None, "priority of low escalations");
    }
}

#[tokio::test]
async fn an_emulator_keeps_its_tickets_while_it_is_away() {
    for vendor in VENDORS {
        let emulator = Emulator::new(vendor);
        let running = emulator.listen(anywhere()).await.unwrap();
        let psa = client(&running);
        let id = psa.create_ticket(&ticket("k", &a_company(&*psa).await)).await.unwrap();
        drop(running);
        let running = emulator.listen(anywhere()).await.unwrap();
        assert_eq!(client(&running).find_ticket("k").await.unwrap(), Some(id), "{vendor}");
    }
}
