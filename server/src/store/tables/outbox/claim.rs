//! Claiming: a worker takes what is due with a lease and a token of its own. Each destination has its own room, so that one
//! that hangs keeps nobody else waiting.

use std::time::Duration;

use beckon_core::id::{AccountId, DeliveryId};
use beckon_core::notice::Channel;
use beckon_core::time::Timestamp;

use super::Result;
use super::pace::Pace;
use crate::deliver::backoff::delta;
use crate::store::outbox::{Claim, EMAIL, LEASE, Room, SHORT_LEASE};
use crate::store::sql::{Connection, OptionalExtension as _, SqlResult, params};
use crate::store::tables::columns::micros;
use crate::store::tables::tx::Tx;

/// How many attempts at once, by channel. Mails share as many connections (`mail::smtp`); source of the number for PSAs: the
/// facts, "PSAs".
const fn most_at_once(channel: Channel) -> usize {
    match channel {
        Channel::Email | Channel::Webhook => 4,
        Channel::Psa => 3,
    }
}

/// Tells whether anything is due, or a lease has run out.
pub(in crate::store::tables) fn is_due(
    connection: &Connection,
    now: Timestamp,
    machine_now: Timestamp,
) -> Result<bool> {
    let sql = format!(
        "{DUE} SELECT EXISTS (SELECT 1 FROM due)
                   OR EXISTS (SELECT 1 FROM deliveries WHERE status = 'sending' AND lease_until <= ?2)"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    Ok(statement.query_row((micros(now), micros(machine_now)), |row| row.get(0))?)
}

/// The destinations for which something is due at `?1`: each that something waits for is found by one step through the index,
/// however much waits for it.
const DUE: &str = "WITH RECURSIVE waiting (destination) AS (
        SELECT min(destination) FROM deliveries WHERE status = 'waiting'
        UNION ALL
        SELECT (SELECT min(next.destination) FROM deliveries next
                WHERE next.status = 'waiting' AND next.destination > waiting.destination)
        FROM waiting WHERE waiting.destination IS NOT NULL
    ), due AS (
        SELECT waiting.destination, coalesce(known.failures, 0) > 0 AS failing,
               (SELECT min(first.not_before) FROM deliveries first
                WHERE first.status = 'waiting' AND first.destination = waiting.destination) AS since
        FROM waiting LEFT JOIN destinations known ON known.destination = waiting.destination
        WHERE waiting.destination IS NOT NULL AND (known.retry_at IS NULL OR known.retry_at <= ?1)
          AND EXISTS (SELECT 1 FROM deliveries first
                      WHERE first.status = 'waiting' AND first.destination = waiting.destination AND first.not_before <= ?1)
    )";

/// A destination for which something is due.
struct Due {
    destination: String,
    failing: bool,
}

/// Claims what is due and has room.
pub(in crate::store::tables) fn claim(
    tx: &Tx<'_>,
    room: &Room,
    now: Timestamp,
    machine_now: Timestamp,
) -> Result<Vec<Claim>> {
    expire(tx, &Ended::By(machine_now), now)?;
    if let Some(known) = &room.known {
        give_back(tx, room.node, known)?;
    }
    super::name_installation(tx)?;
    let mut claims = Vec::new();
    for due in due(tx.connection, now)? {
        let left = room.total.saturating_sub(claims.len());
        if left == 0 {
            break;
        }
        let channel = channel(&due.destination);
        // One attempt finds out whether a destination that failed is back.
        let most = if due.failing { 1 } else { most_at_once(channel) };
        let mut free = most.saturating_sub(busy(tx, room, &due.destination)?).min(left);
        if free == 0 || !tx.try_lock_destination(&due.destination)? {
            continue;
        }
        let mut pace = None;
        if due.destination == EMAIL {
            let pace = pace.insert(Pace::of(tx.connection, room.mails_per_second, machine_now)?);
            free = free.min(pace.allows());
        }
        let until = machine_now + delta(lease(channel));
        for (account, delivery, attempts) in first(tx.connection, &due.destination, free, now)? {
            let token = super::take_id(tx.connection, "claim")?;
            tx.connection
                .prepare_cached(
                    "UPDATE deliveries SET status = 'sending', token = ?3, lease_until = ?4, node = ?5, attempts = attempts + 1
                     WHERE account_id = ?1 AND id = ?2",
                )?
                .execute((account.0, delivery.0, token, micros(until), room.node))?;
            let destination = due.destination.clone();
            claims.push(Claim { account, delivery, token, number: attempts + 1, destination });
            if let Some(pace) = &mut pace {
                pace.spend();
            }
        }
        if let Some(pace) = pace {
            pace.keep(tx.connection)?;
        }
    }
    Ok(claims)
}

