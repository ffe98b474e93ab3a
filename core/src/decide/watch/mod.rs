//! What an observation of a thing does, and what the time that passes does: it raises a question, joins one, waits, or
//! ends one. An observation is judged by the moment of the newest one, the clock alone by the present.

use crate::aadsts::{self, MendedBy};
use crate::actor::Party;
use crate::error::FieldError;
use crate::escalation::{Event, Happening, Head, Matter, Method, Settling, Sighting};
use crate::id::{EntityId, EscalationId, ObservationId};
use crate::kinds::{
    integration_reports_undeliverable, integration_tenant_inaccessible, system_health_defender_disabled,
};
use crate::observation::{AntivirusPolicy, Outcome};
use crate::time::Timestamp;
use crate::watch::{Condition, Reading, Streak};

use super::observe::Observed;

mod facts;

pub use facts::{OpenMatter, Peer, WatchFacts, WatchKeys};

/// What an observation of a thing does, or the time that passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watching {
    /// What comes of it.
    pub observed: Observed,
    /// What is to be remembered of the thing.
    pub condition: Condition,
}

/// An observation, as far as it is not in the streak.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observing {
    /// Which one.
    pub id: ObservationId,
    /// When, by the detector's clock.
    pub at: Timestamp,
}

/// What the readings of a thing amount to.
enum Verdict {
    /// It is as it should be.
    Well,
    /// It is not, but not yet long or often enough; until when, where time alone can change that.
    Waiting(Option<Timestamp>),
    /// Somebody is to be asked.
    Trouble,
    /// Only the provider can mend it.
    Provider(u32),
}

/// Tells what keeps a reading from being judged at all.
pub fn unjudgeable(reading: &Reading) -> Option<Observed> {
    let Reading::Access { error: Some(error) } = reading else { return None };
    let why = "expected an AADSTS code in it, found none: customers are only asked about errors of Microsoft's sign-in";
    aadsts::find(error).is_none().then(|| Observed {
        outcome: Outcome::Ignored,
        escalation: None,
        events: Vec::new(),
        errors: vec![FieldError::new("error", why)],
    })
}

/// Decides what the newest `observation` of a thing does, or, without one, what it does that time has come to `now`.
pub fn watch(facts: &WatchFacts<'_>, observation: Option<&Observing>, now: Timestamp) -> Watching {
    let judged_at = if observation.is_some() { facts.streak.latest_at } else { now };
    let mut condition = remembered(facts);
    let told = condition.told.take();
    let decision = Deciding { facts, observation, now };
    let observed = match judge(facts, judged_at) {
        Verdict::Well => decision.well(),
        Verdict::Waiting(until) => {
            condition.wait_until = until;
            if condition.accepted.is_some() { expected() } else { decision.waiting() }
        }
        Verdict::Trouble if condition.accepted.is_some() => expected(),
        Verdict::Trouble => decision.trouble(),
        Verdict::Provider(code) => {
            condition.told = Some(code);
            decision.provider(code, told != Some(code))
        }
    };
    Watching { observed, condition }
}

/// Carries over what is remembered, as far as the streak goes on.
fn remembered(facts: &WatchFacts<'_>) -> Condition {
    let WatchFacts { streak, condition, .. } = facts;
    let goes_on = facts.goes_on();
    // As long as it is in trouble, another one may be what raises the escalation that lists both.
    let own = streak.since.map(|_| WatchKeys::of(facts.watched, streak, condition).own);
    let listed = facts.matters().filter(OpenMatter::may_wait_for_it);
    // Whoever is asked about it once more does not accept it any more.
    let accepted = condition.accepted.clone().filter(|_| goes_on && !facts.is_asked_about());
    Condition {
        listed: listed.map(|matter| matter.head.subject_key.clone()).chain(own).collect(),
        since: streak.since,
        wait_until: None,
        accepted,
        told: condition.told.filter(|_| goes_on),
    }
}

fn judge(facts: &WatchFacts<'_>, at: Timestamp) -> Verdict {
    let Some(since) = facts.streak.since else { return Verdict::Well };
    // Whoever is being asked already is told of every change, even if the clock asked before this observation was made.
    let asked = facts.is_asked_about();
    let lasts = |tolerated| {
        let until = since + tolerated;
        if asked || at > until { Verdict::Trouble } else { Verdict::Waiting(Some(until)) }
    };
    match &facts.streak.latest {
        Reading::Protection { .. } => lasts(system_health_defender_disabled::TOLERATED),
        Reading::Isolation { .. } if facts.open.is_some() || !facts.peers.is_empty() => Verdict::Trouble,
        Reading::Isolation { .. } => Verdict::Waiting(None),
        Reading::Delivery { .. } => Verdict::Trouble,
        Reading::Access { error } => {
            let code = error.as_deref().and_then(aadsts::find).unwrap_or_default();
            match aadsts::look_up(code).class.mended_by() {
                MendedBy::Customer => Verdict::Trouble,
                MendedBy::CustomerWhenItLasts => lasts(integration_tenant_inaccessible::TOLERATED),
                MendedBy::Provider => Verdict::Provider(code),
            }
        }
    }
}

