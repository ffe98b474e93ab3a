//! What is kept: the log rebuilds the state, its chain shows changes, and an account's log survives a restart.

use beckon_core::escalation::Escalation;
use beckon_core::id::EscalationId;
use beckon_core::observation::{Observation, Outcome};
use beckon_server::store::Database;
use beckon_server::store::sqlite::FILE;
use beckon_server::store::{Cursor, Store as _};
use serde_json::json;

use crate::harness::{CONTOSO, FABRIKAM, Harness, NORTHWIND, NOW, Who, at, login, vpn_login};

async fn some_life() -> Harness {
    let beckon = Harness::new().await;
    let mut moved = login("d", CONTOSO, "joey", "UA");
    moved["identity"]["usage_location"] = json!("BE");
    beckon
        .report(&[
            login("a", CONTOSO, "joey", "UA"),
            login("b", CONTOSO, "anouk", "UA"),
            login("c", FABRIKAM, "pat", "UA"),
            moved,
            vpn_login("e", CONTOSO, "joey", "NORD_VPN"),
        ])
        .await;
    beckon.post(Who::Admin, "/v1/escalations/1/comments", &json!({"text": "On it"})).await;
    let answer =
        json!({"determination": "unauthorized", "scope": "account", "revoke_and_disable_identities": true});
    assert_eq!(beckon.post(Who::Admin, "/v1/escalations/1/resolution", &answer).await.status, 201);
    beckon
}

#[tokio::test]
async fn replaying_the_log_gives_what_is_stored() {
    let beckon = some_life().await;
    for id in [1, 2, 3].map(EscalationId) {
        let page = Cursor { after: None, limit: 1_000 };
        let events = beckon.store.timeline(NORTHWIND, id, page).await.expect("a timeline").items;
        let replayed = Escalation::replay(NORTHWIND, id, events.iter().map(|logged| &logged.event));
        let stored =
            beckon.store.escalation(None, id).await.expect("a store").expect("an escalation").escalation;
        assert_eq!(replayed, Some(stored));
    }
    let one = beckon.get(Who::Viewer, "/v1/escalations/1").await.body;
    assert_eq!(one["escalation"]["summary"], "2 people who live in 2 countries");
}

#[tokio::test]
async fn any_changed_removed_or_moved_row_is_found() {
    let beckon = some_life().await;
    let count = beckon.store.verify_log(NORTHWIND).await.expect("a store").expect("a whole log");
    assert!(count >= 14, "{count}");
    beckon.home.run("CREATE TABLE before AS SELECT * FROM events").await;
    for (damage, seq) in [
        ("UPDATE events SET body = replace(body, 'anouk', 'claus') WHERE account_id = 1 AND seq = 3", 3),
        ("UPDATE events SET at = at + 1 WHERE account_id = 1 AND seq = 2", 2),
        ("DELETE FROM events WHERE account_id = 1 AND seq = 5", 5),
        (
            "DELETE FROM events WHERE account_id = 1 AND seq = (SELECT max(seq) FROM events WHERE account_id = 1)",
            count,
        ),
        ("UPDATE events SET seq = CASE seq WHEN 2 THEN 100 ELSE seq END WHERE account_id = 1", 2),
    ] {
        beckon.home.run(damage).await;
        let found = beckon.store.verify_log(NORTHWIND).await.expect("a store");
        assert_eq!(found.map_err(i64::cast_unsigned), Err(seq), "{damage}");
        beckon.home.run(AS_BEFORE).await;
        assert_eq!(beckon.store.verify_log(NORTHWIND).await.expect("a store"), Ok(count));
    }
}

/// Puts the log back from a copy.
const AS_BEFORE: &str = "DELETE FROM events; INSERT INTO events SELECT * FROM before";

/// The rows of the log as they are, each with all its columns.
const ROWS: &str = "SELECT seq FROM events WHERE account_id = 1 ORDER BY seq";

#[tokio::test]
async fn a_change_of_any_column_of_any_row_is_found_and_so_is_any_row_that_is_missing_or_in_another_place() {
    let beckon = some_life().await;
    let rows = beckon.home.numbers(ROWS).await;
    beckon.home.run("CREATE TABLE before AS SELECT * FROM events").await;
    // Bytes are written differently in the two.
    let (zeroes, last_byte) = match beckon.home.url() {
        None => ("zeroblob(32)", "substr(hash, 1, 31) || x'00'"),
        Some(_) => ("decode(repeat('00', 32), 'hex')", "substr(hash, 1, 31) || decode('00', 'hex')"),
    };
    let last = *rows.last().expect("rows");
    let mut damages = 0;
    for seq in rows {
        let mut all: Vec<(String, i64)> = [
            "at = at - 1",
            "event = 'sighted '",
            "escalation_id = coalesce(escalation_id, 0) + 1",
            "body = replace(body, '\"at\"', '\"aT\"')",
            "body = body || ' '",
            &format!("hash = {zeroes}"),
            &format!("hash = {last_byte}"),
            "seq = seq + 1000",
            "account_id = 3",
        ]
        .map(|what| (format!("UPDATE events SET {what} WHERE account_id = 1 AND seq = {seq}"), seq))
        .to_vec();
        all.push((format!("DELETE FROM events WHERE account_id = 1 AND seq = {seq}"), seq));
        if seq < last {
            let (next, aside) = (seq + 1, seq + 1_000);
            all.push((
                format!(
                    "UPDATE events SET seq = {aside} WHERE account_id = 1 AND seq = {seq};
                     UPDATE events SET seq = {seq} WHERE account_id = 1 AND seq = {next};
                     UPDATE events SET seq = {next} WHERE account_id = 1 AND seq = {aside}"
                ),
                seq,
            ));
        }
        for (damage, at) in all {
            beckon.home.run(&damage).await;
            let found = beckon.store.verify_log(NORTHWIND).await.expect("a store");
            assert_eq!(found, Err(at), "{damage}");
            beckon.home.run(AS_BEFORE).await;
            damages += 1;
        }
    }
    assert!(beckon.store.verify_log(NORTHWIND).await.expect("a store").is_ok());
    assert!(damages > 100, "{damages}");
}

