//! How often somebody did something.

use beckon_core::time::{Timestamp, minutes};
use beckon_core::tries::{Tries, WINDOW};
use chrono::TimeDelta;

use super::Result;
use super::columns::{micros, time};
use super::tx::Tx;
use crate::store::{Asked, Tried};

/// For how long what clients asked is remembered after they asked last.
const LATELY: TimeDelta = minutes(1);

/// Counts a try for each of `subjects`; or returns the seconds until one of them may be tried again.
pub(super) fn tried(tx: &Tx<'_>, subjects: &[Tried], now: Timestamp) -> Result<Option<u64>> {
    tx.connection.prepare_cached("DELETE FROM tries WHERE since <= ?1")?.execute([micros(now - WINDOW)])?;
    let mut wait = None;
    for tried in in_order(subjects) {
        tx.connection
            .prepare_cached("INSERT INTO tries (subject, since, number) VALUES (?1, ?2, 0) ON CONFLICT (subject) DO NOTHING")?
            .execute((tried.subject.0, micros(now)))?;
        let sql = format!("SELECT since, number FROM tries WHERE subject = ?1{}", tx.connection.for_update());
        let tries = tx.connection.prepare_cached(&sql)?.query_row([tried.subject.0], |row| {
            Ok(Tries { since: time(row, "since")?, number: row.get("number")? })
        })?;
        wait = wait.max(tries.wait(tried.most, now));
    }
    if wait.is_none() {
        for tried in in_order(subjects) {
            tx.connection
                .prepare_cached("UPDATE tries SET number = number + 1 WHERE subject = ?1")?
                .execute([tried.subject.0])?;
        }
    }
    Ok(wait)
}

/// Takes back a try for each of `subjects`.
pub(super) fn untried(tx: &Tx<'_>, subjects: &[Tried]) -> Result<()> {
    for tried in in_order(subjects) {
        tx.connection
            .prepare_cached("UPDATE tries SET number = number - 1 WHERE subject = ?1 AND number > 0")?
            .execute([tried.subject.0])?;
    }
    Ok(())
}

/// In an order that is the same for everybody, so that nobody waits for each other.
fn in_order(subjects: &[Tried]) -> Vec<Tried> {
    let mut subjects = subjects.to_vec();
    subjects.sort_by_key(|tried| tried.subject.0);
    subjects.dedup_by_key(|tried| tried.subject.0);
    subjects
}

/// Adds what clients asked of one server, and returns what they asked of all.
pub(super) fn asked(tx: &Tx<'_>, asked: &[Asked], now: Timestamp) -> Result<Vec<u64>> {
    tx.connection.prepare_cached("DELETE FROM requests WHERE at <= ?1")?.execute([micros(now - LATELY)])?;
    let mut order: Vec<usize> = (0..asked.len()).collect();
    order.sort_by_key(|at| asked[*at].client.0);
    let mut totals = vec![0; asked.len()];
    for at in order {
        let Asked { client, number } = asked[at];
        let number = i64::try_from(number).unwrap_or(i64::MAX);
        let total: i64 = tx
            .connection
            .prepare_cached(
                "INSERT INTO requests (client, number, at) VALUES (?1, ?2, ?3)
                 ON CONFLICT (client) DO UPDATE SET number = requests.number + excluded.number, at = excluded.at
                 RETURNING number",
            )?
            .query_row((client.0, number, micros(now)), |row| row.get(0))?;
        totals[at] = u64::try_from(total).unwrap_or(0);
    }
    Ok(totals)
}
