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

    let source = Connection::open(folder.join(FILE))?;
    let notices: usize = source.query_row("SELECT count(*) FROM deliveries", [], |row| row.get(0))?;
    ensure!(notices == count * ADMINS, "expected {} notices, found {notices}", count * ADMINS);
    let tables = [
        raw::table(&source, "deliveries", "true")?,
        raw::table(&source, "events", "event = 'became_overdue'")?,
        raw::table(&source, "escalations", "true")?,
    ];
    let (rows, raw_seconds) = raw::insert(&source, &tables, &folder.join("raw.db"), parts)?;
    Ok(
        json!({ "seconds": seconds, "notices": notices, "parts": parts, "rows": rows, "raw_seconds": raw_seconds }),
    )
}
