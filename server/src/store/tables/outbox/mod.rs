//! The outbox: deliveries are queued in the transaction that causes them, claimed with a lease and a fencing token, and kept
//! with all their attempts.

use beckon_core::api::ChangeSignal;
use beckon_core::api::delivery::DeliveryBody;
use beckon_core::id::{AccountId, DeliveryId, EscalationId};
use beckon_core::time::Timestamp;

use super::columns::{micros, take_id};
use super::tx::Tx;
use super::{Result, log};
use crate::deliver::backoff;
use crate::store::outbox::{EMAIL, Task};
use crate::store::sql::{Connection, OptionalExtension as _, ToValue, params};

mod claim;
mod errand;
mod finish;
mod health;
mod list;
mod outcome;
mod pace;

pub(super) use claim::{abandon, claim, is_due, release, renew};
pub(super) use errand::{errand, told};
pub(super) use finish::{begin_ticket, finish, set_aside};
pub(super) use health::health;
pub(super) use list::{attempts, cancel_unsent, find, list, resend, try_now, unsent};
pub(super) use outcome::observe_report;

/// Something to queue.
pub(super) struct Queued<'a> {
    /// Whose.
    pub(super) account: AccountId,
    /// What it is about.
    pub(super) escalation: Option<EscalationId>,
    /// To whom, for people.
    pub(super) recipient: &'a str,
    /// What to do.
    pub(super) task: Task,
    /// The integration under whose name it was reported that it fails.
    pub(super) reported: Option<String>,
}

/// Queues something.
pub(super) fn queue(tx: &Tx<'_>, queued: &Queued<'_>, now: Timestamp) -> Result<DeliveryId> {
    let id = tx.delivery_number()?;
    let channel: &str = queued.task.channel().into();
    let destination = queued.task.destination();
    tx.connection
        .prepare_cached(
            "INSERT INTO deliveries (account_id, id, escalation_id, channel, destination, target, recipient, reason, task,
                                     status, attempts, doubt, reported, not_before, give_up_at, token, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'waiting', 0, 0, ?10, ?11, ?12, 0, ?11)",
        )?
        .execute(params![
            queued.account.0,
            id,
            queued.escalation.map(|id| id.0),
            channel,
            destination,
            queued.task.target(),
            queued.recipient,
            queued.task.reason(),
            serde_json::to_string(&queued.task)?,
            queued.reported,
            micros(now),
            micros(backoff::give_up_at(now)),
        ])?;
    let holder = if destination == EMAIL { 0 } else { queued.account.0 };
    if tx.is_new_destination(holder, &destination) {
        let sql = "INSERT INTO destinations (account_id, destination) VALUES (?1, ?2) ON CONFLICT DO NOTHING";
        tx.connection.execute(sql, (holder, &destination))?;
    }
    signal(tx, queued.account, queued.escalation)?;
    Ok(DeliveryId(id))
}

/// Queues something, and shows it.
pub(super) fn queue_shown(tx: &Tx<'_>, queued: &Queued<'_>, now: Timestamp) -> Result<DeliveryBody> {
    let id = queue(tx, queued, now)?;
    find(tx.connection, id)?
        .ok_or_else(|| super::StoreError::Unavailable(format!("delivery {id} is missing")))
}

/// Tells whoever watches that a delivery changed. It is no event of the log, so it carries the number of the last one.
fn signal(tx: &Tx<'_>, account: AccountId, escalation: Option<EscalationId>) -> Result<()> {
    let seq = tx.head(account).map_or_else(|| log::last(tx.connection, account), |(seq, _)| Ok(seq))?;
    let change = ChangeSignal { seq, escalation_id: escalation, event: "delivery".to_owned() };
    tx.signal(account, change);
    Ok(())
}

/// Cancels what waits for `account` and is told apart by `condition`, a piece of SQL over `?2`; `why` is for people.
pub(super) fn cancel(
    tx: &Tx<'_>,
    account: AccountId,
    condition: &str,
    value: &dyn ToValue,
    why: &str,
    now: Timestamp,
) -> Result<usize> {
    let sql = format!(
        "UPDATE deliveries SET status = 'canceled', finished_at = ?3, last_error = ?4
         WHERE account_id = ?1 AND status = 'waiting' AND {condition}"
    );
    Ok(tx.connection.prepare_cached(&sql)?.change(params![account.0, value, micros(now), why])?)
}

/// Makes up the name of this installation where it has none yet. It tells our tickets from those of others in the same PSA.
fn name_installation(tx: &Tx<'_>) -> Result<()> {
    if installation(tx.connection)?.is_some() {
        return Ok(());
    }
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).map_err(|error| {
        super::StoreError::Unavailable(format!("the system gives no random bytes: {error}"))
    })?;
    let name = format!("{:08x}", u32::from_be_bytes(bytes));
    tx.connection.execute("INSERT INTO settings (name, value) VALUES ('installation', ?1)", [&name])?;
    Ok(())
}

/// Returns the name of this installation; none before the first claim.
fn installation(connection: &Connection) -> Result<Option<String>> {
    let sql = "SELECT value FROM settings WHERE name = 'installation'";
    Ok(connection.prepare_cached(sql)?.query_row((), |row| row.get(0)).optional()?)
}
