//! Fills a database: open escalations of one second, as the server itself writes them.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, ensure};
use beckon_core::actor::Role;
use beckon_core::id::{AccountId, OrganizationId};
use beckon_core::observation::{Observation, Outcome};
use beckon_core::time::Timestamp;
use beckon_server::store::Database;
use beckon_server::store::sqlite::FILE;
use beckon_server::store::{NewMember, Store as _};
use rusqlite::Connection;
use serde_json::json;

/// The account that everything belongs to.
pub(crate) const ACCOUNT: AccountId = AccountId(1);

/// How many observations go into one operation.
const BATCH: usize = 500;

/// How many people are told.
pub(crate) const ADMINS: usize = 2;

/// The most rows of one transaction that copies.
const MOST_COPIED: usize = 50_000;

/// The second in which everything was raised.
pub(crate) fn raised_at() -> Timestamp {
    Timestamp::from_timestamp(1_795_000_000, 0).unwrap_or_default()
}

/// Opens a new database with an account of one organization.
pub(crate) async fn new_store(folder: &Path) -> Result<Arc<Database>> {
    std::fs::create_dir_all(folder)?;
    let store = Arc::new(Database::embedded(folder)?);
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

/// Brings `raised` open escalations, numbered from 1, to `count`: copies of them as rows of that table, with numbers and
/// questions of their own. It is what a tick looks at, and quicker than raising a million.
pub(crate) fn multiply(folder: &Path, raised: usize, count: usize) -> Result<()> {
    let connection = Connection::open(folder.join(FILE))?;
    // What is lost here is only a benchmark.
    connection.pragma_update(None, "synchronous", "off")?;
    let mut copy = connection.prepare(
        "INSERT INTO escalations (account_id, id, subject_key, kind, subtype, organization_id, severity, open, raised_at, due_at,
                                  updated_at, resolved_at, answered_at, search, state, wake_at)
         SELECT account_id, id + ?1, subject_key || '+' || ?1, kind, subtype, organization_id, severity, open, raised_at, due_at,
                updated_at, resolved_at, answered_at, search,
                json_set(state, '$.id', id + ?1, '$.subject_key', subject_key || '+' || ?1), wake_at
         FROM escalations WHERE id <= min(?2, ?3 - ?1)",
    )?;
    let mut there = raised;
    while there < count {
        connection.execute_batch("BEGIN")?;
        let stop = count.min(there + MOST_COPIED);
        while there < stop {
            copy.execute((there, raised, stop))?;
            there = stop.min(there + raised);
        }
        connection.execute_batch("COMMIT")?;
    }
    let open: usize =
        connection.query_row("SELECT count(*) FROM escalations WHERE open = 1", [], |row| row.get(0))?;
    ensure!(open == count, "expected {count} open escalations, found {open}");
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(())
}
