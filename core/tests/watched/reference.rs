//! What should happen, written down as plainly as possible and without a line of core's logic: whatever is asked of the past
//! is read off the full list of observations, again and again.

use std::collections::{BTreeMap, BTreeSet};

use beckon_core::actor::Role;
use beckon_core::escalation::{Method, Settling};
use beckon_core::id::{EscalationId, RemedyId};
use beckon_core::observation::{AntivirusPolicy, Outcome};
use beckon_core::remedy::{RemedyAction, RemedyStatus};
use beckon_core::severity::Severity;
use beckon_core::time::{Timestamp, hours, minutes};
use proptest::sample::Index;

use crate::world::{
    Happened, INTEGRATIONS, Op, Ordered, Reply, Said, Shown, Standing, choices, name_of, pick,
};

/// What a thing can be in trouble with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Topic {
    Isolation(u8),
    Protection,
    Access,
    Delivery,
}

/// What Microsoft's errors come to, in the order of [`crate::world::ERRORS`].
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mends {
    Customer,
    TimeOrCustomer,
    Provider,
    Nobody,
}

const MENDS: [Mends; 6] = [
    Mends::Customer,
    Mends::Customer,
    Mends::TimeOrCustomer,
    Mends::Provider,
    Mends::Customer,
    Mends::Nobody,
];

const CODES: [&str; 5] = ["AADSTS65001", "AADSTS7000112", "AADSTS90033", "AADSTS7000222", "AADSTS999999"];

/// An observation as it came.
struct Heard {
    id: u16,
    at: Timestamp,
    organization: i64,
    name: String,
    topic: Topic,
    said: Said,
}

/// What is remembered of a thing on a topic since it was last judged.
#[derive(Clone, Default)]
struct Memory {
    since: Option<Timestamp>,
    waits_until: Option<Timestamp>,
    accepted: bool,
    told: Option<usize>,
}

/// A remedy of one entity.
#[derive(Clone, Copy)]
struct Own {
    action: RemedyAction,
    status: RemedyStatus,
}

#[derive(Clone, Default)]
struct Listed {
    settled: Option<Settling>,
    decided: bool,
    unheard: bool,
    remedy: Option<Own>,
}

struct Question {
    id: EscalationId,
    key: String,
    topic: Topic,
    severity: Severity,
    due_at: Timestamp,
    /// The last one about the same that had ended when this one was raised.
    previous: Option<EscalationId>,
    subtype: Option<String>,
    listed: BTreeMap<String, Listed>,
    resolved: Option<Method>,
    choice: Option<&'static str>,
    setback: bool,
    verify_until: Option<Timestamp>,
    /// Whether the integration delivered since one of the reports last failed.
    delivers: bool,
}

struct Remedy {
    question: EscalationId,
    action: RemedyAction,
    name: Option<String>,
    status: RemedyStatus,
}

#[derive(Default)]
pub(crate) struct Reference {
    ids: BTreeSet<u16>,
    heard: Vec<Heard>,
    memories: BTreeMap<(String, Topic), Memory>,
    questions: Vec<Question>,
    remedies: Vec<Remedy>,
}

fn topic_of(said: Said) -> Topic {
    match said {
        Said::Protection { .. } => Topic::Protection,
        Said::Isolation { incident, .. } => Topic::Isolation(incident),
        Said::Access { .. } => Topic::Access,
        Said::Delivery { .. } => Topic::Delivery,
    }
}

fn is_trouble(said: Said) -> bool {
    match said {
        Said::Protection { policy, on, .. } => policy == AntivirusPolicy::Enforce && !on,
        Said::Isolation { isolated, .. } => isolated,
        Said::Access { error, .. } => error.is_some(),
        Said::Delivery { failed, .. } => failed,
    }
}

fn window(severity: Severity) -> chrono::TimeDelta {
    match severity {
        Severity::Critical => hours(12),
        Severity::High => hours(48),
        Severity::Low => hours(168),
    }
}

impl Listed {
    fn standing(&self) -> Standing {
        let failed = self.remedy.is_some_and(|remedy| remedy.status == RemedyStatus::Failed);
        match self.settled {
            Some(why) => Standing::Settled(why),
            None if !self.decided || self.unheard || failed => Standing::Undecided,
            None => Standing::UnderWay,
        }
    }

