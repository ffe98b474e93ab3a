//! A store in memory, as the server's is one on disk: loads what core names, and keeps what core decides.

use std::collections::{BTreeMap, BTreeSet};

use beckon_core::actor::{Actor, Member, Role};
use beckon_core::api::escalation::ResolutionRequest;
use beckon_core::api::remedy::OutcomeRequest;
use beckon_core::decide::{
    self, Answered, Observed, Observing, OpenMatter, Peer, WatchFacts, WatchKeys, Watching,
};
use beckon_core::error::Refusal;
use beckon_core::escalation::{Escalation, Event, Happening};
use beckon_core::id::{
    AccountId, EntityId, EscalationId, ObservationId, OrganizationId, RemedyId, RuleId, UserId,
};
use beckon_core::observation::{Observation, Outcome};
use beckon_core::permission::{Action, permit};
use beckon_core::remedy::{Remedy, RemedyStatus};
use beckon_core::rule::coverage::CoverageFacts;
use beckon_core::time::Timestamp;
use beckon_core::watch::{Accepted, Condition, Place, Reading, Streak, Thing, Watched};

/// The account to which everything here belongs.
pub(crate) const ACCOUNT: AccountId = AccountId(1);

/// What an observation said of a thing.
type Said = (ObservationId, Timestamp, Reading);

/// A thing as it is kept.
struct Kept {
    id: EntityId,
    organization: Option<OrganizationId>,
    observed_at: Timestamp,
    thing: Thing,
}

/// Everything that is kept of one account.
#[derive(Default)]
pub(crate) struct Store {
    /// Every escalation, open or not.
    pub(crate) escalations: BTreeMap<EscalationId, Escalation>,
    /// Everything that happened.
    pub(crate) log: Vec<Event>,
    /// Every remedy that was ordered.
    pub(crate) remedies: BTreeMap<RemedyId, Remedy>,
    things: BTreeMap<(&'static str, String), Kept>,
    observations: BTreeMap<(EntityId, String), Vec<Said>>,
    conditions: BTreeMap<(EntityId, String), Condition>,
    seen: BTreeSet<ObservationId>,
}

/// Makes the operator, an account admin, an account user or an organization user.
pub(crate) fn actor(role: Option<Role>) -> Actor {
    let Some(role) = role else { return Actor::operator("SOC") };
    Actor::member(Member {
        user: UserId(1),
        name: "Priya Raman".to_owned(),
        email: "priya@northwind.example".to_owned(),
        account: ACCOUNT,
        role,
        organization: None,
    })
}

/// The name that the store gives to an organization.
pub(crate) fn organization_name(id: OrganizationId) -> String {
    format!("Organization {id}")
}

/// Hands out numbers.
struct Numbers(i64);

impl decide::Ids for Numbers {
    fn rule(&mut self) -> RuleId {
        unreachable!("what is watched is settled by no rule")
    }

    fn remedy(&mut self) -> RemedyId {
        self.0 += 1;
        RemedyId(self.0)
    }
}

/// An open escalation as far as a thing that it may list needs it.
fn matter(one: &Escalation, id: EntityId) -> OpenMatter<'_> {
    OpenMatter { head: &one.head, entity: one.entities.get(&id) }
}

impl Store {
    /// Takes in an observation of a thing.
    pub(crate) fn observe(&mut self, observation: &Observation, now: Timestamp) -> Observed {
        let nothing =
            |outcome| Observed { outcome, escalation: None, events: Vec::new(), errors: Vec::new() };
        if !self.seen.insert(observation.id.clone()) {
            return nothing(Outcome::Duplicate);
        }
        let (thing, reading) = Reading::of(observation).expect("it is about a thing");
        if let Some(ignored) = decide::unjudgeable(&reading) {
            return ignored;
        }
        let (id, moved) = self.put(observation, thing);
        let topic = reading.topic();
        let said = (observation.id.clone(), observation.observed_at, reading);
        self.observations.entry((id, topic.clone())).or_default().push(said);
        let observing = Observing { id: observation.id.clone(), at: observation.observed_at };
        let observed = self.judge(id, &topic, Some(&observing), now);
        let troubled = |((thing, other), condition): (&(EntityId, String), &Condition)| {
            (*thing == id && *other != topic && condition.since.is_some()).then(|| other.clone())
        };
        let others: Vec<String> = self.conditions.iter().filter_map(troubled).collect();
        for other in others.into_iter().filter(|_| moved) {
            self.judge(id, &other, None, now);
        }
        observed
    }