#[tokio::test]
async fn a_second_opening_finds_everything_and_goes_on() {
    let beckon = some_life().await;
    let again = beckon.home.open().await;
    let stored = again.escalation(None, EscalationId(1)).await.expect("a store").expect("an escalation");
    assert_eq!(
        stored.escalation,
        beckon.store.escalation(None, EscalationId(1)).await.expect("a store").expect("one").escalation
    );
    assert!(again.verify_log(NORTHWIND).await.expect("a store").is_ok());
}

/// A database as the first schema had it, with an open question about one person.
fn first_schema(folder: &std::path::Path) {
    let connection = rusqlite::Connection::open(folder.join(FILE)).expect("a new file");
    let schema = include_str!("../../src/store/sqlite/migrations/0001_first.sql");
    connection.execute_batch(schema).expect("the first schema");
    let head = r#"{"id":1,"account":1,"kind":"login.unexpected_country","organization":10,
        "subject_key":"login.unexpected_country/10/UA","subtype":"UA","severity":"low","raised_at":"2026-11-24T08:00:00Z",
        "due_at":"2026-12-01T08:00:00Z","updated_at":"2026-11-24T08:00:00Z","state":{"state":"open"},"answer":null,
        "entity_count":1,"residences":{"NL":1},"sightings":2,"last_seen_at":"2026-11-24T08:00:00Z","previous":null,
        "revision":3,"joined_revision":2}"#;
    let entity = r#"{"identity":{"id":1,"external_id":"joey","username":"joey@contoso.example","name":null,"usage_location":"NL"},
        "origins":[[{"country":"UA","vpn":null,"address":"62.149.20.10"},2]],"more_origins":false,"logins":2,
        "first_seen_at":"2026-11-24T07:00:00Z","last_seen_at":"2026-11-24T08:00:00Z"}"#;
    connection
        .execute_batch(
            "INSERT INTO accounts VALUES (1, 'Northwind IT', 0);
             INSERT INTO organizations VALUES (1, 10, 'Contoso', 0, 0);
             INSERT INTO ids VALUES ('escalation', 2), ('identity', 2), ('organization', 11), ('account', 2);
             INSERT INTO identities VALUES (1, 1, 10, 'joey', 'joey@contoso.example', NULL, 'NL', 0, 0);",
        )
        .expect("rows");
    connection
        .execute(
            "INSERT INTO escalations (account_id, id, subject_key, kind, subtype, organization_id, severity, open, raised_at,
                                      due_at, updated_at, search, state)
             VALUES (1, 1, 'login.unexpected_country/10/UA', 'login.unexpected_country', 'UA', 10, 0, 1, 0, 0, 0, '', ?1)",
            [head],
        )
        .expect("an escalation");
    connection.execute("INSERT INTO entities VALUES (1, 1, 1, ?1)", [entity]).expect("an entity");
    connection.pragma_update(None, "user_version", 1).expect("a version");
}

#[tokio::test]
async fn what_the_first_schema_kept_is_read_joined_and_listed() {
    let folder = tempfile::TempDir::new().expect("a folder");
    first_schema(folder.path());
    let store = Database::embedded(folder.path()).expect("it migrates");
    let found = store.escalation(None, EscalationId(1)).await.expect("it reads").expect("it is there");
    let entity = found.escalation.entities.values().next().expect("an entity");
    assert_eq!((entity.entity.name().as_str(), entity.sightings), ("joey@contoso.example", 2));
    let json = login("z", CONTOSO, "joey", "UA").to_string();
    let again = Observation::parse(&json, at(NOW)).expect("a login");
    let results = store.observe(vec![again], None, at(NOW)).await.expect("it writes");
    assert_eq!((results[0].outcome, results[0].escalation_id), (Outcome::Updated, Some(EscalationId(1))));
    let found = store.escalation(None, EscalationId(1)).await.expect("it reads").expect("it is there");
    assert_eq!(found.escalation.entities.values().next().map(|entity| entity.sightings), Some(3));
}
