//! One transaction on one connection of the pool, for code that waits for each answer.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use deadpool_postgres::Client;
use tokio::runtime::Handle;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Row, Statement};

use super::many;
use crate::store::sql::{self, BEGIN_PART, END_PART, Error, Owned, Params, SqlResult, UNDO_PART, Value};

/// How long one statement may take, waiting for the locks of others included. A server that is cut off does not say so.
const PATIENCE: Duration = Duration::from_secs(20);

/// How many statements wait at most until they go out.
const MOST_WAITING: usize = 512;

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

/// A transaction. Its statements run one after the other, in the order in which they came, on the thread that asks.
pub(in crate::store) struct Session {
    /// There until it ends.
    client: Option<Client>,
    runtime: Handle,
    /// Whose answer nobody waits for: they go out before the next one that somebody waits for, on one way with it.
    waiting: RefCell<Vec<Waiting>>,
    /// Whether anything was answered yet.
    heard: Cell<bool>,
    setback: Cell<Option<Setback>>,
    spares: Arc<Spares>,
    own_spares: RefCell<HashMap<String, i64>>,
}

/// What has not gone out.
enum Waiting {
    /// A statement with its values.
    Statement(Statement, Vec<Owned>),
    /// One that takes a list for each of its values.
    Many(Statement, Vec<Vec<Owned>>),
    /// What begins a transaction.
    Begin(String),
    /// What begins a part of it.
    BeginPart,
    /// What ends a part of it.
    EndPart,
}

impl Waiting {
    async fn run(&self, client: &Client) -> Result<(), tokio_postgres::Error> {
        match self {
            Self::Statement(statement, values) => {
                client.execute(statement, &parameters(values)).await.map(drop)
            }
            Self::Many(statement, lists) => client.execute(statement, &parameters(lists)).await.map(drop),
            Self::Begin(sql) => client.batch_execute(sql).await,
            Self::BeginPart => client.batch_execute(BEGIN_PART).await,
            Self::EndPart => client.batch_execute(END_PART).await,
        }
    }
}

impl Session {
    pub(super) fn new(client: Client, runtime: Handle, spares: Arc<Spares>) -> Self {
        Self {
            client: Some(client),
            runtime,
            waiting: RefCell::default(),
            heard: Cell::new(false),
            setback: Cell::new(None),
            spares,
            own_spares: RefCell::default(),
        }
    }

    fn client(&self) -> SqlResult<&Client> {
        self.client.as_ref().ok_or_else(|| Error::Postgres("the transaction has ended".to_owned()))
    }

