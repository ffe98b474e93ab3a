//! How long an account keeps what it does not need any more. What is removed leaves the hashes of its events, so that the log can still be
//! checked.

use beckon_core::id::{AccountId, EscalationId};
use beckon_core::retention::Retention;
use beckon_core::time::Timestamp;

use super::columns::micros;
use super::tx::Tx;
use super::{Result, chain};
use crate::store::sql::{Connection, OptionalExtension as _, SqlResult, params};

/// How many escalations one transaction removes.
const ESCALATIONS: i64 = 100;

/// How many observations one transaction removes.
const OBSERVATIONS: i64 = 1_000;

/// For how long an account keeps what; none where there is no such account.
pub(super) fn of(connection: &Connection, account: AccountId) -> Result<Option<Retention>> {
    let mut statement = connection
        .prepare_cached("SELECT keep_observations, keep_escalations FROM accounts WHERE id = ?1")?;
    let found = statement.query_row([account.0], |row| {
        Ok(Retention {
            observations: row.get("keep_observations")?,
            escalations: row.get("keep_escalations")?,
        })
    });
    Ok(found.optional()?)
}

/// Sets for how long an account keeps what. False where there is no such account.
pub(super) fn set(tx: &Tx<'_>, account: AccountId, retention: Retention) -> Result<bool> {
    let changed = tx
        .connection
        .prepare_cached("UPDATE accounts SET keep_observations = ?2, keep_escalations = ?3 WHERE id = ?1")?
        .change(params![account.0, retention.observations, retention.escalations])?;
    Ok(changed == 1)
}

/// The accounts that do not keep everything for ever.
pub(super) fn accounts(connection: &Connection) -> Result<Vec<AccountId>> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM accounts WHERE keep_observations IS NOT NULL OR keep_escalations IS NOT NULL ORDER BY id",
    )?;
    let rows = statement.query_map((), |row| row.get(0).map(AccountId))?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// Removes a part of what an account keeps no longer; tells whether there was anything.
pub(super) fn purge(tx: &Tx<'_>, account: AccountId, now: Timestamp) -> Result<bool> {
    let Some(kept) = of(tx.connection, account)? else { return Ok(false) };
    let mut any = false;
    if let Some(since) = kept.observations_since(now) {
        any |= observations(tx, account, micros(since))?;
    }
    if let Some(since) = kept.escalations_since(now) {
        any |= escalations(tx, account, micros(since), now)?;
    }
    Ok(any)
}

/// Removes observations from before a moment. What was read last of an endpoint or a tenant stays: later ones are compared with it.
fn observations(tx: &Tx<'_>, account: AccountId, before: i64) -> Result<bool> {
    let mut statement = tx.connection.prepare_cached(
        "SELECT o.id FROM observations o WHERE o.account_id = ?1 AND o.observed_at < ?2
           AND (o.thing_id IS NULL OR EXISTS (
                    SELECT 1 FROM observations n WHERE n.account_id = o.account_id AND n.thing_id = o.thing_id
                      AND n.topic = o.topic AND n.observed_at > o.observed_at))
         LIMIT ?3",
    )?;
    let rows = statement.query_map((account.0, before, OBSERVATIONS), |row| row.get::<_, String>(0))?;
    let old: Vec<String> = rows.collect::<SqlResult<_>>()?;
    let mut delete =
        tx.connection.prepare_cached("DELETE FROM observations WHERE account_id = ?1 AND id = ?2")?;
    for id in &old {
        delete.execute((account.0, id))?;
    }
    Ok(!old.is_empty())
}

/// Removes escalations that were resolved before a moment, with everything that belongs to them.
fn escalations(tx: &Tx<'_>, account: AccountId, before: i64, now: Timestamp) -> Result<bool> {
    let mut statement = tx.connection.prepare_cached(
        "SELECT id FROM escalations WHERE account_id = ?1 AND open = 0 AND updated_at < ?2 AND resolved_at < ?2
         ORDER BY updated_at, id LIMIT ?3",
    )?;
    let rows = statement.query_map((account.0, before, ESCALATIONS), |row| row.get(0).map(EscalationId))?;
    let old: Vec<EscalationId> = rows.collect::<SqlResult<_>>()?;
    if old.is_empty() {
        return Ok(false);
    }
    chain::remove(tx, account, &old, now)?;
    for id in &old {
        tx.connection
            .prepare_cached(
                "DELETE FROM attempts WHERE account_id = ?1 AND delivery_id IN
                     (SELECT id FROM deliveries WHERE account_id = ?1 AND escalation_id = ?2)",
            )?
            .execute((account.0, id.0))?;
        for table in ["deliveries", "tickets", "entities", "remedies"] {
            let sql = format!("DELETE FROM {table} WHERE account_id = ?1 AND escalation_id = ?2");
            tx.connection.prepare_cached(&sql)?.execute((account.0, id.0))?;
        }
        tx.connection
            .prepare_cached("DELETE FROM escalations WHERE account_id = ?1 AND id = ?2")?
            .execute((account.0, id.0))?;
    }
    Ok(true)
}
