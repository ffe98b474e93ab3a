//! How an event changes the state. Also replays history.

use std::collections::BTreeMap;

use super::entity::{Decision, EntityRemedy, Settled};
use super::{
    Answer, Entity, EntityState, Escalation, Event, Happening, Head, Matter, Method, Progress, Resolution,
    Setback, SetbackKind, Settling, State,
};
use crate::id::{AccountId, EntityId, EscalationId};
use crate::remedy::{HeadRemedy, RemedyAction, RemedyStatus};
use crate::time::Timestamp;

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

    /// Takes in what happened. The entities that it concerns must be loaded; the others need not be.
    pub fn apply(&mut self, event: &Event) {
        let at = event.at;
        let asked = self.head.waits_for_answer();
        match &event.what {
            Happening::EntityAdded { entity, sighting } => {
                let state = EntityState::new(entity.clone(), sighting);
                self.head.progress.replace(Progress::default(), state.progress());
                self.entities.insert(entity.id(), state);
            }
            Happening::Sighted { entity, sighting, changed } => {
                let before = self.entities.get(entity).and_then(|state| state.entity.residence());
                self.change(*entity, |state| state.sighted(sighting, changed.as_ref()));
                if let (Some(before), Some(changed)) = (before, changed) {
                    self.head.moved(&before, &changed.residence().unwrap_or_default());
                }
            }
            Happening::EntityRecovered { entity, why, observed_at, .. } => self.change(*entity, |state| {
                state.settled = Some(Settled { why: *why, at });
                state.last_seen_at = state.last_seen_at.max(*observed_at);
            }),
            Happening::Answered { entities, .. } => {
                for choice in entities {
                    self.change(choice.entity, |state| {
                        // What is still being carried out goes on; what failed or was carried out is a matter of the past.
                        state.remedy =
                            state.remedy.take().filter(|remedy| remedy.status == RemedyStatus::Ordered);
                        state.decision = Some(Decision {
                            choice: choice.choice.clone(),
                            by: event.by.clone(),
                            at,
                            unheard: false,
                        });
                        state.settled = choice.settles.then_some(Settled { why: Settling::Accepted, at });
                    });
                }
            }
            Happening::RemedyOrdered { orders, .. } => {
                for order in orders {
                    if let Some(entity) = order.entity {
                        self.remedied(entity, order.action, RemedyStatus::Ordered, None, at);
                    }
                }
            }
            Happening::RemedySucceeded { action, entity: Some(entity), message, .. } => {
                self.remedied(*entity, *action, RemedyStatus::Succeeded, message.clone(), at);
            }
            Happening::RemedyFailed { action, entity: Some(entity), message, .. } => {
                self.remedied(*entity, *action, RemedyStatus::Failed, Some(message.clone()), at);
            }
            Happening::VerificationUnheard => {
                let ids: Vec<EntityId> = self.entities.keys().copied().collect();
                for id in ids {
                    self.change(id, |state| {
                        if let Some(decision) = &mut state.decision {
                            decision.unheard = true;
                        }
                    });
                }
            }
            Happening::RemedySucceeded { entity: None, .. }
            | Happening::RemedyFailed { entity: None, .. }
            | Happening::Raised { .. }
            | Happening::Delivers { .. }
            | Happening::SeverityRaised { .. }
            | Happening::BecameOverdue
            | Happening::Reminded { .. }
            | Happening::Commented { .. }
            | Happening::IncidentSuspected { .. }
            | Happening::ProviderFault { .. }
            | Happening::Resolved { .. }
            | Happening::Withdrawn { .. }
            | Happening::Configured { .. }
            | Happening::Removed { .. }
            | Happening::RuleMade { .. }
            | Happening::RuleChanged { .. }
            | Happening::RuleDeleted { .. } => {}
        }
        self.head.take_in(event);
        self.head.chased(event, asked);
    }

    /// Changes an entity, and the sums with it.
    fn change(&mut self, id: EntityId, change: impl FnOnce(&mut EntityState)) {
        if let Some(state) = self.entities.get_mut(&id) {
            let before = state.progress();
            change(state);
            self.head.progress.replace(before, state.progress());
        }
    }

    fn remedied(
        &mut self,
        id: EntityId,
        action: RemedyAction,
        status: RemedyStatus,
        message: Option<String>,
        at: Timestamp,
    ) {
        self.change(id, |state| state.remedy = Some(EntityRemedy { action, status, message, at }));
    }
}

