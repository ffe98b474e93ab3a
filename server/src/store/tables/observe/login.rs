//! Logins: the rules and the open question that core names, the identity, the decision.

use beckon_core::decide::{self, ObservationFacts, ObservationKeys, Observed, OpenQuestion};
use beckon_core::escalation::Identity;
use beckon_core::id::{AccountId, EntityId, IdentityId, OrganizationId};
use beckon_core::observation::{LoginFact, Observation, ObservedIdentity};
use beckon_core::time::Timestamp;

use super::Loaded;
use crate::store::sql::{OptionalExtension as _, params};
use crate::store::tables::columns::{micros, parsed, take_id};
use crate::store::tables::keep::keep;
use crate::store::tables::tx::Tx;
use crate::store::tables::{Result, escalations};

/// Takes in a login.
pub(super) fn observe(
    tx: &Tx<'_>,
    loaded: &mut Loaded,
    observation: &Observation,
    organization: OrganizationId,
    login: &LoginFact,
    now: Timestamp,
) -> Result<Observed> {
    let account = observation.account;
    let identity = identity(tx, account, organization, &login.identity, now)?;
    let keys = ObservationKeys::of(observation, login);
    let rules = loaded.rules(tx, account, &keys)?;
    let key = keys.subject_key.as_deref();
    let open = key.map(|key| escalations::open_head(tx.connection, account, key)).transpose()?.flatten();
    let entity: EntityId = identity.id.into();
    let open = open.map(|head| escalations::with_entity(tx.connection, head, entity)).transpose()?;
    let previous = match (key, &open) {
        (Some(key), None) => escalations::previous(tx.connection, account, key)?,
        _ => None,
    };
    let facts = ObservationFacts {
        rules,
        open: open.as_ref().map(|open| OpenQuestion { head: &open.head, entity: open.entities.get(&entity) }),
        previous,
        next_id: escalations::next_id(tx.connection)?,
    };
    let observed = decide::observe(observation, login, &identity, &facts, now);
    let mut open = open.map(|open| (open.head.id, open)).into_iter().collect();
    keep(tx, account, &mut open, &observed.events)?;
    record(tx, observation, login, identity.id, &observed, now)?;
    Ok(observed)
}

/// Finds the identity and brings it up to date; makes it when it is new. What the detector does not know stays.
fn identity(
    tx: &Tx<'_>,
    account: AccountId,
    organization: OrganizationId,
    observed: &ObservedIdentity,
    now: Timestamp,
) -> Result<Identity> {
    let known = tx
        .connection
        .prepare_cached(
            "SELECT id, username, name, usage_location FROM identities
             WHERE account_id = ?1 AND organization_id = ?2 AND external_id = ?3",
        )?
        .query_row((account.0, organization.0, &observed.id), |row| {
            Ok(Identity {
                id: IdentityId(row.get("id")?),
                external_id: observed.id.clone(),
                username: row.get("username")?,
                name: row.get("name")?,
                usage_location: parsed(row, "usage_location")?,
            })
        })
        .optional()?;
    let identity = Identity {
        id: known.as_ref().map_or(IdentityId(0), |known| known.id),
        external_id: observed.id.clone(),
        username: observed.username.clone(),
        name: observed.name.clone().or_else(|| known.as_ref().and_then(|known| known.name.clone())),
        usage_location: observed.usage_location.or(known.as_ref().and_then(|known| known.usage_location)),
    };
    let location = identity.usage_location.map(|country| country.to_string());
    match known {
        Some(known) if known == identity => Ok(identity),
        Some(_) => {
            tx.connection
                .prepare_cached(
                    "UPDATE identities SET username = ?3, name = ?4, usage_location = ?5, updated_at = ?6
                     WHERE account_id = ?1 AND id = ?2",
                )?
                .execute((
                    account.0,
                    identity.id.0,
                    &identity.username,
                    &identity.name,
                    location,
                    micros(now),
                ))?;
            Ok(identity)
        }
        None => {
            let id = take_id(tx.connection, "identity")?;
            tx.connection
                .prepare_cached(
                    "INSERT INTO identities (account_id, id, organization_id, external_id, username, name,
                                             usage_location, created_at, updated_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)",
                )?
                .execute(params![
                    account.0,
                    id,
                    organization.0,
                    identity.external_id,
                    identity.username,
                    identity.name,
                    location,
                    micros(now)
                ])?;
            Ok(Identity { id: IdentityId(id), ..identity })
        }
    }
}

fn record(
    tx: &Tx<'_>,
    observation: &Observation,
    login: &LoginFact,
    identity: IdentityId,
    observed: &Observed,
    now: Timestamp,
) -> Result<()> {
    let outcome: &str = observed.outcome.into();
    tx.connection
        .prepare_cached(
            "INSERT INTO observations (account_id, id, observed_at, received_at, outcome, escalation_id,
                                       organization_id, identity_id, country, vpn, address)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            observation.account.0,
            observation.id.0,
            micros(observation.observed_at),
            micros(now),
            outcome,
            observed.escalation.map(|id| id.0),
            observation.organization.map(|id| id.0),
            identity.0,
            login.country.map(|country| country.to_string()),
            login.vpn.as_ref().map(ToString::to_string),
            login.ip_address.map(|address| address.to_string()),
        ])?;
    Ok(())
}
