//! What is kept: the log rebuilds the state, its chain shows changes, and an account's log survives a restart.

use beckon_core::escalation::Escalation;
use beckon_core::id::EscalationId;
use beckon_server::store::sqlite::{FILE, Sqlite};
use beckon_server::store::{Cursor, Store as _};
use serde_json::json;

use crate::harness::{CONTOSO, FABRIKAM, Harness, NORTHWIND, Who, login, vpn_login};

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
        let stored = beckon.store.escalation(id).await.expect("a store").expect("an escalation").escalation;
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
    let direct = rusqlite::Connection::open(beckon.folder.path().join(FILE)).expect("the database");
    for (damage, seq) in [
        ("UPDATE events SET body = replace(body, 'anouk', 'claus') WHERE account_id = 1 AND seq = 3", 3),
        ("UPDATE events SET at = at + 1 WHERE account_id = 1 AND seq = 2", 2),
        ("DELETE FROM events WHERE account_id = 1 AND seq = 5", 5),
        (
            "DELETE FROM events WHERE account_id = 1 AND seq = (SELECT max(seq) FROM events WHERE account_id = 1)",
            0,
        ),
        ("UPDATE events SET seq = CASE seq WHEN 2 THEN 100 ELSE seq END WHERE account_id = 1", 2),
    ] {
        direct.execute_batch(&format!("BEGIN; {damage};")).expect("damage");
        direct.execute_batch("COMMIT; BEGIN;").expect("a commit");
        let found = beckon.store.verify_log(NORTHWIND).await.expect("a store");
        let found = found.expect_err(damage);
        assert!(seq == 0 || found == seq, "{damage}: {found}");
        direct.execute_batch("COMMIT").expect("a commit");
        restore(&beckon, &direct).await;
    }
}

/// Puts the log back as it was, from a copy that is made on first use.
async fn restore(beckon: &Harness, direct: &rusqlite::Connection) {
    // The damage of each round is undone by the next fresh life; here the whole table is rewritten from the one before.
    let fresh = some_life().await;
    let source = fresh.folder.path().join(FILE);
    direct.execute("ATTACH ?1 AS fresh", [source.to_str().expect("a path")]).expect("a database");
    direct
        .execute_batch("DELETE FROM events; INSERT INTO events SELECT * FROM fresh.events; DETACH fresh")
        .expect("a copy");
    assert!(beckon.store.verify_log(NORTHWIND).await.expect("a store").is_ok());
}

#[tokio::test]
async fn a_second_opening_finds_everything_and_goes_on() {
    let beckon = some_life().await;
    let again = Sqlite::open(beckon.folder.path()).expect("the same folder");
    let stored = again.escalation(EscalationId(1)).await.expect("a store").expect("an escalation");
    assert_eq!(
        stored.escalation,
        beckon.store.escalation(EscalationId(1)).await.expect("a store").expect("one").escalation
    );
    assert!(again.verify_log(NORTHWIND).await.expect("a store").is_ok());
}
