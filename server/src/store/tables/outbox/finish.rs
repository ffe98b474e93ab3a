//! The end of an attempt: kept under the token of its claim, with what it learned; then the next one is planned, or it was
//! the last.

use beckon_core::id::{AccountId, EscalationId, IntegrationId};
use beckon_core::notice::Channel;
use beckon_core::time::Timestamp;

use super::{Result, claim, outcome, signal};
use crate::deliver::backoff::{self, delta};
use crate::deliver::outcome::{Failed, Failure, Standing};
use crate::store::outbox::{Attempt, Claim, Ended, Task, TicketNews};
use crate::store::sql::{OptionalExtension as _, params};
use crate::store::tables::columns::{micros, state, time};
use crate::store::tables::escalations;
use crate::store::tables::tx::Tx;

/// A delivery whose attempt ends, as it is kept.
pub(super) struct Held {
    pub(super) account: AccountId,
    pub(super) id: i64,
    pub(super) escalation: Option<EscalationId>,
    pub(super) task: Task,
    pub(super) destination: String,
    pub(super) attempts: u32,
    pub(super) give_up_at: Timestamp,
    pub(super) reported: Option<String>,
}

/// Finds what a claim holds; none where another worker holds it by now.
fn held(tx: &Tx<'_>, claim: &Claim) -> Result<Option<Held>> {
    let sql = format!(
        "SELECT escalation_id, task, destination, attempts, give_up_at, reported FROM deliveries
         WHERE account_id = ?1 AND id = ?2 AND token = ?3 AND status = 'sending'{}",
        tx.connection.for_update()
    );
    let mut statement = tx.connection.prepare_cached(&sql)?;
    let found = statement.query_row((claim.account.0, claim.delivery.0, claim.token), |row| {
        Ok(Held {
            account: claim.account,
            id: claim.delivery.0,
            escalation: row.get::<_, Option<i64>>("escalation_id")?.map(EscalationId),
            task: state(row, "task")?,
            destination: row.get("destination")?,
            attempts: row.get("attempts")?,
            give_up_at: time(row, "give_up_at")?,
            reported: row.get("reported")?,
        })
    });
    Ok(found.optional()?)
}

/// Notes that a ticket is about to be made: whatever happens then, it is searched for first. Tells whether the claim still
/// holds; where not, nothing may be made.
pub(in crate::store::tables) fn begin_ticket(
    tx: &Tx<'_>,
    claim: &Claim,
    machine_now: Timestamp,
) -> Result<bool> {
    let Some(held) = held(tx, claim)? else { return Ok(false) };
    let Task::Ticket { integration, .. } = held.task else { return Ok(false) };
    let Some(escalation) = held.escalation else { return Ok(false) };
    tx.connection
        .prepare_cached(
            "INSERT INTO tickets (account_id, escalation_id, integration_id, doubt) VALUES (?1, ?2, ?3, 1)
             ON CONFLICT (account_id, escalation_id, integration_id) DO UPDATE SET doubt = 1, searched_at = NULL",
        )?
        .execute((held.account.0, escalation.0, integration.0))?;
    claim::hold(tx, claim, machine_now)?;
    Ok(true)
}

/// Ends a delivery that cannot be carried out because it cannot be read, whatever it says.
pub(in crate::store::tables) fn set_aside(
    tx: &Tx<'_>,
    claim: &Claim,
    why: &str,
    now: Timestamp,
) -> Result<()> {
    tx.connection
        .prepare_cached(
            "UPDATE deliveries SET status = 'undelivered', last_error = ?4, finished_at = ?5, lease_until = NULL, token = 0
             WHERE account_id = ?1 AND id = ?2 AND token = ?3",
        )?
        .execute((claim.account.0, claim.delivery.0, claim.token, why, micros(now)))?;
    signal(tx, claim.account, None)
}

