//! Logins: the identity that each names, the decision, and what it makes of the open question.

use beckon_core::decide::{self, ObservationFacts, ObservationKeys, Observed, OpenQuestion};
use beckon_core::escalation::Identity;
use beckon_core::id::{EntityId, IdentityId};
use beckon_core::observation::{LoginFact, Observation, ObservedIdentity};
use beckon_core::time::Timestamp;

use super::loaded::{Loaded, LoginRow, Person};
use crate::store::sql::params;
use crate::store::tables::columns::micros;
use crate::store::tables::keep::keep;
use crate::store::tables::tx::Tx;
use crate::store::tables::{Result, escalations};

/// Takes in a login of `person`.
pub(super) fn observe<'o>(
    tx: &Tx<'_>,
    loaded: &mut Loaded<'o>,
    observation: &'o Observation,
    person: Person<'o>,
    login: &LoginFact,
    now: Timestamp,
) -> Result<Observed> {
    let account = observation.account;
    let identity = identity(tx, loaded, person, &login.identity, now)?;
    let keys = ObservationKeys::of(observation, login);
    let key = keys.subject_key.as_deref();
    let entity: EntityId = identity.id.into();
    let open = key.map(|key| loaded.question(tx, account, key, entity)).transpose()?.flatten();
    let previous = match (key, &open) {
        (Some(key), None) => loaded.previous(tx, account, key)?,
        _ => None,
    };
    let facts = ObservationFacts {
        rules: loaded.rules(tx, account, &keys)?,
        open: open.as_ref().map(|open| OpenQuestion { head: &open.head, entity: open.entities.get(&entity) }),
        previous,
        next_id: escalations::next_id(tx.connection)?,
    };
    let observed = decide::observe(observation, login, &identity, &facts, now);
    if !observed.events.is_empty() {
        let mut touched = open.map(|open| (open.head.id, open)).into_iter().collect();
        keep(tx, account, &mut touched, &observed.events)?;
        for (key, escalation) in key.into_iter().zip(touched.into_values()) {
            loaded.remember_question(account, key, escalation);
        }
    }
    loaded.keep_login(row(observation, login, identity.id, &observed, now));
    Ok(observed)
}

/// Brings the identity up to date; makes it when it is new. What the detector does not know stays.
fn identity<'o>(
    tx: &Tx<'_>,
    loaded: &mut Loaded<'o>,
    person: Person<'o>,
    observed: &ObservedIdentity,
    now: Timestamp,
) -> Result<Identity> {
    let known = loaded.identity(person);
    let identity = Identity {
        id: known.map_or(IdentityId(0), |known| known.id),
        external_id: observed.id.clone(),
        username: observed.username.clone(),
        name: observed.name.clone().or_else(|| known.and_then(|known| known.name.clone())),
        usage_location: observed.usage_location.or(known.and_then(|known| known.usage_location)),
    };
    if known == Some(&identity) {
        return Ok(identity);
    }
    let identity = match known {
        Some(_) => identity,
        None => Identity { id: loaded.number(tx)?, ..identity },
    };
    let (account, organization, _) = person;
    let location = identity.usage_location.map(|country| country.to_string());
    tx.connection
        .prepare_cached(
            "INSERT INTO identities (account_id, id, organization_id, external_id, username, name,
                                     usage_location, created_at, updated_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8)
             ON CONFLICT (account_id, id) DO UPDATE
             SET username = excluded.username, name = excluded.name, usage_location = excluded.usage_location,
                 updated_at = excluded.updated_at",
        )?
        .execute(params![
            account.0,
            identity.id.0,
            organization.0,
            identity.external_id,
            identity.username,
            identity.name,
            location,
            micros(now)
        ])?;
    loaded.remember_identity(person, identity.clone());
    Ok(identity)
}

/// What is kept of a login.
fn row(
    observation: &Observation,
    login: &LoginFact,
    identity: IdentityId,
    observed: &Observed,
    now: Timestamp,
) -> LoginRow {
    [
        observation.account.0.into(),
        observation.id.0.clone().into(),
        micros(observation.observed_at).into(),
        micros(now).into(),
        observed.outcome.to_string().into(),
        observed.escalation.map(|id| id.0).into(),
        observation.organization.map(|id| id.0).into(),
        identity.0.into(),
        login.country.map(|country| country.to_string()).into(),
        login.vpn.as_ref().map(ToString::to_string).into(),
        login.ip_address.map(|address| address.to_string()).into(),
    ]
}
