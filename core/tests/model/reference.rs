//! What should happen, written down as plainly as possible and without a line of core's logic.

use std::collections::{BTreeMap, BTreeSet};

use beckon_core::id::{EscalationId, IdentityId, RuleId};
use beckon_core::observation::Outcome;
use beckon_core::rule::{AccessRule, Determination, Level, Subject};
use beckon_core::time::Timestamp;

use crate::world::{ADDRESSES, Happened, Op, PLACES, Scopes, World, actor, identity_of};

type Visit = (i64, u8, usize, usize);

#[derive(Default)]
struct Question {
    organization: i64,
    key: String,
    visits: Vec<Visit>,
    open: bool,
}

/// Questions by number, and the rules as the world has them after each operation.
#[derive(Default)]
pub(crate) struct Reference {
    questions: BTreeMap<EscalationId, Question>,
    rules: Vec<AccessRule>,
    seen: BTreeSet<u8>,
}

enum Judged {
    Expected,
    Unauthorized,
    Ask,
}

impl Reference {
    /// Performs `op`, which the world has just performed; `now` is the time at which it did.
    pub(crate) fn perform(&mut self, op: &Op, world: &World, now: Timestamp) -> Happened {
        match op {
            Op::Observe { id, organization, person, place, address } => {
                if !self.seen.insert(*id) {
                    return Happened::Observed(Outcome::Duplicate);
                }
                Happened::Observed(self.observe((*organization, *person, *place, *address), now))
            }
            Op::Answer { which, role, choice, .. } => {
                let ids: Vec<EscalationId> = self.questions.keys().copied().collect();
                if ids.is_empty() {
                    return Happened::Done;
                }
                let id = ids[which.index(ids.len())];
                if *role != 1 {
                    return Happened::Refused;
                }
                if !self.questions[&id].open {
                    return Happened::Conflict;
                }
                if *choice == 2 {
                    self.close(id);
                    return Happened::Resolved(BTreeSet::from([id]));
                }
                self.check_rules_of_answer(id, op, world);
                let resolved = self.rules_made(world, now);
                assert!(resolved.contains(&id), "an answer resolves what it answers");
                Happened::Resolved(resolved)
            }
            Op::MakeRule { role, subject, organization, person, expected, start, end } => {
                if *role != 1 {
                    return Happened::Refused;
                }
                let dated = *start > 0 || (end.is_some() && *expected);
                let valid = match subject {
                    4 => !*expected && !dated && (*organization == 0 || *person == 4),
                    5 => *expected && !dated && *organization != 0 && *person == 4,
                    _ => *expected || !dated,
                };
                let catchall_dated_expected = *subject == 4 && *expected;
                if !valid || catchall_dated_expected {
                    return Happened::Invalid;
                }
                Happened::Resolved(self.rules_made(world, now))
            }
            Op::DeleteRule(_) => {
                self.rules.clone_from(&world.rules);
                Happened::Done
            }
            Op::Comment { role, .. } if self.questions.is_empty() => {
                let _ = role;
                Happened::Done
            }
            Op::Comment { role: 0 | 1, .. } | Op::Wait(_) => Happened::Done,
            Op::Comment { .. } => Happened::Refused,
        }
    }

    pub(crate) fn open(&self) -> BTreeMap<String, BTreeMap<IdentityId, u64>> {
        let mut open: BTreeMap<String, BTreeMap<IdentityId, u64>> = BTreeMap::new();
        for question in self.questions.values().filter(|question| question.open) {
            let people = open.entry(question.key.clone()).or_default();
            for (organization, person, ..) in &question.visits {
                *people.entry(identity_of(*organization, *person).id).or_default() += 1;
            }
        }
        open
    }

    pub(crate) fn listed(&self) -> u64 {
        self.questions.values().map(|question| question.visits.len() as u64).sum()
    }

    fn observe(&mut self, visit: Visit, now: Timestamp) -> Outcome {
        match self.judge(visit, now) {
            Judged::Expected => return Outcome::Expected,
            Judged::Unauthorized => return Outcome::Suspected,
            Judged::Ask => {}
        }
        let (organization, person, place, _) = visit;
        let key = match PLACES[place] {
            (_, Some(vpn)) => format!("login.unexpected_vpn/{organization}/{vpn}"),
            (Some(country), None) => format!("login.unexpected_country/{organization}/{country}"),
            (None, None) => return Outcome::Ignored,
        };
        let open = self.questions.values_mut().find(|question| question.open && question.key == key);
        if let Some(question) = open {
            let known = question.visits.iter().any(|(_, known, ..)| *known == person);
            question.visits.push(visit);
            return if known { Outcome::Updated } else { Outcome::Joined };
        }
        let id = EscalationId(i64::try_from(self.questions.len()).expect("few") + 1);
        self.questions.insert(id, Question { organization, key, visits: vec![visit], open: true });
        Outcome::Raised
    }

