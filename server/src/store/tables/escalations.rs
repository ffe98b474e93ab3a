//! Escalations and their entities: found, listed, kept.

use beckon_core::escalation::{EntityState, Escalation, Event, Happening, Head};
use beckon_core::id::{AccountId, EntityId, EscalationId};
use beckon_core::time::Timestamp;

use super::columns::{micros, severity, state};
use super::log::limit;
use super::tx::Tx;
use super::{Result, StoreError};
use crate::store::query::{MAX_COUNTED, SortPlace};
use crate::store::sql::{Connection, Error, OptionalExtension as _, Owned, Row, SqlResult, params};
use crate::store::{
    Cursor, EscalationQuery, Listed, NamedEscalation, NamedHead, PageOf, SortField, StatusFilter,
};

/// The most characters of names that a search looks at in one escalation.
const MAX_SEARCHED: usize = 4_000;

/// Finds the state of the open escalation with a subject key.
pub(super) const OPEN_HEAD: &str =
    "SELECT state FROM escalations WHERE account_id = ?1 AND subject_key = ?2 AND open = 1";

/// Finds the state of an entity of an escalation.
pub(super) const ENTITY: &str =
    "SELECT state FROM entities WHERE account_id = ?1 AND escalation_id = ?2 AND entity_id = ?3";

/// Finds the open escalation with a subject key.
pub(super) fn open_head(connection: &Connection, account: AccountId, key: &str) -> Result<Option<Head>> {
    let mut statement = connection.prepare_cached(OPEN_HEAD)?;
    Ok(statement.query_row((account.0, key), |row| state(row, "state")).optional()?)
}

/// Finds an entity of an escalation, if it lists that.
pub(super) fn entity(connection: &Connection, head: &Head, id: EntityId) -> Result<Option<EntityState>> {
    let mut statement = connection.prepare_cached(ENTITY)?;
    let key = (head.account.0, head.id.0, id.0);
    Ok(statement.query_row(key, |row| state(row, "state")).optional()?)
}

/// Finds the number of the latest resolved escalation with a subject key.
pub(super) const PREVIOUS: &str = "SELECT id FROM escalations WHERE account_id = ?1 AND subject_key = ?2 AND open = 0 ORDER BY id DESC LIMIT 1";

/// Finds the latest resolved escalation with a subject key.
pub(super) fn previous(
    connection: &Connection,
    account: AccountId,
    key: &str,
) -> Result<Option<EscalationId>> {
    let mut statement = connection.prepare_cached(PREVIOUS)?;
    Ok(statement.query_row((account.0, key), |row| row.get(0)).optional()?.map(EscalationId))
}

/// Loads an escalation with one of its entities, if it lists that.
pub(super) fn with_entity(connection: &Connection, head: Head, id: EntityId) -> Result<Escalation> {
    let found = entity(connection, &head, id)?;
    Ok(Escalation { head, entities: found.map(|entity| (id, entity)).into_iter().collect() })
}

/// Loads all entities of an escalation.
pub(super) fn with_entities(connection: &Connection, head: Head) -> Result<Escalation> {
    let mut statement = connection
        .prepare_cached("SELECT state FROM entities WHERE account_id = ?1 AND escalation_id = ?2")?;
    let rows = statement.query_map((head.account.0, head.id.0), |row| state::<EntityState>(row, "state"))?;
    let entities = rows.map(|row| row.map(|state| (state.entity.id(), state)));
    let entities = entities.collect::<SqlResult<_>>()?;
    Ok(Escalation { head, entities })
}

/// The number that the next escalation gets. It is taken when one is raised.
pub(super) fn next_id(connection: &Connection) -> Result<EscalationId> {
    Ok(EscalationId(super::columns::next_id(connection, "escalation")?))
}

/// Lists the entities of an escalation by their ids.
pub(super) fn entities(
    connection: &Connection,
    account: AccountId,
    id: EscalationId,
    page: Cursor,
) -> Result<PageOf<EntityState>> {
    let mut statement = connection.prepare_cached(
        "SELECT entity_id, state FROM entities WHERE account_id = ?1 AND escalation_id = ?2 AND entity_id > ?3
         ORDER BY entity_id LIMIT ?4",
    )?;
    let bounds = (account.0, id.0, page.after.unwrap_or(0), limit(page));
    let rows = statement.query_map(bounds, |row| Ok((row.get("entity_id")?, state(row, "state")?)))?;
    Ok(PageOf::cut(rows.collect::<SqlResult<_>>()?, page.limit))
}

