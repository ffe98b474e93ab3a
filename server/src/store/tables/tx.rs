//! A transaction that writes.

use std::cell::RefCell;

use beckon_core::api::ChangeSignal;
use beckon_core::id::{AccountId, UserId};

use crate::store::Signal;
use crate::store::sql::{Connection, SqlResult};

/// A transaction that writes.
pub(in crate::store) struct Tx<'c> {
    /// The connection, inside the transaction.
    pub(in crate::store) connection: &'c Connection,
    signals: RefCell<Vec<Signal>>,
}

impl<'c> Tx<'c> {
    pub(in crate::store) fn new(connection: &'c Connection) -> Self {
        Self { connection, signals: RefCell::default() }
    }

    /// Tells listeners of a change, once it is committed.
    pub(super) fn signal(&self, account: AccountId, change: ChangeSignal) {
        let signal = Signal { account, change };
        let mut signals = self.signals.borrow_mut();
        if !signals.contains(&signal) {
            signals.push(signal);
        }
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
