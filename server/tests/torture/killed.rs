//! `kill -9` under load at random moments, of one server on either database and of three over one: every observation, answer and rule
//! that was acknowledged is there, once, and each question has one ticket.

use std::time::{Duration, Instant};

use beckon_core::integration::Vendor;
use beckon_emulators::Emulator;
use tempfile::TempDir;

use crate::chance::Chance;
use crate::fleet::{Fleet, cluster};
use crate::host::Host;
use crate::load::Load;
use crate::{Form, seed};

/// The longest that a server works between two kills, in milliseconds, once it has acknowledged something.
const WORKS: u64 = 150;

#[tokio::test(flavor = "multi_thread")]
async fn of_one_server_on_the_embedded_database_nothing_is_lost_and_nothing_twice() {
    let host = Host::start(TempDir::new().expect("a folder"), None, "");
    killed("one server on SQLite", Fleet::of(vec![host])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_one_server_on_postgresql_nothing_is_lost_and_nothing_twice() {
    let Some(cluster) = cluster() else { return };
    killed("one server on PostgreSQL", Fleet::start(&[cluster.url()], |_| String::new())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_three_servers_over_one_database_nothing_is_lost_and_nothing_twice() {
    let Some(cluster) = cluster() else { return };
    let fleet = Fleet::start(&[cluster.url(), cluster.url(), cluster.url()], |_| String::new());
    killed("three servers on PostgreSQL", fleet).await;
}

async fn killed(whom: &str, mut fleet: Fleet) {
    let kills = Form::get().pick(3, 350);
    eprintln!("torture: {kills} kills of {whom}, seed {}", seed());
    let mut chance = Chance::new(seed()).about(600);
    let emulator = Emulator::start(Vendor::Connectwise, ([127, 0, 0, 1], 0).into()).await.expect("a port");
    fleet.caller.connect(&emulator).await;
    let (began, load) = (Instant::now(), Load::begin(&fleet.caller, Duration::from_millis(5)));
    let servers = fleet.hosts.len() as u64;
    for kill in 1..=kills {
        load.more(3).await;
        tokio::time::sleep(Duration::from_millis(chance.next(WORKS))).await;
        let victim = usize::try_from(chance.next(servers)).expect("one of them");
        fleet.targets.set(victim, None);
        fleet.hosts[victim].kill();
        fleet.hosts[victim].start_again();
        fleet.targets.set(victim, Some(fleet.hosts[victim].url()));
        if kill % 50 == 0 {
            let (acknowledged, seconds) = (load.acknowledged(), began.elapsed().as_secs());
            eprintln!("torture: {kill} kills, {acknowledged} requests acknowledged after {seconds} s");
        }
    }
    load.more(3).await;
    fleet.until_ready().await;
    let ledger = fleet.conclude(load, &emulator).await;
    eprintln!(
        "torture: {whom} killed {kills} times in {} s: {}, all there",
        began.elapsed().as_secs(),
        ledger.told()
    );
}
