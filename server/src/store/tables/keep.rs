//! Keeps what core decided: the log, and what the events make of escalations, entities and remedies.

use std::collections::BTreeMap;

use beckon_core::escalation::{Escalation, Event};
use beckon_core::id::{AccountId, EscalationId};
use beckon_core::severity::Severity;

use super::columns::reserve_id;
use super::tx::Tx;
use super::{Result, StoreError, chain, escalations, notices, remedies};

/// The escalations that an operation works on, with the entities that it needs of them.
pub(super) type Loaded = BTreeMap<EscalationId, Escalation>;

/// Loads nothing beforehand: for events that concern no entity.
pub(super) fn heads(tx: &Tx<'_>, account: AccountId, events: &[Event]) -> Result<i64> {
    keep(tx, account, &mut Loaded::new(), events)
}

/// Appends `events` to the log and applies them. What `loaded` does not hold is loaded without its entities. Returns the
/// number of the first event.
pub(super) fn keep(tx: &Tx<'_>, account: AccountId, loaded: &mut Loaded, events: &[Event]) -> Result<i64> {
    if events.is_empty() {
        return Ok(0);
    }
    let first = chain::append(tx, account, events)?;
    let mut touched: Vec<(EscalationId, Severity)> = Vec::new();
    for (id, event) in events.iter().filter_map(|event| Some((event.escalation?, event))) {
        let before = loaded.get(&id).map(|escalation| escalation.head.severity);
        if let Some(escalation) = loaded.get_mut(&id) {
            escalation.apply(event);
        } else if let Some(raised) = Escalation::raised(account, id, event) {
            reserve_id(tx.connection, "escalation", id.0)?;
            escalations::insert_head(tx, &raised.head, &organization_name(tx, &raised)?)?;
            loaded.insert(id, raised);
        } else {
            let head = escalations::head(tx.connection, account, id)?;
            let head = head.ok_or_else(|| StoreError::Unavailable(format!("escalation {id} is missing")))?;
            let mut escalation = Escalation { head, entities: BTreeMap::new() };
            escalation.apply(event);
            loaded.insert(id, escalation);
        }
        let escalation = &loaded[&id];
        let before = before.unwrap_or(escalation.head.severity);
        escalations::add_to_search(tx, &escalation.head, event)?;
        remedies::project(tx, escalation, event)?;
        if !touched.iter().any(|(known, _)| *known == id) {
            touched.push((id, before));
        }
    }
    for (id, _) in &touched {
        let Escalation { head, entities } = &loaded[id];
        escalations::update_head(tx, head)?;
        entities.values().try_for_each(|entity| escalations::put_entity(tx, head, entity))?;
    }
    for (id, before) in touched {
        let own: Vec<&Event> = events.iter().filter(|event| event.escalation == Some(id)).collect();
        notices::tell(tx, &loaded[&id], before, &own)?;
    }
    for event in events.iter().filter(|event| event.escalation.is_none()) {
        notices::announce_incident(tx, account, event)?;
    }
    Ok(first)
}

fn organization_name(tx: &Tx<'_>, escalation: &Escalation) -> Result<String> {
    let Some(id) = escalation.head.organization else { return Ok(String::new()) };
    Ok(tx.organization_name(id)?.unwrap_or_default())
}
