//! Things that are watched: found and brought up to date, with all that was observed of them.

use beckon_core::api::Named;
use beckon_core::api::observation::ProviderFaultBody;
use beckon_core::escalation::Escalation;
use beckon_core::id::{AccountId, EntityId, ObservationId, OrganizationId};
use beckon_core::observation::{Observation, ObservedEndpoint, ObservedReport};
use beckon_core::time::Timestamp;
use beckon_core::watch::{Condition, Place, Reading, Streak, Thing, Watched};
use serde::{Deserialize, Serialize};

use crate::store::sql::{Connection, OptionalExtension as _, Row, SqlResult, params};
use crate::store::tables::columns::{micros, state, take_id, time};
use crate::store::tables::log::limit;
use crate::store::tables::tx::Tx;
use crate::store::tables::{Result, escalations};
use crate::store::{Cursor, PageOf};

/// A thing as it is kept.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kept {
    Endpoint(ObservedEndpoint),
    Tenant(String),
    Report(ObservedReport),
}

impl From<Thing> for Kept {
    fn from(thing: Thing) -> Self {
        match thing {
            Thing::Endpoint(endpoint) => Self::Endpoint(endpoint),
            Thing::Tenant(id) => Self::Tenant(id),
            Thing::Report(report) => Self::Report(report),
        }
    }
}

impl From<Kept> for Thing {
    fn from(kept: Kept) -> Self {
        match kept {
            Kept::Endpoint(endpoint) => Self::Endpoint(endpoint),
            Kept::Tenant(id) => Self::Tenant(id),
            Kept::Report(report) => Self::Report(report),
        }
    }
}

/// Where a thing is kept, and whether it has just come to another organization.
pub(super) struct Found {
    pub(super) id: EntityId,
    pub(super) moved: bool,
}

/// Finds the thing that an observation names, and brings it up to date unless something newer named it since; makes it
/// when it is new.
pub(super) fn put(tx: &Tx<'_>, observation: &Observation, thing: &Thing) -> Result<Found> {
    let account = observation.account;
    let organization = observation.organization.map(|id| id.0);
    let known: Option<(i64, Option<i64>, i64)> = tx
        .connection
        .prepare_cached(
            "SELECT id, organization_id, observed_at FROM things WHERE account_id = ?1 AND type = ?2 AND external_id = ?3",
        )?
        .query_row((account.0, thing.type_name(), thing.external_id()), |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let kept = serde_json::to_string(&Kept::from(thing.clone()))?;
    let at = micros(observation.observed_at);
    match known {
        Some((id, _, newest)) if newest > at => Ok(Found { id: EntityId(id), moved: false }),
        Some((id, before, _)) => {
            tx.connection
                .prepare_cached(
                    "UPDATE things SET organization_id = coalesce(?3, organization_id), observed_at = ?4, state = ?5
                     WHERE account_id = ?1 AND id = ?2",
                )?
                .execute(params![account.0, id, organization, at, kept])?;
            Ok(Found { id: EntityId(id), moved: organization.is_some() && organization != before })
        }
        None => {
            let id = take_id(tx.connection, "identity")?;
            tx.connection
                .prepare_cached(
                    "INSERT INTO things (account_id, id, type, external_id, organization_id, observed_at, state)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .execute(params![
                    account.0,
                    id,
                    thing.type_name(),
                    thing.external_id(),
                    organization,
                    at,
                    kept
                ])?;
            Ok(Found { id: EntityId(id), moved: false })
        }
    }
}

/// Loads a thing with the place where it belongs.
pub(super) fn watched(connection: &Connection, account: AccountId, id: EntityId) -> Result<Option<Watched>> {
    let mut statement = connection.prepare_cached(
        "SELECT t.state, t.organization_id, o.name FROM things t
         LEFT JOIN organizations o ON o.account_id = t.account_id AND o.id = t.organization_id
         WHERE t.account_id = ?1 AND t.id = ?2",
    )?;
    let found = statement.query_row((account.0, id.0), |row| {
        let (organization, name): (Option<i64>, Option<String>) = (row.get(1)?, row.get(2)?);
        let place = organization
            .zip(name)
            .map(|(organization, name)| Place { id: OrganizationId(organization), name });
        Ok(Watched { id, thing: state::<Kept>(row, "state")?.into(), place })
    });
    Ok(found.optional()?)
}

