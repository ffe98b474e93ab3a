//! A transaction that writes.

use std::cell::RefCell;
use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use beckon_core::api::ChangeSignal;
use beckon_core::id::{AccountId, UserId};

use crate::store::sql::{Connection, SqlResult};
use crate::store::{Result, Signal, StoreError};

/// A transaction that writes.
pub(in crate::store) struct Tx<'c> {
    /// The connection, inside the transaction.
    pub(in crate::store) connection: &'c Connection,
    signals: RefCell<Vec<Signal>>,
    /// Where the logs end that this transaction wrote in.
    heads: RefCell<HashMap<AccountId, LogHead>>,
}

/// The number of the last event of a log, and its hash.
pub(super) type LogHead = (i64, [u8; 32]);

impl<'c> Tx<'c> {
    pub(in crate::store) fn new(connection: &'c Connection) -> Self {
        Self { connection, signals: RefCell::default(), heads: RefCell::default() }
    }

    /// Tells listeners of a change, once it is committed.
    pub(super) fn signal(&self, account: AccountId, change: ChangeSignal) {
        let signal = Signal { account, change };
        let mut signals = self.signals.borrow_mut();
        if !signals.contains(&signal) {
            signals.push(signal);
        }
    }

    /// Does something that is kept or not kept apart from the rest of the transaction.
    ///
    /// # Errors
    /// What it ended with; [`StoreError::Broken`] for a panic. Nothing of it is kept then.
    pub(super) fn apart<T>(&self, what: impl FnOnce() -> Result<T>) -> Result<T> {
        self.connection.run("SAVEPOINT apart")?;
        let told = self.signals.borrow().len();
        let panicked = |_| Err(StoreError::Broken("it ended in a panic".to_owned()));
        let done = catch_unwind(AssertUnwindSafe(what)).unwrap_or_else(panicked);
        if done.is_ok() {
            self.connection.run("RELEASE apart")?;
        } else {
            self.connection.undo("ROLLBACK TO apart; RELEASE apart")?;
            self.signals.borrow_mut().truncate(told);
            self.heads.borrow_mut().clear();
        }
        done
    }

    /// Where the log of an account ends, as far as this transaction knows without looking.
    pub(super) fn head(&self, account: AccountId) -> Option<LogHead> {
        self.heads.borrow().get(&account).copied()
    }

    /// Remembers where the log of an account ends now.
    pub(super) fn remember_head(&self, account: AccountId, head: LogHead) {
        self.heads.borrow_mut().insert(account, head);
    }

    /// What listeners are to be told.
    pub(in crate::store) fn into_signals(self) -> Vec<Signal> {
        self.signals.into_inner()
    }

    /// Waits until nobody else writes about an account, and keeps others from it until the end.
    pub(in crate::store) fn lock_account(&self, account: AccountId) -> SqlResult<()> {
        self.lock(account.0)
    }

    /// Waits until nobody else writes about how a person signs in, and keeps others from it until the end.
    pub(in crate::store) fn lock_person(&self, user: UserId) -> SqlResult<()> {
        self.lock(-user.0)
    }

    /// Keeps others from claiming what waits for a destination, until the end. False where somebody else does that now.
    pub(super) fn try_lock_destination(&self, destination: &str) -> SqlResult<bool> {
        match self.connection {
            Connection::Sqlite(_) => Ok(true),
            Connection::Postgres(_) => {
                let sql = "SELECT pg_try_advisory_xact_lock(1, hashtext(?1))";
                self.connection.query_row(sql, [destination], |row| row.get(0))
            }
        }
    }

    fn lock(&self, key: i64) -> SqlResult<()> {
        match self.connection {
            // There is one writer.
            Connection::Sqlite(_) => Ok(()),
            Connection::Postgres(session) => session.lock(key),
        }
    }
}