    /// Does what is due at `now`.
    pub(crate) fn tick(&mut self, now: Timestamp) {
        let due = |condition: &Condition| condition.wait_until.is_some_and(|until| until < now);
        let waiting: Vec<(EntityId, String)> = self
            .conditions
            .iter()
            .filter(|(_, condition)| due(condition))
            .map(|(key, _)| key.clone())
            .collect();
        for (id, topic) in waiting {
            self.judge(id, &topic, None, now);
        }
        let asleep: Vec<Event> =
            self.escalations.values().flat_map(|one| decide::wake(&one.head, now)).collect();
        self.keep(&asleep);
    }

    /// Answers as somebody with `role`.
    ///
    /// # Errors
    /// What core refuses.
    pub(crate) fn answer(
        &mut self,
        id: EscalationId,
        role: Option<Role>,
        request: &ResolutionRequest,
        now: Timestamp,
    ) -> Result<Answered, Refusal> {
        let permit = permit(&actor(role), Action::Answer, ACCOUNT)?;
        let (facts, mut numbers) = (CoverageFacts::default(), self.numbers());
        let before = &self.escalations[&id];
        let answered = decide::answer(&permit, before, request, &facts, &mut numbers, now)?;
        let topic = Reading::topic_of(&before.head);
        for entity in &answered.accepted {
            let topic = topic.clone().expect("what is accepted is asked about one by one");
            let condition = self.conditions.entry((*entity, topic)).or_default();
            condition.accepted = Some(Accepted { by: permit.by().clone(), at: now });
        }
        self.keep(&answered.made.events);
        Ok(answered)
    }

    /// Reports the outcome of a remedy as somebody with `role`.
    ///
    /// # Errors
    /// What core refuses.
    pub(crate) fn outcome(
        &mut self,
        id: RemedyId,
        role: Option<Role>,
        request: &OutcomeRequest,
        now: Timestamp,
    ) -> Result<Vec<Event>, Refusal> {
        let permit = permit(&actor(role), Action::Operate, ACCOUNT)?;
        let (remedy, mut numbers) = (&self.remedies[&id], self.numbers());
        let head = &self.escalations[&remedy.escalation].head;
        let events = decide::remedy_outcome(&permit, remedy, head, request, &mut numbers, now)?;
        self.keep(&events);
        Ok(events)
    }

    /// Takes a question back as somebody with `role`.
    ///
    /// # Errors
    /// What core refuses.
    pub(crate) fn withdraw(
        &mut self,
        id: EscalationId,
        role: Option<Role>,
        now: Timestamp,
    ) -> Result<(), Refusal> {
        let permit = permit(&actor(role), Action::Operate, ACCOUNT)?;
        let event = decide::withdraw(&permit, &self.escalations[&id].head, "A mistake of ours", now)?;
        self.keep(&[event]);
        Ok(())
    }

    /// The open escalations, oldest first.
    pub(crate) fn open(&self) -> impl Iterator<Item = &Escalation> {
        self.escalations.values().filter(|one| one.head.is_open())
    }

    fn numbers(&self) -> Numbers {
        Numbers(self.remedies.last_key_value().map_or(0, |(id, _)| id.0))
    }

    /// Finds the thing, and brings it up to date unless something newer named it. Tells whether it has just moved.
    fn put(&mut self, observation: &Observation, thing: Thing) -> (EntityId, bool) {
        let (observed_at, organization) = (observation.observed_at, observation.organization);
        let next = EntityId(i64::try_from(self.things.len()).expect("few") + 1);
        let key = (thing.type_name(), thing.external_id().to_owned());
        let new = Kept { id: next, organization, observed_at, thing: thing.clone() };
        let kept = self.things.entry(key).or_insert(new);
        if kept.observed_at > observed_at {
            return (kept.id, false);
        }
        let moved = organization.is_some() && organization != kept.organization;
        (kept.observed_at, kept.thing) = (observed_at, thing);
        kept.organization = organization.or(kept.organization);
        (kept.id, moved)
    }

    fn watched(&self, id: EntityId) -> Watched {
        let kept = self.things.values().find(|kept| kept.id == id).expect("it was put");
        let place = kept.organization.map(|id| Place { id, name: organization_name(id) });
        Watched { id, thing: kept.thing.clone(), place }
    }

