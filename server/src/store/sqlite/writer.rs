//! The thread that writes: it takes all operations that wait and commits them together, so that one flush to the disk
//! serves many. Nobody is answered before that flush.

use std::panic::{AssertUnwindSafe, catch_unwind};

use tokio::sync::{mpsc, oneshot};

use super::{Result, StoreError};
use crate::store::Signal;
use crate::store::signals::Signals;
use crate::store::sql::Connection;
use crate::store::tables::tx::Tx;

/// The most operations in one commit.
const MOST_IN_COMMIT: usize = 256;

/// How many operations may wait before callers are held back.
const MOST_WAITING: usize = 4_096;

/// Answers the caller once it is known whether the commit succeeded.
type Reply = Box<dyn FnOnce(std::result::Result<(), String>) + Send>;

/// An operation: tells whether its writes are to be kept, and how to answer.
type Job = Box<dyn FnOnce(&Tx<'_>) -> (bool, Reply) + Send>;

#[derive(Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    pub(super) fn start(connection: rusqlite::Connection, signals: Signals) -> Result<Self> {
        let (jobs, waiting) = mpsc::channel(MOST_WAITING);
        std::thread::Builder::new()
            .name("beckon-writer".to_owned())
            .spawn(move || run(connection, waiting, &signals))
            .map_err(|error| StoreError::Unavailable(format!("the writer cannot start: {error}")))?;
        Ok(Self { jobs })
    }

    /// Runs `operation` in a transaction, and returns what it returned once that is committed.
    pub(super) async fn run<T, F>(&self, operation: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&Tx<'_>) -> Result<T> + Send + 'static,
    {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |tx| {
            // A panic must not end the thread that writes for everybody.
            let result = catch_unwind(AssertUnwindSafe(|| operation(tx)))
                .unwrap_or_else(|_| Err(StoreError::Broken("an operation ended in a panic".to_owned())));
            let kept = result.is_ok();
            let reply: Reply = Box::new(move |committed| {
                let result = match (result, committed) {
                    (Ok(_), Err(error)) => Err(StoreError::Unavailable(error)),
                    (result, _) => result,
                };
                // Whoever asked may have gone away; what is committed stays.
                drop(answer.send(result));
            });
            (kept, reply)
        });
        let stopped = || StoreError::Unavailable("the writer has stopped".to_owned());
        self.jobs.send(job).await.map_err(|_| stopped())?;
        answered.await.map_err(|_| stopped())?
    }
}

fn run(connection: rusqlite::Connection, mut waiting: mpsc::Receiver<Job>, signals: &Signals) {
    let connection = Connection::Sqlite(connection);
    let mut jobs = Vec::with_capacity(MOST_IN_COMMIT);
    while waiting.blocking_recv_many(&mut jobs, MOST_IN_COMMIT) > 0 {
        let mut replies = Vec::with_capacity(jobs.len());
        let mut changes = Vec::new();
        let committed = commit(&connection, jobs.drain(..), &mut replies, &mut changes);
        if let Err(error) = &committed {
            tracing::error!(%error, "nothing of {} operations was committed", replies.len());
        } else {
            for change in changes {
                signals.send(change);
            }
        }
        for reply in replies {
            reply(committed.clone());
        }
    }
}

fn commit(
    connection: &Connection,
    jobs: impl Iterator<Item = Job>,
    replies: &mut Vec<Reply>,
    changes: &mut Vec<Signal>,
) -> std::result::Result<(), String> {
    let execute = |sql: &str| connection.execute(sql, ()).map_err(|error| error.to_string());
    let mut outcome = execute("BEGIN IMMEDIATE");
    for job in jobs {
        let tx = Tx::new(connection);
        outcome = outcome.and_then(|()| execute("SAVEPOINT operation"));
        let (kept, reply) = job(&tx);
        replies.push(reply);
        if kept {
            changes.append(&mut tx.into_signals());
        } else if outcome.is_ok() {
            outcome = execute("ROLLBACK TO operation");
        }
        outcome = outcome.and_then(|()| execute("RELEASE operation"));
    }
    outcome = outcome.and_then(|()| execute("COMMIT"));
    // A full disk makes SQLite roll back by itself, some errors do not: after this there is no transaction either way.
    if outcome.is_err() && connection.is_in_transaction() {
        drop(execute("ROLLBACK"));
    }
    outcome
}