/// Tells which channel leads to a destination.
fn channel(destination: &str) -> Channel {
    match destination.split_once(':') {
        Some(("psa", _)) => Channel::Psa,
        Some(_) => Channel::Webhook,
        None => Channel::Email,
    }
}

/// Names the destinations for which something is due.
fn due(connection: &Connection, now: Timestamp) -> Result<Vec<Due>> {
    let sql = format!("{DUE} SELECT destination, failing FROM due ORDER BY since");
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement
        .query_map([micros(now)], |row| Ok(Due { destination: row.get(0)?, failing: row.get(1)? }))?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// How many attempts are under way to a destination: here, and by all who work on this database.
fn busy(tx: &Tx<'_>, room: &Room, destination: &str) -> Result<usize> {
    let everywhere: usize = tx
        .connection
        .prepare_cached("SELECT count(*) FROM deliveries WHERE destination = ?1 AND status = 'sending'")?
        .query_row([destination], |row| row.get(0))?;
    Ok(everywhere.max(room.busy.get(destination).copied().unwrap_or(0)))
}

/// Finds what is due first for a destination. What is told to one target of one escalation goes out in its order.
fn first(
    connection: &Connection,
    destination: &str,
    most: usize,
    now: Timestamp,
) -> Result<Vec<(AccountId, DeliveryId, u32)>> {
    let sql = format!(
        "SELECT d.account_id, d.id, d.attempts FROM deliveries d{index}
         WHERE d.destination = ?1 AND d.status = 'waiting' AND d.not_before <= ?2
           AND (d.channel = 'webhook' OR NOT EXISTS (
                           SELECT 1 FROM deliveries e
                           WHERE e.account_id = d.account_id AND e.escalation_id = d.escalation_id AND e.id < d.id
                             AND e.destination = d.destination AND e.target = d.target
                             AND e.status IN ('waiting', 'sending')))
         ORDER BY d.not_before, d.id LIMIT ?3{locked}",
        index = connection.indexed_by("deliveries_waiting"),
        locked = connection.skip_locked("d"),
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let rows = statement.query_map((destination, micros(now), most), |row| {
        Ok((AccountId(row.get(0)?), DeliveryId(row.get(1)?), row.get(2)?))
    })?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// Gives back what a server holds beyond what it knows of: that was claimed, and never begun.
fn give_back(tx: &Tx<'_>, node: i64, known: &[i64]) -> Result<()> {
    let mut statement = tx
        .connection
        .prepare_cached("SELECT token FROM deliveries WHERE status = 'sending' AND node = ?1")?;
    let held = statement.query_map([node], |row| row.get::<_, i64>(0))?.collect::<SqlResult<Vec<_>>>()?;
    for token in held.into_iter().filter(|token| !known.contains(token)) {
        tx.connection
            .prepare_cached(
                "UPDATE deliveries SET status = 'waiting', token = 0, lease_until = NULL, attempts = attempts - 1
                 WHERE status = 'sending' AND node = ?1 AND token = ?2",
            )?
            .execute((node, token))?;
    }
    Ok(())
}

/// What claims are taken back.
enum Ended {
    /// Those whose lease has run out by then.
    By(Timestamp),
    /// Those of one server.
    Of(i64),
    All,
}

/// Gives up claims: for a server that starts and knows that the one before is dead, or that nobody else works on this database.
pub(in crate::store::tables) fn abandon(tx: &Tx<'_>, node: Option<i64>, now: Timestamp) -> Result<()> {
    expire(tx, &node.map_or(Ended::All, Ended::Of), now)
}

/// Takes claims back. What became of the attempt is not known.
fn expire(tx: &Tx<'_>, ended: &Ended, now: Timestamp) -> Result<()> {
    let (by, node) = match ended {
        Ended::By(by) => (micros(*by), None),
        Ended::Of(node) => (i64::MAX, Some(*node)),
        Ended::All => (i64::MAX, None),
    };
    let sql = format!(
        "SELECT account_id, id, attempts FROM deliveries
         WHERE status = 'sending' AND lease_until <= ?1 AND (node = ?2 OR ?2 IS NULL){}",
        tx.connection.skip_locked("deliveries")
    );
    let mut statement = tx.connection.prepare_cached(&sql)?;
    let rows = statement.query_map(params![by, node], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(1)?, row.get::<_, u32>(2)?))
    })?;
    let expired: Vec<_> = rows.collect::<SqlResult<_>>()?;
    for (account, id, number) in expired {
        take_back(tx, account, id, number, now)?;
    }
    Ok(())
}

