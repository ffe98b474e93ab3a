//! What is watched between observations: whether an endpoint is protected or isolated, a tenant can be read, a report goes
//! out. One [`Streak`] for each thing and topic, judged by the detectors' clocks, whatever the order of arrival.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};

use crate::actor::Party;
use crate::escalation::{Endpoint, Entity, Head, Matter, Report, Tenant};
use crate::id::{EntityId, ObservationId, OrganizationId};
use crate::kinds::Kind;
use crate::observation::{
    AntivirusPolicy, Fact, Incident, IsolatedBy, Observation, ObservedEndpoint, ObservedReport,
};
use crate::severity::Severity;
use crate::time::Timestamp;

/// A thing that is watched, as a detector names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A machine.
    Endpoint(ObservedEndpoint),
    /// A Microsoft 365 tenant, by Microsoft's id of it.
    Tenant(String),
    /// An incident report.
    Report(ObservedReport),
}

impl Thing {
    /// Returns its type on the wire.
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Endpoint(_) => "endpoint",
            Self::Tenant(_) => "tenant",
            Self::Report(_) => "report",
        }
    }

    /// Returns the detector's id for it; unique among its type in the account.
    pub fn external_id(&self) -> &str {
        match self {
            Self::Endpoint(endpoint) => &endpoint.id,
            Self::Tenant(id) => id,
            Self::Report(report) => &report.id,
        }
    }
}

/// What one observation says of a thing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "topic", rename_all = "snake_case")]
pub enum Reading {
    /// Whether an endpoint's Defender is as its policy asks.
    Protection {
        /// The policy.
        policy: AntivirusPolicy,
        /// Whether it is on.
        on: bool,
    },
    /// Whether an endpoint is isolated for an incident.
    Isolation {
        /// The incident.
        incident: Incident,
        /// Whether it is.
        isolated: bool,
        /// By whom.
        by: Option<IsolatedBy>,
    },
    /// Whether a tenant can be read.
    Access {
        /// What Microsoft answered; none where it can.
        error: Option<String>,
    },
    /// Whether a report goes out.
    Delivery {
        /// Through which integration.
        integration: String,
        /// What the PSA answered; none where it does.
        error: Option<String>,
    },
}

impl Reading {
    /// Reads what `observation` says of a thing; none for logins, which say something of a person.
    pub fn of(observation: &Observation) -> Option<(Thing, Self)> {
        match &observation.fact {
            Fact::Login(_) => None,
            Fact::DefenderStatus(fact) => {
                let reading = Self::Protection { policy: fact.policy, on: fact.protected };
                Some((Thing::Endpoint(fact.endpoint.clone()), reading))
            }
            Fact::Isolation(fact) => {
                let incident = fact.incident.clone();
                let reading = Self::Isolation { incident, isolated: fact.isolated, by: fact.by };
                Some((Thing::Endpoint(fact.endpoint.clone()), reading))
            }
            Fact::TenantAccess(fact) => {
                Some((Thing::Tenant(fact.tenant.clone()), Self::Access { error: fact.error.clone() }))
            }
            Fact::ReportDelivery(fact) => {
                let reading =
                    Self::Delivery { integration: fact.integration.clone(), error: fact.error.clone() };
                Some((Thing::Report(fact.report.clone()), reading))
            }
        }
    }

    /// Returns what it is about, for one thing: readings of the same topic follow each other.
    pub fn topic(&self) -> String {
        match self {
            Self::Protection { .. } => "protection".to_owned(),
            Self::Isolation { incident, .. } => format!("isolation/{}", incident.id),
            Self::Access { .. } => "access".to_owned(),
            Self::Delivery { .. } => "delivery".to_owned(),
        }
    }

    /// Returns the topic of what an escalation asks about one by one; none for the other kinds.
    pub fn topic_of(head: &Head) -> Option<String> {
        match (&head.matter, head.kind) {
            (Matter::Incident(incident), _) => Some(format!("isolation/{}", incident.id)),
            (Matter::Entities, Kind::SystemHealthDefenderDisabled) => Some("protection".to_owned()),
            _ => None,
        }
    }

    /// Tells whether it reports something that is not as it should be.
    pub fn is_trouble(&self) -> bool {
        match self {
            Self::Protection { policy, on } => *policy == AntivirusPolicy::Enforce && !on,
            Self::Isolation { isolated, .. } => *isolated,
            Self::Access { error } | Self::Delivery { error, .. } => error.is_some(),
        }
    }

