//! What it takes to carry out a claimed delivery, as things are now.

use beckon_core::escalation::{EntityState, Escalation};
use beckon_core::id::{AccountId, EscalationId, IntegrationId, UserId};

use super::{Result, installation};
use crate::store::outbox::{Claim, Errand, Integration, Task, Ticket};
use crate::store::sql::{Connection, OptionalExtension as _, SqlResult};
use crate::store::tables::columns::{optional_time, state, time};
use crate::store::tables::{escalations, integrations, members, people, webhooks};
use crate::store::{NamedEscalation, StoreError};

/// The most entities that are loaded for a message; it names far fewer.
const MOST_ENTITIES: i64 = 100;

/// Loads what it takes; none where another worker holds it by now.
pub(in crate::store::tables) fn errand(connection: &Connection, claim: &Claim) -> Result<Option<Errand>> {
    let account = claim.account;
    let row = connection
        .prepare_cached(
            "SELECT task, doubt, escalation_id, created_at FROM deliveries
             WHERE account_id = ?1 AND id = ?2 AND token = ?3 AND status = 'sending'",
        )?
        .query_row((account.0, claim.delivery.0, claim.token), |row| {
            let escalation = row.get::<_, Option<i64>>("escalation_id")?.map(EscalationId);
            Ok((state::<Task>(row, "task")?, row.get("doubt")?, escalation, time(row, "created_at")?))
        })
        .optional()?;
    let Some((task, doubt, escalation, created_at)) = row else { return Ok(None) };
    let escalation = escalation.map(|id| told(connection, account, id)).transpose()?.flatten();
    let person = match &task {
        Task::Mail { user, .. } | Task::MailTest { user } => person(connection, account, *user)?,
        _ => None,
    };
    let integration = match task.channel() {
        beckon_core::notice::Channel::Psa => integrations::find(connection, IntegrationId(task.target()))?
            .filter(|found| found.account == account),
        _ => None,
    };
    let company = match (&integration, &escalation) {
        (Some(integration), Some(escalation)) => company(connection, integration, &escalation.escalation)?,
        _ => None,
    };
    let ticket = match (&integration, &escalation) {
        (Some(integration), Some(escalation)) => {
            ticket(connection, account, escalation.escalation.head.id, integration.id)?
        }
        _ => None,
    };
    let webhook = match &task {
        Task::Webhook { webhook, .. } => webhooks::find(connection, *webhook)?,
        _ => None,
    };
    Ok(Some(Errand {
        claim: claim.clone(),
        task,
        doubt,
        created_at,
        escalation,
        account_name: people::account_name(connection, account)?.unwrap_or_default(),
        person,
        integration,
        company,
        ticket,
        webhook,
        installation: installation(connection)?.ok_or_else(|| {
            StoreError::Unavailable("expected the name of this installation, found none".to_owned())
        })?,
    }))
}

fn person(
    connection: &Connection,
    account: AccountId,
    user: UserId,
) -> Result<Option<beckon_core::actor::Member>> {
    Ok(members::member(connection, account, user)?.filter(beckon_core::notice::hears))
}

/// Loads an escalation with the first of its entities.
pub(in crate::store::tables) fn told(
    connection: &Connection,
    account: AccountId,
    id: EscalationId,
) -> Result<Option<NamedEscalation>> {
    let Some(head) = escalations::head(connection, account, id)? else { return Ok(None) };
    let mut statement = connection.prepare_cached(
        "SELECT state FROM entities WHERE account_id = ?1 AND escalation_id = ?2 ORDER BY entity_id LIMIT ?3",
    )?;
    let rows =
        statement.query_map((account.0, id.0, MOST_ENTITIES), |row| state::<EntityState>(row, "state"))?;
    let entities = rows.map(|row| row.map(|state| (state.entity.id(), state)));
    let entities = entities.collect::<SqlResult<_>>()?;
    let organization =
        head.organization.map(|id| people::organization(connection, id)).transpose()?.flatten();
    Ok(Some(NamedEscalation {
        account: people::account_name(connection, account)?.unwrap_or_default(),
        organization: organization.map(|found| found.name),
        escalation: Escalation { head, entities },
    }))
}

/// Finds the company of the organization that an escalation concerns, or of the one organization of its entities; else the
/// default one.
fn company(
    connection: &Connection,
    integration: &Integration,
    escalation: &Escalation,
) -> Result<Option<String>> {
    let mapped = match escalation.sole_organization() {
        Some(organization) => integrations::company(connection, integration, organization)?,
        None => None,
    };
    Ok(mapped.or_else(|| integration.default_company.as_ref().map(|company| company.id.clone())))
}

/// Finds what is known of the ticket of an escalation. Where the account used another integration before, a ticket may be
/// there that this one does not know of.
pub(super) fn ticket(
    connection: &Connection,
    account: AccountId,
    escalation: EscalationId,
    integration: IntegrationId,
) -> Result<Option<Ticket>> {
    let own = connection
        .prepare_cached(
            "SELECT ticket, doubt, searched_at FROM tickets
             WHERE account_id = ?1 AND escalation_id = ?2 AND integration_id = ?3",
        )?
        .query_row((account.0, escalation.0, integration.0), |row| {
            Ok(Ticket {
                id: row.get("ticket")?,
                doubt: row.get("doubt")?,
                searched_at: optional_time(row, "searched_at")?,
            })
        })
        .optional()?;
    if own.is_some() {
        return Ok(own);
    }
    let others: bool = connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM tickets WHERE account_id = ?1 AND escalation_id = ?2)")?
        .query_row((account.0, escalation.0), |row| row.get(0))?;
    Ok(others.then_some(Ticket { id: None, doubt: true, searched_at: None }))
}
