//! The append-only log, and the hash chain that shows when somebody changed it.

use std::collections::BTreeMap;

use beckon_core::actor::Party;
use beckon_core::api::ChangeSignal;
use beckon_core::escalation::{Event, Happening};
use beckon_core::id::{AccountId, EscalationId};
use beckon_core::time::Timestamp;
use sha2::{Digest as _, Sha256};

use super::Result;
use super::columns::micros;
use super::tx::{LogHead, Tx};
use crate::store::sql::{Connection, OptionalExtension as _, Row, SqlResult};

type Hash = [u8; 32];

/// Appends `events` to the log of `account`, and returns the number of the first.
pub(super) fn append(tx: &Tx<'_>, account: AccountId, events: &[Event]) -> Result<i64> {
    let (mut seq, mut hash) = match tx.head(account) {
        Some(head) => head,
        None => head(tx, account)?,
    };
    let first = seq + 1;
    let mut insert = tx.connection.prepare_cached(
        "INSERT INTO events (account_id, seq, escalation_id, at, event, body, hash) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    for event in events {
        seq += 1;
        let body = serde_json::to_string(event)?;
        hash = link(&hash, account, seq, &body);
        let escalation = event.escalation.map(|id| id.0);
        let slug = event.what.slug();
        insert.execute((account.0, seq, escalation, micros(event.at), slug, &body, hash))?;
        tx.signal(account, ChangeSignal { seq, escalation_id: event.escalation, event: slug.to_owned() });
    }
    tx.connection
        .prepare_cached(
            "INSERT INTO heads (account_id, seq, hash) VALUES (?1, ?2, ?3)
             ON CONFLICT (account_id) DO UPDATE SET seq = ?2, hash = ?3",
        )?
        .execute((account.0, seq, hash))?;
    tx.remember_head(account, (seq, hash));
    Ok(first)
}

/// Finds where the log of an account ends, and keeps others from it.
fn head(tx: &Tx<'_>, account: AccountId) -> Result<LogHead> {
    let sql = format!("SELECT seq, hash FROM heads WHERE account_id = ?1{}", tx.connection.for_update());
    let mut statement = tx.connection.prepare_cached(&sql)?;
    let found = statement.query_row([account.0], |row| Ok((row.get(0)?, row.get(1)?)));
    Ok(found.optional()?.unwrap_or_default())
}

/// The hash of a row follows from the one before it and from everything that the row says.
fn link(before: &Hash, account: AccountId, seq: i64, body: &str) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(before);
    hasher.update(account.0.to_be_bytes());
    hasher.update(seq.to_be_bytes());
    hasher.update(body.as_bytes());
    hasher.finalize().into()
}

/// How many events are checked at once.
const CHECKED: i64 = 1_000;

/// A row of the log, as far as its columns hold what they should.
struct Kept {
    seq: Option<i64>,
    body: Option<String>,
    hash: Option<Hash>,
    escalation: SqlResult<Option<i64>>,
    at: Option<i64>,
    event: Option<String>,
}

impl Kept {
    fn read(row: &Row<'_>) -> Self {
        Self {
            seq: row.get("seq").ok(),
            body: row.get("body").ok(),
            hash: row.get("hash").ok(),
            escalation: row.get("escalation_id"),
            at: row.get("at").ok(),
            event: row.get("event").ok(),
        }
    }

    /// Returns its hash where it is the row that follows on `before`, and its columns say what its body says.
    fn follows(&self, before: &Hash, account: AccountId, seq: i64, gone: &mut Gone) -> Option<Hash> {
        let body = self.body.as_deref().filter(|_| self.seq == Some(seq))?;
        if self.event.as_deref() == Some(GONE) {
            let empty = body.is_empty() && self.at == Some(0) && matches!(self.escalation, Ok(None));
            let hash = self.hash.filter(|_| empty)?;
            gone.events.insert(seq, hash);
            return Some(hash);
        }
        let hash = link(before, account, seq, body);
        let event: Event = serde_json::from_str(body).ok()?;
        let agrees = self.escalation.as_ref().is_ok_and(|id| *id == event.escalation.map(|id| id.0))
            && self.at == Some(micros(event.at))
            && self.event.as_deref() == Some(event.what.slug());
        if let Happening::Removed { events, digest, .. } = event.what {
            gone.said.push((events, digest));
        }
        (agrees && self.hash == Some(hash)).then_some(hash)
    }
}

/// What an event is called whose text is gone because the account keeps its escalation no longer. Its hash is still there.
const GONE: &str = "gone";