    fn judge(
        &mut self,
        id: EntityId,
        topic: &str,
        observing: Option<&Observing>,
        now: Timestamp,
    ) -> Observed {
        let key = (id, topic.to_owned());
        let watched = self.watched(id);
        let streak = Streak::of(&self.observations[&key]).expect("something was observed");
        let condition = self.conditions.get(&key).cloned().unwrap_or_default();
        let keys = WatchKeys::of(&watched, &streak, &condition);
        let with_key = |subject_key: &str, open: bool| {
            let mut all = self
                .escalations
                .values()
                .filter(|one| one.head.subject_key == subject_key && one.head.is_open() == open);
            all.next_back()
        };
        let open = with_key(&keys.own, true).map(|one| matter(one, id));
        let listed: Vec<OpenMatter<'_>> =
            keys.listed.iter().filter_map(|key| with_key(key, true)).map(|one| matter(one, id)).collect();
        let peers = if keys.needs_peers { self.peers(&watched, topic) } else { Vec::new() };
        let facts = WatchFacts {
            watched: &watched,
            streak: &streak,
            condition: &condition,
            open,
            listed: &listed,
            peers: &peers,
            previous: with_key(&keys.own, false).map(|one| one.head.id).filter(|_| open.is_none()),
            next_id: EscalationId(i64::try_from(self.escalations.len()).expect("few") + 1),
        };
        let Watching { observed, condition } = decide::watch(&facts, observing, now);
        self.keep(&observed.events);
        self.conditions.insert(key, condition);
        observed
    }

    fn peers(&self, watched: &Watched, topic: &str) -> Vec<Peer> {
        let place = watched.place.as_ref().map(|place| place.id);
        let in_trouble = self
            .conditions
            .iter()
            .filter(|((id, of), condition)| *id != watched.id && of == topic && condition.since.is_some());
        in_trouble
            .filter_map(|((id, of), condition)| {
                let peer = self.watched(*id);
                let streak = Streak::of(&self.observations[&(*id, of.clone())])?;
                let same_place = place.is_some() && peer.place.as_ref().map(|place| place.id) == place;
                same_place.then(|| Peer { watched: peer, streak, accepted: condition.accepted.is_some() })
            })
            .collect()
    }

    fn keep(&mut self, events: &[Event]) {
        for event in events {
            self.log.push(event.clone());
            let Some(id) = event.escalation else { continue };
            if let Some(escalation) = self.escalations.get_mut(&id) {
                escalation.apply(event);
            } else {
                let raised = Escalation::raised(ACCOUNT, id, event).expect("the first event raises");
                self.escalations.insert(id, raised);
            }
            self.project(id, event);
        }
    }

    /// Keeps what an event makes of remedies.
    fn project(&mut self, escalation: EscalationId, event: &Event) {
        let head = &self.escalations[&escalation].head;
        match &event.what {
            Happening::RemedyOrdered { orders, .. } => {
                for order in orders {
                    let remedy = Remedy {
                        order: order.clone(),
                        account: ACCOUNT,
                        organization: head.organization,
                        escalation,
                        status: RemedyStatus::Ordered,
                        message: None,
                        ordered_by: event.by.clone(),
                        ordered_at: event.at,
                        updated_at: event.at,
                    };
                    self.remedies.insert(order.id, remedy);
                }
            }
            Happening::RemedySucceeded { remedy, message, .. } => {
                self.ended(*remedy, RemedyStatus::Succeeded, message.clone());
            }
            Happening::RemedyFailed { remedy, message, .. } => {
                self.ended(*remedy, RemedyStatus::Failed, Some(message.clone()));
            }
            Happening::Raised { .. }
            | Happening::EntityAdded { .. }
            | Happening::Sighted { .. }
            | Happening::EntityRecovered { .. }
            | Happening::Delivers { .. }
            | Happening::SeverityRaised { .. }
            | Happening::Answered { .. }
            | Happening::Commented { .. }
            | Happening::BecameOverdue
            | Happening::Reminded { .. }
            | Happening::VerificationUnheard
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
    }

    fn ended(&mut self, id: RemedyId, status: RemedyStatus, message: Option<String>) {
        let remedy = self.remedies.get_mut(&id).expect("it was ordered");
        (remedy.status, remedy.message) = (status, message);
    }
}
