//! A backup under load, brought back to an empty machine: all that was acknowledged before is there, the logs are whole, and nothing is
//! told again. On either database.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use beckon_core::integration::Vendor;
use beckon_emulators::Emulator;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::database::Home;
use crate::host::Host;
use crate::load::{Caller, Load};
use crate::server::ENVIRONMENT;
use crate::{Form, seed};

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

/// A server whose database `home` is.
fn host(home: &Home) -> Host {
    Host::prepare(TempDir::new().expect("a folder"), home.url(), "")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_comes_back_whole_and_tells_nothing_twice() {
    let before = Form::get().pick(60, 5_000);
    eprintln!("torture: a backup after {before} requests, seed {}", seed());
    let home = Home::new().await;
    let (mut lost, safe) = (host(&home), TempDir::new().expect("a folder"));
    lost.start_again();
    let caller = Caller::of(&lost);
    let emulator = Emulator::start(Vendor::Connectwise, ([127, 0, 0, 1], 0).into()).await.expect("a port");
    caller.connect(&emulator).await;
    let identity = safe.path().join("identity.txt");
    let recipient = lost.run(&["backup", "--make-identity", text(&identity)]);
    let file = safe.path().join("backup.age");

    let (began, load) = (Instant::now(), Load::begin(&caller, Duration::from_millis(5)));
    load.more(before).await;
    let ledger = load.so_far();
    let making = ["backup", "--to", text(&file), "--recipient", &recipient];
    let made = lost.run(&making);
    assert!(made.contains("are whole"), "{made}");
    let took = began.elapsed();
    // It goes on, and what waited is told; then the machine is gone.
    load.more(20).await;
    drop(load.end().await);
    caller.delivered().await;
    lost.kill();

    assert!(!emulator.tickets().is_empty() && lost.mails() > 0);
    let again = Home::new().await;
    let (mut new, other) = (host(&again), Host::prepare(TempDir::new().expect("a folder"), None, ""));
    let whose = ["--identity", text(&identity)];
    new.run(&[&["restore", text(&file)], &whose[..]].concat());
    std::fs::copy(lost.folder().join("demo.json"), new.folder().join("demo.json")).expect("a copy");
    new.run(&["audit", "verify"]);
    new.start_again();
    caller.follow(&new);
    ledger.check(&caller, false).await;
    // What is told to the PSA is looked for there first, twice and half a minute apart: the clock is turned, so that this takes no time.
    while caller.is_busy().await {
        caller.turn_clock(60).await;
        new.twice().await;
    }
    let mut told = BTreeSet::new();
    for ticket in emulator.tickets() {
        assert!(told.insert(ticket.key.clone()), "made again: {ticket:?}");
    }
    assert_eq!(new.mails(), 0, "no mail goes out again");
    let held = caller.ask("GET", "/v1/deliveries?limit=1&status=undelivered", &Value::Null).await;
    if let Some(held) = held["deliveries"].as_array().and_then(|list| list.first()) {
        let why = held["last_error"].as_str().expect("a reason");
        assert!(why.contains("when the backup was made"), "{held}");
    }
    // It is a server as any other, and gives no number again that the lost one gave.
    let newest = ledger.questions().len();
    let next = caller.question(before + 100_000, "low").await;
    assert!(next > 100_000 && newest < 100_000, "{next}");
    caller
        .ask("POST", "/v1/unwanted_access_rules", &json!({ "type": "expected", "country_code": "JP" }))
        .await;
    new.kill();

    // What is not right is said, and leaves nothing behind.
    let stranger = safe.path().join("stranger.txt");
    lost.run(&["backup", "--make-identity", text(&stranger)]);
    let cases = [
        (vec!["restore", text(&file), "--identity", text(&stranger)], "cannot be opened"),
        (vec!["restore", text(&stranger), "--identity", text(&identity)], "is no backup"),
    ];
    for (arguments, said) in cases {
        assert!(other.refused(&arguments).contains(said), "{arguments:?}");
    }
    let bytes = fs::read(&file).expect("the backup");
    let (cut, changed) = (safe.path().join("cut.age"), safe.path().join("changed.age"));
    fs::write(&cut, &bytes[..bytes.len() - 100]).expect("room");
    let mut flipped = bytes.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    fs::write(&changed, flipped).expect("room");
    for wrong in [&cut, &changed] {
        other.refused(&[&["restore", text(wrong)], &whose[..]].concat());
    }
    let left: Vec<_> =
        fs::read_dir(other.folder()).expect("the folder").flatten().map(|file| file.file_name()).collect();
    assert!(left.iter().all(|name| name == "serve.lock" || name == ENVIRONMENT), "{left:?}");
    let full = new.refused(&[&["restore", text(&file)], &whose[..]].concat());
    assert!(full.contains("already") || full.contains("expected an empty database"), "{full}");
    let twice = lost.refused(&making);
    assert!(twice.contains("is there already"), "{twice}");
    assert!(lost.refused(&["backup", "--to", text(&cut)]).contains("--make-identity"));
    eprintln!(
        "torture: a backup of {} in {} ms under load, restored with {}",
        bytes.len(),
        took.as_millis(),
        ledger.told()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_passphrase_opens_what_it_closed() {
    let host = || Host::prepare(TempDir::new().expect("a folder"), None, "");
    let (one, other, safe) = (host(), host(), TempDir::new().expect("a folder"));
    one.run(&["init", "--name", "Ops", "--email", "ops@soc.example"]);
    let (phrase, wrong, file) =
        (safe.path().join("phrase"), safe.path().join("wrong"), safe.path().join("backup.age"));
    fs::write(&phrase, "correct horse battery staple\n").expect("room");
    fs::write(&wrong, "correct horse battery stapler\n").expect("room");
    one.run(&["backup", "--to", text(&file), "--passphrase-file", text(&phrase)]);
    let restore = |phrase| ["restore", text(&file), "--passphrase-file", phrase];
    assert!(other.refused(&restore(text(&wrong))).contains("cannot be opened"));
    assert!(other.run(&restore(text(&phrase))).contains("are whole"));
    let operators = other.run(&["operator", "list"]);
    assert!(operators.contains("ops@soc.example"), "{operators}");
}