    /// Prepares a statement, or finds it prepared on this connection, for which nothing has to go out.
    pub(in crate::store) fn prepare(&self, sql: &str) -> SqlResult<Statement> {
        let sql = sql.replace('?', "$");
        let mut prepared = Box::pin(self.client()?.prepare_cached(&sql));
        match prepared.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Ok(statement)) => Ok(statement),
            Poll::Ready(Err(error)) => Err(self.failed(&error)),
            Poll::Pending => self.wait(prepared),
        }
    }

    /// Runs a statement before the next one, or before the transaction ends.
    pub(in crate::store) fn execute_later(
        &self,
        statement: &Statement,
        values: &[Value<'_>],
    ) -> SqlResult<()> {
        let values = values.iter().map(|value| Owned::from(*value)).collect();
        self.later(Waiting::Statement(statement.clone(), values))
    }

    fn later(&self, one: Waiting) -> SqlResult<()> {
        self.waiting.borrow_mut().push(one);
        if self.waiting.borrow().len() < MOST_WAITING { Ok(()) } else { self.wait(async { Ok(()) }) }
    }

    /// Inserts `rows` into a table before the next statement, or before the transaction ends: all with one statement.
    pub(in crate::store) fn insert_later(
        &self,
        table: &str,
        columns: &[&str],
        rows: &[impl Params],
    ) -> SqlResult<()> {
        let one = self.prepare(&sql::insert(table, columns))?;
        let all = self.prepare(&many::insert(table, columns, one.params()))?;
        self.later(Waiting::Many(all, many::lists(rows, Owned::from)))
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

    /// Returns the first row that `sql` finds for each of `keys`, where it finds one: all with one statement.
    pub(in crate::store) fn query_each(
        &self,
        sql: &str,
        keys: &[impl Params],
    ) -> SqlResult<Vec<Option<Row>>> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let one = self.prepare(sql)?;
        let all = self.prepare(&many::query(sql, one.params()))?;
        let lists = many::lists(keys, |value| value);
        let mut found: Vec<Option<Row>> = keys.iter().map(|_| None).collect();
        for row in self.wait(self.client()?.query(&all, &parameters(&lists)))? {
            let place = usize::try_from(row.get::<_, i64>(many::PLACE)).unwrap_or_default();
            if let Some(slot) = place.checked_sub(1).and_then(|place| found.get_mut(place)) {
                *slot = Some(row);
            }
        }
        Ok(found)
    }

    /// Begins the transaction with its first statement.
    pub(super) fn begin(&self, sql: String) {
        self.waiting.borrow_mut().push(Waiting::Begin(sql));
    }

    /// Begins a part of the transaction.
    pub(in crate::store) fn begin_part(&self) -> SqlResult<()> {
        self.later(Waiting::BeginPart)
    }

    /// Ends a part of the transaction. What PostgreSQL objects to in it is said later, and then nothing of the transaction is kept.
    pub(in crate::store) fn end_part(&self) -> SqlResult<()> {
        self.later(Waiting::EndPart)
    }

    /// Undoes a part of the transaction. Of one that has not gone out nothing does.
    pub(in crate::store) fn undo_part(&self) -> SqlResult<()> {
        let (kept, gone_out) = undone(self.waiting.take());
        self.waiting.replace(kept);
        if gone_out { self.run(UNDO_PART) } else { Ok(()) }
    }

    /// Runs what ends a transaction, or undoes a part of one.
    pub(in crate::store) fn run(&self, sql: &str) -> SqlResult<()> {
        self.wait(self.client()?.batch_execute(sql))
    }

    /// Sees to it that something was answered before the transaction ends: a connection that was gone before is not to be taken for
    /// one that broke off in the commit, of which nobody knows whether it came about.
    pub(in crate::store) fn settle(&self) -> SqlResult<()> {
        if self.heard.get() { Ok(()) } else { self.wait(async { Ok(()) }) }
    }

    /// Does not run what has not gone out.
    pub(in crate::store) fn forget(&self) {
        self.waiting.take();
    }

    /// Lets what comes next wait until nobody else holds `key`, and holds it until the transaction ends.
    pub(in crate::store) fn lock(&self, key: i64) -> SqlResult<()> {
        let statement = self.prepare("SELECT pg_advisory_xact_lock(?1)")?;
        self.execute_later(&statement, &[Value::Integer(key)])
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

    /// Waits for an answer. What waits to go out goes out first.
    fn wait<T>(&self, answer: impl Future<Output = Result<T, tokio_postgres::Error>>) -> SqlResult<T> {
        let waiting = self.waiting.take();
        let client = self.client()?;
        let all = async {
            let mut earlier = Vec::with_capacity(waiting.len());
            for one in &waiting {
                // What cannot even be sent keeps all that follows from going out, the end of the transaction above all.
                earlier.push(begun(one.run(client)).await?);
            }
            let answer = begun(answer).await?;
            // The first that PostgreSQL refuses says why: after it, the transaction takes nothing more.
            for one in earlier {
                one.await?;
            }
            answer.await
        };
        match self.runtime.block_on(async { tokio::time::timeout(PATIENCE, all).await }) {
            Ok(Ok(value)) => {
                self.heard.set(true);
                Ok(value)
            }
            Ok(Err(error)) => Err(self.failed(&error)),
            Err(_) => {
                self.setback.set(Some(Setback::Gone));
                Err(Error::Postgres(format!("PostgreSQL did not answer within {} s", PATIENCE.as_secs())))
            }
        }
    }

    /// Notes why a statement failed.
    fn failed(&self, error: &tokio_postgres::Error) -> Error {
        self.setback.set(self.setback.get().or_else(|| setback(error)));
        Error::Postgres(said(error))
    }
}

/// What is still to go out when the last part that has begun is undone, and whether its beginning has gone out already.
fn undone(mut waiting: Vec<Waiting>) -> (Vec<Waiting>, bool) {
    // Parts inside it that have ended.
    let mut ended = 0_usize;
    for at in (0..waiting.len()).rev() {
        match waiting[at] {
            Waiting::EndPart => ended += 1,
            Waiting::BeginPart if ended == 0 => {
                waiting.truncate(at);
                return (waiting, false);
            }
            Waiting::BeginPart => ended -= 1,
            Waiting::Begin(_) | Waiting::Statement(..) | Waiting::Many(..) => {}
        }
    }
    // Those of which the beginning has gone out end before it does.
    (std::iter::repeat_with(|| Waiting::EndPart).take(ended).collect(), true)
}

/// Sends a statement on its way, which is what the first poll of it does, and returns what waits for its answer.
async fn begun<T, E>(
    statement: impl Future<Output = Result<T, E>>,
) -> Result<impl Future<Output = Result<T, E>>, E> {
    let mut statement = Box::pin(statement);
    let answered = match poll_fn(|context| Poll::Ready(statement.as_mut().poll(context))).await {
        Poll::Ready(answer) => Some(answer?),
        Poll::Pending => None,
    };
    Ok(async move {
        match answered {
            Some(answer) => Ok(answer),
            None => statement.await,
        }
    })
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
fn parameters<T: ToSql + Sync>(values: &[T]) -> Vec<&(dyn ToSql + Sync)> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn statements_go_out_in_their_order_and_before_any_is_waited_for() {
        let sent = RefCell::new(Vec::new());
        let statement = |number: i32| {
            let sent = &sent;
            async move {
                sent.borrow_mut().push(number);
                tokio::task::yield_now().await;
                Ok::<_, String>(number)
            }
        };
        let mut waiting = Vec::new();
        for number in 1..=3 {
            waiting.push(begun(statement(number)).await.expect("it goes out"));
        }
        assert_eq!(*sent.borrow(), [1, 2, 3]);
        for (number, one) in (1..=3).zip(waiting) {
            assert_eq!(one.await, Ok(number));
        }
    }

    #[test]
    fn what_was_before_a_part_goes_out_although_it_is_undone() {
        use Waiting::{Begin, BeginPart, EndPart};
        let other = || Begin(String::new());
        let check = |waiting: Vec<Waiting>, kept: &[&str], gone_out: bool| {
            let (left, had_gone_out) = undone(waiting);
            let left: Vec<_> = left
                .iter()
                .map(|one| match one {
                    BeginPart => "begin",
                    EndPart => "end",
                    _ => "other",
                })
                .collect();
            assert_eq!((left.as_slice(), had_gone_out), (kept, gone_out));
        };
        check(vec![other(), BeginPart, other()], &["other"], false);
        check(
            vec![other(), BeginPart, other(), EndPart, BeginPart],
            &["other", "begin", "other", "end"],
            false,
        );
        check(vec![BeginPart, other(), BeginPart, other(), EndPart, other()], &[], false);
        check(vec![other(), other()], &[], true);
        check(vec![], &[], true);
        check(vec![other(), BeginPart, EndPart, other()], &[], true);
        check(vec![other(), EndPart, other()], &["end"], true);
    }

    #[tokio::test]
    async fn what_cannot_be_sent_is_said_at_once() {
        let unfit = begun(async { Err::<(), _>("it does not fit") }).await;
        assert_eq!(unfit.err(), Some("it does not fit"));
        let answered = begun(async { Ok::<_, &str>(1) }).await.expect("it goes out");
        assert_eq!(answered.await, Ok(1));
    }
}
