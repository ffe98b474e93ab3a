//! Tickets in a PSA that fails at random: each question is one ticket, closed when it is answered.
//!
//! No PSA knows an idempotency key, so every answer that is lost leaves open whether a ticket was made. The clock is turned
//! so fast that the two searches of the server, 30 seconds apart, are as good as one after the other; the emulator is in
//! this process and outlives the server.

use std::collections::BTreeMap;

use beckon_core::integration::Vendor;
use beckon_emulators::{Chaos, Emulator, Fault, Kind, Running};
use serde_json::{Value, json};

use crate::chance::Chance;
use crate::life::{Life, Plan, World, subject, subject_in};
use crate::{Form, seed};

/// The share of the calls that go wrong, in percent. Nothing hangs: that is a matter of the machine's time, and of the tests of
/// the clients.
const PERCENT: u64 = 15;

#[tokio::test(flavor = "multi_thread")]
async fn connectwise_holds_one_ticket_of_each_question_and_it_is_closed() {
    torture(Vendor::Connectwise).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn autotask_holds_one_ticket_of_each_question_and_it_is_closed() {
    torture(Vendor::Autotask).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn halopsa_holds_one_ticket_of_each_question_and_it_is_closed() {
    torture(Vendor::Halopsa).await;
}

async fn torture(vendor: Vendor) {
    let (tickets, kills, rounds) = Form::get().pick((30, 2, 2_000), (1_000, 10, 6_000));
    eprintln!("torture: {vendor}, {tickets} tickets, seed {}", seed());
    let chance = Chance::new(seed()).about(vendor as u64 + 200);
    let emulator = Emulator::start(vendor, ([127, 0, 0, 1], 0).into()).await.expect("a port");
    let mut life = Life::begin("--allow-private-destinations").await;
    connect(&life, &emulator).await;
    emulator.set_chaos(Some(Chaos::new(seed(), PERCENT, &Fault::PASSING)));

    let plan = Plan { what: "tickets", requests: tickets, kills, rounds };
    let calls = (0..tickets).map(|number| life.question(number)).collect();
    let made =
        life.go(plan, chance.about(1), calls, &mut Tickets { emulator: &emulator, closed: false }).await;
    check(&emulator, tickets, false);

    let plan = Plan { what: "closed tickets", ..plan };
    let ids = made.iter().map(|one| one["escalation"]["id"].as_i64().expect("a number"));
    let calls = ids.map(|id| life.answer(id)).collect();
    life.go(plan, chance.about(2), calls, &mut Tickets { emulator: &emulator, closed: true }).await;
    assert_eq!(life.any("undelivered").await, None);
    check(&emulator, tickets, true);
    let deliveries = life.ask("GET", "/v1/deliveries?limit=500&channel=psa", &Value::Null).await;
    let deliveries = deliveries["deliveries"].as_array().expect("a list").clone();
    assert!(
        deliveries.iter().any(|one| one["attempts"].as_u64() > Some(1)),
        "something went wrong on the way"
    );
    life.end();
    // What was certainly not made is asked for again, and what may have been is searched for.
    let (asked, searched) = (emulator.calls(Kind::CreateTicket), emulator.calls(Kind::Search));
    assert!(asked + searched > tickets, "expected something to go wrong on the way");
    eprintln!(
        "torture: {vendor}, {tickets} tickets, each one and closed; {asked} asked for, {searched} searches"
    );
}

/// The PSA, from outside.
struct Tickets<'s> {
    emulator: &'s Emulator,
    closed: bool,
}

impl World for Tickets<'_> {
    fn arrived(&self) -> usize {
        self.emulator.tickets().iter().filter(|ticket| ticket.closed || !self.closed).count()
    }
}

/// Checks that each question has one ticket, and that it is closed or not.
fn check(emulator: &Emulator, questions: usize, closed: bool) {
    let mut found: BTreeMap<String, Vec<i64>> = BTreeMap::new();
    for ticket in emulator.tickets() {
        let subject =
            subject_in(&ticket.summary).unwrap_or_else(|| panic!("a ticket of nobody's: {ticket:?}"));
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
async fn connect(life: &Life, emulator: &Running) {
    let body = json!({ "vendor": emulator.vendor(), "settings": emulator.settings() });
    let made = life.ask("POST", "/v1/integrations", &body).await;
    let path = format!("/v1/integrations/{}", made["integration"]["id"]);
    let companies = life.ask("GET", &format!("{path}/companies"), &Value::Null).await;
    let company = &companies["companies"][0]["id"];
    let chosen = json!({ "choices": emulator.choices(), "default_company_id": company });
    let ready = life.ask("PATCH", &path, &chosen).await;
    assert_eq!(ready["integration"]["ready"], true, "{ready}");
    life.ask("PATCH", "/v1/notification_settings", &json!({ "psa_kinds": ["provider.question"] })).await;
}