    fn ordered(&self) -> Option<RemedyAction> {
        let ordered = self.remedy.filter(|remedy| remedy.status == RemedyStatus::Ordered);
        ordered.map(|remedy| remedy.action)
    }
}

impl Question {
    fn is_open(&self) -> bool {
        self.resolved.is_none()
    }

    fn is_one_by_one(&self) -> bool {
        matches!(self.topic, Topic::Isolation(_) | Topic::Protection)
    }

    fn waits_for(&self, name: &str) -> bool {
        self.is_open() && self.listed.get(name).is_some_and(|listed| listed.settled.is_none())
    }

    fn is_settled(&self) -> bool {
        self.listed.values().all(|listed| listed.settled.is_some())
    }

    fn is_by_email(&self) -> bool {
        self.choice == Some("send_by_email")
    }

    /// Ends it where nothing is left to wait for.
    fn finish(&mut self) {
        let works = self.topic != Topic::Delivery || self.delivers || self.is_by_email();
        if self.is_open() && self.is_settled() && works {
            self.resolved = Some(Method::Recovered);
        }
    }

    fn settle(&mut self, name: &str, why: Settling) {
        self.listed.get_mut(name).expect("it is listed").settled = Some(why);
        self.finish();
    }
}

impl Reference {
    /// Performs `op` at `now`.
    pub(crate) fn perform(&mut self, op: &Op, now: Timestamp) -> Happened {
        match op {
            Op::Observe { id, late, organization, said } => {
                Happened::Observed(self.observe(*id, now - minutes(*late), *organization, *said, now))
            }
            Op::Answer { which, role, reply } => {
                let Some(index) = self.pick(*which) else { return Happened::Done };
                match (role, self.questions[index].is_open()) {
                    (None | Some(Role::AccountUser | Role::OrganizationUser), _) => Happened::Forbidden,
                    (Some(Role::AccountAdmin), false) => Happened::Conflict,
                    (Some(Role::AccountAdmin), true) if self.questions[index].is_one_by_one() => {
                        self.answer_one_by_one(index, reply, now)
                    }
                    (Some(Role::AccountAdmin), true) => self.answer_whole(index, reply, now),
                }
            }
            Op::Report { which, role, succeeded } => self.report(*which, *role, *succeeded),
            Op::Withdraw { which, role } => {
                let Some(index) = self.pick(*which) else { return Happened::Done };
                let question = &mut self.questions[index];
                match (role, question.is_open()) {
                    (Some(_), _) => Happened::Forbidden,
                    (None, false) => Happened::Conflict,
                    (None, true) => {
                        question.resolved = Some(Method::Withdrawn);
                        Happened::Done
                    }
                }
            }
            Op::Wait(_) => Happened::Done,
            Op::Tick => {
                self.tick(now);
                Happened::Done
            }
        }
    }

    pub(crate) fn open(&self) -> BTreeMap<String, Shown> {
        let open = self.questions.iter().filter(|question| question.is_open());
        open.map(|question| {
            let listed = question.listed.iter();
            let shown = Shown {
                severity: question.severity,
                due_at: question.due_at,
                previous: question.previous,
                subtype: question.subtype.clone(),
                setback: question.setback,
                entities: listed.map(|(name, listed)| (name.clone(), listed.standing())).collect(),
            };
            (question.key.clone(), shown)
        })
        .collect()
    }

    pub(crate) fn resolved(&self) -> BTreeMap<EscalationId, (String, Method)> {
        let resolved = |question: &Question| Some((question.id, (question.key.clone(), question.resolved?)));
        self.questions.iter().filter_map(resolved).collect()
    }

    pub(crate) fn remedies(&self) -> Vec<Ordered> {
        self.remedies.iter().map(|remedy| (remedy.action, remedy.name.clone(), remedy.status)).collect()
    }

    fn pick(&self, which: Index) -> Option<usize> {
        let indexes: Vec<usize> = (0..self.questions.len()).collect();
        pick(which, indexes.iter())
    }

    // What the list of observations says.

    fn of(&self, name: &str, topic: Topic) -> Vec<&Heard> {
        self.heard.iter().filter(|heard| heard.name == name && heard.topic == topic).collect()
    }

