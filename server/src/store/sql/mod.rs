//! One way to both databases: statements with numbered parameters, rows, and the few places where their SQL differs.
//!
//! A statement says `?1` for its first parameter, whichever database it goes to. Numbers are 64 bits wide, truths are 0
//! and 1 in columns, and texts compare byte by byte in both.

mod params;
mod row;

use super::StoreError;
use super::postgres::session::Session;

pub(super) use params::{Owned, Params, ToValue, Value, params};
pub(super) use row::Row;

/// Why a statement did not do what it was to do.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// There is no row where one was asked for.
    #[error("no row was found")]
    NoRow,
    /// A column holds what it cannot hold.
    #[error("column {column} cannot be read: {why}")]
    Unreadable {
        /// Its name or number.
        column: String,
        /// What it holds, or why not.
        why: String,
    },
    /// SQLite refused.
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    /// PostgreSQL refused, or is not there.
    #[error("{0}")]
    Postgres(String),
}

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match error {
            Error::Unreadable { .. } => Self::Broken(error.to_string()),
            Error::NoRow | Error::Sqlite(_) | Error::Postgres(_) => Self::Unavailable(error.to_string()),
        }
    }
}

/// What a statement came to.
pub(super) type SqlResult<T> = std::result::Result<T, Error>;

/// A row that may be missing.
pub(super) trait OptionalExtension<T> {
    /// Makes none of a row that is not there.
    fn optional(self) -> SqlResult<Option<T>>;
}

impl<T> OptionalExtension<T> for SqlResult<T> {
    fn optional(self) -> SqlResult<Option<T>> {
        match self {
            Ok(value) => Ok(Some(value)),
            Err(Error::NoRow) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A database, inside a transaction or a snapshot.
pub(super) enum Connection {
    /// The embedded one.
    Sqlite(rusqlite::Connection),
    /// One of a server's.
    Postgres(Box<Session>),
}

impl Connection {
    /// Prepares a statement, or finds it prepared.
    pub(super) fn prepare_cached(&self, sql: &str) -> SqlResult<Statement<'_>> {
        Ok(match self {
            Self::Sqlite(connection) => Statement::Sqlite(connection.prepare_cached(sql)?),
            Self::Postgres(session) => Statement::Postgres(session, session.prepare(sql)?),
        })
    }

    /// Sees to it that the database answers before a transaction ends.
    pub(super) fn settle(&self) -> SqlResult<()> {
        match self {
            Self::Sqlite(_) => Ok(()),
            Self::Postgres(session) => session.settle(),
        }
    }

    /// Begins a part of the transaction that can be undone by itself.
    pub(super) fn begin_part(&self) -> SqlResult<()> {
        match self {
            Self::Sqlite(connection) => Ok(connection.execute_batch(BEGIN_PART)?),
            Self::Postgres(session) => session.begin_part(),
        }
    }

    /// Ends a part of the transaction, which stays.
    pub(super) fn end_part(&self) -> SqlResult<()> {
        match self {
            Self::Sqlite(connection) => Ok(connection.execute_batch(END_PART)?),
            Self::Postgres(session) => session.end_part(),
        }
    }

    /// Undoes a part of the transaction.
    pub(super) fn undo_part(&self) -> SqlResult<()> {
        match self {
            Self::Sqlite(connection) => Ok(connection.execute_batch(UNDO_PART)?),
            Self::Postgres(session) => session.undo_part(),
        }
    }

    /// Undoes the transaction.
    pub(super) fn roll_back(&self) -> SqlResult<()> {
        if let Self::Postgres(session) = self {
            session.forget();
        }
        self.run("ROLLBACK")
    }

    /// Runs what ends a transaction.
    pub(super) fn run(&self, sql: &str) -> SqlResult<()> {
        match self {
            Self::Sqlite(connection) => Ok(connection.execute_batch(sql)?),
            Self::Postgres(session) => session.run(sql),
        }
    }

    /// Runs a statement, as [`Statement::execute`] does.
    pub(super) fn execute(&self, sql: &str, params: impl Params) -> SqlResult<()> {
        self.prepare_cached(sql)?.execute(params)
    }

    /// Runs a statement, and returns how many rows it changed.
    pub(super) fn change(&self, sql: &str, params: impl Params) -> SqlResult<usize> {
        self.prepare_cached(sql)?.change(params)
    }

    /// Reads the first row that a statement finds for each of `keys`, where it finds one. A PostgreSQL is asked for all at once.
    pub(super) fn query_each<P: Params, T>(
        &self,
        sql: &str,
        keys: &[P],
        mut read: impl FnMut(&Row<'_>) -> SqlResult<T>,
    ) -> SqlResult<Vec<Option<T>>> {
        match self {
            Self::Sqlite(_) => {
                let mut statement = self.prepare_cached(sql)?;
                keys.iter().map(|key| statement.query_row(key, &mut read).optional()).collect()
            }
            Self::Postgres(session) => {
                let found = session.query_each(sql, keys)?;
                found
                    .iter()
                    .map(|row| row.as_ref().map(|row| read(&Row::Postgres(row))).transpose())
                    .collect()
            }
        }
    }

    /// Inserts `rows`, which have a value for each of `columns`. A PostgreSQL gets them as [`Statement::execute`] says, all at once.
    pub(super) fn insert_all(&self, table: &str, columns: &[&str], rows: &[impl Params]) -> SqlResult<()> {
        match self {
            _ if rows.is_empty() => Ok(()),
            Self::Sqlite(_) => {
                let mut statement = self.prepare_cached(&insert(table, columns))?;
                rows.iter().try_for_each(|row| statement.execute(row))
            }
            Self::Postgres(session) => session.insert_later(table, columns, rows),
        }
    }

    /// Reads the first row of what a statement finds.
    pub(super) fn query_row<T>(
        &self,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> SqlResult<T>,
    ) -> SqlResult<T> {
        self.prepare_cached(sql)?.query_row(params, read)
    }

    /// Tells whether a transaction is open.
    pub(super) fn is_in_transaction(&self) -> bool {
        match self {
            Self::Sqlite(connection) => !connection.is_autocommit(),
            Self::Postgres(_) => true,
        }
    }

    /// What a JSON text holds at `path`, as a text; nothing where it holds none.
    pub(super) fn json(&self, column: &str, path: &[&str]) -> String {
        match self {
            Self::Sqlite(_) => format!("CAST({column} ->> '$.{}' AS TEXT)", path.join(".")),
            Self::Postgres(_) => format!("({column}::json #>> '{{{}}}')", path.join(",")),
        }
    }

    /// The end of a `SELECT` whose rows nobody else may change until the transaction ends. The embedded database has one
    /// writer, which needs no lock.
    pub(super) const fn for_update(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_) => " FOR UPDATE",
        }
    }

    /// The end of a `SELECT` that takes the rows of `table` which nobody else has in hand, and keeps others from them.
    pub(super) fn skip_locked(&self, table: &str) -> String {
        match self {
            Self::Sqlite(_) => String::new(),
            Self::Postgres(_) => format!(" FOR UPDATE OF {table} SKIP LOCKED"),
        }
    }

    /// Tells the embedded database, which does not count rows, by which index to go.
    pub(super) fn indexed_by(&self, index: &str) -> String {
        match self {
            Self::Sqlite(_) => format!(" INDEXED BY {index}"),
            Self::Postgres(_) => String::new(),
        }
    }

    /// The function that tells where in a text another one begins, 0 where it does not occur.
    pub(super) const fn position(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "instr",
            Self::Postgres(_) => "strpos",
        }
    }
}