    /// The rules that an answer makes are those that it says, for those who are listed.
    fn check_rules_of_answer(&self, id: EscalationId, op: &Op, world: &World) {
        let Op::Answer { choice, scope, .. } = op else { unreachable!("only asked for answers") };
        let question = &self.questions[&id];
        let known: BTreeSet<RuleId> = self.rules.iter().map(|rule| rule.id).collect();
        let expected = if *choice == 0 { Determination::Expected } else { Determination::Unauthorized };
        let people: BTreeSet<IdentityId> = question
            .visits
            .iter()
            .map(|(organization, person, ..)| identity_of(*organization, *person).id)
            .collect();
        for rule in world.rules.iter().filter(|rule| !known.contains(&rule.id)) {
            assert_eq!(rule.determination, expected);
            match (scope, rule.level) {
                (Scopes::Account, Level::Account) => {}
                (Scopes::Organization, Level::Organization { organization }) => {
                    assert_eq!(organization.0, question.organization);
                }
                (Scopes::Identity, Level::Identity { identity, .. }) => assert!(people.contains(&identity)),
                (scope, level) => panic!("{scope:?} made a rule for {level:?}"),
            }
        }
    }

    /// Takes the world's rules over and closes what they cover.
    fn rules_made(&mut self, world: &World, now: Timestamp) -> BTreeSet<EscalationId> {
        self.rules.clone_from(&world.rules);
        let covered: BTreeSet<EscalationId> = self
            .questions
            .iter()
            .filter(|(_, question)| question.open)
            .filter(|(_, question)| {
                question.visits.iter().all(|visit| !matches!(self.judge(*visit, now), Judged::Ask))
            })
            .map(|(id, _)| *id)
            .collect();
        for id in &covered {
            self.close(*id);
        }
        covered
    }

    fn close(&mut self, id: EscalationId) {
        let question = self.questions.get_mut(&id).expect("it is there");
        assert!(question.open, "resolved twice");
        question.open = false;
    }

    fn judge(&self, (organization, person, place, address): Visit, now: Timestamp) -> Judged {
        let today = now.date_naive();
        let identity = identity_of(organization, person);
        let (country, vpn) = PLACES[place];
        let counting: Vec<&AccessRule> = self
            .rules
            .iter()
            .filter(|rule| rule.schedule.starts_at.is_none_or(|first| first <= today))
            .filter(|rule| rule.schedule.expires_at.is_none_or(|last| last >= today))
            .collect();
        let rank = |level: Level| match level {
            Level::Identity { identity: id, .. } => (id == identity.id).then_some(0),
            Level::Organization { organization: id } => (id.0 == organization).then_some(1),
            Level::Account => Some(2),
        };
        for wanted in 0..3 {
            let here = |determination: Determination| {
                counting.iter().any(|rule| {
                    rank(rule.level) == Some(wanted)
                        && rule.determination == determination
                        && match &rule.subject {
                            Subject::Country { country: about } => {
                                country == Some(about.as_str())
                                    && (vpn.is_none() || determination == Determination::Unauthorized)
                            }
                            Subject::Vpn { vpn: about } => vpn == Some(about.as_str()),
                            Subject::IpAddress { .. } => ADDRESSES[address] == Some("62.149.20.10"),
                            Subject::Catchall { .. } | Subject::CatchallException { .. } => false,
                        }
                })
            };
            if here(Determination::Unauthorized) {
                return Judged::Unauthorized;
            }
            if here(Determination::Expected) {
                return Judged::Expected;
            }
        }
        if vpn.is_none() && country == Some("NL") && person != 3 {
            return Judged::Expected;
        }
        let has = |subject: fn(&Subject) -> bool, wanted: u8| {
            counting.iter().any(|rule| subject(&rule.subject) && rank(rule.level) == Some(wanted))
        };
        let catchall: fn(&Subject) -> bool = |subject| matches!(subject, Subject::Catchall { .. });
        let exception: fn(&Subject) -> bool = |subject| matches!(subject, Subject::CatchallException { .. });
        let caught = vpn.is_none()
            && country.is_some()
            && (has(catchall, 1) || (has(catchall, 2) && !has(exception, 1)));
        if caught { Judged::Unauthorized } else { Judged::Ask }
    }
}

/// Blocked people are refused whatever they try; see `Op`'s roles.
#[test]
fn role_three_is_the_one_that_is_kept_out() {
    assert!(beckon_core::permission::is_blocked(&actor(3)));
}
