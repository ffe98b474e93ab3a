//! `beckon init`, `operator`, `member` and `key` on a data folder, as an operator types them.

use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

/// What a command said, and whether it succeeded.
fn beckon(data: &Path, args: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_beckon"))
        .args(args)
        .env("BECKON_DATA", data)
        .env_remove("BECKON_BASE_URL")
        .output()
        .expect("the binary starts");
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).expect("text")).concat();
    (output.status.success(), said)
}

fn done(data: &Path, args: &[&str]) -> String {
    let (success, said) = beckon(data, args);
    assert!(success, "{args:?}: {said}");
    said
}

const INIT: &[&str] = &["init", "--name", "Sam Ito", "--email", "sam@soc.test"];

#[test]
fn init_makes_the_first_operator_once() {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path().join("new/data");
    let said = done(&data, INIT);
    assert!(said.contains("http://127.0.0.1:8080/sign-in/") && said.contains("beckon_op_"), "{said}");
    let (again, why) = beckon(&data, INIT);
    assert!(!again && why.contains("there is an operator already, sam@soc.test"), "{why}");
    assert_eq!(done(&data, &["operator", "list"]), "1\tSam Ito\tsam@soc.test\n");
    assert!(done(&data, &["operator", "sign-in-link", "--email", "SAM@soc.test"]).contains("/sign-in/"));
    assert_eq!(done(&data, &["operator", "remove", "--email", "sam@soc.test"]), "");
    let (gone, why) = beckon(&data, &["operator", "sign-in-link", "--email", "sam@soc.test"]);
    assert!(!gone && why.contains("expected the address of an operator"), "{why}");
}

#[test]
fn members_and_keys_are_made_listed_and_ended() {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path();
    done(data, INIT);
    assert_eq!(done(data, &["account", "add", "Northwind IT"]).trim(), "1");
    let member = ["member", "add", "Priya Raman", "--email", "priya@northwind.test", "--account", "1"];
    let id = done(data, &[&member[..], &["--role", "account_admin"]].concat());
    let id = id.trim();
    let listed = done(data, &["member", "list", "--account", "1"]);
    assert_eq!(listed, format!("{id}\tPriya Raman\tpriya@northwind.test\taccount_admin\tnever signed in\n"));
    let (twice, why) = beckon(data, &[&member[..], &["--role", "account_user"]].concat());
    assert!(!twice && why.contains("is a member already"), "{why}");

    let whose = ["--account", "1", "--member", id, "--scope", "read_only", "--expires-in-days", "30"];
    let made = done(data, &[&["key", "add", "Backup"], &whose[..]].concat());
    let (key, secret) = made.trim().split_once(':').expect("a key and a secret");
    assert!(key.starts_with("beckon_user_") && secret.starts_with("bks_"), "{made}");
    let listed = done(data, &["key", "list", "--account", "1"]);
    assert!(listed.starts_with(&format!("{key}\tBackup\tPriya Raman\tread_only\tends ")), "{listed}");
    assert!(!listed.contains("bks_"), "{listed}");
    let rotated = done(data, &["key", "rotate", key, "--account", "1", "--overlap-hours", "0"]);
    assert!(rotated.starts_with(&format!("{key}:bks_")) && rotated != made, "{rotated}");
    let (operators, why) = beckon(data, &["key", "revoke", key]);
    assert!(
        !operators && why.contains("no such thing"),
        "without the account it is no key of the operator's: {why}"
    );
    assert_eq!(done(data, &["key", "revoke", key, "--account", "1"]), "");
    assert_eq!(done(data, &["key", "list", "--account", "1"]), "");
    let (full, why) = beckon(data, &["key", "add", "X", "--scope", "full"]);
    assert!(!full && why.contains("read_only"), "{why}");
    let change = ["member", "change", "--account", "1", "--member", id];
    let (alone, why) = beckon(data, &[&change[..], &["--role", "account_user"]].concat());
    assert!(!alone && why.contains("the only account admin"), "{why}");
    done(data, &[&change[..], &["--name", "Priya Nair"]].concat());
    assert!(done(data, &["member", "list", "--account", "1"]).contains("Priya Nair"));
    done(data, &[&change[..], &["--name", "Priya Raman"]].concat());
    let (last, why) = beckon(data, &["member", "remove", "--account", "1", "--member", id]);
    assert!(!last && why.contains("only account admin"), "{why}");
    let other = [
        "member",
        "add",
        "Tom",
        "--email",
        "tom@northwind.test",
        "--account",
        "1",
        "--role",
        "account_admin",
    ];
    done(data, &other);
    assert_eq!(done(data, &["member", "remove", "--account", "1", "--member", id]), "");
    assert!(!done(data, &["member", "list", "--account", "1"]).contains("Priya"));
    assert!(done(data, &["audit", "verify", "--account", "1"]).contains("is whole"));
}