/// Begins a part of a transaction.
pub(super) const BEGIN_PART: &str = "SAVEPOINT part";

/// Ends the last part that has begun.
pub(super) const END_PART: &str = "RELEASE part";

/// Undoes the last part that has begun, and ends it.
pub(super) const UNDO_PART: &str = "ROLLBACK TO part; RELEASE part";

/// The statement that inserts one row.
pub(super) fn insert(table: &str, columns: &[&str]) -> String {
    let places: Vec<String> = (1..=columns.len()).map(|number| format!("?{number}")).collect();
    format!("INSERT INTO {table} ({}) VALUES ({})", columns.join(", "), places.join(", "))
}

/// A prepared statement.
pub(super) enum Statement<'c> {
    /// Of the embedded database.
    Sqlite(rusqlite::CachedStatement<'c>),
    /// Of a server's.
    Postgres(&'c Session, tokio_postgres::Statement),
}

impl Statement<'_> {
    /// Runs it. A PostgreSQL gets it together with the next statement that has an answer, or with the end of the transaction, which
    /// saves the way there and back: what it objects to is said then.
    pub(super) fn execute(&mut self, params: impl Params) -> SqlResult<()> {
        params.with(|values| match self {
            Self::Sqlite(statement) => Ok(statement.execute(rusqlite::params_from_iter(values)).map(drop)?),
            Self::Postgres(session, statement) => session.execute_later(statement, values),
        })
    }

    /// Runs it, and returns how many rows it changed.
    pub(super) fn change(&mut self, params: impl Params) -> SqlResult<usize> {
        params.with(|values| match self {
            Self::Sqlite(statement) => Ok(statement.execute(rusqlite::params_from_iter(values))?),
            Self::Postgres(session, statement) => session.execute(statement, values),
        })
    }

    /// Reads the first row that it finds.
    pub(super) fn query_row<T>(
        &mut self,
        params: impl Params,
        read: impl FnOnce(&Row<'_>) -> SqlResult<T>,
    ) -> SqlResult<T> {
        params.with(|values| match self {
            Self::Sqlite(statement) => {
                let mut rows = statement.query(rusqlite::params_from_iter(values))?;
                read(&Row::Sqlite(rows.next()?.ok_or(Error::NoRow)?))
            }
            Self::Postgres(session, statement) => {
                let rows = session.query(statement, values)?;
                read(&Row::Postgres(rows.first().ok_or(Error::NoRow)?))
            }
        })
    }

    /// Reads all rows that it finds.
    pub(super) fn query_map<T>(
        &mut self,
        params: impl Params,
        mut read: impl FnMut(&Row<'_>) -> SqlResult<T>,
    ) -> SqlResult<std::vec::IntoIter<SqlResult<T>>> {
        let found: Vec<SqlResult<T>> = params.with(|values| match self {
            Self::Sqlite(statement) => {
                let mut rows = statement.query(rusqlite::params_from_iter(values))?;
                let mut found = Vec::new();
                while let Some(row) = rows.next()? {
                    found.push(read(&Row::Sqlite(row)));
                }
                Ok::<_, Error>(found)
            }
            Self::Postgres(session, statement) => {
                let rows = session.query(statement, values)?;
                Ok(rows.iter().map(|row| read(&Row::Postgres(row))).collect())
            }
        })?;
        Ok(found.into_iter())
    }

    /// Tells whether it finds a row.
    pub(super) fn exists(&mut self, params: impl Params) -> SqlResult<bool> {
        Ok(self.query_row(params, |_| Ok(())).optional()?.is_some())
    }
}
