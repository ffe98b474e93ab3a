//! PSA integrations and the companies that organizations are there. At most one of an account.

use beckon_core::error::Refusal;
use beckon_core::id::{AccountId, IntegrationId, OrganizationId};
use beckon_core::integration::{Company, Mapped};
use beckon_core::permission::Permit;
use beckon_core::time::Timestamp;

use super::columns::{state, take_id};
use super::tx::Tx;
use super::{Result, configure, notices, outbox};
use crate::store::outbox::Integration;
use crate::store::sql::{Connection, OptionalExtension as _, Row, SqlResult};

fn read(row: &Row<'_>) -> SqlResult<Integration> {
    let kept: Integration = state(row, "state")?;
    Ok(Integration { sealed: row.get("sealed")?, ..kept })
}

/// Finds an integration.
pub(super) fn find(connection: &Connection, id: IntegrationId) -> Result<Option<Integration>> {
    let mut statement = connection.prepare_cached("SELECT state, sealed FROM integrations WHERE id = ?1")?;
    Ok(statement.query_row([id.0], read).optional()?)
}

/// Finds the integration of an account.
pub(super) fn of_account(connection: &Connection, account: AccountId) -> Result<Option<Integration>> {
    let mut statement = connection.prepare_cached(
        "SELECT state, sealed FROM integrations WHERE account_id = ?1 ORDER BY id DESC LIMIT 1",
    )?;
    Ok(statement.query_row([account.0], read).optional()?)
}

/// Finds the integration of an account, where tickets are made there.
pub(super) fn active(connection: &Connection, account: AccountId) -> Result<Option<Integration>> {
    Ok(of_account(connection, account)?.filter(Integration::is_active))
}

/// Keeps a changed integration.
pub(super) fn put(tx: &Tx<'_>, integration: &Integration) -> Result<()> {
    tx.connection
        .prepare_cached("UPDATE integrations SET state = ?3, sealed = ?4 WHERE account_id = ?1 AND id = ?2")?
        .execute((
            integration.account.0,
            integration.id.0,
            serde_json::to_string(integration)?,
            &integration.sealed,
        ))?;
    Ok(())
}

/// Returns the number that the next integration gets, so that its secrets can be sealed for it.
pub(super) fn next_id(tx: &Tx<'_>) -> Result<IntegrationId> {
    Ok(IntegrationId(take_id(tx.connection, "integration")?))
}

/// Keeps a new integration.
pub(super) fn connect(
    tx: &Tx<'_>,
    permit: &Permit,
    integration: &Integration,
    now: Timestamp,
) -> Result<Integration> {
    let account = permit.account();
    if let Some(known) = of_account(tx.connection, account)? {
        return Err(Refusal::Conflict(format!(
            "{} is connected already: disconnect it first, or change its settings",
            known.vendor.name()
        ))
        .into());
    }
    tx.connection
        .prepare_cached(
            "INSERT INTO integrations (account_id, id, vendor, state, sealed) VALUES (?1, ?2, ?3, '', '')",
        )?
        .execute((account.0, integration.id.0, <&str>::from(integration.vendor)))?;
    put(tx, integration)?;
    configure(tx, permit, &format!("connected {}", integration.vendor.name()), now)?;
    Ok(integration.clone())
}

/// Keeps what was changed of an integration; `what` says it for the log.
pub(super) fn change(
    tx: &Tx<'_>,
    permit: &Permit,
    integration: &Integration,
    what: &str,
    now: Timestamp,
) -> Result<Integration> {
    let own = find(tx.connection, integration.id)?.filter(|found| found.account == permit.account());
    let before = own.ok_or(Refusal::Invisible)?;
    put(tx, integration)?;
    if !before.paused && integration.paused {
        notices::reroute(tx, permit.account(), integration.id, Some(&integration.own_slug()), now)?;
    }
    outbox::try_now(tx, integration.id)?;
    configure(tx, permit, what, now)?;
    Ok(integration.clone())
}

/// Forgets an integration with its secrets. What waits for it goes by email.
pub(super) fn disconnect(
    tx: &Tx<'_>,
    permit: &Permit,
    id: IntegrationId,
    now: Timestamp,
) -> Result<Integration> {
    let account = permit.account();
    let own = find(tx.connection, id)?.filter(|found| found.account == account);
    let integration = own.ok_or(Refusal::Invisible)?;
    notices::reroute(tx, account, id, Some(&integration.own_slug()), now)?;
    for table in [
        "integrations WHERE account_id = ?1 AND id = ?2",
        "companies WHERE account_id = ?1 AND integration_id = ?2",
    ] {
        tx.connection.execute(&format!("DELETE FROM {table}"), (account.0, id.0))?;
    }
    configure(tx, permit, &format!("disconnected {}", integration.vendor.name()), now)?;
    Ok(integration)
}

/// Finds the company of an organization.
pub(super) fn company(
    connection: &Connection,
    integration: &Integration,
    organization: OrganizationId,
) -> Result<Option<String>> {
    let mut statement = connection.prepare_cached(
        "SELECT company_id FROM companies WHERE account_id = ?1 AND integration_id = ?2 AND organization_id = ?3",
    )?;
    let key = (integration.account.0, integration.id.0, organization.0);
    Ok(statement.query_row(key, |row| row.get(0)).optional()?)
}

/// Lists which organizations are which companies.
pub(super) fn companies(connection: &Connection, integration: &Integration) -> Result<Vec<Mapped>> {
    let mut statement = connection.prepare_cached(
        "SELECT organization_id, company_id, company_name, by_hand FROM companies
         WHERE account_id = ?1 AND integration_id = ?2 ORDER BY organization_id",
    )?;
    let rows = statement.query_map((integration.account.0, integration.id.0), |row| {
        Ok(Mapped {
            organization: OrganizationId(row.get(0)?),
            company: Company { id: row.get(1)?, name: row.get(2)? },
            by_hand: row.get(3)?,
        })
    })?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// Keeps which organizations are which companies, in place of what was known.
pub(super) fn map(
    tx: &Tx<'_>,
    permit: &Permit,
    id: IntegrationId,
    mapped: &[Mapped],
    what: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let account = permit.account();
    tx.connection
        .prepare_cached("DELETE FROM companies WHERE account_id = ?1 AND integration_id = ?2")?
        .execute((account.0, id.0))?;
    let mut insert = tx.connection.prepare_cached(
        "INSERT INTO companies (account_id, integration_id, organization_id, company_id, company_name, by_hand)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for Mapped { organization, company, by_hand } in mapped {
        insert.execute((account.0, id.0, organization.0, &company.id, &company.name, by_hand))?;
    }
    what.map_or(Ok(()), |what| configure(tx, permit, what, now))
}
