//! How values of core stand in columns: times as microseconds since 1970, words as text, states as JSON.

use beckon_core::severity::Severity;
use beckon_core::time::{Date, Timestamp};
use chrono::DateTime;
use serde::de::DeserializeOwned;

use super::{Result, StoreError};
use crate::store::sql::{Connection, Error, OptionalExtension as _, Row, SqlResult};

pub(in crate::store) fn micros(at: Timestamp) -> i64 {
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

pub(super) fn time(row: &Row<'_>, column: &str) -> SqlResult<Timestamp> {
    let micros: i64 = row.get(column)?;
    DateTime::from_timestamp_micros(micros)
        .ok_or_else(|| Error::Unreadable { column: column.to_owned(), why: format!("{micros} is no time") })
}

/// Reads a word that core wrote.
pub(super) fn word<T: std::str::FromStr>(row: &Row<'_>, column: &str) -> SqlResult<T> {
    let text: String = row.get(column)?;
    text.parse().map_err(|_| Error::Unreadable {
        column: column.to_owned(),
        why: format!("{text} is none of its words"),
    })
}

/// Reads a word that core wrote and that may be missing.
pub(super) fn parsed<T: TryFrom<String>>(row: &Row<'_>, column: &str) -> SqlResult<Option<T>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| {
        let why = format!("{text} is none of its words");
        T::try_from(text).map_err(|_| Error::Unreadable { column: column.to_owned(), why })
    })
    .transpose()
}

/// Reads a state that core wrote.
pub(super) fn state<T: DeserializeOwned>(row: &Row<'_>, column: &str) -> SqlResult<T> {
    row.with_text(column, |text| serde_json::from_str(text).map_err(|error| error.to_string()))
}

/// Takes the next number of a kind of thing.
pub(super) fn take_id(connection: &Connection, kind: &str) -> Result<i64> {
    let taken = take_ids(connection, kind, 1)?;
    taken.into_iter().next().ok_or_else(|| StoreError::Unavailable(format!("no number for a new {kind}")))
}

/// Takes the next `count` numbers of a kind of thing, in order.
pub(super) fn take_ids(connection: &Connection, kind: &str, count: usize) -> Result<Vec<i64>> {
    let wanted = i64::try_from(count).unwrap_or(i64::MAX);
    match connection {
        Connection::Sqlite(_) => {
            let mut statement = connection.prepare_cached(
                "INSERT INTO ids (kind, next) VALUES (?1, 1 + ?2)
                 ON CONFLICT (kind) DO UPDATE SET next = next + ?2 RETURNING next - ?2",
            )?;
            let first: i64 = statement.query_row((kind, wanted), |row| row.get(0))?;
            Ok((first..first + wanted).collect())
        }
        // A row that counts would make all who count wait for each other.
        Connection::Postgres(_) => {
            let sql = format!("SELECT nextval('{kind}_ids') FROM generate_series(1, ?1)");
            let taken = connection.prepare_cached(&sql)?.query_map([wanted], |row| row.get(0))?;
            Ok(taken.collect::<SqlResult<_>>()?)
        }
    }
}

/// Returns the number that the next thing of a kind gets; it is taken with [`reserve_id`].
pub(super) fn next_id(connection: &Connection, kind: &str) -> Result<i64> {
    match connection {
        Connection::Sqlite(_) => {
            let mut statement = connection.prepare_cached("SELECT next FROM ids WHERE kind = ?1")?;
            Ok(statement.query_row([kind], |row| row.get(0)).optional()?.unwrap_or(1))
        }
        // Others count too, so it is taken at once; who does not need it in this transaction leaves a gap.
        Connection::Postgres(session) => {
            if let Some(id) = session.spare(kind) {
                return Ok(id);
            }
            let id = take_id(connection, kind)?;
            session.keep_spare(kind, id);
            Ok(id)
        }
    }
}

/// Notes that `id` is used, so that it is never handed out.
pub(super) fn reserve_id(connection: &Connection, kind: &str, id: i64) -> Result<()> {
    match connection {
        Connection::Sqlite(_) => {
            let mut statement = connection.prepare_cached(
                "INSERT INTO ids (kind, next) VALUES (?1, ?2 + 1)
                 ON CONFLICT (kind) DO UPDATE SET next = max(next, ?2 + 1)",
            )?;
            statement.execute((kind, id))?;
        }
        Connection::Postgres(session) => {
            if !session.use_spare(kind, id) {
                let sql = format!("SELECT setval('{kind}_ids', greatest(?1, nextval('{kind}_ids')))");
                connection.query_row(&sql, [id], |_| Ok(()))?;
            }
        }
    }
    Ok(())
}

/// Reads a time that may be missing.
pub(super) fn optional_time(row: &Row<'_>, column: &str) -> SqlResult<Option<Timestamp>> {
    let micros: Option<i64> = row.get(column)?;
    Ok(micros.and_then(DateTime::from_timestamp_micros))
}