    /// Returns the kind that asks about it.
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Protection { .. } => Kind::SystemHealthDefenderDisabled,
            Self::Isolation { .. } => Kind::HostIsolationOrgWide,
            Self::Access { .. } => Kind::IntegrationTenantInaccessible,
            Self::Delivery { .. } => Kind::IntegrationReportsUndeliverable,
        }
    }

    /// Returns the organization that an escalation about it would concern; none for the whole account.
    pub fn asks_of(&self, organization: Option<OrganizationId>) -> Option<OrganizationId> {
        match self {
            Self::Isolation { .. } | Self::Access { .. } => organization,
            Self::Protection { .. } | Self::Delivery { .. } => None,
        }
    }

    /// Returns the subject key of the escalation that it would raise or join.
    pub fn subject_key(&self, thing: &Thing, organization: Option<OrganizationId>) -> String {
        let topic = match self {
            Self::Protection { .. } => "",
            Self::Isolation { incident, .. } => &incident.id,
            Self::Access { .. } => thing.external_id(),
            Self::Delivery { integration, .. } => integration,
        };
        self.kind().subject_key(self.asks_of(organization), topic)
    }

    /// Returns what a new escalation about it would be about.
    pub fn matter(&self, thing: &Thing) -> Matter {
        match self {
            Self::Protection { .. } => Matter::Entities,
            Self::Isolation { incident, .. } => Matter::Incident(incident.clone()),
            Self::Access { .. } => Matter::Tenant { tenant_id: thing.external_id().to_owned() },
            Self::Delivery { integration, .. } => {
                Matter::Integration { slug: integration.clone(), delivers: false }
            }
        }
    }

    /// Returns how pressing a new escalation about it is.
    pub fn severity(&self, thing: &Thing) -> Severity {
        match thing {
            Thing::Report(report) => report.severity,
            Thing::Endpoint(_) | Thing::Tenant(_) => self.kind().definition().severity(),
        }
    }
}

/// An organization by id and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which one.
    pub id: OrganizationId,
    /// Its name.
    pub name: String,
}

/// A thing that is known by number, where it belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watched {
    /// Its number.
    pub id: EntityId,
    /// As its newest observation names it.
    pub thing: Thing,
    /// The organization that it belongs to, where it belongs to one.
    pub place: Option<Place>,
}

impl Watched {
    /// Returns it as an escalation lists it, in the trouble that `streak` ends with.
    pub fn entity(&self, streak: &Streak) -> Entity {
        let since = streak.since.unwrap_or(streak.latest_at);
        match &self.thing {
            Thing::Endpoint(ObservedEndpoint { id, hostname, os }) => Entity::Endpoint(Endpoint {
                id: self.id,
                external_id: id.clone(),
                hostname: hostname.clone(),
                os: os.clone(),
                organization: self.place.as_ref().map_or(OrganizationId(0), |place| place.id),
                organization_name: self.place.as_ref().map(|place| place.name.clone()).unwrap_or_default(),
                since,
                isolated_by: match &streak.latest {
                    Reading::Isolation { by, .. } => *by,
                    Reading::Protection { .. } | Reading::Access { .. } | Reading::Delivery { .. } => None,
                },
            }),
            Thing::Report(ObservedReport { id, title, severity }) => Entity::Report(Report {
                id: self.id,
                external_id: id.clone(),
                title: title.clone(),
                severity: *severity,
                organization_name: self.place.as_ref().map(|place| place.name.clone()),
                since,
                error: streak.error().unwrap_or_default().to_owned(),
            }),
            Thing::Tenant(tenant_id) => Entity::Tenant(Tenant {
                id: self.id,
                tenant_id: tenant_id.clone(),
                since,
                code: streak.error().and_then(crate::aadsts::find).unwrap_or_default(),
                error: streak.error().unwrap_or_default().to_owned(),
            }),
        }
    }
}

/// Everything that was observed of a thing on one topic, as far as it counts: the newest reading, and since when without
/// a break the readings are of trouble. Of two readings of the same moment the one without trouble counts, and then the one
/// with the greater id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Streak {
    /// The newest observation.
    pub observation: ObservationId,
    /// When it was made, by the detector's clock.
    pub latest_at: Timestamp,
    /// What it says.
    pub latest: Reading,
    /// Since when there is trouble; none where there is none.
    pub since: Option<Timestamp>,
}