fn expected() -> Observed {
    Observed { outcome: Outcome::Expected, escalation: None, events: Vec::new(), errors: Vec::new() }
}

struct Deciding<'d> {
    facts: &'d WatchFacts<'d>,
    observation: Option<&'d Observing>,
    now: Timestamp,
}

impl Deciding<'_> {
    fn event(&self, escalation: EscalationId, what: Happening) -> Event {
        Event { escalation: Some(escalation), at: self.now, by: Party::System, what }
    }

    fn id(&self) -> EntityId {
        self.facts.watched.id
    }

    /// The observation that a sighting names: this one, or the newest where only time has passed.
    fn sighting(&self) -> Sighting {
        let streak = self.facts.streak;
        match self.observation {
            Some(Observing { id, at }) => {
                Sighting { observation: id.clone(), observed_at: *at, origin: None }
            }
            None => newest(streak),
        }
    }

    /// It is as it should be: it is ticked off where it is listed, and what waited for it ends.
    fn well(&self) -> Observed {
        let why = match &self.facts.streak.latest {
            Reading::Protection { policy, .. } if *policy != AntivirusPolicy::Enforce => {
                Settling::PolicyChanged
            }
            Reading::Protection { .. }
            | Reading::Isolation { .. }
            | Reading::Access { .. }
            | Reading::Delivery { .. } => Settling::Recovered,
        };
        let mut events = Vec::new();
        let mut recovered = None;
        for matter in self.facts.matters() {
            let (ended, of_matter) = self.ended(matter, why);
            recovered = recovered.or(ended.then_some(matter.head.id));
            events.extend(of_matter);
        }
        let outcome = match recovered {
            Some(_) => Outcome::Recovered,
            None if self.facts.condition.since.is_some() => Outcome::Recovered,
            None if events.is_empty() => Outcome::Ignored,
            None => Outcome::Updated,
        };
        let escalation = recovered.or_else(|| events.first().and_then(|event| event.escalation));
        Observed { outcome, escalation, events, errors: Vec::new() }
    }

    /// Ticks it off in `matter`, and ends that where nothing is left. Tells whether it was ticked off.
    fn ended(&self, matter: OpenMatter<'_>, why: Settling) -> (bool, Vec<Event>) {
        let head = matter.head;
        let mut events = Vec::new();
        let sighting = self.sighting();
        let mut delivers = true;
        if let Matter::Integration { slug, delivers: delivered } = &head.matter {
            let through = match &self.facts.streak.latest {
                Reading::Delivery { integration, error: None } => integration == slug,
                Reading::Delivery { .. }
                | Reading::Protection { .. }
                | Reading::Isolation { .. }
                | Reading::Access { .. } => false,
            };
            if through && !delivered {
                let (observation, observed_at) = (sighting.observation.clone(), sighting.observed_at);
                events.push(self.event(head.id, Happening::Delivers { observation, observed_at }));
            }
            delivers = through || *delivered || integration_reports_undeliverable::by_email(head);
        }
        let ticked = matter.waits_for_it();
        if ticked {
            let (observation, observed_at) = (sighting.observation, sighting.observed_at);
            let what = Happening::EntityRecovered { entity: self.id(), why, observation, observed_at };
            events.push(self.event(head.id, what));
        }
        let settled = head.progress.settled + u32::from(ticked);
        if settled == head.entity_count && delivers && !events.is_empty() {
            events.push(self.event(head.id, recovered(head, why)));
        }
        (ticked, events)
    }

    /// It is in trouble, but not yet long or often enough. Where it is listed, it was well in between, or has moved.
    fn waiting(&self) -> Observed {
        let was_well = self.facts.open.is_some_and(|matter| matter.waits_for_it());
        let outcome = if was_well { Outcome::Recovered } else { Outcome::Pending };
        let events = self.left(None);
        let escalation = events.first().and_then(|event| event.escalation);
        Observed { outcome, escalation, events, errors: Vec::new() }
    }

    /// Ticks it off wherever it is listed, but in `stays`. What has another subject key than its newest reading has lost
    /// it to another organization.
    fn left(&self, stays: Option<EscalationId>) -> Vec<Event> {
        let here = self.facts.open.map(|matter| (matter, Settling::Recovered));
        let elsewhere = self.facts.listed.iter().map(|matter| (*matter, Settling::Moved));
        let all = here.into_iter().chain(elsewhere);
        all.filter(|(matter, _)| Some(matter.head.id) != stays && matter.waits_for_it())
            .flat_map(|(matter, why)| self.ended(matter, why).1)
            .collect()
    }

    fn trouble(&self) -> Observed {
        let facts = self.facts;
        // A report that fails through another integration too stays where it is asked about.
        let is_report = matches!(facts.streak.latest, Reading::Delivery { .. });
        let stays = facts.listed.iter().find(|matter| is_report && matter.waits_for_it());
        let target = stays.copied().or(facts.open);
        let mut events = self.left(target.map(|matter| matter.head.id));
        let id = target.map_or(facts.next_id, |matter| matter.head.id);
        let entity = facts.watched.entity(facts.streak);
        let outcome = match target {
            None => {
                events.push(self.event(id, self.raised()));
                let peers = facts.peers.iter().filter(|peer| !peer.accepted);
                events.extend(peers.map(|peer| {
                    let (entity, sighting) = (peer.watched.entity(&peer.streak), newest(&peer.streak));
                    self.event(id, Happening::EntityAdded { entity, sighting })
                }));
                events.push(self.event(id, Happening::EntityAdded { entity, sighting: self.sighting() }));
                Outcome::Raised
            }
            Some(OpenMatter { entity: None, .. }) => {
                events.push(self.event(id, Happening::EntityAdded { entity, sighting: self.sighting() }));
                Outcome::Joined
            }
            Some(OpenMatter { entity: Some(known), .. }) => {
                let changed = (known.entity != entity).then_some(entity);
                let what = Happening::Sighted { entity: self.id(), sighting: self.sighting(), changed };
                events.push(self.event(id, what));
                Outcome::Updated
            }
        };
        if let Some(OpenMatter { head, .. }) = target {
            let severity = facts.streak.latest.severity(&facts.watched.thing);
            if severity > head.severity {
                let due_at = severity.due_at_when_raised(head.due_at, self.now);
                events.push(self.event(id, Happening::SeverityRaised { severity, due_at }));
            }
        }
        Observed { outcome, escalation: Some(id), events, errors: Vec::new() }
    }

    fn raised(&self) -> Happening {
        let WatchFacts { watched, streak, previous, .. } = self.facts;
        let (reading, organization) = (&streak.latest, watched.place.as_ref().map(|place| place.id));
        let severity = reading.severity(&watched.thing);
        Happening::Raised {
            kind: reading.kind(),
            organization: reading.asks_of(organization),
            subject_key: reading.subject_key(&watched.thing, organization),
            subtype: streak.error().and_then(aadsts::find).map(aadsts::name),
            severity,
            due_at: severity.due_at(self.now),
            previous: *previous,
            matter: reading.matter(&watched.thing),
        }
    }

    /// Only the provider can mend it: the operator is told, once, and nobody else is asked any more.
    fn provider(&self, code: u32, is_news: bool) -> Observed {
        let name = aadsts::name(code);
        let mut events = Vec::new();
        if is_news {
            let what = Happening::ProviderFault {
                organization: self.facts.watched.place.as_ref().map(|place| place.id),
                tenant_id: self.facts.watched.thing.external_id().to_owned(),
                code,
                error: self.facts.streak.error().unwrap_or_default().to_owned(),
            };
            events.push(Event { escalation: None, at: self.now, by: Party::System, what });
        }
        // The tenant may have been asked about in the organization that it belonged to before.
        let asked: Vec<EscalationId> = self.facts.matters().map(|matter| matter.head.id).collect();
        events.extend(asked.iter().map(|id| {
            let reason =
                format!("The error is now {name}, which your provider mends: the provider was told, and you need do nothing");
            self.event(*id, Happening::Resolved { method: Method::Recovered, rules: Vec::new(), reason: Some(reason) })
        }));
        let meaning = aadsts::look_up(code).meaning;
        let why = format!("{name}: {meaning}; this is the provider's to mend, and the customer is not asked");
        let errors = vec![FieldError::new("error", why)];
        Observed { outcome: Outcome::Ignored, escalation: asked.first().copied(), events, errors }
    }
}

/// Names the newest observation of a streak.
fn newest(streak: &Streak) -> Sighting {
    Sighting { observation: streak.observation.clone(), observed_at: streak.latest_at, origin: None }
}

/// Says that an escalation resolved by itself, and what was observed of the last that it waited for.
fn recovered(head: &Head, why: Settling) -> Happening {
    let reason = match why {
        Settling::Moved => "What it waited for belongs to another organization now".to_owned(),
        Settling::Recovered | Settling::PolicyChanged | Settling::Accepted => {
            head.kind.definition().recovery(head)
        }
    };
    Happening::Resolved { method: Method::Recovered, rules: Vec::new(), reason: Some(reason) }
}