/// Keeps how an attempt ended. Tells whether the claim still held; where not, nothing was kept but what is known of the
/// ticket.
pub(in crate::store::tables) fn finish(
    tx: &Tx<'_>,
    claim: &Claim,
    attempt: &Attempt,
    now: Timestamp,
) -> Result<bool> {
    let Some(held) = held(tx, claim)? else { return Ok(false) };
    log(tx, &held, attempt)?;
    if let (Task::Ticket { integration, .. }, Some(escalation), Some(news)) =
        (&held.task, held.escalation, &attempt.ticket)
    {
        keep_ticket(tx, held.account, escalation, *integration, news, now)?;
    }
    match &attempt.ended {
        Ended::Delivered { address } => {
            end(tx, &held, "delivered", address.as_deref(), None, now)?;
            succeeded(tx, &held, now)?;
            outcome::delivered(tx, &held, now)?;
        }
        Ended::Needless(why) => end(tx, &held, "canceled", None, Some(why), now)?,
        Ended::Later { wait, why } => again(tx, &held, now + delta(*wait), false, why)?,
        Ended::Failed(failed) => {
            note_failure(tx, &held, failed, attempt, now)?;
            failed_attempt(tx, &held, failed, attempt.jitter, now)?;
        }
    }
    signal(tx, held.account, held.escalation)?;
    Ok(true)
}

/// Plans the next attempt after one that failed, or gives up.
fn failed_attempt(tx: &Tx<'_>, held: &Held, failed: &Failed, jitter: f64, now: Timestamp) -> Result<()> {
    if failed.failure == Failure::Gone {
        crate::store::tables::webhooks::switch_off(tx, held.task.target(), &failed.detail)?;
    }
    if !failed.is_final() && held.task.is_for_the_open() && !is_open(tx, held)? {
        let why = "Resolved before it went out";
        return end(tx, held, "canceled", None, Some(why), now);
    }
    match backoff::next(&held.task, failed, held.attempts, held.give_up_at, jitter, now) {
        Some(next) => again(tx, held, next, failed.failure == Failure::Doubt, &failed.detail),
        None => given_up(tx, held, &failed.detail, now),
    }
}

/// Tells whether what it is about still waits for an answer, if it is about an escalation at all.
fn is_open(tx: &Tx<'_>, held: &Held) -> Result<bool> {
    let Some(id) = held.escalation else { return Ok(true) };
    Ok(escalations::head(tx.connection, held.account, id)?.is_some_and(|head| head.is_open()))
}

fn given_up(tx: &Tx<'_>, held: &Held, why: &str, now: Timestamp) -> Result<()> {
    end(tx, held, "undelivered", None, Some(why), now)?;
    outcome::undelivered(tx, held, why, now)
}

fn end(
    tx: &Tx<'_>,
    held: &Held,
    status: &str,
    address: Option<&str>,
    error: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    tx.connection
        .prepare_cached(
            "UPDATE deliveries SET status = ?3, address = coalesce(?4, address), last_error = ?5, finished_at = ?6,
                                   lease_until = NULL, token = 0, doubt = 0 WHERE account_id = ?1 AND id = ?2",
        )?
        .execute(params![held.account.0, held.id, status, address, error, micros(now)])?;
    Ok(())
}

fn again(tx: &Tx<'_>, held: &Held, at: Timestamp, doubt: bool, why: &str) -> Result<()> {
    tx.connection
        .prepare_cached(
            "UPDATE deliveries SET status = 'waiting', not_before = ?3, doubt = CASE WHEN ?4 = 1 THEN 1 ELSE doubt END, last_error = ?5,
                                   lease_until = NULL, token = 0 WHERE account_id = ?1 AND id = ?2",
        )?
        .execute((held.account.0, held.id, micros(at), doubt, why))?;
    Ok(())
}

fn log(tx: &Tx<'_>, held: &Held, attempt: &Attempt) -> Result<()> {
    let (outcome, code, detail) = match &attempt.ended {
        Ended::Delivered { address } => ("delivered", None, address.clone().unwrap_or_default()),
        Ended::Needless(_) => return Ok(()),
        Ended::Later { why, .. } => ("doubt", None, why.clone()),
        Ended::Failed(failed) => {
            let outcome = match failed.failure {
                Failure::NotNow { .. } => "not_now",
                Failure::Doubt => "doubt",
                Failure::Refused => "refused",
                Failure::Gone => "gone",
            };
            (outcome, failed.code, failed.detail.clone())
        }
    };
    tx.connection
        .prepare_cached(
            "INSERT INTO attempts (account_id, delivery_id, number, at, duration_ms, outcome, code, detail)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
             ON CONFLICT (account_id, delivery_id, number)
             DO UPDATE SET at = ?4, duration_ms = ?5, outcome = ?6, code = ?7, detail = ?8",
        )?
        .execute(params![
            held.account.0,
            held.id,
            held.attempts,
            micros(attempt.at),
            i64::try_from(attempt.took.as_millis()).unwrap_or(i64::MAX),
            outcome,
            code,
            detail,
        ])?;
    Ok(())
}