const NAMED: &str = "SELECT e.id, e.state, a.name AS account_name, o.name AS organization_name
  FROM escalations e
  JOIN accounts a ON a.id = e.account_id
  LEFT JOIN organizations o ON o.account_id = e.account_id AND o.id = e.organization_id";

fn read_named(row: &Row<'_>) -> SqlResult<NamedHead> {
    Ok(NamedHead {
        head: state(row, "state")?,
        account: row.get("account_name")?,
        organization: row.get("organization_name")?,
    })
}

/// Loads an escalation with everything.
pub(super) fn find(connection: &Connection, id: EscalationId) -> Result<Option<NamedEscalation>> {
    let mut statement = connection.prepare_cached(&format!("{NAMED} WHERE e.id = ?1"))?;
    let Some(found) = statement.query_row([id.0], read_named).optional()? else { return Ok(None) };
    let escalation = with_entities(connection, found.head)?;
    Ok(Some(NamedEscalation { escalation, account: found.account, organization: found.organization }))
}

/// Finds an escalation without its entities.
pub(super) fn head(connection: &Connection, account: AccountId, id: EscalationId) -> Result<Option<Head>> {
    let mut statement =
        connection.prepare_cached("SELECT state FROM escalations WHERE account_id = ?1 AND id = ?2")?;
    Ok(statement.query_row((account.0, id.0), |row| state(row, "state")).optional()?)
}

/// Keeps a new escalation. People are added to its search text as they join.
pub(super) fn insert_head(tx: &Tx<'_>, head: &Head, organization: &str) -> Result<()> {
    let subject = head.kind.definition().subject(head);
    tx.connection
        .prepare_cached(
            "INSERT INTO escalations (account_id, id, subject_key, kind, subtype, organization_id, severity, open,
                                      raised_at, due_at, updated_at, search, state)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1, ?8, ?9, ?10, ?11, ?12)",
        )?
        .execute(params![
            head.account.0,
            head.id.0,
            head.subject_key,
            head.kind.definition().slug(),
            head.subtype,
            head.organization.map(|id| id.0),
            severity(head.severity),
            micros(head.raised_at),
            micros(head.due_at),
            micros(head.updated_at),
            format!("{subject} {organization}").to_lowercase(),
            serde_json::to_string(head)?,
        ])?;
    Ok(())
}

/// Keeps a changed escalation.
pub(super) fn update_head(tx: &Tx<'_>, head: &Head) -> Result<()> {
    tx.wrote(head.id);
    tx.connection
        .prepare_cached(
            "UPDATE escalations SET severity = ?3, open = ?4, due_at = ?5, updated_at = ?6, resolved_at = ?7,
                    answered_at = ?8, state = ?9, wake_at = ?10,
                    subtype = ?11 WHERE account_id = ?1 AND id = ?2",
        )?
        .execute(params![
            head.account.0,
            head.id.0,
            severity(head.severity),
            head.is_open(),
            micros(head.due_at),
            micros(head.updated_at),
            head.resolution().map(|resolution| micros(resolution.at)),
            head.answer.as_ref().map(|answer| micros(answer.at)),
            serde_json::to_string(head)?,
            head.wakes_at().map(micros),
            head.subtype,
        ])?;
    Ok(())
}

/// Keeps an entity, new or changed.
pub(super) fn put_entity(tx: &Tx<'_>, head: &Head, state: &EntityState) -> Result<()> {
    tx.connection
        .prepare_cached(
            "INSERT INTO entities (account_id, escalation_id, entity_id, state) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (account_id, escalation_id, entity_id) DO UPDATE SET state = ?4",
        )?
        .execute((head.account.0, head.id.0, state.entity.id().0, serde_json::to_string(state)?))?;
    Ok(())
}

/// Makes an escalation findable by who joined it.
pub(super) fn add_to_search(tx: &Tx<'_>, head: &Head, event: &Event) -> Result<()> {
    let Happening::EntityAdded { entity, .. } = &event.what else { return Ok(()) };
    let names = format!(" {}", entity.search_text()).to_lowercase();
    tx.connection
        .prepare_cached(
            "UPDATE escalations SET search = search || ?3 WHERE account_id = ?1 AND id = ?2 AND length(search) < ?4",
        )?
        .execute(params![head.account.0, head.id.0, names, i64::try_from(MAX_SEARCHED).unwrap_or(i64::MAX)])?;
    Ok(())
}

/// The conditions of a list, as SQL with its values.
struct Conditions {
    sql: Vec<String>,
    values: Vec<Owned>,
}

impl Conditions {
    fn push(&mut self, condition: &str, value: impl Into<Owned>) {
        self.values.push(value.into());
        self.sql.push(condition.replace('?', &format!("?{}", self.values.len())));
    }

