//! Backups: all that is kept, as it is at one moment, as an embedded database of its own, whichever database it comes from. So one
//! made of either can be brought back to either.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use beckon_core::time::Timestamp;
use futures_util::TryStreamExt as _;
use rusqlite::OpenFlags;
use rusqlite::backup::{Backup, StepResult};
use serde::{Deserialize, Serialize};
use tokio_postgres::types::{ToSql, Type};

use super::sql::Connection;
use super::sqlite::{FILE, migrate};
use super::tables::columns::micros;
use super::tables::{chain, people};
use super::{Result, StoreError, postgres};

/// How many pages are copied between two looks at how far it is.
const PAGES: i32 = 2_048;

/// How long a copy waits where somebody else writes to the file at the moment.
const BUSY: Duration = Duration::from_millis(20);

/// How many numbers are left out after a backup was brought back.
const GAP: i64 = 1_000_000;

/// Hears how far it is: so much of so much.
pub type Progress<'p> = &'p (dyn Fn(u64, u64) + Sync);

/// What a database holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    /// The version of the schema.
    pub schema: usize,
    /// How many rows, by table.
    pub rows: BTreeMap<String, u64>,
    /// How many events the logs have together, each checked.
    pub events: u64,
}

/// Copies the embedded database of `folder`, as it is at one moment, into the folder `into`. A server may serve it meanwhile.
///
/// # Errors
/// [`StoreError::Unavailable`] when it cannot be read, or there is no room.
pub fn copy_embedded(folder: &Path, into: &Path, progress: Progress<'_>) -> Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let source = rusqlite::Connection::open_with_flags(folder.join(FILE), flags)?;
    source.busy_timeout(Duration::from_secs(10))?;
    // What is read once holds that moment for as long as the copy takes.
    source.execute_batch("BEGIN")?;
    source.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get::<_, i64>(0))?;
    let mut target = rusqlite::Connection::open(into.join(FILE))?;
    {
        let backup = Backup::new(&source, &mut target)?;
        loop {
            let step = backup.step(PAGES)?;
            let now = backup.progress();
            let count = |pages: i32| u64::try_from(pages).unwrap_or(0);
            progress(count(now.pagecount - now.remaining), count(now.pagecount));
            match step {
                StepResult::Done => break,
                StepResult::More => {}
                _ => std::thread::sleep(BUSY),
            }
        }
    }
    settle(target)
}

/// Copies a PostgreSQL database, as it is at one moment, into an embedded one in the folder `into`. Servers may work on it
/// meanwhile.
///
/// # Errors
/// [`StoreError::Unavailable`] when it cannot be read, has another schema, or there is no room.
pub async fn copy_postgres(options: &postgres::Options, into: &Path, progress: Progress<'_>) -> Result<()> {
    let mut target = rusqlite::Connection::open(into.join(FILE))?;
    migrate(&mut target)?;
    let source = postgres::snapshot(options).await?;
    let failed = |error: tokio_postgres::Error| {
        StoreError::Unavailable(format!("PostgreSQL cannot be read: {}", postgres::session::said(&error)))
    };
    let tables: Vec<String> = target
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name <> 'ids' ORDER BY name")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let tx = target.transaction()?;
    for (number, table) in tables.iter().enumerate() {
        progress(number as u64, tables.len() as u64);
        let columns: Vec<String> = tx
            .prepare(&format!("SELECT name FROM pragma_table_info('{table}')"))?
            .query_map([], |row| row.get(0))?
            .collect::<rusqlite::Result<_>>()?;
        let names = columns.join(", ");
        let places: Vec<String> = (1..=columns.len()).map(|at| format!("?{at}")).collect();
        tx.execute(&format!("DELETE FROM {table}"), [])?;
        let mut insert =
            tx.prepare(&format!("INSERT INTO {table} ({names}) VALUES ({})", places.join(", ")))?;
        let none: [&(dyn ToSql + Sync); 0] = [];
        let rows = source.query_raw(&format!("SELECT {names} FROM {table}"), none).await.map_err(failed)?;
        let mut rows = std::pin::pin!(rows);
        while let Some(row) = rows.try_next().await.map_err(failed)? {
            let values = (0..columns.len()).map(|at| value(&row, at)).collect::<Result<Vec<_>>>()?;
            insert.execute(rusqlite::params_from_iter(values))?;
        }
    }
    progress(tables.len() as u64, tables.len() as u64);
    // The numbers that were given out last. Some may have been given out after the moment of the copy, which does no harm.
    let sequences = "SELECT sequencename::text, coalesce(last_value + 1, 1) FROM pg_sequences WHERE schemaname = current_schema()";
    for row in source.query(sequences, &[]).await.map_err(failed)? {
        let (name, next): (String, i64) = (row.get(0), row.get(1));
        if let Some(kind) = name.strip_suffix("_ids") {
            tx.execute(
                "INSERT INTO ids (kind, next) VALUES (?1, ?2) ON CONFLICT (kind) DO UPDATE SET next = excluded.next",
                (kind, next),
            )?;
        }
    }
    tx.commit()?;
    settle(target)
}

