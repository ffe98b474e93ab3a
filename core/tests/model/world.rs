//! A store in memory: loads what core asks for, applies what core decides.

use std::collections::{BTreeMap, BTreeSet};

use beckon_core::actor::{Actor, Member, Role};
use beckon_core::api::escalation::ResolutionRequest;
use beckon_core::country::CountryCode;
use beckon_core::decide::{self, ObservationFacts, ObservationKeys, OpenQuestion};
use beckon_core::error::Refusal;
use beckon_core::escalation::{Escalation, Event, Identity};
use beckon_core::id::{
    AccountId, EscalationId, IdentityId, ObservationId, OrganizationId, RemedyId, RuleId, UserId,
};
use beckon_core::observation::{Fact, LoginFact, Observation, ObservedIdentity, Outcome};
use beckon_core::permission::{Action, Permit, permit};
use beckon_core::rule::coverage::CoverageFacts;
use beckon_core::rule::{AccessRule, Category, Determination, Level, RuleDraft, Schedule, Scope, Subject};
use beckon_core::time::{Timestamp, days, hours};
use beckon_core::vpn::VpnSlug;
use chrono::DateTime;
use proptest::sample::Index;

pub(crate) const ACCOUNT: AccountId = AccountId(1);

/// Where logins come from: a country or a VPN.
pub(crate) const PLACES: [(Option<&str>, Option<&str>); 5] = [
    (Some("NL"), None),
    (Some("UA"), None),
    (Some("PL"), None),
    (Some("UA"), Some("NORD_VPN")),
    (None, None),
];

/// From which addresses.
pub(crate) const ADDRESSES: [Option<&str>; 3] = [Some("62.149.20.10"), Some("198.51.100.7"), None];

/// A level without whom it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scopes {
    Identity,
    Organization,
    Account,
}

#[derive(Clone, Debug)]
pub(crate) enum Op {
    Observe {
        id: u8,
        organization: i64,
        person: u8,
        place: usize,
        address: usize,
    },
    Answer {
        which: Index,
        role: u8,
        choice: u8,
        scope: Scopes,
        days: Option<u32>,
    },
    MakeRule {
        role: u8,
        subject: usize,
        organization: i64,
        person: u8,
        expected: bool,
        start: u32,
        end: Option<u32>,
    },
    DeleteRule(Index),
    Comment {
        role: u8,
        which: Index,
    },
    Wait(i64),
}

/// What came of an operation, in words that the reference uses too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Happened {
    Observed(Outcome),
    Resolved(BTreeSet<EscalationId>),
    Refused,
    Conflict,
    Invalid,
    Done,
}

pub(crate) struct World {
    pub(crate) escalations: BTreeMap<EscalationId, Escalation>,
    pub(crate) log: Vec<Event>,
    pub(crate) rules: Vec<AccessRule>,
    seen: BTreeSet<u8>,
    next_rule: i64,
    hours: i64,
}

pub(crate) fn actor(role: u8) -> Actor {
    let role = match role {
        0 => return Actor::operator("SOC"),
        1 => Role::AccountAdmin,
        2 => Role::AccountUser,
        _ => Role::OrganizationUser,
    };
    Actor::member(Member {
        user: UserId(1),
        name: "Priya Raman".to_owned(),
        email: "priya@northwind.example".to_owned(),
        account: ACCOUNT,
        role,
        organization: None,
    })
}

/// People are numbered within their organization; the one with number 3 has no usage location.
pub(crate) fn identity_of(organization: i64, person: u8) -> Identity {
    Identity {
        id: IdentityId(organization * 10 + i64::from(person)),
        external_id: format!("p{person}"),
        username: format!("p{person}@o{organization}.example"),
        name: None,
        usage_location: (person != 3).then(|| country("NL")),
    }
}

pub(crate) fn country(code: &str) -> CountryCode {
    CountryCode::parse(code).expect("a literal")
}

