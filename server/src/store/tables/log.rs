//! The log as it is read: of an account, of an escalation, and what is new in it. How it is written and checked is [`chain`](super::chain)'s
//! business. Events of which only the hash is left are in none of these.

use beckon_core::api::ChangeSignal;
use beckon_core::escalation::{EntityState, Event, Happening};
use beckon_core::id::{AccountId, EntityId, EscalationId};

use super::columns::{micros, state};
use super::{Result, StoreError};
use crate::store::sql::{Connection, OptionalExtension as _, Owned, SqlResult, params};
use crate::store::{ActivityQuery, Cursor, Logged, PageOf};

/// Returns the number of the last event of an account; 0 where there is none.
pub(in crate::store) fn last(connection: &Connection, account: AccountId) -> Result<i64> {
    let mut statement = connection.prepare_cached("SELECT seq FROM heads WHERE account_id = ?1")?;
    Ok(statement.query_row([account.0], |row| row.get(0)).optional()?.unwrap_or(0))
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
