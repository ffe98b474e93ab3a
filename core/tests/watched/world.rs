//! The operations, and the store that performs them through core.

use std::collections::BTreeMap;

use beckon_core::actor::Role;
use beckon_core::api::escalation::ResolutionRequest;
use beckon_core::api::remedy::{OutcomeBody, OutcomeRequest};
use beckon_core::error::Refusal;
use beckon_core::escalation::{Entity, EntityState, Escalation, Method, Settling};
use beckon_core::id::{EntityId, EscalationId, ObservationId, OrganizationId, RemedyId};
use beckon_core::observation::{
    AntivirusPolicy, DefenderFact, Fact, Incident, IsolatedBy, IsolationFact, Observation, ObservedEndpoint,
    ObservedReport, Outcome, ReportDeliveryFact, TenantAccessFact,
};
use beckon_core::remedy::{RemedyAction, RemedyStatus};
use beckon_core::severity::Severity;
use beckon_core::time::{Timestamp, minutes};
use proptest::sample::Index;

use crate::store::{ACCOUNT, Store};

/// What Microsoft answers: an error of the customer's, another one, a passing one, one of the provider's, one that is in no
/// list, and one without a code.
pub(crate) const ERRORS: [&str; 6] = [
    "AADSTS65001: The user or administrator has not consented",
    "AADSTS7000112: Application is disabled",
    "AADSTS90033: A transient error has occurred",
    "AADSTS7000222: The provided client secret keys are expired",
    "AADSTS999999: Something new",
    "503 Service Unavailable",
];

/// The PSAs of the account.
pub(crate) const INTEGRATIONS: [&str; 2] = ["connectwise", "autotask"];

/// What is said of a thing. Things are numbered within their type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Said {
    Protection { endpoint: u8, policy: AntivirusPolicy, on: bool },
    Isolation { endpoint: u8, incident: u8, isolated: bool },
    Access { tenant: u8, error: Option<usize> },
    Delivery { report: u8, severity: Severity, integration: usize, failed: bool },
}

/// How an admin answers.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    /// Which of the choices is for all that nobody decided about; none where only single ones are decided about.
    pub(crate) for_all: Option<u8>,
    /// Which of the choices is for which entity.
    pub(crate) single: Vec<(Index, u8)>,
}

#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// An observation arrives, `late` minutes after it was made.
    Observe { id: u16, late: i64, organization: i64, said: Said },
    /// Somebody answers.
    Answer { which: Index, role: Option<Role>, reply: Reply },
    /// Somebody reports what became of a remedy.
    Report { which: Index, role: Option<Role>, succeeded: bool },
    /// Somebody takes a question back.
    Withdraw { which: Index, role: Option<Role> },
    /// Minutes pass.
    Wait(i64),
    /// What is due is done.
    Tick,
}

/// What came of an operation, in words that the reference uses too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Happened {
    Observed(Outcome),
    /// It was done; whether that resolved the question by a click.
    Answered(bool),
    Done,
    Forbidden,
    Conflict,
    Invalid,
}

/// Where an entity of a question stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    Settled(Settling),
    Undecided,
    UnderWay,
}

/// An open question, as far as the reference knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    pub(crate) severity: Severity,
    pub(crate) due_at: Timestamp,
    pub(crate) previous: Option<EscalationId>,
    /// The error that it is about, where it is about one.
    pub(crate) subtype: Option<String>,
    /// Whether something keeps the last answer from having its effect.
    pub(crate) setback: bool,
    pub(crate) entities: BTreeMap<String, Standing>,
}

/// A remedy: what is done to what, and what became of it.
pub(crate) type Ordered = (RemedyAction, Option<String>, RemedyStatus);

pub(crate) struct World {
    pub(crate) store: Store,
    minutes: i64,
}

/// The moment at which every sequence begins.
pub(crate) fn start() -> Timestamp {
    "2026-11-24T08:00:00Z".parse().expect("a literal")
}

/// The detector's id of what is observed.
pub(crate) fn name_of(said: Said) -> String {
    match said {
        Said::Protection { endpoint, .. } | Said::Isolation { endpoint, .. } => format!("e{endpoint}"),
        Said::Access { tenant, .. } => format!("t{tenant}"),
        Said::Delivery { report, .. } => format!("r{report}"),
    }
}

