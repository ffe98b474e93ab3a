//! The append-only log, and the hash chain that shows when somebody changed it.

use std::collections::BTreeMap;

use beckon_core::actor::Party;
use beckon_core::api::ChangeSignal;
use beckon_core::escalation::{EntityState, Event, Happening};
use beckon_core::id::{AccountId, EntityId, EscalationId};
use sha2::{Digest as _, Sha256};

use super::columns::{micros, state};
use super::tx::Tx;
use super::{Result, StoreError};
use crate::store::sql::{Connection, OptionalExtension as _, Owned, Row, SqlResult, params};
use crate::store::{ActivityQuery, Cursor, Logged, PageOf};

type Hash = [u8; 32];

/// Returns the number of the last event of an account; 0 where there is none.
pub(in crate::store) fn last(connection: &Connection, account: AccountId) -> Result<i64> {
    let mut statement = connection.prepare_cached("SELECT seq FROM heads WHERE account_id = ?1")?;
    Ok(statement.query_row([account.0], |row| row.get(0)).optional()?.unwrap_or(0))
}

/// Appends `events` to the log of `account`, and returns the number of the first.
pub(super) fn append(tx: &Tx<'_>, account: AccountId, events: &[Event]) -> Result<i64> {
    let head: Option<(i64, Hash)> = tx
        .connection
        .prepare_cached(&format!(
            "SELECT seq, hash FROM heads WHERE account_id = ?1{}",
            tx.connection.for_update()
        ))?
        .query_row([account.0], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (mut seq, mut hash) = head.unwrap_or_default();
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
    Ok(first)
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
    now: beckon_core::time::Timestamp,
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

/// Lists the events of an escalation after a number, oldest first.
pub(super) fn timeline(
    connection: &Connection,
    account: AccountId,
    id: EscalationId,
    page: Cursor,
) -> Result<PageOf<Logged>> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, body FROM events WHERE account_id = ?1 AND escalation_id = ?2 AND seq > ?3 ORDER BY seq LIMIT ?4",
    )?;
    let bounds = (account.0, id.0, page.after.unwrap_or(0), limit(page));
    let rows = statement.query_map(bounds, |row| Ok((row.get(0)?, row.get(1)?)))?;
    page_of(connection, account, rows, page)
}

/// Reads the numbers and bodies of events, with the names that they mention by id.
fn page_of(
    connection: &Connection,
    account: AccountId,
    rows: impl Iterator<Item = SqlResult<(i64, String)>>,
    page: Cursor,
) -> Result<PageOf<Logged>> {
    let rows: Vec<(i64, Logged)> = rows
        .map(|row| {
            let (seq, body) = row?;
            let event: Event = serde_json::from_str(&body)?;
            Ok::<_, StoreError>((seq, named(connection, account, seq, event)?))
        })
        .collect::<Result<_>>()?;
    Ok(PageOf::cut(rows, page.limit))
}

