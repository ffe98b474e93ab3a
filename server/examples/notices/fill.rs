//! Fills a database: open escalations of one second, as the server itself writes them.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, ensure};
use beckon_core::actor::Role;
use beckon_core::id::{AccountId, OrganizationId};
use beckon_core::observation::{Observation, Outcome};
use beckon_core::time::Timestamp;
use beckon_server::store::Database;
use beckon_server::store::postgres::Options;
use beckon_server::store::sqlite::FILE;
use beckon_server::store::{NewMember, Store as _};
use rusqlite::Connection;
use serde_json::json;

use crate::raw;

/// The account that everything belongs to.
pub(crate) const ACCOUNT: AccountId = AccountId(1);

/// How many observations go into one operation.
const BATCH: usize = 500;

/// How many people are told.
pub(crate) const ADMINS: usize = 2;

/// The second in which everything was raised: one to come, so that a server that runs meanwhile finds nothing due.
pub(crate) fn raised_at() -> Timestamp {
    Timestamp::from_timestamp(1_900_000_000, 0).unwrap_or_default()
}

/// Names the PostgreSQL database to measure on, an empty one, instead of an embedded one.
pub(crate) const DATABASE: &str = "BECKON_BENCH_DATABASE";

/// The address of the PostgreSQL database to measure on.
pub(crate) fn url() -> Option<String> {
    std::env::var(DATABASE).ok().filter(|url| !url.is_empty())
}

/// Opens the database, once more where that was done before.
pub(crate) async fn open(folder: &Path) -> Result<Database> {
    Ok(match url() {
        Some(url) => Database::postgres(&Options::new(url)).await?,
        None => Database::embedded(folder)?,
    })
}

/// Opens a new database with an account of one organization.
pub(crate) async fn new_store(folder: &Path) -> Result<Arc<Database>> {
    std::fs::create_dir_all(folder)?;
    let store = Arc::new(open(folder).await?);
    store.add_account(Some(ACCOUNT), "Bench MSP", raised_at()).await?;
    store.add_organization(ACCOUNT, Some(OrganizationId(1)), "Bench", raised_at()).await?;
    Ok(store)
}

/// Adds the people who are told.
pub(crate) async fn add_admins(store: &Database) -> Result<()> {
    for number in 0..ADMINS {
        let (name, email) = (format!("Admin {number}"), format!("admin-{number}@bench.example"));
        let member =
            NewMember { account: ACCOUNT, name, email, role: Role::AccountAdmin, organization: None };
        store.add_member(member, raised_at()).await?;
    }
    Ok(())
}

/// Raises `count` escalations, each a question of its own: who has logged in from where, in an organization of its own.
pub(crate) async fn raise(store: &Database, count: usize) -> Result<()> {
    for start in (0..count).step_by(BATCH) {
        let batch: Vec<Observation> = (start..count.min(start + BATCH)).map(login).collect::<Result<_>>()?;
        let results = store.observe(batch, None, raised_at()).await?;
        let raised = results.iter().all(|result| result.outcome == Outcome::Raised);
        ensure!(raised, "expected every login to raise a question, found {:?}", results.first());
    }
    Ok(())
}

fn login(number: usize) -> Result<Observation> {
    let text = json!({
        "id": format!("bench-{number}"), "type": "login", "observed_at": raised_at(), "account_id": ACCOUNT,
        "organization_id": 1_000_000 + number,
        "identity": {
            "id": format!("person-{number}"), "username": format!("person-{number}@bench.example"), "usage_location": "NL",
        },
        "country": "UA", "ip_address": format!("198.51.100.{}", number % 250 + 1),
    });
    Observation::parse(&text.to_string(), raised_at()).map_err(|error| anyhow::anyhow!("{error:?}"))
}

