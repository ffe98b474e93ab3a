//! A disk that is full, read-only or broken under the embedded database, and copies of the database at random moments: nothing that was
//! acknowledged is lost, and the server goes on by itself.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use crate::chance::Chance;
use crate::host::Host;
use crate::load::{Caller, Load, Targets};
use crate::server::Server;
use crate::shim::{BROKEN, Faults, NO_ROOM, READ_ONLY, Shim};
use crate::{Form, seed};

/// What goes wrong with a disk.
const FAULTS: [(&str, Faults); 5] = [
    ("full", Faults { number: NO_ROOM, writes: 1, flushes: 0, clock: 0 }),
    ("full in the middle of a write", Faults { number: NO_ROOM, writes: 2, flushes: 0, clock: 0 }),
    ("read-only", Faults { number: READ_ONLY, writes: 1, flushes: 1, clock: 0 }),
    ("broken", Faults { number: BROKEN, writes: 1, flushes: 1, clock: 0 }),
    ("broken at flushing alone", Faults { number: BROKEN, writes: 0, flushes: 1, clock: 0 }),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_takes_nothing_is_said_loses_nothing_and_is_got_over() {
    let folder = TempDir::new().expect("a folder");
    let Some(shim) = Shim::build(folder.path()) else { return };
    let rounds: usize = Form::get().pick(1, 40);
    let mut host = Host::start(folder, None, &shim.environment());
    let caller = Caller::of(&host);
    let mut chance = Chance::new(seed()).about(500);
    eprintln!("torture: {rounds} times each of {} faults of a disk, seed {}", FAULTS.len(), seed());
    let (began, load) = (Instant::now(), Load::begin(&caller, Duration::from_millis(2)));
    for round in 0..rounds {
        for (what, faults) in FAULTS {
            load.more(5).await;
            tokio::time::sleep(Duration::from_millis(chance.next(50))).await;
            shim.set(faults);
            host.until_ready(false).await;
            let body = json!({ "text": "It has to be said why" });
            let (code, said) = host
                .server()
                .send("POST", "/v1/escalations/1/comments", "admin", &body)
                .await
                .expect("an answer");
            assert_eq!(code, 503, "{what}: {said}");
            assert!(said["error"].as_str().is_some_and(|why| why.contains("try again")), "{what}: {said}");
            let list = host.server().get("/v1/escalations?limit=1", "admin").await;
            assert!(list["escalations"].is_array(), "{what}: what is there can be read: {list}");
            assert_eq!(host.get("/healthz").await.0, 200, "{what}: the process lives");
            if (round + faults.number.unsigned_abs() as usize).is_multiple_of(3) {
                // In the middle of all this, it is killed.
                caller.lose();
                host.kill();
                shim.set(Faults::default());
                host.start_again();
                caller.follow(&host);
            }
            shim.set(Faults::default());
            host.until_ready(true).await;
        }
    }
    load.more(5).await;
    let ledger = load.end().await;
    ledger.check(&caller, true).await;
    host.kill();
    host.start_again();
    caller.follow(&host);
    ledger.check(&caller, true).await;
    host.kill();
    whole(&host);
    let faults = rounds * FAULTS.len();
    eprintln!(
        "torture: {faults} faults of a disk in {} s: {}, all there",
        began.elapsed().as_secs(),
        ledger.told()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_at_any_moment_is_whole_and_holds_what_was_acknowledged_before() {
    let (copies, pause) = Form::get().pick((4, 10), (100, 60));
    let mut host = Host::start(TempDir::new().expect("a folder"), None, "");
    let caller = Caller::of(&host);
    let mut chance = Chance::new(seed()).about(600);
    eprintln!("torture: {copies} copies at random moments, seed {}", seed());
    let (began, load) = (Instant::now(), Load::begin(&caller, Duration::from_millis(pause)));
    for copy in 1..=copies {
        load.more(4).await;
        tokio::time::sleep(Duration::from_micros(chance.next(40_000))).await;
        let (ledger, second) = (load.so_far(), TempDir::new().expect("a folder"));
        // As a snapshot of the disk does it: all files as they are at one moment, whatever is being written.
        signal(host.server(), "-STOP");
        for file in fs::read_dir(host.folder()).expect("the folder") {
            let file = file.expect("a file");
            // What the processes share in memory is made anew.
            let taken = file.file_type().expect("a type").is_file()
                && !file.file_name().to_string_lossy().ends_with("-shm");
            if taken {
                fs::copy(file.path(), second.path().join(file.file_name())).expect("a copy");
            }
        }
        signal(host.server(), "-CONT");
        let mut opened = Host::start(second, None, "");
        let there = Caller::new(&Targets::new([opened.url()]), &caller.keys);
        ledger.check(&there, false).await;
        opened.kill();
        whole(&opened);
        if copy % 20 == 0 {
            eprintln!("torture: {copy} copies after {} s", began.elapsed().as_secs());
        }
    }
    load.break_off();
    host.kill();
    eprintln!(
        "torture: {copies} copies in {} s, all whole, with all that was acknowledged",
        began.elapsed().as_secs()
    );
}

fn signal(server: &Server, signal: &str) {
    let sent = Command::new("kill").args([signal, &server.id().to_string()]).status().expect("kill");
    assert!(sent.success());
}

/// Checks the database of a server that is dead, and its logs.
fn whole(host: &Host) {
    let file = host.folder().join(beckon_server::store::sqlite::FILE);
    let database = rusqlite::Connection::open(file).expect("a database");
    let said: String = database.query_row("PRAGMA integrity_check", (), |row| row.get(0)).expect("an answer");
    assert_eq!(said, "ok");
    host.run(&["audit", "verify"]);
}
