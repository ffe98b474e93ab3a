//! How values of core stand in columns: times as microseconds since 1970, words as text, states as JSON.

use beckon_core::severity::Severity;
use beckon_core::time::{Date, Timestamp};
use chrono::DateTime;
use rusqlite::types::Type;
use rusqlite::{Connection, Row};
use serde::de::DeserializeOwned;

use super::Result;

pub(super) fn micros(at: Timestamp) -> i64 {
    at.timestamp_micros()
}

pub(super) fn day(date: Date) -> i64 {
    i64::from(date.to_epoch_days())
}

pub(super) const fn severity(severity: Severity) -> i64 {
    match severity {
        Severity::Low => 0,
        Severity::High => 1,
        Severity::Critical => 2,
    }
}

pub(super) fn time(row: &Row<'_>, column: &str) -> rusqlite::Result<Timestamp> {
    let micros: i64 = row.get(column)?;
    DateTime::from_timestamp_micros(micros).ok_or(rusqlite::Error::IntegralValueOutOfRange(0, micros))
}

/// Reads a word that core wrote.
pub(super) fn word<T: std::str::FromStr>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| rusqlite::Error::InvalidColumnType(0, format!("{column}: {text}"), Type::Text))
}

/// Reads a word that core wrote and that may be missing.
pub(super) fn parsed<T: TryFrom<String>>(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| {
        T::try_from(text).map_err(|_| rusqlite::Error::InvalidColumnType(0, column.to_owned(), Type::Text))
    })
    .transpose()
}

/// Reads a state that core wrote.
pub(super) fn state<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(0, Type::Text, Box::new(error)))
}

/// Takes the next number of a kind of thing, and `count` of them at once.
pub(super) fn take_ids(connection: &Connection, kind: &str, count: i64) -> Result<i64> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO ids (kind, next) VALUES (?1, 1 + ?2)
         ON CONFLICT (kind) DO UPDATE SET next = next + ?2 RETURNING next - ?2",
    )?;
    Ok(statement.query_row((kind, count), |row| row.get(0))?)
}

/// Notes that `id` was chosen by somebody else, so that it is never handed out.
pub(super) fn reserve_id(connection: &Connection, kind: &str, id: i64) -> Result<()> {
    let mut statement = connection.prepare_cached(
        "INSERT INTO ids (kind, next) VALUES (?1, ?2 + 1)
         ON CONFLICT (kind) DO UPDATE SET next = max(next, ?2 + 1)",
    )?;
    statement.execute((kind, id))?;
    Ok(())
}

/// Reads a time that may be missing.
pub(super) fn optional_time(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Timestamp>> {
    let micros: Option<i64> = row.get(column)?;
    Ok(micros.and_then(DateTime::from_timestamp_micros))
}
