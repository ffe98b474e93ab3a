//! Clocks that are turned: nothing happens early, nothing twice, and no storm of messages comes of it.

use std::collections::BTreeMap;

use serde_json::Value;
use tempfile::TempDir;

use crate::fleet::{Fleet, cluster};
use crate::host::Host;
use crate::load::Caller;
use crate::shim::{Faults, Shim};

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// How many questions are open.
const QUESTIONS: usize = 5;

/// What happened to each question, without what is the same for all: how often each event is in its timeline.
async fn events(caller: &Caller) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    let found = caller.ask("GET", "/v1/escalations?type=provider.question&limit=100", &Value::Null).await;
    for one in found["escalations"].as_array().expect("a list") {
        let path = format!("/v1/escalations/{}/timeline?limit=500", one["id"]);
        let timeline = caller.ask("GET", &path, &Value::Null).await;
        for event in timeline["timeline"].as_array().expect("events") {
            *counts.entry(event["event"].as_str().expect("a name").to_owned()).or_default() += 1;
        }
    }
    counts
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_turned_under_a_server_makes_nothing_due_and_one_that_was_wrong_makes_no_storm() {
    let folder = TempDir::new().expect("a folder");
    let Some(shim) = Shim::build(folder.path()) else { return };
    let turn = |clock: i64| shim.set(Faults { clock, ..Faults::default() });
    turn(0);
    let mut host = Host::start(folder, None, &shim.environment());
    let caller = Caller::of(&host);
    for number in 0..QUESTIONS {
        caller.question(number, "critical").await;
    }
    caller.delivered().await;
    let (asked, told) = (events(&caller).await, host.mails());
    assert_eq!((asked["raised"], asked.get("became_overdue")), (QUESTIONS, None));
    for clock in [HOUR, -HOUR, -DAY, 400 * DAY, 0] {
        turn(clock);
        host.twice().await;
        caller.delivered().await;
        assert_eq!((events(&caller).await, host.mails()), (asked.clone(), told), "{clock} s");
        // It is used as ever, by the same time.
        let actor = caller.ask("GET", "/v1/actor", &Value::Null).await;
        let now: chrono::DateTime<chrono::Utc> =
            serde_json::from_value(actor["now"].clone()).expect("a time");
        assert!((now - chrono::Utc::now()).abs() < chrono::TimeDelta::seconds(30), "{now}");
    }
    // One that is wrong when a server starts is believed: everything is overdue, once, and each question tells once for all that was
    // missed.
    turn(400 * DAY);
    host.kill();
    host.start_again();
    caller.follow(&host);
    host.twice().await;
    caller.delivered().await;
    let (late, after) = (events(&caller).await, host.mails());
    assert_eq!(late["became_overdue"], QUESTIONS);
    assert!(
        late.values().sum::<usize>() <= asked.values().sum::<usize>() + 2 * QUESTIONS,
        "a storm: {late:?}"
    );
    assert!((told + QUESTIONS..=told + 2 * QUESTIONS).contains(&after), "{told} mails, and {after} then");
    // When it is right again nothing is told again, and every question can be answered.
    for clock in [0, -DAY] {
        turn(clock);
        host.kill();
        host.start_again();
        caller.follow(&host);
        host.twice().await;
        caller.delivered().await;
        assert_eq!((events(&caller).await, host.mails()), (late.clone(), after), "{clock} s");
        if clock != 0 {
            for one in caller.all("/v1/escalations?type=provider.question&", "escalations").await {
                caller.answer(QUESTIONS, one["id"].as_i64().expect("an id")).await;
            }
            assert_eq!(events(&caller).await["answered"], QUESTIONS);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_whose_clocks_are_minutes_apart_do_everything_once_and_nothing_early() {
    let Some(cluster) = cluster() else { return };
    let folders = [TempDir::new().expect("a folder"), TempDir::new().expect("a folder")];
    let shims: Vec<Shim> = folders.iter().filter_map(|folder| Shim::build(folder.path())).collect();
    let [ahead, behind] = &shims[..] else { return };
    ahead.set(Faults { clock: 300, ..Faults::default() });
    behind.set(Faults { clock: -300, ..Faults::default() });
    let addresses = [cluster.url(), cluster.url(), cluster.url()];
    let fleet = Fleet::start(&addresses, |number| match number {
        1 => ahead.environment(),
        2 => behind.environment(),
        _ => String::new(),
    });
    let caller = &fleet.caller;
    for number in 0..QUESTIONS {
        caller.question(number, "critical").await;
    }
    caller.delivered().await;
    // A minute before time is up: for a server that went by its own clock it would be up.
    caller.turn_clock(12 * HOUR - 60).await;
    fleet.twice().await;
    assert_eq!(events(caller).await.get("became_overdue"), None);
    let before = fleet.mails();
    caller.turn_clock(60).await;
    fleet.twice().await;
    caller.delivered().await;
    assert_eq!(events(caller).await["became_overdue"], QUESTIONS);
    assert_eq!(fleet.mails(), before + QUESTIONS, "each is told once");
    // The next reminder, and the one after it.
    for _ in 0..2 {
        let (before, events_before) = (fleet.mails(), events(caller).await);
        caller.turn_clock(10 * DAY).await;
        fleet.twice().await;
        caller.delivered().await;
        assert!(fleet.mails() <= before + QUESTIONS, "one each for all that was missed: {before}");
        assert_eq!(events(caller).await["became_overdue"], events_before["became_overdue"]);
    }
}