/// Reads off all observations of a thing on a topic what counts, by three looks into the index.
pub(super) fn streak(
    connection: &Connection,
    account: AccountId,
    id: EntityId,
    topic: &str,
) -> Result<Option<Streak>> {
    let mut newest = connection.prepare_cached(
        "SELECT id, observed_at, reading FROM observations
         WHERE account_id = ?1 AND thing_id = ?2 AND topic = ?3 AND troubled = ?4 ORDER BY observed_at DESC, id DESC LIMIT 1",
    )?;
    let read = |row: &Row<'_>| {
        Ok((ObservationId(row.get("id")?), time(row, "observed_at")?, state::<Reading>(row, "reading")?))
    };
    let well = newest.query_row((account.0, id.0, topic, false), read).optional()?;
    let trouble = newest.query_row((account.0, id.0, topic, true), read).optional()?;
    let (newest, troubled) = match (well, trouble) {
        (None, None) => return Ok(None),
        (Some(well), None) => (well, None),
        (Some(well), Some(trouble)) if well.1 >= trouble.1 => (well, None),
        (well, Some(trouble)) => (trouble, Some(well.map(|(_, at, _)| at))),
    };
    let since = match troubled {
        None => None,
        Some(well) => first_after(connection, account, id, topic, well)?,
    };
    let (observation, latest_at, latest) = newest;
    Ok(Some(Streak { observation, latest_at, latest, since }))
}

/// Finds the first observation of trouble after `well`, or the first of all.
fn first_after(
    connection: &Connection,
    account: AccountId,
    id: EntityId,
    topic: &str,
    well: Option<Timestamp>,
) -> Result<Option<Timestamp>> {
    let mut first = connection.prepare_cached(
        "SELECT observed_at FROM observations WHERE account_id = ?1 AND thing_id = ?2 AND topic = ?3 AND troubled = 1
           AND observed_at > ?4 ORDER BY observed_at LIMIT 1",
    )?;
    let after = well.map_or(i64::MIN, micros);
    Ok(first.query_row((account.0, id.0, topic, after), |row| time(row, "observed_at")).optional()?)
}

/// Loads what is remembered of a thing on a topic.
pub(super) fn condition(
    connection: &Connection,
    account: AccountId,
    id: EntityId,
    topic: &str,
) -> Result<Option<Condition>> {
    let mut statement = connection.prepare_cached(
        "SELECT state FROM conditions WHERE account_id = ?1 AND thing_id = ?2 AND topic = ?3",
    )?;
    Ok(statement.query_row((account.0, id.0, topic), |row| state(row, "state")).optional()?)
}

/// Keeps what is to be remembered of a thing on a topic.
pub(super) fn put_condition(
    tx: &Tx<'_>,
    account: AccountId,
    id: EntityId,
    topic: &str,
    condition: &Condition,
) -> Result<()> {
    tx.connection
        .prepare_cached(
            "INSERT INTO conditions (account_id, thing_id, topic, troubled, wait_until, state)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (account_id, thing_id, topic) DO UPDATE SET troubled = ?4, wait_until = ?5, state = ?6",
        )?
        .execute(params![
            account.0,
            id.0,
            topic,
            condition.since.is_some(),
            condition.wait_until.map(micros),
            serde_json::to_string(condition)?,
        ])?;
    Ok(())
}