/// Lists the events of an account, newest first.
pub(super) fn activity(
    connection: &Connection,
    account: AccountId,
    query: &ActivityQuery,
    page: Cursor,
) -> Result<PageOf<Logged>> {
    let (by, id) = (connection.json("body", &["by", "type"]), connection.json("body", &["by", "id"]));
    let sql = format!(
        "SELECT seq, body FROM events
         WHERE account_id = ?1 AND seq < ?2 AND event <> 'gone' AND (event = ?3 OR ?3 IS NULL) AND (escalation_id = ?4 OR ?4 IS NULL)
           AND (({by} = 'user' AND {id} = ?5) OR ?5 IS NULL)
           AND (at >= ?6 OR ?6 IS NULL) AND (at < ?7 OR ?7 IS NULL)
         ORDER BY seq DESC LIMIT ?8"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let bounds = params![
        account.0,
        page.after.unwrap_or(i64::MAX),
        query.event,
        query.escalation.map(|id| id.0),
        query.user.map(|id| id.0.to_string()),
        query.since.map(micros),
        query.until.map(micros),
        limit(page)
    ];
    let rows = statement.query_map(bounds, |row| Ok((row.get(0)?, row.get(1)?)))?;
    page_of(connection, account, rows, page)
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

/// Adds the names of the entities that an event mentions by id only.
pub(super) fn named(connection: &Connection, account: AccountId, seq: i64, event: Event) -> Result<Logged> {
    let mut names = Vec::new();
    for id in mentioned(&event.what) {
        let name = name(connection, account, event.escalation, id)?;
        names.push((id, name.unwrap_or_else(|| format!("entity {id}"))));
    }
    Ok(Logged { seq, event, names })
}

fn mentioned(what: &Happening) -> Vec<EntityId> {
    match what {
        Happening::Sighted { entity, .. } | Happening::EntityRecovered { entity, .. } => vec![*entity],
        Happening::RemedySucceeded { entity, .. } | Happening::RemedyFailed { entity, .. } => {
            entity.iter().copied().collect()
        }
        Happening::RemedyOrdered { orders, identities } => {
            let ids = identities.iter().map(|id| EntityId::from(*id));
            orders.iter().filter_map(|order| order.entity).chain(ids).collect()
        }
        Happening::IncidentSuspected { identities, .. } => {
            identities.iter().map(|id| EntityId::from(*id)).collect()
        }
        Happening::Raised { .. }
        | Happening::EntityAdded { .. }
        | Happening::Delivers { .. }
        | Happening::SeverityRaised { .. }
        | Happening::Answered { .. }
        | Happening::Commented { .. }
        | Happening::BecameOverdue
        | Happening::Reminded { .. }
        | Happening::VerificationUnheard
        | Happening::ProviderFault { .. }
        | Happening::Resolved { .. }
        | Happening::Withdrawn { .. }
        | Happening::Configured { .. }
        | Happening::Removed { .. }
        | Happening::RuleMade { .. }
        | Happening::RuleChanged { .. }
        | Happening::RuleDeleted { .. } => Vec::new(),
    }
}

/// Finds what people call an entity: as the escalation lists it, or else as the directory of identities does.
fn name(
    connection: &Connection,
    account: AccountId,
    escalation: Option<EscalationId>,
    id: EntityId,
) -> Result<Option<String>> {
    let listed: Option<EntityState> = match escalation {
        Some(escalation) => connection
            .prepare_cached(
                "SELECT state FROM entities WHERE account_id = ?1 AND escalation_id = ?2 AND entity_id = ?3",
            )?
            .query_row((account.0, escalation.0, id.0), |row| state(row, "state"))
            .optional()?,
        None => None,
    };
    if let Some(listed) = listed {
        return Ok(Some(listed.entity.name()));
    }
    let mut statement = connection.prepare_cached(
        "SELECT coalesce(name, username) FROM identities WHERE account_id = ?1 AND id = ?2",
    )?;
    Ok(statement.query_row((account.0, id.0), |row| row.get(0)).optional()?)
}

/// Returns the number of the last event of each of `accounts` that has one.
pub(in crate::store) fn heads(
    connection: &Connection,
    accounts: &[AccountId],
) -> Result<Vec<(AccountId, i64)>> {
    // Few different statements, so that they stay prepared: the last one stands for those that are not there.
    let Some(last) = accounts.last() else { return Ok(Vec::new()) };
    let padding = std::iter::repeat_n(last, accounts.len().next_power_of_two() - accounts.len());
    let numbers: Vec<Owned> = accounts.iter().chain(padding).map(|account| Owned::from(account.0)).collect();
    let places: Vec<String> = (1..=numbers.len()).map(|number| format!("?{number}")).collect();
    let sql = format!("SELECT account_id, seq FROM heads WHERE account_id IN ({})", places.join(", "));
    let rows = connection
        .prepare_cached(&sql)?
        .query_map(&numbers, |row| Ok((AccountId(row.get(0)?), row.get(1)?)))?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// Returns what changed after `seq`.
pub(in crate::store) fn signals_after(
    connection: &Connection,
    account: AccountId,
    seq: i64,
    limit: usize,
) -> Result<Vec<ChangeSignal>> {
    let mut statement = connection.prepare_cached(
        "SELECT seq, escalation_id, event FROM events WHERE account_id = ?1 AND seq > ?2 AND event <> 'gone'
         ORDER BY seq LIMIT ?3",
    )?;
    let rows = statement.query_map((account.0, seq, i64::try_from(limit).unwrap_or(i64::MAX)), |row| {
        let escalation: Option<i64> = row.get(1)?;
        Ok(ChangeSignal { seq: row.get(0)?, escalation_id: escalation.map(EscalationId), event: row.get(2)? })
    })?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// One row more than asked for tells whether there is another page.
pub(super) fn limit(page: Cursor) -> i64 {
    i64::try_from(page.limit).unwrap_or(i64::MAX - 1) + 1
}
