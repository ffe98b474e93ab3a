//! Remedies: a projection of the log, for the operator who carries them out.

use beckon_core::api::remedy::RemedyBody;
use beckon_core::escalation::{EntityState, Escalation, Event, Happening};
use beckon_core::id::{AccountId, RemedyId};
use beckon_core::remedy::{Remedy, RemedyStatus};

use super::Result;
use super::columns::state;
use super::log::limit;
use super::tx::Tx;
use crate::store::sql::{Connection, OptionalExtension as _, Row, SqlResult, params};
use crate::store::{Cursor, PageOf, RemedyQuery};

/// Keeps what an event of `escalation` makes of remedies.
pub(super) fn project(tx: &Tx<'_>, escalation: &Escalation, event: &Event) -> Result<()> {
    let head = &escalation.head;
    match &event.what {
        Happening::RemedyOrdered { orders, .. } => orders.iter().try_for_each(|order| {
            let of_entity = order.entity.and_then(|id| escalation.entities.get(&id));
            let remedy = Remedy {
                order: order.clone(),
                account: head.account,
                organization: head.organization.or(of_entity.and_then(organization)),
                escalation: head.id,
                status: RemedyStatus::Ordered,
                message: None,
                ordered_by: event.by.clone(),
                ordered_at: event.at,
                updated_at: event.at,
            };
            insert(tx, &remedy)
        }),
        Happening::RemedySucceeded { remedy, message, .. } => {
            outcome(tx, head.account, *remedy, RemedyStatus::Succeeded, message.as_ref(), event)
        }
        Happening::RemedyFailed { remedy, message, .. } => {
            outcome(tx, head.account, *remedy, RemedyStatus::Failed, Some(message), event)
        }
        Happening::Raised { .. }
        | Happening::EntityAdded { .. }
        | Happening::Sighted { .. }
        | Happening::EntityRecovered { .. }
        | Happening::Delivers { .. }
        | Happening::SeverityRaised { .. }
        | Happening::Answered { .. }
        | Happening::Commented { .. }
        | Happening::BecameOverdue
        | Happening::Reminded { .. }
        | Happening::VerificationUnheard
        | Happening::IncidentSuspected { .. }
        | Happening::ProviderFault { .. }
        | Happening::Resolved { .. }
        | Happening::Withdrawn { .. }
        | Happening::Configured { .. }
        | Happening::Removed { .. }
        | Happening::RuleMade { .. }
        | Happening::RuleChanged { .. }
        | Happening::RuleDeleted { .. } => Ok(()),
    }
}

fn organization(state: &EntityState) -> Option<beckon_core::id::OrganizationId> {
    use beckon_core::escalation::Entity;
    match &state.entity {
        Entity::Endpoint(endpoint) => Some(endpoint.organization),
        Entity::Identity(_) | Entity::Report(_) | Entity::Tenant(_) => None,
    }
}

fn insert(tx: &Tx<'_>, remedy: &Remedy) -> Result<()> {
    let status: &str = remedy.status.into();
    tx.connection
        .prepare_cached(
            "INSERT INTO remedies (account_id, id, escalation_id, entity_id, organization_id, status, state)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            remedy.account.0,
            remedy.order.id.0,
            remedy.escalation.0,
            remedy.order.entity.map(|id| id.0),
            remedy.organization.map(|id| id.0),
            status,
            serde_json::to_string(remedy)?,
        ])?;
    Ok(())
}

fn outcome(
    tx: &Tx<'_>,
    account: AccountId,
    id: RemedyId,
    status: RemedyStatus,
    message: Option<&String>,
    event: &Event,
) -> Result<()> {
    let Some(before) = find(tx.connection, id)? else { return Ok(()) };
    let remedy = Remedy { status, message: message.cloned(), updated_at: event.at, ..before };
    let status: &str = status.into();
    tx.connection
        .prepare_cached("UPDATE remedies SET status = ?3, state = ?4 WHERE account_id = ?1 AND id = ?2")?
        .execute((account.0, id.0, status, serde_json::to_string(&remedy)?))?;
    Ok(())
}

/// Finds a remedy.
pub(super) fn find(connection: &Connection, id: RemedyId) -> Result<Option<Remedy>> {
    let mut statement = connection.prepare_cached("SELECT state FROM remedies WHERE id = ?1")?;
    Ok(statement.query_row([id.0], |row| state(row, "state")).optional()?)
}

const SHOWN: &str = "SELECT r.id, r.state, e.state AS entity, a.name AS account_name, o.name AS organization_name
  FROM remedies r
  JOIN accounts a ON a.id = r.account_id
  LEFT JOIN organizations o ON o.account_id = r.account_id AND o.id = r.organization_id
  LEFT JOIN entities e ON e.account_id = r.account_id AND e.escalation_id = r.escalation_id AND e.entity_id = r.entity_id";

fn read_shown(row: &Row<'_>) -> SqlResult<RemedyBody> {
    let remedy: Remedy = state(row, "state")?;
    let has_entity = !row.is_null("entity")?;
    let entity: Option<EntityState> = if has_entity { Some(state(row, "entity")?) } else { None };
    let (account, organization): (String, Option<String>) =
        (row.get("account_name")?, row.get("organization_name")?);
    Ok(RemedyBody::of(&remedy, entity.as_ref(), &account, organization.as_deref()))
}

/// Shows a remedy.
pub(super) fn shown(connection: &Connection, id: RemedyId) -> Result<Option<RemedyBody>> {
    let mut statement = connection.prepare_cached(&format!("{SHOWN} WHERE r.id = ?1"))?;
    Ok(statement.query_row([id.0], read_shown).optional()?)
}

/// The subject keys of questions about Beckon's own deliveries: what their answers order, Beckon carries out itself.
const OWN: &str = "integration.reports_undeliverable/%/beckon-%";

/// Lists remedies, oldest first.
pub(super) fn list(connection: &Connection, query: RemedyQuery, page: Cursor) -> Result<PageOf<RemedyBody>> {
    let sql = format!(
        "{SHOWN} WHERE (r.status = ?1 OR ?1 IS NULL) AND (r.account_id = ?2 OR ?2 IS NULL)
           AND (r.escalation_id = ?3 OR ?3 IS NULL) AND r.id > ?4
           AND NOT EXISTS (SELECT 1 FROM escalations own WHERE own.account_id = r.account_id AND own.id = r.escalation_id
                             AND own.subject_key LIKE '{OWN}')
         ORDER BY r.id LIMIT ?5"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let status: Option<&str> = query.status.map(Into::into);
    let bounds = params![
        status,
        query.account.map(|id| id.0),
        query.escalation.map(|id| id.0),
        page.after.unwrap_or(0),
        limit(page),
    ];
    let rows = statement.query_map(bounds, |row| Ok((row.get::<_, i64>("id")?, read_shown(row)?)))?;
    Ok(PageOf::cut(rows.collect::<SqlResult<_>>()?, page.limit))
}