impl Streak {
    /// Reads the streak off observations in any order; none where there are none.
    pub fn of(observations: &[(ObservationId, Timestamp, Reading)]) -> Option<Self> {
        let newest = observations.iter().max_by_key(|(id, at, reading)| (*at, !reading.is_trouble(), id));
        let (id, at, latest) = newest?;
        let well =
            observations.iter().filter(|(.., reading)| !reading.is_trouble()).map(|(_, at, _)| *at).max();
        let troubled = observations.iter().filter(|(.., reading)| reading.is_trouble()).map(|(_, at, _)| *at);
        let since = troubled.filter(|at| well.is_none_or(|well| *at > well)).min();
        Some(Self {
            observation: id.clone(),
            latest_at: *at,
            latest: latest.clone(),
            since: since.filter(|_| latest.is_trouble()),
        })
    }

    /// Returns what Microsoft or the PSA answered last.
    pub fn error(&self) -> Option<&str> {
        match &self.latest {
            Reading::Access { error } | Reading::Delivery { error, .. } => error.as_deref(),
            Reading::Protection { .. } | Reading::Isolation { .. } => None,
        }
    }
}

/// What is remembered of a thing on one topic, beside what was observed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The subject keys of the escalations that may list it with something left to do about it, or something to decide
    /// again: the one that its trouble raised or joined, or would, and those of organizations that it belonged to before.
    #[serde(default, alias = "subject_key", deserialize_with = "one_or_many")]
    pub listed: BTreeSet<String>,
    /// Since when there is trouble; none where there is none.
    pub since: Option<Timestamp>,
    /// When it is to be judged again although nothing is observed; none where time changes nothing.
    pub wait_until: Option<Timestamp>,
    /// The decision that accepts the trouble as it is, until it ends.
    pub accepted: Option<Accepted>,
    /// The error that the operator was told of.
    pub told: Option<u32>,
}

/// Reads the keys, or the one key, if any, that was remembered when there was one at most.
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Keys {
        Many(BTreeSet<String>),
        One(Option<String>),
    }
    Ok(match Keys::deserialize(deserializer)? {
        Keys::Many(keys) => keys,
        Keys::One(key) => key.into_iter().collect(),
    })
}

/// The decision that accepts a trouble as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// Who decided.
    pub by: Party,
    /// When.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;

    fn status(minute: u32, policy: AntivirusPolicy, on: bool) -> (ObservationId, Timestamp, Reading) {
        let time = at(&format!("2026-11-24T{:02}:{:02}:00Z", minute / 60, minute % 60));
        (ObservationId(minute.to_string()), time, Reading::Protection { policy, on })
    }

    #[test]
    fn a_streak_is_the_same_in_whatever_order_its_observations_arrive() {
        use AntivirusPolicy::{Audit, Enforce};
        let check = |observations: &[(u32, AntivirusPolicy, bool)], since: Option<u32>| {
            let mut all: Vec<_> =
                observations.iter().map(|(m, policy, on)| status(*m, *policy, *on)).collect();
            let expected = since.map(|minute| status(minute, Enforce, false).1);
            for _ in 0..all.len() {
                all.rotate_left(1);
                assert_eq!(Streak::of(&all).and_then(|streak| streak.since), expected, "{observations:?}");
            }
        };
        check(&[(0, Enforce, false), (60, Enforce, false), (119, Enforce, false)], Some(0));
        check(&[(0, Enforce, false), (60, Enforce, true), (119, Enforce, false)], Some(119));
        check(&[(0, Enforce, false), (60, Audit, false), (61, Enforce, false)], Some(61));
        check(&[(0, Enforce, false), (60, Audit, false)], None);
        check(&[(0, Enforce, false), (60, Enforce, true)], None);
        check(&[(60, Enforce, false), (60, Enforce, true)], None);
        assert_eq!(Streak::of(&[]), None);
    }

    #[test]
    fn a_condition_reads_the_one_key_that_was_remembered_before() {
        let check = |stored: &str, expected: &[&str]| {
            let read: Condition = serde_json::from_str(stored).expect("it is a condition");
            let listed = expected.iter().map(|key| (*key).to_owned()).collect();
            assert_eq!(read, Condition { listed, told: Some(7), ..Condition::default() }, "{stored}");
            let kept = serde_json::to_string(&read).expect("JSON");
            assert_eq!(serde_json::from_str::<Condition>(&kept).ok(), Some(read));
        };
        check(r#"{"subject_key":null,"since":null,"wait_until":null,"accepted":null,"told":7}"#, &[]);
        check(
            r#"{"subject_key":"a/2/b","since":null,"wait_until":null,"accepted":null,"told":7}"#,
            &["a/2/b"],
        );
        check(r#"{"listed":["a/2/b","a/3/b"],"told":7}"#, &["a/2/b", "a/3/b"]);
        check(r#"{"told":7}"#, &[]);
    }
}