/// Makes the observation that `said` it.
pub(crate) fn observation(id: u16, at: Timestamp, organization: i64, said: Said) -> Observation {
    let name = name_of(said);
    let endpoint = ObservedEndpoint { id: name.clone(), hostname: name.to_uppercase(), os: None };
    let fact = match said {
        Said::Protection { policy, on, .. } => {
            Fact::DefenderStatus(DefenderFact { endpoint, policy, protected: on })
        }
        Said::Isolation { incident, isolated, .. } => Fact::Isolation(IsolationFact {
            endpoint,
            incident: Incident { id: format!("i{incident}"), title: "Ransomware".to_owned() },
            isolated,
            by: isolated.then_some(IsolatedBy::Provider),
        }),
        Said::Access { error, .. } => Fact::TenantAccess(TenantAccessFact {
            tenant: name,
            error: error.map(|error| ERRORS[error].to_owned()),
        }),
        Said::Delivery { severity, integration, failed, .. } => Fact::ReportDelivery(ReportDeliveryFact {
            report: ObservedReport { id: name.clone(), title: name, severity },
            integration: INTEGRATIONS[integration].to_owned(),
            error: failed.then(|| "401 Unauthorized".to_owned()),
        }),
    };
    let organization = match said {
        Said::Delivery { .. } => None,
        Said::Protection { .. } | Said::Isolation { .. } | Said::Access { .. } => {
            Some(OrganizationId(organization))
        }
    };
    Observation {
        id: ObservationId(format!("{id:03}")),
        observed_at: at,
        account: ACCOUNT,
        organization,
        fact,
    }
}

/// The slugs of the choices of a question with a subject key.
pub(crate) fn choices(subject_key: &str) -> &'static [&'static str] {
    match subject_key.split('/').next() {
        Some("system_health.defender_disabled") => &["turn_on", "set_to_audit", "exclude"],
        Some("host_isolation.org_wide") => &["keep_isolated", "release"],
        Some("integration.tenant_inaccessible") => &["done"],
        _ => &["repaired", "send_by_email"],
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self { store: Store::default(), minutes: 0 }
    }

    pub(crate) fn now(&self) -> Timestamp {
        start() + minutes(self.minutes)
    }

    pub(crate) fn perform(&mut self, op: &Op) -> Happened {
        let now = self.now();
        match op {
            Op::Observe { id, late, organization, said } => {
                let made = observation(*id, now - minutes(*late), *organization, *said);
                Happened::Observed(self.store.observe(&made, now).outcome)
            }
            Op::Answer { which, role, reply } => {
                let Some(id) = pick(*which, self.store.escalations.keys()) else { return Happened::Done };
                let request = request(&self.store.escalations[&id], reply);
                match self.store.answer(id, *role, &request, now) {
                    Ok(answered) => Happened::Answered(answered.method == Some(Method::Direct)),
                    Err(refusal) => refused(&refusal),
                }
            }
            Op::Report { which, role, succeeded } => {
                let Some(id) = pick(*which, self.store.remedies.keys()) else { return Happened::Done };
                let outcome = if *succeeded { OutcomeBody::Succeeded } else { OutcomeBody::Failed };
                let message = (!succeeded).then(|| "It is offline".to_owned());
                let request = OutcomeRequest { outcome, message };
                done(self.store.outcome(id, *role, &request, now).map(drop))
            }
            Op::Withdraw { which, role } => {
                let Some(id) = pick(*which, self.store.escalations.keys()) else { return Happened::Done };
                done(self.store.withdraw(id, *role, now))
            }
            Op::Wait(minutes) => {
                self.minutes += minutes;
                Happened::Done
            }
            Op::Tick => {
                self.store.tick(now);
                Happened::Done
            }
        }
    }

    /// The open questions by subject key.
    pub(crate) fn open(&self) -> BTreeMap<String, Shown> {
        self.store.open().map(|one| (one.head.subject_key.clone(), shown(one))).collect()
    }

    /// What was resolved, and how.
    pub(crate) fn resolved(&self) -> BTreeMap<EscalationId, (String, Method)> {
        let resolved = |one: &Escalation| {
            let method = one.head.resolution()?.method;
            Some((one.head.id, (one.head.subject_key.clone(), method)))
        };
        self.store.escalations.values().filter_map(resolved).collect()
    }

    /// Every remedy, in the order in which they were ordered.
    pub(crate) fn remedies(&self) -> Vec<Ordered> {
        let ordered = self.store.remedies.values().map(|remedy| {
            let entities = &self.store.escalations[&remedy.escalation].entities;
            let of = |id: EntityId| entities[&id].entity.external_id().to_owned();
            (remedy.order.action, remedy.order.entity.map(of), remedy.status)
        });
        ordered.collect()
    }
}

