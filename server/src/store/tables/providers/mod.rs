//! Sign-in providers. Account 0 is the whole installation.

use beckon_core::error::Refusal;
use beckon_core::id::{AccountId, ProviderId};
use beckon_core::permission::Permit;
use beckon_core::provider::check_room;
use beckon_core::time::Timestamp;

use super::columns::{state, take_id};
use super::tx::Tx;
use super::{Result, configure, people};
use crate::store::sql::{Connection, OptionalExtension as _, Row, SqlResult};
use crate::store::{Offered, Provider};

pub(super) mod admit;
pub(super) mod flows;

fn read(row: &Row<'_>) -> SqlResult<Provider> {
    let kept: Provider = state(row, "state")?;
    Ok(Provider { sealed: row.get("sealed")?, ..kept })
}

/// The account under which a provider is kept.
fn holder(account: Option<AccountId>) -> i64 {
    account.map_or(0, |account| account.0)
}

/// Finds a provider.
pub(super) fn find(connection: &Connection, id: ProviderId) -> Result<Option<Provider>> {
    let mut statement = connection.prepare_cached("SELECT state, sealed FROM providers WHERE id = ?1")?;
    Ok(statement.query_row([id.0], read).optional()?)
}

/// Lists the providers of an account, or of the whole installation.
pub(super) fn list(connection: &Connection, account: Option<AccountId>) -> Result<Vec<Provider>> {
    let mut statement =
        connection.prepare_cached("SELECT state, sealed FROM providers WHERE account_id = ?1 ORDER BY id")?;
    let rows = statement.query_map([holder(account)], read)?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// Lists what is offered to addresses of a domain: those of the whole installation always, and first.
pub(super) fn offered(connection: &Connection, domain: &str) -> Result<Vec<Offered>> {
    let mut statement = connection.prepare_cached(
        "SELECT state, sealed FROM providers
         WHERE enabled = 1
           AND (account_id = 0 OR id IN (SELECT provider_id FROM provider_domains WHERE domain = ?1))
         ORDER BY account_id, id LIMIT 50",
    )?;
    let found: Vec<Provider> = statement.query_map([domain], read)?.collect::<SqlResult<_>>()?;
    let named = |provider: Provider| {
        let account =
            provider.account.map(|account| people::account_name(connection, account)).transpose()?;
        Ok(Offered { id: provider.id, name: provider.settings.name, account: account.flatten() })
    };
    found.into_iter().map(named).collect()
}

/// Returns the number that the next provider gets.
pub(super) fn next_id(tx: &Tx<'_>) -> Result<ProviderId> {
    Ok(ProviderId(take_id(tx.connection, "provider")?))
}

/// Keeps a new provider.
pub(super) fn add(tx: &Tx<'_>, permit: Option<&Permit>, provider: &Provider, now: Timestamp) -> Result<()> {
    check_room(list(tx.connection, provider.account)?.len())?;
    tx.connection
        .prepare_cached("INSERT INTO providers (account_id, id, enabled, state) VALUES (?1, ?2, 0, '')")?
        .execute((holder(provider.account), provider.id.0))?;
    put(tx, provider)?;
    log(tx, permit, "added", provider, now)
}

/// Keeps a changed provider.
pub(super) fn change(
    tx: &Tx<'_>,
    permit: Option<&Permit>,
    provider: &Provider,
    now: Timestamp,
) -> Result<()> {
    put(tx, provider)?;
    if !provider.enabled {
        end_all(tx, provider.id)?;
    }
    log(tx, permit, "changed", provider, now)
}

/// Forgets a provider, and whom it is tied to.
pub(super) fn remove(
    tx: &Tx<'_>,
    permit: Option<&Permit>,
    provider: &Provider,
    now: Timestamp,
) -> Result<()> {
    end_all(tx, provider.id)?;
    for table in ["provider_links", "provider_domains"] {
        tx.connection.execute(&format!("DELETE FROM {table} WHERE provider_id = ?1"), [provider.id.0])?;
    }
    tx.connection.execute("DELETE FROM providers WHERE id = ?1", [provider.id.0])?;
    log(tx, permit, "deleted", provider, now)
}

/// Ends the sessions that began by a provider, and the sign-ins that have left for it.
fn end_all(tx: &Tx<'_>, id: ProviderId) -> Result<()> {
    for table in ["sessions", "sign_in_flows"] {
        tx.connection.execute(&format!("DELETE FROM {table} WHERE provider_id = ?1"), [id.0])?;
    }
    Ok(())
}

/// Writes a provider, with the domains for which it is offered.
fn put(tx: &Tx<'_>, provider: &Provider) -> Result<()> {
    check_places(tx.connection, provider)?;
    tx.connection
        .prepare_cached(
            "UPDATE providers SET enabled = ?3, state = ?4, sealed = ?5 WHERE account_id = ?1 AND id = ?2",
        )?
        .execute((
            holder(provider.account),
            provider.id.0,
            provider.enabled,
            serde_json::to_string(provider)?,
            &provider.sealed,
        ))?;
    tx.connection.execute("DELETE FROM provider_domains WHERE provider_id = ?1", [provider.id.0])?;
    let mut insert = tx.connection.prepare_cached(
        "INSERT INTO provider_domains (domain, provider_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
    )?;
    for domain in &provider.settings.email_domains {
        insert.execute((domain.trim().to_lowercase(), provider.id.0))?;
    }
    Ok(())
}

/// Checks that the accounts and organizations in which places are granted are there, and belong together.
fn check_places(connection: &Connection, provider: &Provider) -> Result<()> {
    for (field, account) in provider.settings.accounts() {
        if people::account_name(connection, account)?.is_none() {
            let field = format!("{field}.account_id");
            return Err(Refusal::field(field, format!("there is no account {account}")).into());
        }
    }
    for (field, account, id) in provider.settings.organizations(provider.account) {
        let found = people::organization(connection, id)?;
        if found.is_none_or(|found| Some(found.account_id) != account) {
            let field = format!("{field}.organization_id");
            return Err(Refusal::field(field, format!("there is no organization {id} in the account")).into());
        }
    }
    Ok(())
}

/// Logs what was done to a provider of an account. One of the whole installation belongs to no account's log.
fn log(tx: &Tx<'_>, permit: Option<&Permit>, what: &str, provider: &Provider, now: Timestamp) -> Result<()> {
    let Some(permit) = permit else { return Ok(()) };
    let off = if provider.enabled { "" } else { ", which is switched off" };
    configure(tx, permit, &format!("{what} the sign-in provider {}{off}", provider.settings.name), now)
}
