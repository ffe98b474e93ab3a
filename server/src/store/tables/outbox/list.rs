//! Deliveries: listed, shown with their attempts, sent again.

use beckon_core::api::delivery::{AttemptBody, DeliveryBody, DeliveryStatus};
use beckon_core::error::Refusal;
use beckon_core::id::{AccountId, DeliveryId, EscalationId, IntegrationId};
use beckon_core::time::Timestamp;

use super::{Result, signal};
use crate::deliver::backoff;
use crate::store::outbox::{DeliveryQuery, Task, psa_destination, webhook_destination};
use crate::store::sql::{Connection, Error, OptionalExtension as _, Row, SqlResult, params};
use crate::store::tables::columns::{micros, optional_time, state, time, word};
use crate::store::tables::log::limit;
use crate::store::tables::tx::Tx;
use crate::store::{Cursor, PageOf};

/// The most attempts that are shown of a delivery.
const MOST_ATTEMPTS: i64 = 50;

const DELIVERY: &str =
    "SELECT account_id, id, escalation_id, channel, recipient, address, reason, task, status, attempts, last_error,
       created_at, not_before, finished_at FROM deliveries";

fn read(row: &Row<'_>) -> SqlResult<DeliveryBody> {
    // One that cannot be read any more is listed all the same: it was not delivered.
    let label = match state::<Task>(row, "task") {
        Ok(task) => task.reason_label(),
        Err(Error::Unreadable { .. }) => "It cannot be read".to_owned(),
        Err(error) => return Err(error),
    };
    let status: DeliveryStatus = word(row, "status")?;
    let account: i64 = row.get("account_id")?;
    let next = time(row, "not_before")?;
    Ok(DeliveryBody {
        id: DeliveryId(row.get("id")?),
        account_id: (account != 0).then_some(AccountId(account)),
        escalation_id: row.get::<_, Option<i64>>("escalation_id")?.map(EscalationId),
        channel: word(row, "channel")?,
        to: row.get("recipient")?,
        address: row.get("address")?,
        reason: row.get("reason")?,
        reason_label: label,
        status,
        attempts: row.get("attempts")?,
        last_error: row.get("last_error")?,
        created_at: time(row, "created_at")?,
        next_attempt_at: (status == DeliveryStatus::Waiting).then_some(next),
        finished_at: optional_time(row, "finished_at")?,
    })
}

/// Lists deliveries, newest first.
pub(in crate::store::tables) fn list(
    connection: &Connection,
    query: DeliveryQuery,
    page: Cursor,
) -> Result<PageOf<DeliveryBody>> {
    let sql = format!(
        "{DELIVERY} WHERE account_id = ?1 AND (escalation_id = ?2 OR ?2 IS NULL) AND (status = ?3 OR ?3 IS NULL)
           AND (channel = ?4 OR ?4 IS NULL) AND (destination = ?5 OR ?5 IS NULL) AND (id < ?6 OR ?6 IS NULL)
         ORDER BY id DESC LIMIT ?7"
    );
    let status: Option<&str> = query.status.map(Into::into);
    let channel: Option<&str> = query.channel.map(Into::into);
    let mut statement = connection.prepare_cached(&sql)?;
    let bounds = params![
        query.account.map_or(0, |account| account.0),
        query.escalation.map(|id| id.0),
        status,
        channel,
        query.webhook.map(webhook_destination),
        page.after,
        limit(page),
    ];
    let rows = statement.query_map(bounds, |row| Ok((row.get::<_, i64>("id")?, read(row)?)))?;
    Ok(PageOf::cut(rows.collect::<SqlResult<_>>()?, page.limit))
}

/// Finds a delivery.
pub(in crate::store::tables) fn find(
    connection: &Connection,
    id: DeliveryId,
) -> Result<Option<DeliveryBody>> {
    let mut statement = connection.prepare_cached(&format!("{DELIVERY} WHERE id = ?1"))?;
    Ok(statement.query_row([id.0], read).optional()?)
}

