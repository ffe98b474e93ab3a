//! Observations: loads what core names, lets core decide, keeps what comes back. One after the other, so that the second
//! of a batch finds what the first raised.

use std::collections::{BTreeSet, HashSet};

use beckon_core::api::observation::ObservationResult;
use beckon_core::error::FieldError;
use beckon_core::escalation::Escalation;
use beckon_core::id::{AccountId, EntityId};
use beckon_core::observation::{Fact, Observation, Outcome};
use beckon_core::permission::Permit;
use beckon_core::time::Timestamp;
use beckon_core::watch::Reading;

use super::tx::Tx;
use super::{Result, StoreError};
use crate::store::sql::Connection;
use loaded::{Loaded, person};

mod loaded;
mod login;
mod things;
mod watch;

pub(super) use things::provider_faults;

/// Takes in `observations`, each on its own.
pub(super) fn observe(
    tx: &Tx<'_>,
    observations: &[Observation],
    now: Timestamp,
) -> Result<Vec<ObservationResult>> {
    let accounts: BTreeSet<AccountId> = observations.iter().map(|observation| observation.account).collect();
    for account in accounts {
        tx.lock_account(account)?;
    }
    tx.stands();
    let together = tx.apart(|| all(tx, observations, now));
    match together {
        // One of them cannot be taken in, whenever it comes. The others are.
        Err(StoreError::Broken(_)) => {
            let alone = observations.iter().map(|observation| alone(tx, observation, now));
            Ok(alone.collect::<Result<Vec<_>>>()?.concat())
        }
        done => done,
    }
}

/// Takes in `observations` in their order.
fn all(tx: &Tx<'_>, observations: &[Observation], now: Timestamp) -> Result<Vec<ObservationResult>> {
    let mut loaded = Loaded::of(tx, observations)?;
    let results = observations.iter().map(|observation| one(tx, &mut loaded, observation, now));
    let results = results.collect::<Result<_>>()?;
    loaded.write(tx)?;
    Ok(results)
}

/// Takes in one observation apart from the others, or rejects it where that always fails.
fn alone(tx: &Tx<'_>, observation: &Observation, now: Timestamp) -> Result<Vec<ObservationResult>> {
    match tx.apart(|| all(tx, std::slice::from_ref(observation), now)) {
        Err(StoreError::Broken(why)) => {
            let (account, id) = (observation.account, &observation.id.0);
            tracing::error!(%account, id, why, "an observation cannot be taken in");
            let text = "it cannot be taken in, because something that it concerns cannot be read: tell whoever runs this server";
            Ok(vec![ObservationResult {
                id: Some(id.clone()),
                outcome: Outcome::Rejected,
                escalation_id: None,
                errors: vec![FieldError::new("id", text)],
            }])
        }
        done => done,
    }
}

/// Takes in one observation.
fn one<'o>(
    tx: &Tx<'_>,
    loaded: &mut Loaded<'o>,
    observation: &'o Observation,
    now: Timestamp,
) -> Result<ObservationResult> {
    let result = |outcome, escalation_id, errors| ObservationResult {
        id: Some(observation.id.0.clone()),
        outcome,
        escalation_id,
        errors,
    };
    if let Some(known) = loaded.known(observation) {
        return Ok(result(Outcome::Duplicate, known.escalation, Vec::new()));
    }
    let kept = loaded.kept(tx, observation.account)?.unwrap_or_default();
    if let Err(error) = kept.admit(observation.observed_at, now) {
        return Ok(result(Outcome::Rejected, None, vec![error]));
    }
    if let Err(error) = loaded.organization(tx, observation, now)? {
        return Ok(result(Outcome::Rejected, None, vec![error]));
    }
    let observed = match (&observation.fact, Reading::of(observation)) {
        (Fact::Login(login), _) => {
            let Some(person) = person(observation, login) else {
                let error = FieldError::new("organization_id", "required, and missing");
                return Ok(result(Outcome::Rejected, None, vec![error]));
            };
            login::observe(tx, loaded, observation, person, login, now)?
        }
        (_, Some((thing, reading))) => watch::observe(tx, observation, &thing, &reading, now)?,
        (_, None) => return Ok(result(Outcome::Ignored, None, Vec::new())),
    };
    loaded.took(observation, observed.escalation);
    Ok(result(observed.outcome, observed.escalation, observed.errors))
}

/// Judges a thing on a topic because time has come to `now`.
pub(super) fn judge(
    tx: &Tx<'_>,
    account: AccountId,
    id: EntityId,
    topic: &str,
    now: Timestamp,
) -> Result<()> {
    watch::judge(tx, account, id, topic, None, now).map(drop)
}

/// Remembers that an answer accepts the trouble of `entities` of `escalation` as it is, until it ends.
pub(super) fn accept(
    tx: &Tx<'_>,
    escalation: &Escalation,
    entities: &[EntityId],
    permit: &Permit,
    now: Timestamp,
) -> Result<()> {
    for id in entities {
        watch::accept(tx, escalation, *id, permit.by(), now)?;
    }
    Ok(())
}

/// Returns which of `ids` are here already, in their order.
pub(super) fn known(connection: &Connection, account: AccountId, ids: &[String]) -> Result<Vec<String>> {
    let mut asked = HashSet::new();
    let ids: Vec<&String> = ids.iter().filter(|id| asked.insert(*id)).collect();
    let keys: Vec<_> = ids.iter().map(|id| (account.0, *id)).collect();
    let sql = "SELECT 1 FROM observations WHERE account_id = ?1 AND id = ?2";
    let found = connection.query_each(sql, &keys, |_| Ok(()))?;
    Ok(ids.into_iter().zip(found).filter(|(_, found)| found.is_some()).map(|(id, _)| id.clone()).collect())
}