/// The columns of an escalation, and what a copy has in their place: a number and a question of its own, and an account that
/// follows from the number.
const COPIED: [(&str, &str); 16] = [
    ("account_id", "{account}"),
    ("id", "id + {by}"),
    ("subject_key", "subject_key || '+' || {by}"),
    ("kind", "kind"),
    ("subtype", "subtype"),
    ("organization_id", "organization_id"),
    ("severity", "severity"),
    ("open", "open"),
    ("raised_at", "raised_at"),
    ("due_at", "due_at"),
    ("updated_at", "updated_at"),
    ("resolved_at", "resolved_at"),
    ("answered_at", "answered_at"),
    ("search", "search"),
    ("state", "{state}"),
    ("wake_at", "wake_at"),
];

/// The statement that copies all escalations up to `last`, `by` numbers further on, among `accounts` accounts.
fn copying(by: usize, last: usize, accounts: usize) -> String {
    let account = format!("1 + (id + {by}) % {accounts}");
    let state = if url().is_some() {
        format!(
            "(jsonb_set(jsonb_set(state::jsonb, '{{id}}', to_jsonb(id + {by})), '{{account}}', to_jsonb({account})))::text"
        )
    } else {
        format!("json_set(state, '$.id', id + {by}, '$.account', {account})")
    };
    let names: Vec<&str> = COPIED.iter().map(|(name, _)| *name).collect();
    let by = by.to_string();
    let values = COPIED.iter().map(|(_, value)| {
        value.replace("{account}", &account).replace("{by}", &by).replace("{state}", &state)
    });
    let values: Vec<String> = values.collect();
    format!(
        "INSERT INTO escalations ({}) SELECT {} FROM escalations WHERE id <= {last}",
        names.join(", "),
        values.join(", ")
    )
}

/// Brings `raised` open escalations, numbered from 1, to `count` in `accounts` accounts: copies of them as rows of that table, with
/// numbers and questions of their own. It is what a tick and a list look at, and quicker than raising a million.
pub(crate) async fn multiply(folder: &Path, raised: usize, count: usize, accounts: usize) -> Result<()> {
    let mut there = raised;
    let mut statements = Vec::new();
    while there < count {
        let more = raised.min(count - there);
        statements.push(copying(there, more, accounts));
        there += more;
    }
    let name = "INSERT INTO accounts (id, name, created_at) SELECT {account}, 'Account', 0 WHERE NOT EXISTS (SELECT 1 FROM accounts WHERE id = {account})";
    statements.extend((1..=accounts).map(|account| name.replace("{account}", &account.to_string())));
    let sql = "SELECT count(*) FROM escalations WHERE open = 1";
    let open: i64 = if let Some(url) = url() {
        let client = raw::postgres::connect(&url).await?;
        // What is lost here is only a benchmark.
        client.batch_execute("SET synchronous_commit = off").await?;
        for part in statements.chunks(50) {
            client.batch_execute(&format!("BEGIN; {}; COMMIT", part.join("; "))).await?;
        }
        // Neither runs beside another statement.
        for statement in ["VACUUM (ANALYZE) escalations", "CHECKPOINT"] {
            client.batch_execute(statement).await?;
        }
        client.query_one(sql, &[]).await?.get(0)
    } else {
        let connection = Connection::open(folder.join(FILE))?;
        connection.pragma_update(None, "synchronous", "off")?;
        for part in statements.chunks(50) {
            connection.execute_batch(&format!("BEGIN; {}; COMMIT", part.join("; ")))?;
        }
        connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
        connection.query_row(sql, [], |row| row.get(0))?
    };
    ensure!(usize::try_from(open) == Ok(count), "expected {count} open escalations, found {open}");
    Ok(())
}

/// Fills a database for a server to serve: `count` escalations in `accounts` accounts.
pub(crate) async fn large(folder: &Path, count: usize, accounts: usize) -> Result<()> {
    const RAISED: usize = 1_000;
    let store = new_store(folder).await?;
    add_admins(&store).await?;
    raise(&store, RAISED.min(count)).await?;
    drop(store);
    multiply(folder, RAISED.min(count), count, accounts).await
}
