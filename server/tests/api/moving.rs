//! An embedded database moves to PostgreSQL: everything arrives, numbers go on, and what is broken off goes on where it was.

use beckon_core::actor::Role;
use beckon_core::id::{AccountId, EscalationId};
use beckon_core::observation::Observation;
use beckon_server::store::postgres::Options;
use beckon_server::store::postgres::moving::{Move, Moved};
use beckon_server::store::{Access as _, Cursor, Database, NewMember, Store as _};
use serde_json::Value;
use tempfile::TempDir;

use crate::database::Home;
use crate::harness::{CONTOSO, NORTHWIND, NOW, OTHER, at, login};

async fn report(store: &Database, logins: &[Value]) -> Vec<Option<EscalationId>> {
    let observations = logins
        .iter()
        .map(|login| Observation::parse(&login.to_string(), at(NOW)).expect("a login"))
        .collect();
    let results = store.observe(observations, None, at(NOW)).await.expect("it works");
    results.into_iter().map(|result| result.escalation_id).collect()
}

/// An embedded database with some life in it.
async fn embedded() -> TempDir {
    let folder = TempDir::new().expect("a folder");
    let store = Database::embedded(folder.path()).expect("an empty folder");
    for (id, name) in [(NORTHWIND, "Northwind IT"), (OTHER, "Other MSP")] {
        store.add_account(Some(id), name, at(NOW)).await.expect("a new account");
    }
    store.add_organization(NORTHWIND, Some(CONTOSO), "Contoso", at(NOW)).await.expect("a new organization");
    for (name, email) in [("Priya Raman", "priya@example.test"), ("Zoë \u{1F600}", "zoe@example.test")] {
        let (name, email) = (name.to_owned(), email.to_owned());
        let member =
            NewMember { account: NORTHWIND, name, email, role: Role::AccountAdmin, organization: None };
        store.add_member(member, at(NOW)).await.expect("a new member");
    }
    for number in 0..30 {
        let country = ["UA", "BR", "PL"][number % 3];
        report(&store, &[login(&format!("o{number}"), CONTOSO, &format!("p{number}"), country)]).await;
    }
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_arrives_and_goes_on() {
    let home = Home::new().await;
    let Some(url) = home.url() else { return };
    let (folder, options) = (embedded().await, Options { connections: 4, ..Options::new(url) });
    let before = Database::embedded(folder.path()).expect("the same folder");

    // Broken off in the middle: no server starts on half of it.
    let moving = Move::begin(folder.path(), &options).await.expect("it begins");
    let tables = moving.tables();
    for table in &tables[..tables.len() / 2] {
        assert!(matches!(moving.table(table).await.expect("it moves"), Moved::Now(_)), "{table}");
    }
    drop(moving);
    let refused = Database::postgres(&options).await.map(drop).expect_err("it is half there");
    assert!(refused.to_string().contains("migrate-to-postgres"), "{refused}");

    let moving = Move::begin(folder.path(), &options).await.expect("it goes on");
    for (number, table) in tables.iter().enumerate() {
        let moved = moving.table(table).await.expect("it moves");
        assert_eq!(moved == Moved::Before, number < tables.len() / 2, "{table}: {moved:?}");
    }
    let events = moving.finish().await.expect("nothing is missing");
    assert!(events > 30, "{events}");

    let after = Database::postgres(&options).await.expect("a server starts");
    for account in [NORTHWIND, OTHER] {
        let head = before.log_hash(account, None).await.expect("a store");
        assert_eq!(after.log_hash(account, None).await.expect("a store"), head);
    }
    for id in [1, 2, 3].map(EscalationId) {
        let kept = before.escalation(None, id).await.expect("a store").expect("it is there");
        assert_eq!(after.escalation(None, id).await.expect("a store"), Some(kept));
    }
    let page = Cursor { after: None, limit: 100 };
    let members = before.members(NORTHWIND, page).await.expect("a store").items;
    assert_eq!(after.members(NORTHWIND, page).await.expect("a store").items, members);
    assert_eq!(
        after.person_by_login("priya@example.test").await.expect("a store").map(|one| one.name).as_deref(),
        Some("Priya Raman")
    );

    // What was there is known, what is new gets a number of its own.
    assert_eq!(report(&after, &[login("o0", CONTOSO, "p0", "UA")]).await, [Some(EscalationId(1))]);
    assert_eq!(report(&after, &[login("new", CONTOSO, "p0", "FR")]).await, [Some(EscalationId(4))]);
    assert_eq!(after.add_account(None, "Third", at(NOW)).await.expect("a store"), AccountId(3));

    let again = Move::begin(folder.path(), &options).await.map(drop).expect_err("there is something now");
    assert!(again.to_string().contains("empty database"), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_or_changed_is_found_before_it_counts() {
    for (damage, named) in [
        ("DELETE FROM observations WHERE id = 'o7'", "observations: 30 rows here, 29 there"),
        ("UPDATE events SET body = body || ' ' WHERE account_id = 1 AND seq = 3", "breaks at event 3"),
        ("UPDATE heads SET hash = decode(repeat('00', 32), 'hex') WHERE account_id = 1", "breaks at event"),
    ] {
        let home = Home::new().await;
        let Some(url) = home.url() else { return };
        let (folder, options) = (embedded().await, Options { connections: 4, ..Options::new(url) });
        let moving = Move::begin(folder.path(), &options).await.expect("it begins");
        for table in moving.tables() {
            moving.table(&table).await.expect("it moves");
        }
        home.run(damage).await;
        let found = moving.finish().await.expect_err(damage);
        assert!(found.to_string().contains(named), "{damage}: {found}");
        assert!(Database::postgres(&options).await.is_err(), "no server starts on it");
    }
}