/// Lists the latest attempts of a delivery, newest first.
pub(in crate::store::tables) fn attempts(
    connection: &Connection,
    id: DeliveryId,
) -> Result<Vec<AttemptBody>> {
    let mut statement = connection.prepare_cached(
        "SELECT a.number, a.at, a.duration_ms, a.outcome, a.code, a.detail FROM attempts a
         JOIN deliveries d ON d.account_id = a.account_id AND d.id = a.delivery_id
         WHERE d.id = ?1 ORDER BY a.number DESC LIMIT ?2",
    )?;
    let rows = statement.query_map((id.0, MOST_ATTEMPTS), |row| {
        Ok(AttemptBody {
            number: row.get("number")?,
            at: time(row, "at")?,
            duration_ms: row.get::<_, i64>("duration_ms")?.unsigned_abs(),
            outcome: row.get("outcome")?,
            code: row.get("code")?,
            detail: row.get("detail")?,
        })
    })?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// Sends a delivery again that has ended. One that waits is tried at once.
pub(in crate::store::tables) fn resend(
    tx: &Tx<'_>,
    account: AccountId,
    id: DeliveryId,
    now: Timestamp,
) -> Result<DeliveryBody> {
    let found = find(tx.connection, id)?.filter(|found| found.account_id.unwrap_or(AccountId(0)) == account);
    let found = found.ok_or(Refusal::Invisible)?;
    found.status.check_resend()?;
    send_again(tx, account, id, now)?;
    find(tx.connection, id)?.ok_or_else(|| Refusal::Invisible.into())
}

/// Puts a delivery back to wait, with three more days. Whether it arrived before is looked up where that can be.
pub(super) fn send_again(tx: &Tx<'_>, account: AccountId, id: DeliveryId, now: Timestamp) -> Result<()> {
    let row = tx
        .connection
        .prepare_cached(
            "UPDATE deliveries SET status = 'waiting', doubt = 1, not_before = ?3, give_up_at = ?4, finished_at = NULL,
                                   token = 0, lease_until = NULL
             WHERE account_id = ?1 AND id = ?2 RETURNING destination, escalation_id",
        )?
        .query_row(
            (account.0, id.0, micros(now), micros(backoff::give_up_at(now))),
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, Option<i64>>(1)?)),
        )
        .optional()?;
    let Some((destination, escalation)) = row else { return Ok(()) };
    // Whoever asks for it does not want to wait for a destination that failed before.
    tx.connection
        .prepare_cached("UPDATE destinations SET retry_at = NULL WHERE destination = ?1")?
        .execute([&destination])?;
    signal(tx, account, escalation.map(EscalationId))
}

/// Names what could not be delivered through an integration, oldest first.
pub(super) fn undelivered(
    connection: &Connection,
    account: AccountId,
    integration: IntegrationId,
) -> Result<Vec<DeliveryId>> {
    let mut statement = connection.prepare_cached(
        "SELECT id FROM deliveries WHERE account_id = ?1 AND status = 'undelivered' AND destination = ?2
           AND reported IS NOT NULL ORDER BY id",
    )?;
    let rows =
        statement.query_map((account.0, psa_destination(integration)), |row| Ok(DeliveryId(row.get(0)?)))?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// Tells whether anything about an escalation that was reported as undeliverable still is, or waits to be tried again.
pub(super) fn is_stuck(
    connection: &Connection,
    account: AccountId,
    escalation: EscalationId,
) -> Result<bool> {
    let mut statement = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM deliveries WHERE account_id = ?1 AND escalation_id = ?2 AND reported IS NOT NULL
                          AND status IN ('undelivered', 'waiting', 'sending'))",
    )?;
    Ok(statement.query_row((account.0, escalation.0), |row| row.get(0))?)
}

/// Notes under which integration's name it was reported that a delivery failed.
pub(super) fn mark_reported(tx: &Tx<'_>, account: AccountId, id: i64, slug: &str) -> Result<()> {
    tx.connection
        .prepare_cached("UPDATE deliveries SET reported = ?3 WHERE account_id = ?1 AND id = ?2")?
        .execute((account.0, id, slug))?;
    Ok(())
}

/// Names the escalations about which something waits for an integration or could not be delivered through it, and whether the
/// latter was reported.
pub(in crate::store::tables) fn unsent(
    connection: &Connection,
    account: AccountId,
    integration: IntegrationId,
) -> Result<Vec<(EscalationId, bool)>> {
    let task = connection.json("task", &["task"]);
    let sql = format!(
        "SELECT escalation_id, count(reported) > 0 FROM deliveries
         WHERE account_id = ?1 AND destination = ?2 AND escalation_id IS NOT NULL AND {task} = 'ticket'
           AND (status = 'waiting' OR (status = 'undelivered' AND reported IS NOT NULL))
         GROUP BY escalation_id ORDER BY escalation_id"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map((account.0, psa_destination(integration)), |row| {
        Ok((EscalationId(row.get(0)?), row.get(1)?))
    })?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// Cancels what [`unsent`] names about one escalation.
pub(in crate::store::tables) fn cancel_unsent(
    tx: &Tx<'_>,
    account: AccountId,
    integration: IntegrationId,
    escalation: EscalationId,
    why: &str,
    now: Timestamp,
) -> Result<()> {
    let task = tx.connection.json("task", &["task"]);
    let sql = format!(
        "UPDATE deliveries SET status = 'canceled', finished_at = ?4, last_error = ?5
         WHERE account_id = ?1 AND destination = ?2 AND escalation_id = ?3 AND {task} = 'ticket'
           AND (status = 'waiting' OR (status = 'undelivered' AND reported IS NOT NULL))"
    );
    tx.connection.prepare_cached(&sql)?.execute(params![
        account.0,
        psa_destination(integration),
        escalation.0,
        micros(now),
        why
    ])?;
    Ok(())
}

/// Lets a destination be tried at once, whatever failed before.
pub(in crate::store::tables) fn try_now(tx: &Tx<'_>, integration: IntegrationId) -> Result<()> {
    tx.connection
        .prepare_cached("UPDATE destinations SET retry_at = NULL WHERE destination = ?1")?
        .execute([psa_destination(integration)])?;
    Ok(())
}