pub(crate) fn subject(index: usize) -> Subject {
    match index {
        0 => Subject::Country { country: country("UA") },
        1 => Subject::Country { country: country("PL") },
        2 => Subject::Vpn { vpn: VpnSlug::parse("NORD_VPN").expect("a literal") },
        3 => Subject::IpAddress {
            network: beckon_core::network::Network::parse("62.149.20.0/24").expect("a literal"),
        },
        4 => Subject::Catchall { category: Category::Country },
        _ => Subject::CatchallException { category: Category::Country },
    }
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            escalations: BTreeMap::new(),
            log: Vec::new(),
            rules: Vec::new(),
            seen: BTreeSet::new(),
            next_rule: 1,
            hours: 0,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        DateTime::parse_from_rfc3339("2026-11-24T08:00:00Z").expect("a literal").to_utc() + hours(self.hours)
    }

    pub(crate) fn resolved(&self) -> BTreeMap<EscalationId, Escalation> {
        let resolved = self.escalations.iter().filter(|(_, escalation)| !escalation.head.is_open());
        resolved.map(|(id, escalation)| (*id, escalation.clone())).collect()
    }

    /// The open questions by subject key, with who is listed and how often they logged in.
    pub(crate) fn open(&self) -> BTreeMap<String, BTreeMap<IdentityId, u64>> {
        let open = self.escalations.values().filter(|escalation| escalation.head.is_open());
        open.map(|escalation| (escalation.head.subject_key.clone(), logins(escalation))).collect()
    }

    /// Every login that any escalation ever listed.
    pub(crate) fn listed(&self) -> u64 {
        self.escalations.values().map(|escalation| logins(escalation).values().sum::<u64>()).sum()
    }

    pub(crate) fn perform(&mut self, op: &Op) -> Happened {
        match op {
            Op::Observe { id, organization, person, place, address } => {
                self.observe(*id, *organization, *person, *place, *address)
            }
            Op::Answer { which, role, choice, scope, days } => {
                self.answer(*which, *role, *choice, *scope, *days)
            }
            Op::MakeRule { role, .. } => {
                let Ok(permit) = permit(&actor(*role), Action::ManageRules, ACCOUNT) else {
                    return Happened::Refused;
                };
                self.make_rule(&permit, &self.draft(op))
            }
            Op::DeleteRule(which) => {
                if !self.rules.is_empty() {
                    let rule = self.rules.remove(which.index(self.rules.len()));
                    let permit = permit(&actor(1), Action::ManageRules, ACCOUNT).expect("admins may");
                    self.log.push(decide::delete_rule(&permit, &rule, self.now()).expect("it is permitted"));
                }
                Happened::Done
            }
            Op::Comment { role, which } => self.comment(*role, *which),
            Op::Wait(hours) => {
                self.hours += hours;
                Happened::Done
            }
        }
    }

    pub(crate) fn draft(&self, op: &Op) -> RuleDraft {
        let Op::MakeRule { subject: about, organization, person, expected, start, end, .. } = op else {
            unreachable!("only asked for rules")
        };
        let today = self.now().date_naive();
        let day = |n: u32| today.checked_add_days(chrono::Days::new(u64::from(n))).expect("in range");
        let of = OrganizationId(*organization);
        let level = match (organization, person) {
            (0, _) => Level::Account,
            (_, 4) => Level::Organization { organization: of },
            (_, person) => {
                Level::Identity { identity: identity_of(*organization, *person).id, organization: of }
            }
        };
        let expires_at = end.map(|end| day(start + end));
        let schedule = Schedule {
            starts_at: (*start > 0).then(|| day(*start)),
            expires_at: expires_at.filter(|_| *expected),
        };
        RuleDraft {
            level,
            subject: subject(*about),
            determination: if *expected { Determination::Expected } else { Determination::Unauthorized },
            schedule,
            note: None,
        }
    }

    fn observe(&mut self, id: u8, organization: i64, person: u8, place: usize, address: usize) -> Happened {
        if !self.seen.insert(id) {
            return Happened::Observed(Outcome::Duplicate);
        }
        let identity = identity_of(organization, person);
        let (from, vpn) = PLACES[place];
        let login = LoginFact {
            identity: ObservedIdentity {
                id: identity.external_id.clone(),
                username: identity.username.clone(),
                name: None,
                usage_location: identity.usage_location,
            },
            country: from.map(country),
            vpn: vpn.map(|vpn| VpnSlug::parse(vpn).expect("a literal")),
            ip_address: ADDRESSES[address].map(|ip| ip.parse().expect("a literal")),
        };
        let observation = Observation {
            id: ObservationId(id.to_string()),
            observed_at: self.now(),
            account: ACCOUNT,
            organization: Some(OrganizationId(organization)),
            fact: Fact::Login(login.clone()),
        };
        let key = ObservationKeys::of(&observation, &login).subject_key;
        let same = |open: bool| {
            let mut same = self.escalations.values().filter(|escalation| {
                Some(&escalation.head.subject_key) == key.as_ref() && escalation.head.is_open() == open
            });
            same.next_back()
        };
        let facts = ObservationFacts {
            rules: &self.rules,
            open: same(true).map(|escalation| OpenQuestion {
                head: &escalation.head,
                entity: escalation.entities.get(&identity.id.into()),
            }),
            previous: same(false).map(|escalation| escalation.head.id),
            next_id: EscalationId(i64::try_from(self.escalations.len()).expect("few") + 1),
        };
        let observed = decide::observe(&observation, &login, &identity, &facts, self.now());
        self.apply(observed.events);
        Happened::Observed(observed.outcome)
    }

    fn answer(&mut self, which: Index, role: u8, choice: u8, scope: Scopes, until: Option<u32>) -> Happened {
        let Some(id) = self.pick(which) else { return Happened::Done };
        let Ok(permit) = permit(&actor(role), Action::Answer, ACCOUNT) else { return Happened::Refused };
        let scope = match scope {
            Scopes::Identity => Scope::Identity,
            Scopes::Organization => Scope::Organization,
            Scopes::Account => Scope::Account,
        };
        let determination = match choice {
            0 => Some(Determination::Expected),
            1 => Some(Determination::Unauthorized),
            _ => None,
        };
        let request = ResolutionRequest {
            determination,
            scope: determination.map(|_| scope),
            expiration_date: until
                .filter(|_| choice == 0)
                .map(|n| (self.now() + days(i64::from(n))).date_naive()),
            ..ResolutionRequest::default()
        };
        let facts = self.facts();
        let escalation = &self.escalations[&id];
        let mut numbers = Numbers { rule: self.next_rule, remedy: 1 };
        let answered = match decide::answer(&permit, escalation, &request, &facts, &mut numbers, self.now()) {
            Ok(answered) => answered,
            Err(Refusal::Conflict(_)) => return Happened::Conflict,
            Err(other) => panic!("{other}"),
        };
        self.next_rule = numbers.rule;
        self.rules.extend(answered.made.rules);
        self.apply(answered.made.events);
        Happened::Resolved(answered.also_resolved.into_iter().chain([id]).collect())
    }

    fn make_rule(&mut self, permit: &Permit, draft: &RuleDraft) -> Happened {
        let facts = self.facts();
        let mut next = self.next_rule;
        let rule_id = || {
            next += 1;
            RuleId(next - 1)
        };
        let draft = std::slice::from_ref(draft);
        let previewed = decide::preview(ACCOUNT, draft, &facts, self.now()).resolves;
        let Ok(made) = decide::make_rules(permit, draft, &facts, rule_id, self.now()) else {
            return Happened::Invalid;
        };
        assert_eq!(previewed, made.resolved, "the preview is what then happens");
        self.next_rule = next;
        self.rules.extend(made.rules);
        self.apply(made.events);
        Happened::Resolved(made.resolved.into_iter().collect())
    }

    fn comment(&mut self, role: u8, which: Index) -> Happened {
        let Some(id) = self.pick(which) else { return Happened::Done };
        let Ok(permit) = permit(&actor(role), Action::Comment, ACCOUNT) else { return Happened::Refused };
        let event = decide::comment(&permit, &self.escalations[&id].head, "On it", self.now());
        self.apply([event.expect("the text is short")]);
        Happened::Done
    }

    pub(crate) fn pick(&self, which: Index) -> Option<EscalationId> {
        let count = self.escalations.len();
        (count > 0).then(|| *self.escalations.keys().nth(which.index(count)).expect("in range"))
    }

    fn facts(&self) -> CoverageFacts {
        CoverageFacts {
            rules: self.rules.clone(),
            open: self.escalations.values().filter_map(Escalation::open_logins).collect(),
            history: Vec::new(),
        }
    }

    fn apply(&mut self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            if let Some(id) = event.escalation {
                if let Some(escalation) = self.escalations.get_mut(&id) {
                    escalation.apply(&event);
                } else {
                    let raised = Escalation::raised(ACCOUNT, id, &event).expect("the first event raises");
                    self.escalations.insert(id, raised);
                }
            }
            self.log.push(event);
        }
    }
}

/// Hands out numbers.
struct Numbers {
    rule: i64,
    remedy: i64,
}

impl decide::Ids for Numbers {
    fn rule(&mut self) -> RuleId {
        self.rule += 1;
        RuleId(self.rule - 1)
    }

    fn remedy(&mut self) -> RemedyId {
        self.remedy += 1;
        RemedyId(self.remedy - 1)
    }
}

fn logins(escalation: &Escalation) -> BTreeMap<IdentityId, u64> {
    escalation.entities.iter().map(|(id, entity)| (IdentityId(id.0), entity.sightings)).collect()
}