    /// The last word: the latest, and of the latest one without trouble, and of those the one with the greatest id.
    fn newest(&self, name: &str, topic: Topic) -> &Heard {
        let mut newest = self.of(name, topic);
        newest.sort_by_key(|heard| (heard.at, !is_trouble(heard.said), format!("{:03}", heard.id)));
        newest.last().expect("something was observed")
    }

    /// Since when there is trouble without a break.
    fn since(&self, name: &str, topic: Topic) -> Option<Timestamp> {
        let mut all = self.of(name, topic);
        all.sort_by_key(|heard| (heard.at, !is_trouble(heard.said)));
        let troubled = all.iter().rev().take_while(|heard| is_trouble(heard.said));
        troubled.last().map(|heard| heard.at)
    }

    /// The last that named a thing, whatever it says of it.
    fn named(&self, name: &str) -> Option<&Heard> {
        self.heard.iter().filter(|heard| heard.name == name).max_by_key(|heard| heard.at)
    }

    fn place(&self, name: &str) -> Option<i64> {
        self.named(name).map(|heard| heard.organization)
    }

    fn key(&self, name: &str, topic: Topic) -> String {
        let place = self.place(name).expect("it was named");
        match (topic, self.newest(name, topic).said) {
            (Topic::Isolation(incident), _) => format!("host_isolation.org_wide/{place}/i{incident}"),
            (Topic::Protection, _) => "system_health.defender_disabled//".to_owned(),
            (Topic::Access, _) => format!("integration.tenant_inaccessible/{place}/{name}"),
            (Topic::Delivery, Said::Delivery { integration, .. }) => {
                format!("integration.reports_undeliverable//{}", INTEGRATIONS[integration])
            }
            (Topic::Delivery, _) => unreachable!("only deliveries are of that topic"),
        }
    }

    fn others_isolated(&self, name: &str, topic: Topic) -> Vec<String> {
        let names: BTreeSet<&str> = self
            .heard
            .iter()
            .filter(|heard| heard.topic == topic && heard.name != name)
            .map(|heard| heard.name.as_str())
            .collect();
        let here = |other: &&str| self.place(other) == self.place(name);
        let isolated = |other: &&str| self.since(other, topic).is_some();
        names.into_iter().filter(here).filter(isolated).map(str::to_owned).collect()
    }

    // Observations and time.

    fn observe(&mut self, id: u16, at: Timestamp, organization: i64, said: Said, now: Timestamp) -> Outcome {
        if !self.ids.insert(id) {
            return Outcome::Duplicate;
        }
        if let Said::Access { error: Some(error), .. } = said
            && MENDS[error] == Mends::Nobody
        {
            return Outcome::Ignored;
        }
        let (name, topic) = (name_of(said), topic_of(said));
        let before = self.place(&name);
        self.heard.push(Heard { id, at, organization, name: name.clone(), topic, said });
        let outcome = self.judge(&name, topic, true, now);
        let moved = before.is_some_and(|before| Some(before) != self.place(&name));
        if moved && topic != Topic::Delivery {
            let others: Vec<Topic> = self
                .memories
                .iter()
                .filter(|((of, other), memory)| *of == name && *other != topic && memory.since.is_some())
                .map(|((_, other), _)| *other)
                .collect();
            for other in others {
                self.judge(&name, other, false, now);
            }
        }
        outcome
    }

    fn tick(&mut self, now: Timestamp) {
        let is_due = |memory: &Memory| memory.waits_until.is_some_and(|until| until < now);
        let mut due: Vec<(String, Topic)> =
            self.memories.iter().filter(|(_, memory)| is_due(memory)).map(|(key, _)| key.clone()).collect();
        // Things are numbered in the order in which they were first named.
        due.sort_by_key(|(name, topic)| (self.heard.iter().position(|heard| heard.name == *name), *topic));
        for (name, topic) in due {
            self.judge(&name, topic, false, now);
        }
        for question in self.questions.iter_mut().filter(|question| question.is_open()) {
            let awaited = if question.is_one_by_one() {
                question.listed.values().any(|listed| listed.standing() == Standing::UnderWay)
            } else {
                !question.setback
            };
            if awaited && question.verify_until.is_some_and(|until| until <= now) {
                question.setback = true;
                question.listed.values_mut().for_each(|listed| listed.unheard = listed.decided);
            }
        }
    }

