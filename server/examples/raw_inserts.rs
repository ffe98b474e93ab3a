//! Inserts the rows of a server's database into an empty one, in as many transactions as there were requests, and
//! prints how many rows that were and how many seconds it took. What `cargo xtask bench` compares the server with:
//! the same rows, the same schema, the same sync, and nothing decided.
//!
//! `raw_inserts DATA_FOLDER BATCHES`, where no server runs on the folder.
#![expect(clippy::print_stdout, reason = "it is a command whose result is what it prints")]

use std::env;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

/// One table's rows, with the statement that inserts one.
struct Table {
    insert: String,
    rows: Vec<Vec<Value>>,
}

fn main() -> Result<()> {
    let mut args = env::args_os().skip(1);
    let (Some(folder), Some(batches)) = (args.next(), args.next()) else {
        bail!("expected a data folder and a number of batches");
    };
    let folder = PathBuf::from(folder);
    let batches: usize = batches.to_string_lossy().parse().context("the number of batches")?;

    let source = Connection::open(find_database(&folder)?).context("the server's database")?;
    let schema = schema(&source)?;
    let tables = tables(&source)?;
    let rows: usize = tables.iter().map(|table| table.rows.len()).sum();

    let path = folder.join("raw-inserts.db");
    let mut target = Connection::open(&path).context("the empty database")?;
    target.pragma_update(None, "journal_mode", "wal")?;
    target.pragma_update(None, "synchronous", "full")?;
    target.execute_batch(&schema)?;

    let start = Instant::now();
    for batch in 0..batches {
        let transaction = target.transaction()?;
        for table in &tables {
            let mut insert = transaction.prepare_cached(&table.insert)?;
            for row in share(&table.rows, batch, batches) {
                insert.execute(params_from_iter(row))?;
            }
        }
        transaction.commit()?;
    }
    println!("{rows} {}", start.elapsed().as_secs_f64());
    Ok(())
}

/// Returns the part of `rows` that goes into the transaction `batch` of `batches`.
fn share<T>(rows: &[T], batch: usize, batches: usize) -> &[T] {
    let cut = |batch: usize| rows.len() * batch / batches;
    &rows[cut(batch)..cut(batch + 1)]
}

/// Finds the SQLite database in the server's data folder by how such files begin.
fn find_database(folder: &Path) -> Result<PathBuf> {
    for entry in fs::read_dir(folder).with_context(|| format!("{} cannot be read", folder.display()))? {
        let path = entry?.path();
        let mut magic = [0; 15];
        let is_one = path.is_file() && File::open(&path)?.read_exact(&mut magic).is_ok();
        if is_one && &magic == b"SQLite format 3" {
            return Ok(path);
        }
    }
    bail!("expected a SQLite database in {}, found none", folder.display())
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

/// Reads all rows of all tables.
fn tables(source: &Connection) -> Result<Vec<Table>> {
    let mut names = source.prepare(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )?;
    let names = names.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    names.iter().map(|name| table(source, name)).collect()
}

fn table(source: &Connection, name: &str) -> Result<Table> {
    // Generated columns are not listed here, and cannot be inserted either.
    let mut columns = source.prepare("SELECT name FROM pragma_table_info(?)")?;
    let columns: Vec<String> = columns
        .query_map([name], |row| row.get::<_, String>(0))?
        .map(|column| column.map(|column| format!("\"{column}\"")))
        .collect::<rusqlite::Result<_>>()?;
    let count = columns.len();
    let columns = columns.join(", ");
    let mut select = source.prepare(&format!("SELECT {columns} FROM \"{name}\""))?;
    let rows = select
        .query_map([], |row| (0..count).map(|column| row.get(column)).collect())?
        .collect::<rusqlite::Result<Vec<Vec<Value>>>>()?;
    let places = vec!["?"; count].join(", ");
    Ok(Table { insert: format!("INSERT INTO \"{name}\" ({columns}) VALUES ({places})"), rows })
}