fn value(row: &tokio_postgres::Row, at: usize) -> Result<rusqlite::types::Value> {
    use rusqlite::types::Value;

    let column = &row.columns()[at];
    let failed = |error: tokio_postgres::Error| {
        StoreError::Unavailable(format!(
            "{} cannot be read: {}",
            column.name(),
            postgres::session::said(&error)
        ))
    };
    Ok(match *column.type_() {
        Type::INT8 => row.try_get::<_, Option<i64>>(at).map_err(failed)?.map_or(Value::Null, Value::Integer),
        Type::TEXT => row.try_get::<_, Option<String>>(at).map_err(failed)?.map_or(Value::Null, Value::Text),
        Type::BYTEA => {
            row.try_get::<_, Option<Vec<u8>>>(at).map_err(failed)?.map_or(Value::Null, Value::Blob)
        }
        ref other => {
            return Err(StoreError::Unavailable(format!(
                "{} is a {other}, and no column is that",
                column.name()
            )));
        }
    })
}

/// Makes one file of a database that nobody else has open, and makes sure that it is on the disk.
fn settle(connection: rusqlite::Connection) -> Result<()> {
    connection.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    let path = connection.path().map(std::path::PathBuf::from);
    connection.close().map_err(|(_, error)| error)?;
    let synced = path.map(|path| std::fs::File::open(path).and_then(|file| file.sync_all())).transpose();
    synced.map(drop).map_err(|error| StoreError::Unavailable(format!("the copy cannot be flushed: {error}")))
}

/// Examines the database of a folder on which nobody works, all of it: whether its pages and indexes are whole, and whether
/// each event of each log follows from the one before.
///
/// # Errors
/// [`StoreError::Unavailable`] that names what is wrong.
pub fn examine(folder: &Path) -> Result<Contents> {
    let schema = super::sqlite::schema(&folder.join(FILE))?;
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let plain = rusqlite::Connection::open_with_flags(folder.join(FILE), flags)?;
    let said: String = plain.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if said != "ok" {
        return Err(StoreError::Unavailable(format!("the database is not whole: {said}")));
    }
    let tables: Vec<String> = plain
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
        )?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let mut rows = BTreeMap::new();
    for table in tables {
        let count: i64 = plain.query_row(&format!("SELECT count(*) FROM {table}"), [], |row| row.get(0))?;
        rows.insert(table, u64::try_from(count).unwrap_or(0));
    }
    let connection = Connection::Sqlite(plain);
    let mut events = 0;
    for account in people::account_ids(&connection)? {
        match chain::verify(&connection, account)? {
            Ok(count) => events += count,
            Err(at) => {
                return Err(StoreError::Unavailable(format!(
                    "the log of account {account} breaks at event {at}"
                )));
            }
        }
    }
    Ok(Contents { schema, rows, events })
}

/// Holds what waited to be told when a backup was made, in the database of a folder on which nobody works: it may have been told
/// since. Mails and webhooks are listed as not delivered, to be sent again by whoever knows better; what is told to PSAs goes on,
/// since there it is looked for first. Numbers go on after a gap, since those next to them may have been given since. Returns how
/// many are held.
///
/// # Errors
/// [`StoreError::Unavailable`] when the database does not work.
pub fn hold(folder: &Path, now: Timestamp) -> Result<u64> {
    const WHY: &str =
        "It waited when the backup was made, and may have gone out since. Send it again if it did not";
    let mut connection = rusqlite::Connection::open(folder.join(FILE))?;
    // To the newest schema first.
    migrate(&mut connection)?;
    let tx = connection.transaction()?;
    let held = tx.execute(
        "UPDATE deliveries SET status = 'undelivered', last_error = ?1, finished_at = ?2, lease_until = NULL, token = 0
         WHERE status IN ('waiting', 'sending') AND channel <> 'psa'",
        (WHY, micros(now)),
    )?;
    tx.execute(
        "INSERT INTO tickets (account_id, escalation_id, integration_id, doubt)
         SELECT DISTINCT account_id, escalation_id, target, 1 FROM deliveries
         WHERE status IN ('waiting', 'sending') AND channel = 'psa' AND escalation_id IS NOT NULL
         ON CONFLICT (account_id, escalation_id, integration_id) DO UPDATE SET doubt = 1, searched_at = NULL",
        [],
    )?;
    tx.execute(
        "UPDATE deliveries SET status = 'waiting', doubt = 1, attempts = max(attempts, 1), lease_until = NULL, token = 0
         WHERE status IN ('waiting', 'sending') AND channel = 'psa'",
        [],
    )?;
    // What was numbered since must not become something else's number: it stands in mails, tickets and addresses.
    let numbered = ["escalation", "rule", "remedy", "delivery", "integration", "webhook", "provider"];
    for kind in numbered {
        tx.execute("UPDATE ids SET next = next + ?2 WHERE kind = ?1", (kind, GAP))?;
    }
    tx.commit()?;
    settle(connection)?;
    Ok(held as u64)
}