/// Picks one of several, the same one for the same number of them.
pub(crate) fn pick<'k, K: Copy + 'k>(which: Index, keys: impl ExactSizeIterator<Item = &'k K>) -> Option<K> {
    let count = keys.len();
    if count == 0 { None } else { keys.copied().nth(which.index(count)) }
}

fn request(escalation: &Escalation, reply: &Reply) -> ResolutionRequest {
    let choices = choices(&escalation.head.subject_key);
    let slug = |choice: &u8| choices[usize::from(*choice) % choices.len()].to_owned();
    let entities: BTreeMap<String, String> = reply
        .single
        .iter()
        .filter_map(|(which, choice)| {
            pick(*which, escalation.entities.keys()).map(|id| (id.to_string(), slug(choice)))
        })
        .collect();
    ResolutionRequest {
        answer: reply.for_all.as_ref().map(slug),
        entities,
        note: Some("Another product protects it".to_owned()),
        ..ResolutionRequest::default()
    }
}

fn done(result: Result<(), Refusal>) -> Happened {
    match result {
        Ok(()) => Happened::Done,
        Err(refusal) => refused(&refusal),
    }
}

fn refused(refusal: &Refusal) -> Happened {
    match refusal {
        Refusal::Forbidden(_) => Happened::Forbidden,
        Refusal::Conflict(_) => Happened::Conflict,
        Refusal::Invalid(_) | Refusal::Unsuitable(..) => Happened::Invalid,
        Refusal::Invisible => unreachable!("everybody is of the account"),
    }
}

fn shown(escalation: &Escalation) -> Shown {
    let head = &escalation.head;
    let entities = escalation.entities.values();
    Shown {
        severity: head.severity,
        due_at: head.due_at,
        previous: head.previous,
        subtype: head.subtype.clone(),
        setback: head.setback.is_some(),
        entities: entities.map(|state| (state.entity.external_id().to_owned(), standing(state))).collect(),
    }
}

pub(crate) fn standing(state: &EntityState) -> Standing {
    match &state.settled {
        Some(settled) => Standing::Settled(settled.why),
        None if state.is_undecided() => Standing::Undecided,
        None => Standing::UnderWay,
    }
}

/// The remedies that have no outcome yet, by what ordered them, for what, to do what: each is there at most once.
pub(crate) fn under_way(
    store: &Store,
) -> BTreeMap<(EscalationId, Option<EntityId>, RemedyAction), Vec<RemedyId>> {
    let mut under_way: BTreeMap<_, Vec<RemedyId>> = BTreeMap::new();
    for remedy in store.remedies.values().filter(|remedy| remedy.status == RemedyStatus::Ordered) {
        let key = (remedy.escalation, remedy.order.entity, remedy.order.action);
        under_way.entry(key).or_default().push(remedy.order.id);
    }
    under_way
}

/// What is open, with what nobody settled yet, whatever happened on the way there.
pub(crate) fn waiting(store: &Store) -> BTreeMap<String, (Option<String>, Vec<Entity>)> {
    let waiting = |one: &Escalation| {
        let unsettled = one.entities.values().filter(|state| state.settled.is_none());
        let entities: Vec<Entity> = unsettled.map(|state| state.entity.clone()).collect();
        (one.head.subject_key.clone(), (one.head.subtype.clone(), entities))
    };
    store.open().map(waiting).collect()
}
