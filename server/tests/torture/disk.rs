//! A disk that is full, read-only or broken under the embedded database, and copies of the database at random moments: nothing that was
//! acknowledged is lost, and the server goes on by itself.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;

use crate::chance::Chance;
use crate::load::{Caller, Keys, Load, Targets};
use crate::server::{ENVIRONMENT, Server, client, run};
use crate::shim::{BROKEN, Faults, NO_ROOM, READ_ONLY, Shim};
use crate::{Form, seed};

const OPTIONS: [&str; 3] = ["--demo-psa", "none", "--allow-private-destinations"];

/// What goes wrong with a disk.
const FAULTS: [(&str, Faults); 5] = [
    ("full", Faults { number: NO_ROOM, writes: 1, flushes: 0, clock: 0 }),
    ("full in the middle of a write", Faults { number: NO_ROOM, writes: 2, flushes: 0, clock: 0 }),
    ("read-only", Faults { number: READ_ONLY, writes: 1, flushes: 1, clock: 0 }),
    ("broken", Faults { number: BROKEN, writes: 1, flushes: 1, clock: 0 }),
    ("broken at flushing alone", Faults { number: BROKEN, writes: 0, flushes: 1, clock: 0 }),
];

async fn status(url: &str) -> (u16, String) {
    let answer = client().get(url).send().await.expect("it answers");
    (answer.status().as_u16(), answer.text().await.expect("text"))
}

async fn until_ready(server: &Server, ready: bool) {
    let began = Instant::now();
    let url = format!("{}/readyz", server.url);
    while (status(&url).await.0 == 200) != ready {
        assert!(began.elapsed() < Duration::from_mins(1), "expected to be ready: {ready}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_takes_nothing_is_said_loses_nothing_and_is_got_over() {
    let folder = TempDir::new().expect("a folder");
    let Some(shim) = Shim::build(folder.path()) else { return };
    let rounds: usize = Form::get().pick(1, 40);
    fs::write(folder.path().join(ENVIRONMENT), format!("BECKON_LOG=off\n{}", shim.environment()))
        .expect("room");
    let mut server = Server::start_with(folder.path(), &OPTIONS);
    let targets = Targets::new([server.url.clone()]);
    let keys = Keys::make(folder.path());
    let caller = Caller::new(&targets, &keys);
    let mut chance = Chance::new(seed()).about(500);
    eprintln!("torture: {rounds} times each of {} faults of a disk, seed {}", FAULTS.len(), seed());
    let (began, load) = (Instant::now(), Load::begin(&caller, Duration::from_millis(2)));
    for round in 0..rounds {
        for (what, faults) in FAULTS {
            load.more(5).await;
            tokio::time::sleep(Duration::from_millis(chance.next(50))).await;
            shim.set(faults);
            until_ready(&server, false).await;
            let body = json!({ "text": "It has to be said why" });
            let (code, said) =
                server.send("POST", "/v1/escalations/1/comments", "admin", &body).await.expect("an answer");
            assert_eq!(code, 503, "{what}: {said}");
            assert!(said["error"].as_str().is_some_and(|why| why.contains("try again")), "{what}: {said}");
            let list = server.get("/v1/escalations?limit=1", "admin").await;
            assert!(list["escalations"].is_array(), "{what}: what is there can be read: {list}");
            assert_eq!(status(&format!("{}/healthz", server.url)).await.0, 200, "{what}: the process lives");
            if (round + faults.number.unsigned_abs() as usize).is_multiple_of(3) {
                // In the middle of all this, it is killed.
                targets.set(0, None);
                server.kill();
                shim.set(Faults::default());
                server = Server::start_with(folder.path(), &OPTIONS);
                targets.set(0, Some(server.url.clone()));
            }
            shim.set(Faults::default());
            until_ready(&server, true).await;
        }
    }
    load.more(5).await;
    let ledger = load.end().await;
    ledger.check(&caller, true).await;
    server.kill();
    let server = Server::start_with(folder.path(), &OPTIONS);
    targets.set(0, Some(server.url.clone()));
    ledger.check(&caller, true).await;
    server.kill();
    whole(folder.path());
    let faults = rounds * FAULTS.len();
    eprintln!(
        "torture: {faults} faults of a disk in {} s: {}, all there",
        began.elapsed().as_secs(),
        ledger.told()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_at_any_moment_is_whole_and_holds_what_was_acknowledged_before() {
    let folder = TempDir::new().expect("a folder");
    let (copies, pause) = Form::get().pick((4, 10), (100, 60));
    fs::write(folder.path().join(ENVIRONMENT), "BECKON_LOG=off\n").expect("room");
    let server = Server::start_with(folder.path(), &OPTIONS);
    let targets = Targets::new([server.url.clone()]);
    let keys = Keys::make(folder.path());
    let caller = Caller::new(&targets, &keys);
    let mut chance = Chance::new(seed()).about(600);
    eprintln!("torture: {copies} copies at random moments, seed {}", seed());
    let (began, load) = (Instant::now(), Load::begin(&caller, Duration::from_millis(pause)));
    for copy in 1..=copies {
        load.more(4).await;
        tokio::time::sleep(Duration::from_micros(chance.next(40_000))).await;
        let (ledger, second) = (load.so_far(), TempDir::new().expect("a folder"));
        // As a snapshot of the disk does it: all files as they are at one moment, whatever is being written.
        signal(&server, "-STOP");
        for file in fs::read_dir(folder.path()).expect("the folder") {
            let file = file.expect("a file");
            // What the processes share in memory is made anew.
            let taken = file.file_type().expect("a type").is_file()
                && !file.file_name().to_string_lossy().ends_with("-shm");
            if taken {
                fs::copy(file.path(), second.path().join(file.file_name())).expect("a copy");
            }
        }
        signal(&server, "-CONT");
        let opened = tokio::task::block_in_place(|| Server::start_with(second.path(), &OPTIONS));
        let there = Caller::new(&Targets::new([opened.url.clone()]), &keys);
        ledger.check(&there, false).await;
        opened.kill();
        whole(second.path());
        if copy % 20 == 0 {
            eprintln!("torture: {copy} copies after {} s", began.elapsed().as_secs());
        }
    }
    load.break_off();
    server.kill();
    eprintln!(
        "torture: {copies} copies in {} s, all whole, with all that was acknowledged",
        began.elapsed().as_secs()
    );
}

fn signal(server: &Server, signal: &str) {
    let sent = Command::new("kill").args([signal, &server.id().to_string()]).status().expect("kill");
    assert!(sent.success());
}

/// Checks the database of a folder on which no server runs, and its logs.
fn whole(folder: &Path) {
    let database =
        rusqlite::Connection::open(folder.join(beckon_server::store::sqlite::FILE)).expect("a database");
    let said: String = database.query_row("PRAGMA integrity_check", (), |row| row.get(0)).expect("an answer");
    assert_eq!(said, "ok");
    let verified = run(&["audit", "verify"], folder);
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
}
