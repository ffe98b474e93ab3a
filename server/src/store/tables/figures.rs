//! What is open and what waits, in all accounts.

use beckon_core::severity::Severity;
use beckon_core::time::Timestamp;

use super::Result;
use super::columns::{micros, severity, time, word};
use crate::store::Figures;
use crate::store::sql::{Connection, SqlResult};

/// Counts. Both go through indexes that hold what is open and what waits, and nothing else.
pub(super) fn figures(connection: &Connection, now: Timestamp) -> Result<Figures> {
    let mut statement = connection.prepare_cached(
        "SELECT count(*), coalesce(sum(CASE WHEN due_at <= ?2 THEN 1 ELSE 0 END), 0)
         FROM escalations WHERE open = 1 AND severity = ?1",
    )?;
    let mut open = Vec::new();
    for one in [Severity::Critical, Severity::High, Severity::Low] {
        let counts = statement.query_row((severity(one), micros(now)), |row| {
            Ok((row.get::<_, u64>(0)?, row.get::<_, u64>(1)?))
        })?;
        open.push((one, counts.0, counts.1));
    }
    let mut statement = connection.prepare_cached(
        "SELECT channel, count(*) AS number, min(created_at) AS since FROM deliveries
         WHERE status IN ('waiting', 'sending') GROUP BY channel ORDER BY channel",
    )?;
    let rows = statement
        .query_map((), |row| Ok((word(row, "channel")?, row.get("number")?, time(row, "since")?)))?;
    Ok(Figures { open, waiting: rows.collect::<SqlResult<_>>()? })
}
