//! What is due although nobody did anything: conditions that have lasted long enough, answers that nothing confirmed. A
//! tick costs what is due, not what there is.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use beckon_core::decide;
use beckon_core::escalation::{Escalation, Head};
use beckon_core::id::{AccountId, EntityId, EscalationId, OrganizationId};
use beckon_core::time::{Timestamp, hours};

use super::columns::{micros, state};
use super::keep::{Loaded, keep};
use super::tx::Tx;
use super::{Result, StoreError, escalations, observe};
use crate::store::sql::{Connection, SqlResult};

/// The most that one transaction does, so that others get their turn.
const MOST: i64 = 200;

/// Tells whether anything is due at `now`.
pub(super) fn is_due(connection: &Connection, now: Timestamp) -> Result<bool> {
    let mut statement = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM conditions WHERE wait_until < ?1)
             OR EXISTS (SELECT 1 FROM escalations WHERE wake_at <= ?1)",
    )?;
    Ok(statement.query_row([micros(now)], |row| row.get(0))?)
}

/// Does what is due at `now`, or the first part of it.
pub(super) fn tick(tx: &Tx<'_>, now: Timestamp) -> Result<()> {
    let (mut waiting, mut asleep) = (waiting(tx.connection, now)?, asleep(tx.connection, now)?);
    // Whoever locks several accounts does it in their order. What another process did meanwhile is not done again: each is looked
    // at anew.
    let accounts: BTreeSet<AccountId> = waiting
        .iter()
        .map(|(account, ..)| *account)
        .chain(asleep.iter().map(|(account, _)| *account))
        .collect();
    for account in accounts {
        tx.lock_account(account)?;
    }
    tx.stands();
    let mut heads = heads(tx, &asleep)?;
    for (account, id, topic) in waiting.drain(..) {
        let judged = tx.apart(|| observe::judge(tx, account, id, &topic, now));
        let later =
            "UPDATE conditions SET wait_until = ?3 WHERE account_id = ?1 AND thing_id = ?2 AND topic = ?4";
        if set_aside(account, id.0, judged)? {
            let values = (account.0, id.0, micros(now + hours(1)), &topic);
            tx.connection.execute(later, values)?;
        }
    }
    for (account, id) in asleep.drain(..) {
        let known = heads.remove(&id).filter(|_| !tx.has_written(id));
        let woken = tx.apart(|| wake(tx, account, id, known, now));
        let later = "UPDATE escalations SET wake_at = ?3 WHERE account_id = ?1 AND id = ?2";
        if set_aside(account, id.0, woken)? {
            tx.connection.execute(later, (account.0, id.0, micros(now + hours(1))))?;
        }
    }
    Ok(())
}

/// Tells whether something always fails and is to be tried again much later, so that it does not keep the rest from its turn.
fn set_aside(account: AccountId, id: i64, done: Result<()>) -> Result<bool> {
    match done {
        Err(StoreError::Broken(why)) => {
            tracing::error!(%account, id, why, "what is due cannot be done; it is tried again in an hour");
            Ok(true)
        }
        done => done.map(|()| false),
    }
}

/// Reads the escalations that are to be woken, as far as they can be read, and what their organizations are called.
fn heads(tx: &Tx<'_>, asleep: &[(AccountId, EscalationId)]) -> Result<HashMap<EscalationId, Head>> {
    let keys: Vec<_> = asleep.iter().map(|(account, id)| (account.0, id.0)).collect();
    let read = tx.connection.query_each(
        "SELECT e.state, e.organization_id, o.name FROM escalations e
         LEFT JOIN organizations o ON o.account_id = e.account_id AND o.id = e.organization_id
         WHERE e.account_id = ?1 AND e.id = ?2",
        &keys,
        |row| {
            if let (Ok(Some(id)), Ok(Some(name))) = (row.get("organization_id"), row.get("name")) {
                tx.know_organization(OrganizationId(id), name);
            }
            // Whoever needs one that cannot be read finds that out then.
            Ok(state::<Head>(row, "state").ok())
        },
    )?;
    Ok(read.into_iter().flatten().flatten().map(|head| (head.id, head)).collect())
}

fn wake(
    tx: &Tx<'_>,
    account: AccountId,
    id: EscalationId,
    known: Option<Head>,
    now: Timestamp,
) -> Result<()> {
    let head = known.map_or_else(|| escalations::head(tx.connection, account, id), |head| Ok(Some(head)))?;
    let Some(head) = head else { return Ok(()) };
    // Only what concerns the answers about entities needs them.
    let escalation = match head.unheard_at() {
        Some(until) if now >= until => escalations::with_entities(tx.connection, head)?,
        _ => Escalation { head, entities: BTreeMap::new() },
    };
    let events = decide::wake(&escalation.head, now);
    keep(tx, account, &mut Loaded::from([(id, escalation)]), &events).map(drop)
}

fn waiting(connection: &Connection, now: Timestamp) -> Result<Vec<(AccountId, EntityId, String)>> {
    let mut statement = connection.prepare_cached(
        "SELECT account_id, thing_id, topic FROM conditions WHERE wait_until < ?1 ORDER BY wait_until LIMIT ?2",
    )?;
    let rows = statement.query_map((micros(now), MOST), |row| {
        Ok((AccountId(row.get(0)?), EntityId(row.get(1)?), row.get(2)?))
    })?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

fn asleep(connection: &Connection, now: Timestamp) -> Result<Vec<(AccountId, EscalationId)>> {
    let mut statement = connection.prepare_cached(
        "SELECT account_id, id FROM escalations WHERE wake_at <= ?1 ORDER BY wake_at LIMIT ?2",
    )?;
    let rows = statement
        .query_map((micros(now), MOST), |row| Ok((AccountId(row.get(0)?), EscalationId(row.get(1)?))))?;
    Ok(rows.collect::<SqlResult<_>>()?)
}