impl Head {
    /// Makes the head of an escalation of its first event; none when that is not its raising.
    pub fn raised(account: AccountId, id: EscalationId, event: &Event) -> Option<Self> {
        let Happening::Raised {
            kind,
            organization,
            subject_key,
            subtype,
            severity,
            due_at,
            previous,
            matter,
        } = &event.what
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
            matter: matter.clone(),
            severity: *severity,
            raised_at: event.at,
            due_at: *due_at,
            updated_at: event.at,
            state: State::Open,
            answer: None,
            setback: None,
            verify_until: None,
            remedies: Vec::new(),
            entity_count: 0,
            progress: Progress::default(),
            residences: BTreeMap::new(),
            sightings: 0,
            last_seen_at: None,
            previous: *previous,
            revision: 1,
            joined_revision: 1,
            chase: super::Chase::default(),
        })
    }

    /// Takes in what happened, as far as the head keeps it alone. What follows from the state of an entity is told to
    /// it by [`Escalation::apply`].
    pub fn apply(&mut self, event: &Event) {
        let asked = self.waits_for_answer();
        self.take_in(event);
        self.chased(event, asked);
    }

    fn take_in(&mut self, event: &Event) {
        self.revision += 1;
        self.updated_at = self.updated_at.max(event.at);
        match &event.what {
            Happening::EntityAdded { entity, sighting } => {
                self.entity_count += 1;
                if let Some(residence) = entity.residence() {
                    *self.residences.entry(residence).or_default() += 1;
                }
                self.joined_revision = self.revision;
                self.troubled(Some(entity), sighting.observed_at);
            }
            Happening::Sighted { sighting, changed, .. } => {
                self.troubled(changed.as_ref(), sighting.observed_at);
            }
            Happening::EntityRecovered { .. } => self.sightings += 1,
            Happening::Delivers { .. } => {
                self.sightings += 1;
                self.delivers(true);
            }
            Happening::SeverityRaised { severity, due_at } => {
                self.severity = *severity;
                self.due_at = *due_at;
            }
            Happening::Answered {
                choice,
                scope,
                schedule,
                note,
                revoke_and_disable,
                fields,
                verify_until,
                ..
            } => {
                let before = self.answer.take();
                // A choice that is completed stays the choice of whoever made it.
                let completed = before.as_ref().filter(|before| {
                    self.setback.is_none() && before.choice == *choice && !fields.is_empty()
                });
                let chosen = completed.map(|before| {
                    let (by, at) = before.chosen();
                    (by.clone(), at)
                });
                let note = note.clone().or_else(|| completed.and_then(|before| before.note.clone()));
                let mut all = before.map(|before| before.fields).unwrap_or_default();
                all.extend(fields.clone());
                self.answer = Some(Answer {
                    choice: choice.clone(),
                    scope: *scope,
                    schedule: *schedule,
                    note,
                    revoke_and_disable: *revoke_and_disable,
                    fields: all,
                    chosen,
                    by: event.by.clone(),
                    at: event.at,
                });
                self.setback = None;
                self.verify_until = self.verify_until.max(*verify_until);
            }
            Happening::RemedyOrdered { orders, .. } => {
                for order in orders.iter().filter(|order| order.entity.is_none()) {
                    self.remedies.push(HeadRemedy {
                        id: order.id,
                        action: order.action,
                        status: RemedyStatus::Ordered,
                        message: None,
                        at: event.at,
                    });
                }
            }
            Happening::RemedySucceeded { remedy, message, .. } => {
                self.remedied(*remedy, RemedyStatus::Succeeded, message.clone(), event.at);
            }
            Happening::RemedyFailed { remedy, action, message, .. } => {
                self.remedied(*remedy, RemedyStatus::Failed, Some(message.clone()), event.at);
                let what = SetbackKind::RemedyFailed { action: *action, message: message.clone() };
                self.setback = Some(Setback { what, at: event.at });
            }
            Happening::VerificationUnheard => {
                self.setback = Some(Setback { what: SetbackKind::Unheard, at: event.at });
            }
            Happening::Resolved { method, rules, reason } => {
                self.end(event, *method, rules.clone(), reason.clone());
            }
            Happening::Withdrawn { reason } => {
                self.end(event, Method::Withdrawn, Vec::new(), Some(reason.clone()));
            }
            Happening::Raised { .. }
            | Happening::BecameOverdue
            | Happening::Reminded { .. }
            | Happening::Commented { .. }
            | Happening::IncidentSuspected { .. }
            | Happening::ProviderFault { .. }
            | Happening::Configured { .. }
            | Happening::Removed { .. }
            | Happening::RuleMade { .. }
            | Happening::RuleChanged { .. }
            | Happening::RuleDeleted { .. } => {}
        }
    }

    fn end(&mut self, event: &Event, method: Method, rules: Vec<crate::id::RuleId>, reason: Option<String>) {
        self.state =
            State::Resolved(Resolution { method, by: event.by.clone(), at: event.at, rules, reason });
    }

    fn remedied(
        &mut self,
        id: crate::id::RemedyId,
        status: RemedyStatus,
        message: Option<String>,
        at: Timestamp,
    ) {
        if let Some(remedy) = self.remedies.iter_mut().find(|remedy| remedy.id == id) {
            *remedy = HeadRemedy { status, message, at, ..remedy.clone() };
        }
    }

    /// Takes in that an entity lives elsewhere now.
    fn moved(&mut self, before: &str, after: &str) {
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

    /// Takes in another observation of something that is wrong.
    fn troubled(&mut self, entity: Option<&Entity>, observed_at: Timestamp) {
        self.sightings += 1;
        self.last_seen_at = self.last_seen_at.max(Some(observed_at));
        if let Some(Entity::Tenant(tenant)) = entity {
            self.subtype = Some(crate::aadsts::name(tenant.code));
        }
        self.delivers(false);
    }

    fn delivers(&mut self, now: bool) {
        if let Matter::Integration { delivers, .. } = &mut self.matter {
            *delivers = now;
        }
    }
}
