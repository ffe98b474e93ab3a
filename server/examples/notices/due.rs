//! Many escalations fall due in the same second: how long until everybody's notice is queued.

use std::path::Path;
use std::time::Instant;

use anyhow::{Result, ensure};
use beckon_core::time::days;
use beckon_server::store::Store as _;
use beckon_server::store::sqlite::FILE;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::fill::{self, ADMINS, raised_at};
use crate::raw;

/// Counts what was queued.
const NOTICES: &str = "SELECT count(*) FROM deliveries";

/// The rows that are written when time is up, by table.
const ROWS: [(&str, &str); 3] =
    [("deliveries", "true"), ("events", "event = 'became_overdue'"), ("escalations", "true")];

/// The window of what is low.
const WINDOW_DAYS: i64 = 7;

pub(crate) async fn measure(folder: &Path, count: usize) -> Result<Value> {
    let store = fill::new_store(folder).await?;
    fill::raise(&store, count).await?;
    // Only now, so that nothing but what falls due is queued.
    fill::add_admins(&store).await?;
    let due = raised_at() + days(WINDOW_DAYS);
    let (mut parts, start) = (0, Instant::now());
    while store.tick(due).await? {
        parts += 1;
    }
    let seconds = start.elapsed().as_secs_f64();

    let (notices, rows, raw_seconds) = if let Some(url) = fill::url() {
        let client = raw::postgres::connect(&url).await?;
        let notices: i64 = client.query_one(NOTICES, &[]).await?.get(0);
        let tables = ROWS.map(|(table, condition)| (table.to_owned(), condition));
        let (rows, seconds) = raw::postgres::insert(&client, &tables, parts).await?;
        (notices, rows, seconds)
    } else {
        let source = Connection::open(folder.join(FILE))?;
        let notices: i64 = source.query_row(NOTICES, [], |row| row.get(0))?;
        let tables = ROWS.map(|(table, condition)| raw::table(&source, table, condition));
        let tables = tables.into_iter().collect::<Result<Vec<_>>>()?;
        let (rows, seconds) = raw::insert(&source, &tables, &folder.join("raw.db"), parts)?;
        (notices, rows, seconds)
    };
    ensure!(
        usize::try_from(notices) == Ok(count * ADMINS),
        "expected {} notices, found {notices}",
        count * ADMINS
    );
    Ok(
        json!({ "seconds": seconds, "notices": notices, "parts": parts, "rows": rows, "raw_seconds": raw_seconds }),
    )
}