    fn judge(&mut self, name: &str, topic: Topic, observed: bool, now: Timestamp) -> Outcome {
        let before = self.memories.get(&(name.to_owned(), topic)).cloned().unwrap_or_default();
        let (since, newest) = (self.since(name, topic), self.newest(name, topic));
        let (said, moment) = (newest.said, if observed { newest.at } else { now });
        let goes_on = since.zip(before.since).is_some_and(|(since, before)| since <= before);
        let asked = goes_on
            && self.questions.iter().any(|question| question.topic == topic && question.waits_for(name));
        let mut memory =
            Memory { since, accepted: before.accepted && goes_on && !asked, ..Memory::default() };
        let Some(since) = since else {
            self.memories.insert((name.to_owned(), topic), memory);
            return self.well(name, topic, said, before.since.is_some());
        };
        let tolerated = match said {
            Said::Protection { .. } => Some(hours(2)),
            Said::Access { error: Some(error), .. } if MENDS[error] == Mends::TimeOrCustomer => {
                Some(hours(1))
            }
            Said::Access { error: Some(error), .. } if MENDS[error] == Mends::Provider => {
                memory.told = Some(error);
                self.memories.insert((name.to_owned(), topic), memory);
                for question in &mut self.questions {
                    if question.topic == topic && question.waits_for(name) {
                        question.resolved = Some(Method::Recovered);
                    }
                }
                return Outcome::Ignored;
            }
            Said::Access { .. } | Said::Isolation { .. } | Said::Delivery { .. } => None,
        };
        let until = tolerated.map(|tolerated| since + tolerated);
        let key = self.key(name, topic);
        let lasts = match topic {
            Topic::Isolation(_) => {
                let open = self.questions.iter().any(|question| question.is_open() && question.key == key);
                open || !self.others_isolated(name, topic).is_empty()
            }
            Topic::Protection | Topic::Access | Topic::Delivery => {
                asked || until.is_none_or(|until| moment > until)
            }
        };
        memory.waits_until = until.filter(|_| !lasts);
        let accepted = memory.accepted;
        self.memories.insert((name.to_owned(), topic), memory);
        match (accepted, lasts) {
            (true, _) => Outcome::Expected,
            (false, false) => self.pending(name, topic, &key),
            (false, true) => self.ask(name, topic, said, &key, now),
        }
    }

    fn well(&mut self, name: &str, topic: Topic, said: Said, was_in_trouble: bool) -> Outcome {
        let why = match said {
            Said::Protection { policy: AntivirusPolicy::Audit | AntivirusPolicy::Off, .. } => {
                Settling::PolicyChanged
            }
            Said::Protection { .. }
            | Said::Isolation { .. }
            | Said::Access { .. }
            | Said::Delivery { .. } => Settling::Recovered,
        };
        let key = self.key(name, topic);
        let (mut ticked, mut delivers) = (false, false);
        for question in self.questions.iter_mut().filter(|question| question.is_open()) {
            if topic == Topic::Delivery && question.key == key && !question.delivers {
                (question.delivers, delivers) = (true, true);
                question.finish();
            }
        }
        for question in &mut self.questions {
            if question.topic == topic && question.waits_for(name) {
                ticked = true;
                question.settle(name, why);
            }
        }
        match (ticked || was_in_trouble, delivers) {
            (true, _) => Outcome::Recovered,
            (false, true) => Outcome::Updated,
            (false, false) => Outcome::Ignored,
        }
    }

    /// It is not long or often enough: wherever it is listed, it was well in between or belongs elsewhere.
    fn pending(&mut self, name: &str, topic: Topic, key: &str) -> Outcome {
        let mut outcome = Outcome::Pending;
        for question in &mut self.questions {
            if question.topic == topic && question.waits_for(name) {
                let here = question.key == key;
                question.settle(name, if here { Settling::Recovered } else { Settling::Moved });
                outcome = if here { Outcome::Recovered } else { outcome };
            }
        }
        outcome
    }