/// Lets claims hold on.
pub(in crate::store::tables) fn renew(tx: &Tx<'_>, claims: &[Claim], machine_now: Timestamp) -> Result<()> {
    for claim in claims {
        hold(tx, claim, machine_now)?;
    }
    Ok(())
}

/// Lets a claim hold on.
pub(super) fn hold(tx: &Tx<'_>, claim: &Claim, machine_now: Timestamp) -> Result<()> {
    let until = machine_now + delta(lease(channel(&claim.destination)));
    tx.connection
        .prepare_cached(
            "UPDATE deliveries SET lease_until = ?4 WHERE account_id = ?1 AND id = ?2 AND token = ?3 AND status = 'sending'",
        )?
        .execute((claim.account.0, claim.delivery.0, claim.token, micros(until)))?;
    Ok(())
}

/// How long a claim holds.
const fn lease(channel: Channel) -> Duration {
    match channel {
        Channel::Psa => LEASE,
        Channel::Email | Channel::Webhook => SHORT_LEASE,
    }
}

/// Gives up claims. Those of tickets wait for the end of their lease.
pub(in crate::store::tables) fn release(tx: &Tx<'_>, claims: &[Claim], now: Timestamp) -> Result<()> {
    for claim in claims.iter().filter(|claim| channel(&claim.destination) != Channel::Psa) {
        let sql = format!(
            "SELECT 1 FROM deliveries WHERE account_id = ?1 AND id = ?2 AND token = ?3 AND status = 'sending'{}",
            tx.connection.for_update()
        );
        let mut statement = tx.connection.prepare_cached(&sql)?;
        let held = statement
            .query_row((claim.account.0, claim.delivery.0, claim.token), |row| row.get::<_, i64>(0))
            .optional()?;
        if held.is_some() {
            take_back(tx, claim.account.0, claim.delivery.0, claim.number, now)?;
        }
    }
    Ok(())
}

fn take_back(tx: &Tx<'_>, account: i64, id: i64, number: u32, now: Timestamp) -> Result<()> {
    const WHY: &str = "The server stopped in the middle; whether it arrived is not known";
    tx.connection
        .prepare_cached(
            "UPDATE deliveries SET status = 'waiting', doubt = 1, token = 0, lease_until = NULL, not_before = ?3,
                                   last_error = ?4 WHERE account_id = ?1 AND id = ?2",
        )?
        .execute((account, id, micros(now), WHY))?;
    tx.connection
        .prepare_cached(
            "INSERT INTO attempts (account_id, delivery_id, number, at, duration_ms, outcome, detail)
             VALUES (?1, ?2, ?3, ?4, 0, 'doubt', ?5) ON CONFLICT DO NOTHING",
        )?
        .execute((account, id, number, micros(now), WHY))?;
    Ok(())
}
