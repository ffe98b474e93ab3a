//! A transaction that writes.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use beckon_core::api::ChangeSignal;
use beckon_core::id::{AccountId, EscalationId, OrganizationId, UserId};

use crate::store::sql::{Connection, SqlResult};
use crate::store::tables::columns::take_ids;
use crate::store::tables::notices::Audience;
use crate::store::tables::people;
use crate::store::{Result, Signal, StoreError};

/// A transaction that writes.
pub(in crate::store) struct Tx<'c> {
    /// The connection, inside the transaction.
    pub(in crate::store) connection: &'c Connection,
    signals: RefCell<Vec<Signal>>,
    /// Where the logs end that this transaction wrote in.
    heads: RefCell<HashMap<AccountId, LogHead>>,
    /// Numbers for deliveries.
    numbers: RefCell<Numbers>,
    /// The destinations that this transaction has seen to.
    destinations: RefCell<HashSet<(i64, String)>>,
    /// What does not change while it lasts, where it said so.
    standing: RefCell<Option<Standing>>,
    /// The escalations that it has written.
    written: RefCell<HashSet<EscalationId>>,
}

/// How many numbers for deliveries a transaction takes one by one.
const FEW: usize = 8;

/// How many it takes at once then.
const BLOCK: usize = 64;

/// What does not change while a transaction lasts.
#[derive(Default)]
struct Standing {
    audiences: HashMap<AccountId, Rc<Audience>>,
    organizations: HashMap<OrganizationId, String>,
}

/// Numbers that a transaction takes.
#[derive(Default)]
struct Numbers {
    taken: usize,
    left: VecDeque<i64>,
}

/// The number of the last event of a log, and its hash.
pub(super) type LogHead = (i64, [u8; 32]);

impl<'c> Tx<'c> {
    pub(in crate::store) fn new(connection: &'c Connection) -> Self {
        Self {
            connection,
            signals: RefCell::default(),
            heads: RefCell::default(),
            numbers: RefCell::default(),
            destinations: RefCell::default(),
            standing: RefCell::default(),
            written: RefCell::default(),
        }
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
        self.connection.begin_part()?;
        let told = self.signals.borrow().len();
        let panicked = |_| Err(StoreError::Broken("it ended in a panic".to_owned()));
        let done = catch_unwind(AssertUnwindSafe(what)).unwrap_or_else(panicked);
        if done.is_ok() {
            self.connection.end_part()?;
        } else {
            self.connection.undo_part()?;
            self.signals.borrow_mut().truncate(told);
            self.heads.borrow_mut().clear();
            self.destinations.borrow_mut().clear();
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

    /// Takes a number for a delivery. A transaction that queues many takes them in blocks, and leaves a gap; in the embedded database,
    /// where taking one costs next to nothing, it does not.
    pub(super) fn delivery_number(&self) -> Result<i64> {
        let mut numbers = self.numbers.borrow_mut();
        if numbers.left.is_empty() {
            let many = matches!(self.connection, Connection::Postgres(_)) && numbers.taken >= FEW;
            numbers.left = take_ids(self.connection, "delivery", if many { BLOCK } else { 1 })?.into();
        }
        numbers.taken += 1;
        numbers.left.pop_front().ok_or_else(|| StoreError::Unavailable("no number for a delivery".to_owned()))
    }

    /// Tells whether a destination of an account, 0 for the installation's, is one that this transaction has not seen to yet.
    pub(super) fn is_new_destination(&self, account: i64, destination: &str) -> bool {
        self.destinations.borrow_mut().insert((account, destination.to_owned()))
    }

    /// Says that nobody's name, membership, settings, integrations or webhooks change in this transaction: they are asked for once.
    pub(super) fn stands(&self) {
        self.standing.borrow_mut().get_or_insert_default();
    }

    /// Returns who hears of what happens in an account.
    pub(super) fn audience(&self, account: AccountId) -> Result<Rc<Audience>> {
        if let Some(known) = self.standing.borrow().as_ref().and_then(|all| all.audiences.get(&account)) {
            return Ok(Rc::clone(known));
        }
        let audience = Rc::new(Audience::of(self.connection, account)?);
        if let Some(all) = self.standing.borrow_mut().as_mut() {
            all.audiences.insert(account, Rc::clone(&audience));
        }
        Ok(audience)
    }

    /// Returns what an organization is called; none where it is not there.
    pub(super) fn organization_name(&self, id: OrganizationId) -> Result<Option<String>> {
        if let Some(known) = self.standing.borrow().as_ref().and_then(|all| all.organizations.get(&id)) {
            return Ok(Some(known.clone()));
        }
        let name = people::organization(self.connection, id)?.map(|found| found.name);
        if let Some(name) = &name {
            self.know_organization(id, name.clone());
        }
        Ok(name)
    }

    /// Notes what an organization is called.
    pub(super) fn know_organization(&self, id: OrganizationId, name: String) {
        if let Some(all) = self.standing.borrow_mut().as_mut() {
            all.organizations.insert(id, name);
        }
    }

    /// Notes that an escalation is written.
    pub(super) fn wrote(&self, id: EscalationId) {
        self.written.borrow_mut().insert(id);
    }

    /// Tells whether an escalation may be another than it was when this transaction began.
    pub(super) fn has_written(&self, id: EscalationId) -> bool {
        self.written.borrow().contains(&id)
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