/// Events whose text is gone, and what the log says of that.
#[derive(Default)]
struct Gone {
    /// By number.
    events: BTreeMap<i64, Hash>,
    /// Stretches of numbers, with the digest of what was in them.
    said: Vec<(Vec<(i64, i64)>, String)>,
}

impl Gone {
    /// Returns the first event that is gone, or said to be, without the other.
    fn wrong(mut self) -> Option<i64> {
        for (stretches, digest) in std::mem::take(&mut self.said) {
            let mut found = Vec::new();
            for (first, last) in &stretches {
                for seq in *first..=*last {
                    let Some(hash) = self.events.remove(&seq) else { return Some(seq) };
                    found.push((seq, hash));
                }
            }
            if removal_digest(&found) != digest {
                return stretches.first().map(|(first, _)| *first);
            }
        }
        self.events.keys().next().copied()
    }
}

/// What ties the events that were removed to the log that goes on.
fn removal_digest(events: &[(i64, Hash)]) -> String {
    let mut hasher = Sha256::new();
    for (seq, hash) in events {
        hasher.update(seq.to_be_bytes());
        hasher.update(hash);
    }
    crate::backup::hex(&hasher.finalize())
}

/// Takes what the log says of escalations out of it, and says so at its end.
pub(super) fn remove(
    tx: &Tx<'_>,
    account: AccountId,
    escalations: &[EscalationId],
    now: Timestamp,
) -> Result<()> {
    let mut events: Vec<(i64, Hash)> = Vec::new();
    for escalation in escalations {
        let mut statement = tx
            .connection
            .prepare_cached("SELECT seq, hash FROM events WHERE account_id = ?1 AND escalation_id = ?2")?;
        let rows = statement.query_map((account.0, escalation.0), |row| Ok((row.get(0)?, row.get(1)?)))?;
        events.extend(rows.collect::<SqlResult<Vec<_>>>()?);
        tx.connection
            .prepare_cached(
                "UPDATE events SET event = ?3, body = '', at = 0, escalation_id = NULL
                 WHERE account_id = ?1 AND escalation_id = ?2",
            )?
            .execute((account.0, escalation.0, GONE))?;
    }
    events.sort_unstable_by_key(|(seq, _)| *seq);
    let mut stretches: Vec<(i64, i64)> = Vec::new();
    for (seq, _) in &events {
        match stretches.last_mut() {
            Some((_, last)) if *last + 1 == *seq => *last = *seq,
            _ => stretches.push((*seq, *seq)),
        }
    }
    let what = Happening::Removed {
        escalations: u32::try_from(escalations.len()).unwrap_or(u32::MAX),
        events: stretches,
        digest: removal_digest(&events),
    };
    append(tx, account, &[Event { escalation: None, at: now, by: Party::System, what }])?;
    Ok(())
}

/// Checks the whole chain of an account. The columns beside the body must say what the body says. Where text is gone, the hash
/// that is left has to be the one that the log tells of where it was removed.
pub(in crate::store) fn verify(
    connection: &Connection,
    account: AccountId,
) -> Result<std::result::Result<u64, i64>> {
    let (mut last, mut hash) = (0, Hash::default());
    let mut gone = Gone::default();
    loop {
        let mut statement = connection.prepare_cached(
            "SELECT seq, escalation_id, at, event, body, hash FROM events
             WHERE account_id = ?1 AND seq > ?2 ORDER BY seq LIMIT ?3",
        )?;
        let rows: Vec<Kept> = statement
            .query_map((account.0, last, CHECKED), |row| Ok(Kept::read(row)))?
            .collect::<SqlResult<_>>()?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            match row.follows(&hash, account, last + 1, &mut gone) {
                Some(next) => (last, hash) = (last + 1, next),
                // A column that holds something of another type was changed too.
                None => return Ok(Err(last + 1)),
            }
        }
    }
    let head: Option<(i64, Hash)> = connection
        .query_row("SELECT seq, hash FROM heads WHERE account_id = ?1", [account.0], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    if let Some(at) = gone.wrong() {
        return Ok(Err(at));
    }
    let complete = head.unwrap_or_default() == (last, hash);
    Ok(if complete { Ok(last.unsigned_abs()) } else { Err(last + 1) })
}

/// Returns the hash of an event, or of the newest.
pub(super) fn hash(
    connection: &Connection,
    account: AccountId,
    at: Option<i64>,
) -> Result<Option<(i64, Hash)>> {
    let sql = "SELECT seq, hash FROM events WHERE account_id = ?1 AND (seq = ?2 OR ?2 IS NULL) ORDER BY seq DESC LIMIT 1";
    let mut statement = connection.prepare_cached(sql)?;
    Ok(statement.query_row((account.0, at), |row| Ok((row.get(0)?, row.get(1)?))).optional()?)
}