#[test]
fn a_log_that_was_cut_off_or_written_anew_does_not_hold_what_was_kept_of_it() {
    let folder = TempDir::new().expect("a folder");
    let data = folder.path();
    done(data, INIT);
    done(data, &["account", "add", "Northwind IT"]);
    let (empty, why) = beckon(data, &["audit", "head", "--account", "1"]);
    assert!(!empty && why.contains("holds nothing yet"), "{why}");
    for (name, role) in [("Priya", "account_admin"), ("Tom", "account_admin"), ("Ines", "account_user")] {
        let email = format!("{name}@northwind.test");
        let id = done(data, &["member", "add", name, "--email", &email, "--account", "1", "--role", role]);
        done(data, &["key", "add", name, "--account", "1", "--member", id.trim()]);
    }
    let head = done(data, &["audit", "head", "--account", "1"]);
    let verify = ["audit", "verify", "--account", "1", "--expect", head.trim()];
    assert!(done(data, &verify).contains("is the one that was kept"));
    assert!(done(data, &["audit", "verify"]).contains("the log of account 1 is whole: 6 events"));

    // Whoever has the database can cut the log off and say that it always ended there.
    let database = rusqlite::Connection::open(data.join("beckon.db")).expect("the database");
    database
        .execute_batch(
            "DELETE FROM events WHERE account_id = 1 AND seq = 6;
             UPDATE heads SET seq = 5, hash = (SELECT hash FROM events WHERE account_id = 1 AND seq = 5)
             WHERE account_id = 1",
        )
        .expect("damage");
    assert!(done(data, &["audit", "verify"]).contains("5 events"), "by itself the log looks whole");
    let (fits, why) = beckon(data, &verify);
    assert!(!fits && why.contains("cut off or written anew"), "{why}");
    database.execute_batch("UPDATE events SET at = at + 1 WHERE account_id = 1 AND seq = 1").expect("damage");
    let (whole, why) = beckon(data, &["audit", "verify"]);
    assert!(!whole && why.contains("event 1 is not what was written"), "{why}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_looks_at_the_database_on_a_server_and_says_what_is_wrong_with_it() {
    let home = crate::database::Home::new().await;
    let Some(url) = home.url() else { return };
    let folder = TempDir::new().expect("a folder");
    let doctor = |url: &str| beckon(folder.path(), &["doctor", "--database", url]).1;
    let said = doctor(url);
    assert!(said.contains("ok       database: PostgreSQL 1"), "{said}");
    assert!(said.contains("the tables are made when a server starts"), "{said}");
    drop(home.open().await);
    let said = doctor(url);
    assert!(said.contains("answers, schema ") && said.contains("ok       clock: "), "{said}");
    let nowhere = doctor("postgres://nobody@127.0.0.1:1/nowhere");
    assert!(nowhere.contains("problem  database: ") && nowhere.contains("cannot be reached"), "{nowhere}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_tries_integrations_and_looks_at_the_clock() {
    let folder = TempDir::new().expect("a folder");
    let server = tokio::task::block_in_place(|| crate::server::Server::start(folder.path()));
    let doctor = || beckon(folder.path(), &["doctor", "--integrations", "--allow-private-destinations"]).1;
    let said = doctor();
    assert!(said.contains("ok       ConnectWise PSA of account 2: answers"), "{said}");
    assert!(said.contains("ok       clock: "), "{said}");
    // The emulated system goes with the server.
    server.kill();
    let said = doctor();
    assert!(said.contains("problem  ConnectWise PSA of account 2: "), "{said}");
    assert!(said.contains("an account admin repairs the connection"), "{said}");
    let database =
        std::fs::File::options().write(true).open(folder.path().join("beckon.db")).expect("a file");
    let tomorrow = std::time::SystemTime::now() + std::time::Duration::from_hours(24);
    database.set_modified(tomorrow).expect("it is turned");
    let said = beckon(folder.path(), &["doctor"]).1;
    assert!(said.contains("problem  clock: ") && said.contains("behind"), "{said}");
}