/// Names the other things of an organization that are in trouble on a topic.
pub(super) fn in_trouble(
    connection: &Connection,
    account: AccountId,
    topic: &str,
    organization: OrganizationId,
    but: EntityId,
) -> Result<Vec<EntityId>> {
    let mut statement = connection.prepare_cached(
        "SELECT c.thing_id FROM conditions c JOIN things t ON t.account_id = c.account_id AND t.id = c.thing_id
         WHERE c.account_id = ?1 AND c.topic = ?2 AND c.troubled = 1 AND t.organization_id = ?3 AND c.thing_id <> ?4
         ORDER BY c.thing_id",
    )?;
    let rows = statement
        .query_map((account.0, topic, organization.0, but.0), |row| Ok(EntityId(row.get::<_, i64>(0)?)))?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// Names the topics on which a thing is in trouble.
pub(super) fn troubles(connection: &Connection, account: AccountId, id: EntityId) -> Result<Vec<String>> {
    let mut statement = connection.prepare_cached(
        "SELECT topic FROM conditions WHERE account_id = ?1 AND thing_id = ?2 AND troubled = 1 ORDER BY topic",
    )?;
    let rows = statement.query_map((account.0, id.0), |row| row.get(0))?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// Loads the open escalation with a subject key, with one entity.
pub(super) fn open(
    connection: &Connection,
    account: AccountId,
    key: &str,
    id: EntityId,
) -> Result<Option<Escalation>> {
    let head = escalations::open_head(connection, account, key)?;
    head.map(|head| escalations::with_entity(connection, head, id)).transpose()
}

/// Lists the tenants that cannot be read for a reason that only the operator can mend, by their numbers.
pub(in crate::store::tables) fn provider_faults(
    connection: &Connection,
    account: Option<AccountId>,
    page: Cursor,
) -> Result<PageOf<ProviderFaultBody>> {
    let told = connection.json("c.state", &["told"]);
    let sql = format!(
        "SELECT t.id, t.account_id, t.external_id, t.organization_id, c.state, a.name AS account_name, o.name AS organization_name
         FROM conditions c
         JOIN things t ON t.account_id = c.account_id AND t.id = c.thing_id
         JOIN accounts a ON a.id = t.account_id
         LEFT JOIN organizations o ON o.account_id = t.account_id AND o.id = t.organization_id
         WHERE (c.account_id = ?1 OR ?1 IS NULL) AND c.topic = 'access' AND c.troubled = 1
           AND {told} IS NOT NULL AND t.id > ?2 ORDER BY t.id LIMIT ?3"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let bounds = (account.map(|id| id.0), page.after.unwrap_or(0), limit(page));
    let rows = statement.query_map(bounds, |row| {
        let condition: Condition = state(row, "state")?;
        let (code, since) = (condition.told.unwrap_or_default(), condition.since.unwrap_or_default());
        let organization: (Option<i64>, Option<String>) =
            (row.get("organization_id")?, row.get("organization_name")?);
        let body = ProviderFaultBody {
            account: Named { id: AccountId(row.get("account_id")?), name: row.get("account_name")? },
            organization: organization
                .0
                .zip(organization.1)
                .map(|(id, name)| Named { id: OrganizationId(id), name }),
            tenant_id: row.get("external_id")?,
            code: beckon_core::aadsts::name(code),
            meaning: beckon_core::aadsts::look_up(code).meaning.to_owned(),
            since,
        };
        Ok((row.get("id")?, body))
    })?;
    Ok(PageOf::cut(rows.collect::<SqlResult<_>>()?, page.limit))
}

#[cfg(test)]
mod tests {
    use beckon_core::observation::AntivirusPolicy;
    use proptest::prelude::*;

    use super::*;
    use crate::store::sqlite::migrate;

    /// A store that holds readings of one thing, in the order in which they arrived.
    fn store(readings: &[(ObservationId, Timestamp, Reading)]) -> Connection {
        let mut connection = rusqlite::Connection::open_in_memory().expect("memory");
        migrate(&mut connection).expect("an empty database");
        let connection = Connection::Sqlite(connection);
        for (id, at, reading) in readings {
            connection
                .execute(
                    "INSERT INTO observations (account_id, id, observed_at, received_at, outcome, thing_id, topic, troubled, reading)
                     VALUES (1, ?1, ?2, 0, '', 7, 'protection', ?3, ?4)",
                    (&id.0, micros(*at), reading.is_trouble(), serde_json::to_string(reading).expect("JSON")),
                )
                .expect("a row");
        }
        connection
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 512, ..ProptestConfig::default() })]

        #[test]
        fn three_looks_into_the_index_read_what_core_reads_off_all(said in prop::collection::vec((0..4_i64, any::<bool>()), 0..7)) {
            let readings: Vec<(ObservationId, Timestamp, Reading)> = said
                .iter()
                .enumerate()
                .map(|(number, (minute, on))| {
                    let policy = AntivirusPolicy::Enforce;
                    let at = Timestamp::UNIX_EPOCH + beckon_core::time::minutes(*minute);
                    (ObservationId(format!("o{number}")), at, Reading::Protection { policy, on: *on })
                })
                .collect();
            let found = streak(&store(&readings), AccountId(1), EntityId(7), "protection").expect("it reads");
            prop_assert_eq!(found, Streak::of(&readings));
        }
    }
}
