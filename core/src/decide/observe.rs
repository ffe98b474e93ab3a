//! What a login does: it raises a question, joins one, is expected, or suspects an incident.

use std::net::IpAddr;

use crate::actor::Party;
use crate::country::CountryCode;
use crate::error::FieldError;
use crate::escalation::{Entity, EntityState, Event, Happening, Head, Identity, Matter, Sighting};
use crate::id::EscalationId;
use crate::kinds::{Kind, Topic};
use crate::observation::{LoginFact, Observation, Outcome};
use crate::rule::coverage::Origin;
use crate::rule::{AccessRule, Login, Verdict, judge};
use crate::time::Timestamp;
use crate::vpn::VpnSlug;

/// What must be loaded to decide about a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObservationKeys {
    /// The country that rules could be about. Catch-alls always count.
    pub country: Option<CountryCode>,
    /// The VPN that rules could be about.
    pub vpn: Option<VpnSlug>,
    /// The address that rules could be about, itself or a range around it.
    pub address: Option<IpAddr>,
    /// The subject key of the question that it would raise or join; none when there is nothing to ask.
    pub subject_key: Option<String>,
}

impl ObservationKeys {
    /// Names what `login` of `observation` needs.
    pub fn of(observation: &Observation, login: &LoginFact) -> Self {
        let subject_key = Kind::concerned(login)
            .map(|(kind, topic)| kind.subject_key(observation.organization, &topic.value));
        Self { country: login.country, vpn: login.vpn.clone(), address: login.ip_address, subject_key }
    }
}

/// What was loaded for a login.
#[derive(Clone, Debug)]
pub struct ObservationFacts<'f> {
    /// The rules of the account that could be about it.
    pub rules: &'f [AccessRule],
    /// The open escalation with its subject key.
    pub open: Option<OpenQuestion<'f>>,
    /// The latest resolved escalation with its subject key.
    pub previous: Option<EscalationId>,
    /// The id that a new escalation gets.
    pub next_id: EscalationId,
}

/// An open escalation, as far as a joining observation needs it.
#[derive(Clone, Copy, Debug)]
pub struct OpenQuestion<'f> {
    /// The escalation without its entities.
    pub head: &'f Head,
    /// The entity of the observed identity, if it is listed.
    pub entity: Option<&'f EntityState>,
}

/// What an observation does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observed {
    /// In one word.
    pub outcome: Outcome,
    /// The escalation that it raised, joined or updated.
    pub escalation: Option<EscalationId>,
    /// For the log, in order.
    pub events: Vec<Event>,
    /// Why it was ignored.
    pub errors: Vec<FieldError>,
}

impl Observed {
    fn without_question(outcome: Outcome, events: Vec<Event>) -> Self {
        Self { outcome, escalation: None, events, errors: Vec::new() }
    }
}

/// Decides what `login` of `identity`, the fact of `observation`, does at `now`.
pub fn observe(
    observation: &Observation,
    login: &LoginFact,
    identity: &Identity,
    facts: &ObservationFacts<'_>,
    now: Timestamp,
) -> Observed {
    let Some(organization) = observation.organization else {
        return ignored("organization_id", "a login belongs to an organization, and there is none");
    };
    let judged = Login {
        organization,
        identity: identity.id,
        usage_location: identity.usage_location,
        country: login.country,
        vpn: login.vpn.as_ref(),
        address: login.ip_address,
    };
    match judge(&judged, facts.rules, now) {
        Verdict::Expected(_) => Observed::without_question(Outcome::Expected, Vec::new()),
        Verdict::Unauthorized(rule) => {
            let what = Happening::IncidentSuspected {
                identities: vec![identity.id],
                rule,
                observation: Some(observation.id.clone()),
            };
            let event = Event { escalation: None, at: now, by: Party::System, what };
            Observed::without_question(Outcome::Suspected, vec![event])
        }
        Verdict::Ask => match Kind::concerned(login) {
            Some((kind, topic)) => ask(kind, &topic, observation, login, identity, facts, now),
            None => ignored(
                "country",
                "a login without country and VPN cannot be judged, and no rule covers its address",
            ),
        },
    }
}

fn ignored(field: &str, why: &str) -> Observed {
    Observed {
        errors: vec![FieldError::new(field, why)],
        ..Observed::without_question(Outcome::Ignored, Vec::new())
    }
}

fn ask(
    kind: Kind,
    topic: &Topic,
    observation: &Observation,
    login: &LoginFact,
    identity: &Identity,
    facts: &ObservationFacts<'_>,
    now: Timestamp,
) -> Observed {
    let sighting = Sighting {
        observation: observation.id.clone(),
        observed_at: observation.observed_at,
        origin: Some(Origin { country: login.country, vpn: login.vpn.clone(), address: login.ip_address }),
    };
    let id = facts.open.map_or(facts.next_id, |open| open.head.id);
    let event = |what| Event { escalation: Some(id), at: now, by: Party::System, what };
    let listed = || Entity::Identity(identity.clone());
    let added = |sighting| event(Happening::EntityAdded { entity: listed(), sighting });
    let (outcome, events) = match facts.open {
        None => {
            let severity = kind.definition().severity();
            let raised = event(Happening::Raised {
                kind,
                organization: observation.organization,
                subject_key: kind.subject_key(observation.organization, &topic.value),
                subtype: topic.subtype.clone(),
                severity,
                due_at: severity.due_at(now),
                previous: facts.previous,
                matter: Matter::Entities,
            });
            (Outcome::Raised, vec![raised, added(sighting)])
        }
        Some(OpenQuestion { entity: None, .. }) => (Outcome::Joined, vec![added(sighting)]),
        Some(OpenQuestion { entity: Some(entity), .. }) => {
            let changed = (entity.entity.identity() != Some(identity)).then(listed);
            (
                Outcome::Updated,
                vec![event(Happening::Sighted { entity: identity.id.into(), sighting, changed })],
            )
        }
    };
    Observed { outcome, escalation: Some(id), events, errors: Vec::new() }
}