    fn any_of(&mut self, column: &str, values: impl IntoIterator<Item = Owned>) {
        let places: Vec<String> = values
            .into_iter()
            .map(|value| {
                self.values.push(value);
                format!("?{}", self.values.len())
            })
            .collect();
        if !places.is_empty() {
            self.sql.push(format!("{column} IN ({})", places.join(", ")));
        }
    }

    fn sql(&self) -> String {
        if self.sql.is_empty() { "1 = 1".to_owned() } else { self.sql.join(" AND ") }
    }
}

/// Lists escalations.
pub(super) fn list(
    connection: &Connection,
    query: &EscalationQuery,
    now: Timestamp,
) -> Result<Listed<NamedHead>> {
    let mut conditions = filters(query, connection.position(), now);
    let total = count(connection, &conditions)?;
    if total == 0 {
        return Ok(Listed { items: Vec::new(), next: None, total });
    }
    let column = match query.sort {
        SortField::Id => "e.id",
        SortField::Severity => "e.severity",
        SortField::DueAt => "e.due_at",
        SortField::CreatedAt => "e.raised_at",
        SortField::UpdatedAt => "e.updated_at",
    };
    let (direction, beyond) = if query.ascending { ("ASC", ">") } else { ("DESC", "<") };
    if let Some(SortPlace { value, id }) = query.after {
        conditions.values.extend([Owned::from(value), Owned::from(id)]);
        let n = conditions.values.len();
        conditions.sql.push(format!("({column}, e.id) {beyond} (?{}, ?{n})", n - 1));
    }
    let sql = format!(
        "{named} WHERE {conditions} ORDER BY {column} {direction}, e.id {direction} LIMIT {limit}",
        named = NAMED.replacen("e.id,", &format!("e.id, {column} AS place,"), 1),
        conditions = conditions.sql(),
        limit = query.limit + 1,
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let rows = statement.query_map(&conditions.values, |row| {
        let place = SortPlace { value: row.get("place")?, id: row.get("id")? };
        Ok((place, read_named(row)))
    })?;
    let mut rows: Vec<(SortPlace, SqlResult<NamedHead>)> = rows.collect::<SqlResult<_>>()?;
    let more = rows.len() > query.limit;
    rows.truncate(query.limit);
    let next = rows.last().map(|(place, _)| *place).filter(|_| more);
    let readable = |(place, row): (SortPlace, SqlResult<NamedHead>)| match row {
        // One that cannot be read hides no other.
        Err(error @ Error::Unreadable { .. }) => {
            tracing::error!(escalation = place.id, %error, "an escalation is left out of a list");
            None
        }
        row => Some(row),
    };
    let items = rows.into_iter().filter_map(readable).collect::<SqlResult<_>>()?;
    Ok(Listed { items, next, total })
}

fn filters(query: &EscalationQuery, position: &str, now: Timestamp) -> Conditions {
    let mut conditions = Conditions { sql: Vec::new(), values: Vec::new() };
    if let Some(account) = query.account {
        conditions.push("e.account_id = ?", account.0);
    }
    match query.status {
        None => conditions.any_of("e.open", [Owned::from(0), Owned::from(1)]),
        Some(StatusFilter::Open) => conditions.push("e.open = ?", 1),
        Some(StatusFilter::Resolved) => conditions.push("e.open = ?", 0),
        Some(StatusFilter::Overdue) => {
            conditions.push("e.open = ?", 1);
            conditions.push("e.due_at <= ?", micros(now));
        }
    }
    conditions.any_of("e.severity", query.severities.iter().map(|one| Owned::from(severity(*one))));
    let kinds = query.kinds.iter().map(|kind| Owned::from(kind.definition().slug().to_owned()));
    conditions.any_of("e.kind", kinds);
    conditions.any_of("e.organization_id", query.organizations.iter().map(|id| Owned::from(id.0)));
    if let Some(subtype) = &query.subtype {
        conditions.push("e.subtype = ?", subtype.clone());
    }
    for word in query.search.iter().flat_map(|text| text.split_whitespace()) {
        conditions.push(&format!("{position}(e.search, ?) > 0"), word.to_lowercase());
    }
    conditions
}

fn count(connection: &Connection, conditions: &Conditions) -> Result<u64> {
    let sql = format!(
        "SELECT count(*) FROM (SELECT 1 FROM escalations e WHERE {} LIMIT {MAX_COUNTED}) AS counted",
        conditions.sql()
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let count: i64 = statement.query_row(&conditions.values, |row| row.get(0))?;
    u64::try_from(count).map_err(|_| StoreError::Unavailable(format!("counted {count} rows")))
}
