//! Inserts the rows of a server's database into an empty one, in as many transactions as there were requests, and
//! prints how many rows that were and how many seconds it took. What `cargo xtask bench` compares the server with:
//! the same rows, the same schema, the same sync, and nothing decided.
//!
//! `raw_inserts DATA_FOLDER BATCHES`, where no server runs on the folder; or `raw_inserts postgres://… BATCHES`.
#![expect(clippy::print_stdout, reason = "it is a command whose result is what it prints")]

use std::env;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use rusqlite::Connection;

mod raw;

#[tokio::main]
async fn main() -> Result<()> {
    let mut args = env::args_os().skip(1);
    let (Some(folder), Some(batches)) = (args.next(), args.next()) else {
        bail!("expected a data folder and a number of batches");
    };
    let batches: usize = batches.to_string_lossy().parse().context("the number of batches")?;
    if let Some(url) = folder.to_str().filter(|text| text.starts_with("postgres://")) {
        let client = raw::postgres::connect(url).await?;
        let tables = all_tables(&client).await?;
        let (rows, seconds) = raw::postgres::insert(&client, &tables, batches).await?;
        println!("{rows} {seconds}");
        return Ok(());
    }
    let folder = PathBuf::from(folder);

    let source = Connection::open(find_database(&folder)?).context("the server's database")?;
    let tables = tables(&source)?;
    let (rows, seconds) = raw::insert(&source, &tables, &folder.join("raw-inserts.db"), batches)?;
    println!("{rows} {seconds}");
    Ok(())
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

/// Reads all rows of all tables.
fn tables(source: &Connection) -> Result<Vec<raw::Table>> {
    let mut names = source.prepare(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'",
    )?;
    let names = names.query_map([], |row| row.get::<_, String>(0))?.collect::<rusqlite::Result<Vec<_>>>()?;
    names.iter().map(|name| raw::table(source, name, "true")).collect()
}

/// Names all tables that Beckon has made.
async fn all_tables(client: &tokio_postgres::Client) -> Result<Vec<(String, &'static str)>> {
    let sql = "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'beckon_schema' ORDER BY 1";
    Ok(client.query(sql, &[]).await?.iter().map(|row| (row.get(0), "true")).collect())
}
