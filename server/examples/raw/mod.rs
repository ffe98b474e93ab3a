//! Rows of a server's database, inserted into an empty one by SQLite alone: the same schema, the same sync, and nothing
//! decided. What the benchmarks compare the server with.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

pub(crate) mod postgres;

/// One table's rows, with the statement that inserts one.
pub(crate) struct Table {
    insert: String,
    rows: Vec<Vec<Value>>,
}

/// Inserts `tables` into a new database at `path`, with the schema of `source`, in `batches` transactions. Returns the number
/// of rows and how many seconds it took.
pub(crate) fn insert(
    source: &Connection,
    tables: &[Table],
    path: &Path,
    batches: usize,
) -> Result<(usize, f64)> {
    let mut target = Connection::open(path).context("the empty database")?;
    target.pragma_update(None, "journal_mode", "wal")?;
    target.pragma_update(None, "synchronous", "full")?;
    target.execute_batch(&schema(source)?)?;
    let start = Instant::now();
    for batch in 0..batches {
        let transaction = target.transaction()?;
        for table in tables {
            let mut insert = transaction.prepare_cached(&table.insert)?;
            for row in share(&table.rows, batch, batches) {
                insert.execute(params_from_iter(row))?;
            }
        }
        transaction.commit()?;
    }
    let seconds = start.elapsed().as_secs_f64();
    Ok((tables.iter().map(|table| table.rows.len()).sum(), seconds))
}

/// Returns the part of `rows` that goes into the transaction `batch` of `batches`.
fn share<T>(rows: &[T], batch: usize, batches: usize) -> &[T] {
    let cut = |batch: usize| rows.len() * batch / batches;
    &rows[cut(batch)..cut(batch + 1)]
}

/// Returns the statements that make tables and indexes. Triggers and views store nothing of their own.
fn schema(source: &Connection) -> Result<String> {
    let mut statement = source.prepare(
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND type IN ('table', 'index') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' \
         AND name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY rowid",
    )?;
    let all =
        statement.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(all.join(";\n"))
}

/// Reads the rows of the table `name` that are told apart by `condition`, a piece of SQL.
pub(crate) fn table(source: &Connection, name: &str, condition: &str) -> Result<Table> {
    // Generated columns are not listed here, and cannot be inserted either.
    let mut columns = source.prepare("SELECT name FROM pragma_table_info(?)")?;
    let columns: Vec<String> = columns
        .query_map([name], |row| row.get::<_, String>(0))?
        .map(|column| column.map(|column| format!("\"{column}\"")))
        .collect::<rusqlite::Result<_>>()?;
    let count = columns.len();
    let columns = columns.join(", ");
    let mut select = source.prepare(&format!("SELECT {columns} FROM \"{name}\" WHERE {condition}"))?;
    let rows = select
        .query_map([], |row| (0..count).map(|column| row.get(column)).collect())?
        .collect::<rusqlite::Result<Vec<Vec<Value>>>>()?;
    let places = vec!["?"; count].join(", ");
    Ok(Table { insert: format!("INSERT INTO \"{name}\" ({columns}) VALUES ({places})"), rows })
}
