//! Observations of things, and the conditions that time alone brings to an end: loads what core names, lets it decide, keeps
//! what comes back.

use beckon_core::actor::Party;
use beckon_core::decide::{self, Observed, Observing, OpenMatter, Peer, WatchFacts, WatchKeys};
use beckon_core::escalation::Escalation;
use beckon_core::id::{AccountId, EntityId};
use beckon_core::observation::{Observation, Outcome};
use beckon_core::time::Timestamp;
use beckon_core::watch::{Accepted, Condition, Reading, Streak, Thing, Watched};

use super::things;
use crate::store::sql::params;
use crate::store::tables::columns::micros;
use crate::store::tables::keep::{Loaded, keep};
use crate::store::tables::tx::Tx;
use crate::store::tables::{Result, StoreError, escalations};

/// Takes in an observation of a thing.
pub(super) fn observe(
    tx: &Tx<'_>,
    observation: &Observation,
    thing: &Thing,
    reading: &Reading,
    now: Timestamp,
) -> Result<Observed> {
    if let Some(ignored) = decide::unjudgeable(reading) {
        record(tx, observation, None, &ignored, now)?;
        return Ok(ignored);
    }
    let things::Found { id, moved } = things::put(tx, observation, thing)?;
    let account = observation.account;
    // The streak is read with this observation in it; what became of it is written when that is known.
    let pending =
        Observed { outcome: Outcome::Pending, escalation: None, events: Vec::new(), errors: Vec::new() };
    record(tx, observation, Some((id, reading)), &pending, now)?;
    let observing = Observing { id: observation.id.clone(), at: observation.observed_at };
    let topic = reading.topic();
    let observed = judge(tx, account, id, &topic, Some(&observing), now)?;
    let outcome: &str = observed.outcome.into();
    tx.connection
        .prepare_cached(
            "UPDATE observations SET outcome = ?3, escalation_id = ?4 WHERE account_id = ?1 AND id = ?2",
        )?
        .execute((account.0, &observation.id.0, outcome, observed.escalation.map(|id| id.0)))?;
    if moved {
        for other in things::troubles(tx.connection, account, id)?.into_iter().filter(|other| *other != topic)
        {
            judge(tx, account, id, &other, None, now)?;
        }
    }
    Ok(observed)
}

/// Judges a thing on a topic: because of an observation, or because time has come to `now`.
pub(super) fn judge(
    tx: &Tx<'_>,
    account: AccountId,
    id: EntityId,
    topic: &str,
    observing: Option<&Observing>,
    now: Timestamp,
) -> Result<Observed> {
    let missing = |what: &str| StoreError::Unavailable(format!("{what} of thing {id} is missing"));
    let watched = things::watched(tx.connection, account, id)?.ok_or_else(|| missing("the record"))?;
    let streak =
        things::streak(tx.connection, account, id, topic)?.ok_or_else(|| missing("each observation"))?;
    let condition = things::condition(tx.connection, account, id, topic)?.unwrap_or_default();
    let keys = WatchKeys::of(&watched, &streak, &condition);
    let open = things::open(tx.connection, account, &keys.own, id)?;
    let listed =
        keys.listed.iter().filter_map(|key| things::open(tx.connection, account, key, id).transpose());
    let listed: Vec<Escalation> = listed.collect::<Result<_>>()?;
    let matters: Vec<OpenMatter<'_>> = listed.iter().map(|one| matter(one, id)).collect();
    let peers = if keys.needs_peers { peers(tx, account, &watched, topic)? } else { Vec::new() };
    let previous = match open {
        Some(_) => None,
        None => escalations::previous(tx.connection, account, &keys.own)?,
    };
    let facts = WatchFacts {
        watched: &watched,
        streak: &streak,
        condition: &condition,
        open: open.as_ref().map(|one| matter(one, id)),
        listed: &matters,
        peers: &peers,
        previous,
        next_id: escalations::next_id(tx.connection)?,
    };
    let watching = decide::watch(&facts, observing, now);
    let mut loaded: Loaded = open.into_iter().chain(listed).map(|one| (one.head.id, one)).collect();
    keep(tx, account, &mut loaded, &watching.observed.events)?;
    things::put_condition(tx, account, id, topic, &watching.condition)?;
    Ok(watching.observed)
}

/// An open escalation as far as a thing that it may list needs it.
fn matter(one: &Escalation, id: EntityId) -> OpenMatter<'_> {
    OpenMatter { head: &one.head, entity: one.entities.get(&id) }
}

/// Remembers that an answer accepts the trouble of a thing as it is.
pub(super) fn accept(
    tx: &Tx<'_>,
    escalation: &Escalation,
    id: EntityId,
    by: &Party,
    now: Timestamp,
) -> Result<()> {
    let Some(topic) = Reading::topic_of(&escalation.head) else { return Ok(()) };
    let account = escalation.head.account;
    let condition = things::condition(tx.connection, account, id, &topic)?.unwrap_or_default();
    let accepted = Some(Accepted { by: by.clone(), at: now });
    things::put_condition(tx, account, id, &topic, &Condition { accepted, ..condition })
}

fn peers(tx: &Tx<'_>, account: AccountId, watched: &Watched, topic: &str) -> Result<Vec<Peer>> {
    let Some(place) = &watched.place else { return Ok(Vec::new()) };
    let others = things::in_trouble(tx.connection, account, topic, place.id, watched.id)?;
    let mut peers = Vec::with_capacity(others.len());
    for id in others {
        let other = things::watched(tx.connection, account, id)?;
        let streak: Option<Streak> = things::streak(tx.connection, account, id, topic)?;
        let condition: Option<Condition> = things::condition(tx.connection, account, id, topic)?;
        let accepted = condition.is_some_and(|condition| condition.accepted.is_some());
        peers.extend(other.zip(streak).map(|(watched, streak)| Peer { watched, streak, accepted }));
    }
    Ok(peers)
}

fn record(
    tx: &Tx<'_>,
    observation: &Observation,
    said: Option<(EntityId, &Reading)>,
    observed: &Observed,
    now: Timestamp,
) -> Result<()> {
    let outcome: &str = observed.outcome.into();
    tx.connection
        .prepare_cached(
            "INSERT INTO observations (account_id, id, observed_at, received_at, outcome, organization_id, thing_id, topic,
                                       troubled, reading)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?
        .execute(params![
            observation.account.0,
            observation.id.0,
            micros(observation.observed_at),
            micros(now),
            outcome,
            observation.organization.map(|id| id.0),
            said.map(|(id, _)| id.0),
            said.map(|(_, reading)| reading.topic()),
            said.map(|(_, reading)| reading.is_trouble()),
            said.map(|(_, reading)| serde_json::to_string(reading)).transpose()?,
        ])?;
    Ok(())
}
