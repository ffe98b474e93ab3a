//! A backup under load, brought back to an empty machine: all that was acknowledged before is there, the logs are whole, and nothing is
//! told again. On either database.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Output;
use std::time::{Duration, Instant};

use beckon_core::integration::Vendor;
use beckon_emulators::Emulator;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::database::Home;
use crate::fleet::mails;
use crate::load::{Caller, Keys, Load, Targets};
use crate::server::{DATABASE, ENVIRONMENT, Server, run};
use crate::{Form, seed};

const OPTIONS: [&str; 3] = ["--demo-psa", "none", "--allow-private-destinations"];

fn done(output: &Output) -> String {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

fn refused(output: &Output) -> String {
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn text(path: &Path) -> &str {
    path.to_str().expect("text")
}

/// A data folder for a server whose database `home` is.
fn folder(home: &Home) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    fs::write(folder.path().join(ENVIRONMENT), "BECKON_LOG=off\n").expect("room");
    if let Some(url) = home.url() {
        fs::write(folder.path().join(DATABASE), url).expect("room");
    }
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_comes_back_whole_and_tells_nothing_twice() {
    let before = Form::get().pick(60, 5_000);
    eprintln!("torture: a backup after {before} requests, seed {}", seed());
    let home = Home::new().await;
    let (data, safe) = (folder(&home), TempDir::new().expect("a folder"));
    let server = Server::start_with(data.path(), &OPTIONS);
    let targets = Targets::new([server.url.clone()]);
    let keys = Keys::make(data.path());
    let caller = Caller::new(&targets, &keys);
    let emulator = Emulator::start(Vendor::Connectwise, ([127, 0, 0, 1], 0).into()).await.expect("a port");
    caller.connect(&emulator).await;
    let identity = safe.path().join("identity.txt");
    let recipient = done(&run(&["backup", "--make-identity", text(&identity)], data.path()));
    let file = safe.path().join("backup.age");

    let (began, load) = (Instant::now(), Load::begin(&caller, Duration::from_millis(5)));
    load.more(before).await;
    let ledger = load.so_far();
    let making = ["backup", "--to", text(&file), "--recipient", &recipient];
    let made = tokio::task::block_in_place(|| run(&making, data.path()));
    assert!(done(&made).contains("are whole"), "{made:?}");
    let took = began.elapsed();
    // It goes on, and what waited is told; then the machine is gone.
    load.more(20).await;
    drop(load.end().await);
    caller.delivered().await;
    server.kill();

    assert!(!emulator.tickets().is_empty() && mails(data.path()) > 0);
    let (again, other) = (Home::new().await, TempDir::new().expect("a folder"));
    let empty = folder(&again);
    let whose = ["--identity", text(&identity)];
    done(&tokio::task::block_in_place(|| {
        run(&[&["restore", text(&file)], &whose[..]].concat(), empty.path())
    }));
    fs::copy(data.path().join("demo.json"), empty.path().join("demo.json")).expect("a copy");
    done(&run(&["audit", "verify"], empty.path()));
    let server = Server::start_with(empty.path(), &OPTIONS);
    targets.set(0, Some(server.url.clone()));
    ledger.check(&caller, false).await;
    // What is told to the PSA is looked for there first, twice; the clock is turned, so that this takes no time.
    for _ in 0..4 {
        caller.turn_clock(60).await;
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    caller.delivered().await;
    let mut told = BTreeSet::new();
    for ticket in emulator.tickets() {
        assert!(told.insert(ticket.key.clone()), "made again: {ticket:?}");
    }
    assert_eq!(mails(empty.path()), 0, "no mail goes out again");
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
    server.kill();

    // What is not right is said, and leaves nothing behind.
    let stranger = safe.path().join("stranger.txt");
    done(&run(&["backup", "--make-identity", text(&stranger)], data.path()));
    let cases = [
        (vec!["restore", text(&file), "--identity", text(&stranger)], "cannot be opened"),
        (vec!["restore", text(&stranger), "--identity", text(&identity)], "is no backup"),
    ];
    for (arguments, said) in cases {
        assert!(refused(&run(&arguments, other.path())).contains(said), "{arguments:?}");
    }
    let bytes = fs::read(&file).expect("the backup");
    let (cut, changed) = (safe.path().join("cut.age"), safe.path().join("changed.age"));
    fs::write(&cut, &bytes[..bytes.len() - 100]).expect("room");
    let mut flipped = bytes.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    fs::write(&changed, flipped).expect("room");
    for wrong in [&cut, &changed] {
        refused(&run(&[&["restore", text(wrong)], &whose[..]].concat(), other.path()));
    }
    let left: Vec<_> =
        fs::read_dir(other.path()).expect("the folder").flatten().map(|file| file.file_name()).collect();
    assert!(left.iter().all(|name| name == "serve.lock"), "{left:?}");
    let full = refused(&run(&[&["restore", text(&file)], &whose[..]].concat(), empty.path()));
    assert!(full.contains("already") || full.contains("expected an empty database"), "{full}");
    let twice = refused(&run(&making, data.path()));
    assert!(twice.contains("is there already"), "{twice}");
    assert!(refused(&run(&["backup", "--to", text(&cut)], data.path())).contains("--make-identity"));
    eprintln!(
        "torture: a backup of {} in {} ms under load, restored with {}",
        bytes.len(),
        took.as_millis(),
        ledger.told()
    );
}

#[test]
fn a_passphrase_opens_what_it_closed() {
    let (data, safe) = (TempDir::new().expect("a folder"), TempDir::new().expect("a folder"));
    done(&run(&["init", "--name", "Ops", "--email", "ops@soc.example"], data.path()));
    let (phrase, wrong, file) =
        (safe.path().join("phrase"), safe.path().join("wrong"), safe.path().join("backup.age"));
    fs::write(&phrase, "correct horse battery staple\n").expect("room");
    fs::write(&wrong, "correct horse battery stapler\n").expect("room");
    done(&run(&["backup", "--to", text(&file), "--passphrase-file", text(&phrase)], data.path()));
    let other = TempDir::new().expect("a folder");
    let restore =
        |phrase: &Path| run(&["restore", text(&file), "--passphrase-file", text(phrase)], other.path());
    assert!(refused(&restore(&wrong)).contains("cannot be opened"));
    assert!(done(&restore(&phrase)).contains("are whole"));
    let operators = done(&run(&["operator", "list"], other.path()));
    assert!(operators.contains("ops@soc.example"), "{operators}");
}
