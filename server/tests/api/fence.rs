//! The second fence: what PostgreSQL itself keeps from a transaction that is about one account, whatever its statements say; and
//! what a database that is spread by account asks of the tables. The embedded database has neither, so there these tests have
//! nothing to try.

use beckon_core::id::EscalationId;
use beckon_server::store::Store as _;
use tokio_postgres::Client;

use crate::harness::{CONTOSO, FOREIGN, Harness, NORTHWIND, OTHER, login};

/// Tables that are found by a secret or a name before it is known whose the row is: their unique keys hold no account.
const BY_SECRET: [&str; 3] = ["keys", "links", "sessions"];

/// What account 0, the installation itself, has in common with the accounts that it serves.
const SHARED: [&str; 3] = ["deliveries", "destinations", "webhooks"];

/// A life in two accounts, and a connection as the role that Beckon's statements run as.
async fn fenced() -> Option<(Harness, Client)> {
    let beckon = Harness::new().await;
    let client = beckon.home.client().await?;
    beckon.report(&[login("a", CONTOSO, "joey", "UA")]).await;
    let mut foreign = login("b", FOREIGN, "pat", "UA");
    foreign["account_id"] = OTHER.0.into();
    beckon.report(&[foreign]).await;
    client.batch_execute("SET ROLE beckon_app").await.expect("the role is there");
    Some((beckon, client))
}

/// The tables with rows of accounts, and the column that says whose they are.
async fn tables(client: &Client) -> Vec<(String, &'static str)> {
    let sql = "SELECT table_name::text FROM information_schema.columns
               WHERE table_schema = 'public' AND column_name = 'account_id' ORDER BY table_name";
    let rows = client.query(sql, &[]).await.expect("the catalogue");
    let named = rows.iter().map(|row| (row.get(0), "account_id"));
    named.chain([("accounts".to_owned(), "id")]).collect()
}

async fn count(client: &Client, sql: &str) -> i64 {
    client.query_one(sql, &[]).await.unwrap_or_else(|error| panic!("{sql}: {error:?}")).get(0)
}

#[tokio::test]
async fn a_transaction_about_one_account_sees_and_changes_no_row_of_another() {
    let Some((_beckon, client)) = fenced().await else { return };
    let all = tables(&client).await;
    assert!(all.len() >= 25, "{all:?}");
    let mut foreign_rows = 0;
    for (table, column) in &all {
        let own = if SHARED.contains(&table.as_str()) { "IN (0, 1)" } else { "= 1" };
        client
            .batch_execute("SET beckon.everything = 'on'; SET beckon.account = '0'")
            .await
            .expect("it is set");
        let foreign =
            count(&client, &format!("SELECT count(*) FROM {table} WHERE ({column} {own}) IS NOT TRUE")).await;
        let before = count(&client, &format!("SELECT count(*) FROM {table}")).await;
        foreign_rows += foreign;
        client
            .batch_execute("SET beckon.everything = 'off'; SET beckon.account = '1'")
            .await
            .expect("it is set");
        // No WHERE: what a mistake in a statement would do.
        let seen = count(&client, &format!("SELECT count(*) FROM {table}")).await;
        assert_eq!(seen, before - foreign, "{table}");
        client.batch_execute("BEGIN").await.expect("it begins");
        let sql = format!("UPDATE {table} SET {column} = {column}");
        let changed = client.execute(&sql, &[]).await.expect("what is not seen is no fault");
        assert_eq!(changed.cast_signed(), seen, "{table}");
        let deleted = client.execute(&format!("DELETE FROM {table}"), &[]).await.expect("neither here");
        assert_eq!(deleted.cast_signed(), seen, "{table}");
        client.batch_execute("ROLLBACK").await.expect("it ends");
    }
    assert!(foreign_rows > 10, "the other account has rows that could be seen: {foreign_rows}");
    let sql = "INSERT INTO heads VALUES (2, 1, '') ON CONFLICT DO NOTHING";
    assert!(client.batch_execute(sql).await.is_err(), "nor is a row made in another account");
}

#[tokio::test]
async fn a_transaction_that_does_not_say_how_far_it_reaches_sees_nothing() {
    let Some((_beckon, client)) = fenced().await else { return };
    for (table, _) in tables(&client).await {
        assert!(client.query(&format!("SELECT * FROM {table}"), &[]).await.is_err(), "{table}");
    }
}

#[tokio::test]
async fn the_fence_stands_around_every_table_and_binds_its_owner_too() {
    let Some((_beckon, client)) = fenced().await else { return };
    for (table, _) in tables(&client).await {
        let sql = format!(
            "SELECT count(*) FROM pg_class WHERE oid = '{table}'::regclass AND relrowsecurity AND relforcerowsecurity
             AND pg_get_userbyid(relowner) <> 'beckon_app'"
        );
        assert_eq!(count(&client, &sql).await, 1, "{table}");
    }
    let sql = "SELECT count(*) FROM pg_roles WHERE rolname = 'beckon_app' AND (rolsuper OR rolbypassrls OR rolcanlogin)";
    assert_eq!(count(&client, sql).await, 0);
    assert!(
        client.batch_execute("DELETE FROM beckon_schema").await.is_err(),
        "nor does it change what the schema is"
    );
}

#[tokio::test]
async fn every_key_of_what_belongs_to_an_account_leads_with_it_and_nothing_refers_to_other_rows() {
    let Some((_beckon, client)) = fenced().await else { return };
    for (table, column) in tables(&client).await {
        if BY_SECRET.contains(&table.as_str()) {
            continue;
        }
        let sql = format!(
            "SELECT i.indexrelid::regclass::text, a.attname::text FROM pg_index i
             JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
             WHERE i.indrelid = '{table}'::regclass AND i.indisunique"
        );
        let unique = client.query(&sql, &[]).await.expect("the catalogue");
        assert!(!unique.is_empty(), "{table} has a key");
        for index in unique {
            assert_eq!(index.get::<_, &str>(1), column, "{}", index.get::<_, &str>(0));
        }
    }
    let foreign_keys = "SELECT count(*) FROM pg_constraint WHERE contype = 'f'";
    assert_eq!(count(&client, foreign_keys).await, 0);
}

#[tokio::test]
async fn the_distribution_on_paper_names_every_table_of_an_account() {
    let Some((_beckon, client)) = fenced().await else { return };
    let paper = std::fs::read_to_string("../docs/SCALING.md").expect("it is beside the crate");
    for (table, column) in tables(&client).await {
        if BY_SECRET.contains(&table.as_str()) {
            continue;
        }
        let statement = format!("SELECT create_distributed_table('{table}', '{column}'");
        assert!(paper.contains(&statement), "{statement}");
    }
}

#[tokio::test]
async fn what_is_asked_for_by_its_number_within_an_account_is_kept_back_where_it_is_another_s() {
    let Some((beckon, _client)) = fenced().await else { return };
    let (own, foreign) = (EscalationId(1), EscalationId(2));
    let found = async |within, id| beckon.store.escalation(within, id).await.expect("a store").is_some();
    assert!(found(Some(NORTHWIND), own).await && found(Some(OTHER), foreign).await);
    assert!(found(None, own).await && found(None, foreign).await, "the operator sees both");
    assert!(!found(Some(NORTHWIND), foreign).await && !found(Some(OTHER), own).await);
    assert!(beckon.store.organization(Some(NORTHWIND), FOREIGN).await.expect("a store").is_none());
}
