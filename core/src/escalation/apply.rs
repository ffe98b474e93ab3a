//! How an event changes the state. Also replays history.

use std::collections::BTreeMap;

use super::{Answer, Escalation, Event, Happening, Head, IdentityEntity, Resolution, State};
use crate::id::{AccountId, EscalationId};

impl Escalation {
    /// Rebuilds an escalation from its events, oldest first; none when they do not begin with its raising.
    pub fn replay<'e>(
        account: AccountId,
        id: EscalationId,
        events: impl IntoIterator<Item = &'e Event>,
    ) -> Option<Self> {
        let mut events = events.into_iter();
        let mut escalation = Self::raised(account, id, events.next()?)?;
        events.for_each(|event| escalation.apply(event));
        Some(escalation)
    }

    /// Makes an escalation of its first event; none when that is not its raising.
    pub fn raised(account: AccountId, id: EscalationId, event: &Event) -> Option<Self> {
        Head::raised(account, id, event).map(|head| Self { head, entities: BTreeMap::new() })
    }

    /// Takes in what happened.
    pub fn apply(&mut self, event: &Event) {
        match &event.what {
            Happening::EntityAdded { identity, sighting } => {
                self.entities.insert(identity.id, IdentityEntity::new(identity.clone(), sighting));
            }
            Happening::Sighted { identity, sighting, changed } => {
                let before = self.entities.get(identity).map(|entity| entity.identity.residence());
                if let Some(entity) = self.entities.get_mut(identity) {
                    entity.sighted(sighting, changed.as_ref());
                }
                if let (Some(before), Some(identity)) = (before, changed) {
                    self.head.moved(&before, &identity.residence());
                }
            }
            Happening::Raised { .. }
            | Happening::Answered { .. }
            | Happening::Commented { .. }
            | Happening::RemedyOrdered { .. }
            | Happening::IncidentSuspected { .. }
            | Happening::Resolved { .. }
            | Happening::RuleMade { .. }
            | Happening::RuleChanged { .. }
            | Happening::RuleDeleted { .. } => {}
        }
        self.head.apply(event);
    }
}

impl Head {
    /// Makes the head of an escalation of its first event; none when that is not its raising.
    pub fn raised(account: AccountId, id: EscalationId, event: &Event) -> Option<Self> {
        let Happening::Raised { kind, organization, subject_key, subtype, severity, due_at, previous } =
            &event.what
        else {
            return None;
        };
        Some(Self {
            id,
            account,
            kind: *kind,
            organization: *organization,
            subject_key: subject_key.clone(),
            subtype: subtype.clone(),
            severity: *severity,
            raised_at: event.at,
            due_at: *due_at,
            updated_at: event.at,
            state: State::Open,
            answer: None,
            entity_count: 0,
            residences: BTreeMap::new(),
            sightings: 0,
            last_seen_at: None,
            previous: *previous,
            revision: 1,
            joined_revision: 1,
        })
    }

    /// Takes in what happened, as far as the head keeps it. An entity that changed its usage location is told to
    /// [`Self::moved`] by whoever holds the entity.
    pub fn apply(&mut self, event: &Event) {
        self.revision += 1;
        self.updated_at = self.updated_at.max(event.at);
        match &event.what {
            Happening::EntityAdded { identity, sighting } => {
                self.entity_count += 1;
                *self.residences.entry(identity.residence()).or_default() += 1;
                self.joined_revision = self.revision;
                self.count(sighting.observed_at);
            }
            Happening::Sighted { sighting, .. } => self.count(sighting.observed_at),
            Happening::Answered { choice, scope, schedule, note, revoke_and_disable } => {
                self.answer = Some(Answer {
                    choice: choice.clone(),
                    scope: *scope,
                    schedule: *schedule,
                    note: note.clone(),
                    revoke_and_disable: *revoke_and_disable,
                    by: event.by.clone(),
                    at: event.at,
                });
            }
            Happening::Resolved { method, rules } => {
                self.state = State::Resolved(Resolution {
                    method: *method,
                    by: event.by.clone(),
                    at: event.at,
                    rules: rules.clone(),
                });
            }
            Happening::Raised { .. }
            | Happening::Commented { .. }
            | Happening::RemedyOrdered { .. }
            | Happening::IncidentSuspected { .. }
            | Happening::RuleMade { .. }
            | Happening::RuleChanged { .. }
            | Happening::RuleDeleted { .. } => {}
        }
    }

    /// Takes in that an entity lives elsewhere now.
    pub fn moved(&mut self, before: &str, after: &str) {
        if before == after {
            return;
        }
        if let Some(count) = self.residences.get_mut(before) {
            *count -= 1;
            if *count == 0 {
                self.residences.remove(before);
            }
        }
        *self.residences.entry(after.to_owned()).or_default() += 1;
    }

    fn count(&mut self, observed_at: crate::time::Timestamp) {
        self.sightings += 1;
        self.last_seen_at = self.last_seen_at.max(Some(observed_at));
    }
}
