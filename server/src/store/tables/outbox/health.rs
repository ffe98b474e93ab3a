//! How a destination does.

use beckon_core::api::notification::HealthBody;
use beckon_core::time::{Timestamp, days};

use super::Result;
use crate::store::sql::{Connection, OptionalExtension as _};
use crate::store::tables::columns::{micros, optional_time};

/// Returns how a destination does at `now`. Nothing is known of one that never had anything to take.
pub(in crate::store::tables) fn health(
    connection: &Connection,
    destination: &str,
    now: Timestamp,
) -> Result<HealthBody> {
    let known = connection
        .prepare_cached(
            "SELECT last_success_at, last_failure_at, failing_since, last_error, retry_at FROM destinations
             WHERE destination = ?1",
        )?
        .query_row([destination], |row| {
            let failing_since = optional_time(row, "failing_since")?;
            Ok(HealthBody {
                last_success_at: optional_time(row, "last_success_at")?,
                last_failure_at: optional_time(row, "last_failure_at")?,
                failing_since,
                last_error: row.get::<_, Option<String>>("last_error")?.filter(|_| failing_since.is_some()),
                retry_at: optional_time(row, "retry_at")?.filter(|_| failing_since.is_some()),
                ..HealthBody::default()
            })
        })
        .optional()?
        .unwrap_or_default();
    let (waiting, oldest): (u64, Option<i64>) = connection
        .prepare_cached(
            "SELECT count(*), min(created_at) FROM deliveries
             WHERE destination = ?1 AND status IN ('waiting', 'sending')",
        )?
        .query_row([destination], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let undelivered: u64 = connection
        .prepare_cached(
            "SELECT count(*) FROM deliveries WHERE destination = ?1 AND status = 'undelivered' AND finished_at >= ?2",
        )?
        .query_row((destination, micros(now - days(30))), |row| row.get(0))?;
    let oldest_waiting_since = oldest.and_then(chrono::DateTime::from_timestamp_micros);
    Ok(HealthBody { waiting, oldest_waiting_since, undelivered, ..known })
}