    fn ask(&mut self, name: &str, topic: Topic, said: Said, key: &str, now: Timestamp) -> Outcome {
        let waits = |question: &Question| question.topic == topic && question.waits_for(name);
        let stays = self.questions.iter().position(|question| topic == Topic::Delivery && waits(question));
        let target = stays
            .or_else(|| self.questions.iter().position(|question| question.is_open() && question.key == key));
        for (index, question) in self.questions.iter_mut().enumerate() {
            if Some(index) != target && waits(question) {
                question.settle(name, Settling::Moved);
            }
        }
        let severity = match (topic, self.named(name).map(|heard| heard.said)) {
            (Topic::Delivery, Some(Said::Delivery { severity, .. })) => severity,
            (Topic::Protection, _) => Severity::High,
            (Topic::Isolation(_) | Topic::Access | Topic::Delivery, _) => Severity::Critical,
        };
        let subtype = match said {
            Said::Access { error: Some(error), .. } => Some(CODES[error].to_owned()),
            Said::Access { .. }
            | Said::Protection { .. }
            | Said::Isolation { .. }
            | Said::Delivery { .. } => None,
        };
        let Some(target) = target else {
            let mut listed = BTreeMap::from([(name.to_owned(), Listed::default())]);
            if let Topic::Isolation(_) = topic {
                for other in self.others_isolated(name, topic) {
                    if !self.memories[&(other.clone(), topic)].accepted {
                        listed.insert(other, Listed::default());
                    }
                }
            }
            let same = self.questions.iter().filter(|question| question.key == key);
            let previous = same.map(|question| question.id).max();
            self.questions.push(Question {
                id: EscalationId(i64::try_from(self.questions.len()).expect("few") + 1),
                key: key.to_owned(),
                topic,
                severity,
                due_at: now + window(severity),
                previous,
                subtype,
                listed,
                resolved: None,
                choice: None,
                setback: false,
                verify_until: None,
                delivers: false,
            });
            return Outcome::Raised;
        };
        let question = &mut self.questions[target];
        if severity > question.severity {
            question.severity = severity;
            question.due_at = question.due_at.min(now + window(severity));
        }
        question.subtype = subtype;
        question.delivers = false;
        let known = question.listed.contains_key(name);
        let listed = question.listed.entry(name.to_owned()).or_default();
        if listed.settled.take().is_some() {
            // It begins anew, but what was ordered and has no outcome is being done still.
            let remedy = listed.remedy.filter(|remedy| remedy.status == RemedyStatus::Ordered);
            *listed = Listed { remedy, ..Listed::default() };
        }
        if known { Outcome::Updated } else { Outcome::Joined }
    }

    // Answers, and what they order.

