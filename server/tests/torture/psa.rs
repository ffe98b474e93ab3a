//! Tickets in a PSA that fails at random: each question is one ticket, closed when it is answered.
//!
//! No PSA knows an idempotency key, so every answer that is lost leaves open whether a ticket was made. The clock is turned
//! so fast that the two searches of the server, 30 seconds apart, are as good as one after the other; the emulator is in
//! this process and outlives the server.

use std::collections::BTreeMap;
use std::sync::Arc;

use beckon_emulators::{Emulator, Faults, Kind, State, Vendor, credentials};
use serde_json::{Map, Value, json};

use crate::chance::Chance;
use crate::life::{Life, Plan, World, subject, subject_in};
use crate::{Form, seed};

/// What goes wrong. Nothing hangs: that is a matter of the machine's time, and of the tests of the clients.
const KINDS: [Kind; 6] = [
    Kind::CommitAndDrop,
    Kind::DropBefore,
    Kind::TooMany,
    Kind::ServerError,
    Kind::ServerErrorCommit,
    Kind::ExpireToken,
];

/// The share of the calls that go wrong.
const RATE: f64 = 0.15;

#[tokio::test(flavor = "multi_thread")]
async fn connectwise_holds_one_ticket_of_each_question_and_it_is_closed() {
    torture(Vendor::Connectwise).await;
}

async fn torture(vendor: Vendor) {
    let (tickets, kills, rounds) = Form::get().pick((30, 2, 2_000), (1_000, 10, 6_000));
    eprintln!("torture: {vendor}, {tickets} tickets, seed {}", seed());
    let chance = Chance::new(seed()).about(vendor as u64 + 200);
    let (state, faults) = (State::new(vendor, ["Torture Org"]), Faults::none());
    let emulator = Emulator::start(vendor, Arc::clone(&state), faults.clone()).expect("a port");
    let mut life = Life::begin("--allow-private-destinations");
    connect(&life, vendor, &emulator.url()).await;
    faults.random(seed(), RATE, &KINDS);

    let plan = Plan { what: "tickets", requests: tickets, kills, rounds };
    let calls = (0..tickets).map(|number| life.question(number)).collect();
    let made = life.go(plan, chance.about(1), calls, &mut Tickets { state: &state, closed: false }).await;
    check(&state, tickets, false);

    let plan = Plan { what: "closed tickets", ..plan };
    let ids = made.iter().map(|one| one["escalation"]["id"].as_i64().expect("a number"));
    let calls = ids.map(|id| life.answer(id)).collect();
    life.go(plan, chance.about(2), calls, &mut Tickets { state: &state, closed: true }).await;
    check(&state, tickets, true);
    assert_eq!(life.any("undelivered").await, None);
    life.end();
    let struck = faults.struck();
    assert!(struck.iter().any(|(call, _)| *call == beckon_emulators::Call::Create), "{struck:?}");
    eprintln!("torture: {vendor}, {tickets} tickets, each one and closed; {} calls went wrong", struck.len());
}

/// The PSA, from outside.
struct Tickets<'s> {
    state: &'s State,
    closed: bool,
}

impl World for Tickets<'_> {
    fn arrived(&self) -> usize {
        self.state.tickets().iter().filter(|ticket| ticket.closed || !self.closed).count()
    }
}

/// Checks that each question has one ticket, and that it is closed or not.
fn check(state: &State, questions: usize, closed: bool) {
    let mut found: BTreeMap<String, Vec<u64>> = BTreeMap::new();
    for ticket in state.tickets() {
        let subject = subject_in(&ticket.title).unwrap_or_else(|| panic!("a ticket of nobody's: {ticket:?}"));
        assert_eq!(ticket.closed, closed, "{ticket:?}");
        found.entry(subject.to_owned()).or_default().push(ticket.id);
    }
    for number in 0..questions {
        let ids = found.remove(&subject(number)).unwrap_or_default();
        assert_eq!(ids.len(), 1, "question {number} has the tickets {ids:?}");
    }
    assert!(found.is_empty(), "{found:?}");
}

/// Connects the account to the PSA, with everything that tickets need.
async fn connect(life: &Life, vendor: Vendor, url: &str) {
    let settings = match vendor {
        Vendor::Connectwise => json!({
            "site": url, "company": credentials::CONNECTWISE_COMPANY, "public_key": credentials::CONNECTWISE_PUBLIC_KEY,
            "private_key": credentials::CONNECTWISE_PRIVATE_KEY, "client_id": credentials::CONNECTWISE_CLIENT_ID,
        }),
        Vendor::Autotask => json!({
            "username": credentials::AUTOTASK_USER, "secret": credentials::AUTOTASK_SECRET,
            "integration_code": credentials::AUTOTASK_INTEGRATION_CODE, "discovery_url": url,
        }),
        Vendor::Halopsa => json!({
            "url": url, "client_id": credentials::HALOPSA_CLIENT_ID, "client_secret": credentials::HALOPSA_CLIENT_SECRET,
        }),
    };
    let body = json!({ "vendor": vendor.name(), "settings": settings });
    let made = life.ask("POST", "/v1/integrations", &body).await;
    let path = format!("/v1/integrations/{}", made["integration"]["id"]);
    let vendors = life.ask("GET", "/v1/integrations", &Value::Null).await["vendors"].clone();
    let known = vendors.as_array().expect("a list").iter().find(|one| one["vendor"] == vendor.name());
    let slots = known.unwrap_or_else(|| panic!("expected {vendor} in {vendors}"))["slots"].clone();
    let (mut choices, mut query) = (Map::new(), String::new());
    for slot in slots.as_array().expect("a list").iter().filter_map(|slot| slot["slug"].as_str()) {
        let offers = life.ask("GET", &format!("{path}/offers?slot={slot}{query}"), &Value::Null).await;
        let id = choose(slot, offers["offers"].as_array().expect("a list"));
        query.extend(["&choice.", slot, "=", id]);
        choices.insert(slot.to_owned(), json!(id));
    }
    let ready = life.ask("PATCH", &path, &json!({ "choices": choices, "default_company_id": "1" })).await;
    assert_eq!(ready["integration"]["ready"], true, "{ready}");
    life.ask("PATCH", "/v1/notification_settings", &json!({ "psa_kinds": ["provider.question"] })).await;
}

/// Chooses the first, or the first that ends a ticket.
fn choose<'o>(slot: &str, offers: &'o [Value]) -> &'o str {
    let ends = |offer: &&Value| {
        let name = offer["name"].as_str().unwrap_or_default();
        slot != "closed_status" || ["Closed", "Complete", "Resolved"].iter().any(|end| name.contains(end))
    };
    let chosen = offers.iter().find(ends).and_then(|offer| offer["id"].as_str());
    chosen.unwrap_or_else(|| panic!("expected something to choose for {slot}, found {offers:?}"))
}
