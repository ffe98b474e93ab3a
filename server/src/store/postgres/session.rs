//! One transaction on one connection of the pool, for code that waits for each answer.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use deadpool_postgres::Client;
use tokio::runtime::Handle;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, Statement};

use crate::store::sql::{Error, SqlResult, Value};

/// How long one statement may take, waiting for the locks of others included. A server that is cut off does not say so.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why a transaction came to nothing although another one may well succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Setback {
    /// Others got in its way: a deadlock, or what only one may write.
    Conflict,
    /// The connection is gone.
    Gone,
}

/// Numbers that were taken and not used: the next transaction of this process uses them.
#[derive(Default)]
pub(super) struct Spares(Mutex<BTreeSet<(String, i64)>>);

impl Spares {
    fn held(&self) -> MutexGuard<'_, BTreeSet<(String, i64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A transaction. Its statements run one after the other, each on the thread that asks.
pub(in crate::store) struct Session {
    /// There until it ends.
    client: Option<Client>,
    runtime: Handle,
    setback: Cell<Option<Setback>>,
    spares: Arc<Spares>,
    own_spares: RefCell<HashMap<String, i64>>,
}

impl Session {
    pub(super) fn new(client: Client, runtime: Handle, spares: Arc<Spares>) -> Self {
        let own_spares = RefCell::default();
        Self { client: Some(client), runtime, setback: Cell::new(None), spares, own_spares }
    }

    fn client(&self) -> SqlResult<&Client> {
        self.client.as_ref().ok_or_else(|| Error::Postgres("the transaction has ended".to_owned()))
    }

    /// Prepares a statement, or finds it prepared on this connection.
    pub(in crate::store) fn prepare(&self, sql: &str) -> SqlResult<Statement> {
        self.wait(self.client()?.prepare_cached(&sql.replace('?', "$")))
    }

    /// Runs a statement, and returns how many rows it changed.
    pub(in crate::store) fn execute(&self, statement: &Statement, values: &[Value<'_>]) -> SqlResult<usize> {
        let values = parameters(values);
        let changed = self.wait(self.client()?.execute(statement, &values))?;
        Ok(usize::try_from(changed).unwrap_or(usize::MAX))
    }

    /// Returns all that a statement finds.
    pub(in crate::store) fn query(&self, statement: &Statement, values: &[Value<'_>]) -> SqlResult<Vec<Row>> {
        let values = parameters(values);
        self.wait(self.client()?.query(statement, &values))
    }

    /// Runs what begins or ends a transaction.
    pub(in crate::store) fn run(&self, sql: &str) -> SqlResult<()> {
        self.wait(self.client()?.batch_execute(sql))
    }

    /// Waits until nobody else holds `key`, and holds it until the transaction ends.
    pub(in crate::store) fn lock(&self, key: i64) -> SqlResult<()> {
        let statement = self.prepare("SELECT pg_advisory_xact_lock(?1)")?;
        self.query(&statement, &[Value::Integer(key)]).map(drop)
    }

    /// Returns a number that was taken and not used.
    pub(in crate::store) fn spare(&self, kind: &str) -> Option<i64> {
        if let Some(own) = self.own_spares.borrow().get(kind) {
            return Some(*own);
        }
        let mut spares = self.spares.held();
        let found = spares.iter().find(|(of, _)| of == kind).cloned()?;
        spares.remove(&found);
        self.keep_spare(kind, found.1);
        Some(found.1)
    }

    /// Keeps a number that was taken until it is used.
    pub(in crate::store) fn keep_spare(&self, kind: &str, id: i64) {
        self.own_spares.borrow_mut().insert(kind.to_owned(), id);
    }

    /// Uses a number that was kept. False where it was not.
    pub(in crate::store) fn use_spare(&self, kind: &str, id: i64) -> bool {
        let mut spares = self.own_spares.borrow_mut();
        let found = spares.get(kind) == Some(&id);
        if found {
            spares.remove(kind);
        }
        found
    }

    /// Why it came to nothing, where that can be mended by trying again.
    pub(super) fn setback(&self) -> Option<Setback> {
        self.setback.get()
    }

    /// Gives the connection back, which is at rest again.
    pub(super) fn end(&mut self) {
        self.spares.held().extend(self.own_spares.take());
        self.client = None;
    }

    fn wait<T>(&self, answer: impl Future<Output = Result<T, tokio_postgres::Error>>) -> SqlResult<T> {
        match self.runtime.block_on(async { tokio::time::timeout(PATIENCE, answer).await }) {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => {
                self.setback.set(self.setback.get().or_else(|| setback(&error)));
                Err(Error::Postgres(said(&error)))
            }
            Err(_) => {
                self.setback.set(Some(Setback::Gone));
                Err(Error::Postgres(format!("PostgreSQL did not answer within {} s", PATIENCE.as_secs())))
            }
        }
    }
}

impl Drop for Session {
    /// A connection that is in the middle of something, or of nobody knows what, is closed.
    fn drop(&mut self) {
        if let Some(client) = self.client.take() {
            drop(Client::take(client));
        }
    }
}

/// As the driver wants them.
fn parameters<'v>(values: &'v [Value<'v>]) -> Vec<&'v (dyn ToSql + Sync)> {
    values.iter().map(|value| value as &(dyn ToSql + Sync)).collect()
}

fn setback(error: &tokio_postgres::Error) -> Option<Setback> {
    match error.code() {
        Some(
            &SqlState::T_R_SERIALIZATION_FAILURE
            | &SqlState::T_R_DEADLOCK_DETECTED
            // Somebody else was first: whoever looks again finds it.
            | &SqlState::UNIQUE_VIOLATION,
        ) => Some(Setback::Conflict),
        Some(
            &SqlState::ADMIN_SHUTDOWN
            | &SqlState::CRASH_SHUTDOWN
            | &SqlState::CANNOT_CONNECT_NOW
            | &SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
        ) => Some(Setback::Gone),
        Some(_) => None,
        None => (error.is_closed() || std::error::Error::source(error).is_some()).then_some(Setback::Gone),
    }
}

/// The error with its causes: the first alone says too little.
pub(in crate::store) fn said(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        let more = deeper.to_string();
        if !text.contains(&more) {
            text = format!("{text}: {more}");
        }
        cause = deeper.source();
    }
    text
}