    fn answer_one_by_one(&mut self, index: usize, reply: &Reply, now: Timestamp) -> Happened {
        let question = &self.questions[index];
        let slugs = choices(&question.key);
        let slug = |choice: u8| slugs[usize::from(choice) % slugs.len()];
        // The store numbers its entities in the order in which they were first named.
        let mut names: Vec<String> = Vec::new();
        for heard in &self.heard {
            if question.listed.contains_key(&heard.name) && !names.contains(&heard.name) {
                names.push(heard.name.clone());
            }
        }
        let mut single: BTreeMap<String, &'static str> = BTreeMap::new();
        for (which, choice) in &reply.single {
            let at = which.index(names.len());
            single.insert(names[at].clone(), slug(*choice));
        }
        if single.is_empty() && reply.for_all.is_none() {
            return Happened::Invalid;
        }
        let mut chosen: Vec<(String, &'static str)> = Vec::new();
        for name in names {
            let listed = &question.listed[&name];
            let for_all = reply.for_all.map(slug).filter(|_| listed.standing() == Standing::Undecided);
            let is_past = listed.settled.is_some_and(|why| why != Settling::Accepted);
            let Some(choice) = single.get(&name).copied().or(for_all).filter(|_| !is_past) else { continue };
            if listed.ordered().is_some() && listed.ordered() != action(choice) {
                return Happened::Conflict;
            }
            chosen.push((name, choice));
        }
        if chosen.is_empty() {
            return Happened::Conflict;
        }
        let id = question.id;
        let topic = question.topic;
        for (name, choice) in &chosen {
            let listed = self.questions[index].listed.get_mut(name).expect("it is listed");
            let orders = action(choice).filter(|_| listed.ordered().is_none());
            *listed = Listed {
                settled: action(choice).is_none().then_some(Settling::Accepted),
                decided: true,
                unheard: false,
                remedy: listed.remedy.filter(|remedy| remedy.status == RemedyStatus::Ordered),
            };
            if let Some(action) = orders {
                listed.remedy = Some(Own { action, status: RemedyStatus::Ordered });
                self.remedies.push(Remedy {
                    question: id,
                    action,
                    name: Some(name.clone()),
                    status: RemedyStatus::Ordered,
                });
            } else if action(choice).is_none() {
                self.memories.entry((name.clone(), topic)).or_default().accepted = true;
            }
        }
        let question = &mut self.questions[index];
        question.setback = false;
        if chosen.iter().any(|(_, choice)| action(choice).is_some()) {
            let within = if topic == Topic::Protection { hours(24) } else { hours(4) };
            question.verify_until = question.verify_until.max(Some(now + within));
        }
        if question.is_settled() {
            question.resolved = Some(Method::Direct);
        }
        Happened::Answered(!question.is_open())
    }

    fn answer_whole(&mut self, index: usize, reply: &Reply, now: Timestamp) -> Happened {
        let question = &mut self.questions[index];
        let Some(choice) = reply.for_all.filter(|_| reply.single.is_empty()) else {
            return Happened::Invalid;
        };
        if question.choice.is_some() && !question.setback {
            return Happened::Conflict;
        }
        let slugs = choices(&question.key);
        let choice = slugs[usize::from(choice) % slugs.len()];
        (question.choice, question.setback) = (Some(choice), false);
        question.verify_until = question.verify_until.max(Some(now + hours(1)));
        let id = question.id;
        self.order_whole(id, action(choice).expect("each of them orders something"));
        Happened::Answered(false)
    }

    fn order_whole(&mut self, question: EscalationId, action: RemedyAction) {
        let under_way = self.remedies.iter().any(|remedy| {
            remedy.question == question && remedy.action == action && remedy.status == RemedyStatus::Ordered
        });
        if !under_way {
            self.remedies.push(Remedy { question, action, name: None, status: RemedyStatus::Ordered });
        }
    }

    fn report(&mut self, which: Index, role: Option<Role>, succeeded: bool) -> Happened {
        let ids: Vec<RemedyId> = (1..).take(self.remedies.len()).map(RemedyId).collect();
        let Some(id) = pick(which, ids.iter()) else { return Happened::Done };
        if role.is_some() {
            return Happened::Forbidden;
        }
        let remedy = &mut self.remedies[usize::try_from(id.0).expect("small") - 1];
        let status = if succeeded { RemedyStatus::Succeeded } else { RemedyStatus::Failed };
        if remedy.status != RemedyStatus::Ordered {
            return if remedy.status == status { Happened::Done } else { Happened::Conflict };
        }
        remedy.status = status;
        let (action, of, name) = (remedy.action, remedy.question, remedy.name.clone());
        let index = usize::try_from(of.0).expect("small") - 1;
        let question = &mut self.questions[index];
        question.setback |= !succeeded;
        if let Some(name) = name {
            question.listed.get_mut(&name).expect("it is listed").remedy = Some(Own { action, status });
        } else if succeeded && question.is_open() {
            let by_email = question.is_by_email();
            if action == RemedyAction::TestConnection && !by_email {
                self.order_whole(of, RemedyAction::SendReports);
            } else if action == RemedyAction::SendReportsByEmail && by_email && question.is_settled() {
                question.resolved = Some(Method::Direct);
            }
        }
        Happened::Done
    }
}

/// What a choice orders; nothing where it leaves things as they are.
fn action(choice: &str) -> Option<RemedyAction> {
    match choice {
        "turn_on" => Some(RemedyAction::TurnOnProtection),
        "set_to_audit" => Some(RemedyAction::SetPolicyToAudit),
        "release" => Some(RemedyAction::ReleaseHost),
        "done" => Some(RemedyAction::VerifyAccess),
        "repaired" => Some(RemedyAction::TestConnection),
        "send_by_email" => Some(RemedyAction::SendReportsByEmail),
        _ => None,
    }
}