fn keep_ticket(
    tx: &Tx<'_>,
    account: AccountId,
    escalation: EscalationId,
    integration: IntegrationId,
    news: &TicketNews,
    now: Timestamp,
) -> Result<()> {
    let (ticket, doubt, searched_at) = match news {
        TicketNews::Known(id) => (Some(id), false, None),
        TicketNews::None => (None, false, None),
        TicketNews::NotFound => (None, true, Some(micros(now))),
    };
    tx.connection
        .prepare_cached(
            "INSERT INTO tickets (account_id, escalation_id, integration_id, ticket, doubt, searched_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (account_id, escalation_id, integration_id)
             DO UPDATE SET ticket = coalesce(?4, tickets.ticket), doubt = ?5, searched_at = ?6",
        )?
        .execute(params![account.0, escalation.0, integration.0, ticket, doubt, searched_at])?;
    Ok(())
}

/// Notes that a destination took something.
fn succeeded(tx: &Tx<'_>, held: &Held, now: Timestamp) -> Result<()> {
    tx.connection
        .prepare_cached("UPDATE destinations SET last_success_at = ?2 WHERE destination = ?1")?
        .execute((&held.destination, micros(now)))?;
    answers(tx, held, now)
}

/// Notes that a destination answers as it should. What waited for it to come back is due at once.
fn answers(tx: &Tx<'_>, held: &Held, now: Timestamp) -> Result<()> {
    let failing: bool = tx
        .connection
        .prepare_cached("SELECT failures > 0 FROM destinations WHERE destination = ?1")?
        .query_row([&held.destination], |row| row.get(0))
        .optional()?
        .unwrap_or(false);
    tx.connection
        .prepare_cached(
            "UPDATE destinations SET failures = 0, failing_since = NULL, retry_at = NULL WHERE destination = ?1",
        )?
        .execute([&held.destination])?;
    if failing && held.task.channel() != Channel::Webhook {
        tx.connection
            .prepare_cached(
                "UPDATE deliveries SET not_before = ?2
                 WHERE destination = ?1 AND status = 'waiting' AND not_before > ?2 AND doubt = 0",
            )?
            .execute((&held.destination, micros(now)))?;
    }
    Ok(())
}

/// Notes that a destination did not take something.
fn note_failure(tx: &Tx<'_>, held: &Held, failed: &Failed, attempt: &Attempt, now: Timestamp) -> Result<()> {
    let standing = failed.standing(held.task.channel());
    if standing == Standing::Answers {
        answers(tx, held, now)?;
    }
    // Attempts that were under way together fail together, once: what began before the pause that the first of them brought
    // does not make it longer.
    let (failures, is_new): (u32, bool) = tx
        .connection
        .prepare_cached(
            "SELECT failures, retry_at IS NULL OR retry_at <= ?2 FROM destinations WHERE destination = ?1",
        )?
        .query_row((&held.destination, micros(attempt.at)), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .unwrap_or((0, true));
    let failures = if standing == Standing::Down && is_new { failures.saturating_add(1) } else { failures };
    let wait = backoff::wait(failures.max(1), failed.after(), attempt.jitter);
    let retry_at = standing.holds_back().then(|| micros(now + delta(wait)));
    let failing = standing.is_failing().then(|| micros(now));
    tx.connection
        .prepare_cached(
            "UPDATE destinations SET failures = ?2, retry_at = coalesce(?3, retry_at),
                                     failing_since = coalesce(failing_since, ?4), last_failure_at = ?5, last_error = ?6
             WHERE destination = ?1",
        )?
        .execute(params![held.destination, failures, retry_at, failing, micros(now), failed.detail])?;
    Ok(())
}
