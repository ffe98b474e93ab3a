//! Who hears of what: whatever the settings, the integration and the members are. And how whoever is to answer is chased:
//! against a plain reference.

use std::collections::BTreeSet;

use beckon_core::actor::{Member, Party, Role};
use beckon_core::decide::wake;
use beckon_core::escalation::{Event, Happening, Head, Matter, Method, Setback, SetbackKind};
use beckon_core::id::{AccountId, EscalationId, IntegrationId, OrganizationId, UserId};
use beckon_core::kinds::Kind;
use beckon_core::notice::{NoticeSettings, RouteFacts, route, route_kind};
use beckon_core::remedy::RemedyAction;
use beckon_core::rule::Schedule;
use beckon_core::severity::Severity;
use beckon_core::time::{Timestamp, minutes};
use proptest::prelude::*;

fn config() -> ProptestConfig {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(4_000);
    ProptestConfig { failure_persistence: None, cases, ..ProptestConfig::default() }
}

fn member(user: i64, role: Role) -> Member {
    Member {
        user: UserId(user),
        name: format!("Person {user}"),
        email: format!("p{user}@contoso.example"),
        account: AccountId(1),
        role,
        organization: (role == Role::OrganizationUser).then_some(OrganizationId(7)),
    }
}

fn kinds() -> impl Strategy<Value = Kind> {
    prop::sample::select(Kind::ALL.to_vec())
}

/// Members with at least one account admin, wherever it stands.
fn members() -> impl Strategy<Value = Vec<Member>> {
    let roles = prop::sample::select(vec![Role::AccountAdmin, Role::AccountUser, Role::OrganizationUser]);
    (prop::collection::vec(roles, 0..6), any::<prop::sample::Index>()).prop_map(|(mut roles, place)| {
        roles.insert(place.index(roles.len() + 1), Role::AccountAdmin);
        roles.into_iter().zip(1..).map(|(role, user)| member(user, role)).collect()
    })
}

/// Settings as they may stand after people left and roles changed: with people who are gone, or were never there.
fn settings() -> impl Strategy<Value = NoticeSettings> {
    let recipients = prop::option::of(prop::collection::btree_set((1..12_i64).prop_map(UserId), 0..6));
    let psa_kinds = prop::collection::btree_set(kinds(), 0..5);
    (recipients, any::<bool>(), psa_kinds).prop_map(|(recipients, psa_and_email, psa_kinds)| NoticeSettings {
        recipients,
        psa_and_email,
        psa_kinds,
    })
}

fn is_login(kind: Kind) -> bool {
    kind.slug().starts_with("login.")
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn the_right_people_hear(
        kind in kinds(), members in members(), settings in settings(), connected in any::<bool>(),
    ) {
        let psa = connected.then_some(IntegrationId(3));
        let told = route_kind(kind, RouteFacts { settings: &settings, psa, members: &members });
        let addresses: BTreeSet<UserId> = told.email.iter().map(|member| member.user).collect();
        // Somebody always hears; by email, an account admin among them.
        prop_assert!(told.psa.is_some() || !told.email.is_empty());
        if !told.email.is_empty() {
            prop_assert!(told.email.iter().any(|member| member.role == Role::AccountAdmin));
        }
        // Nobody twice, nobody from outside, and no organization user.
        prop_assert_eq!(addresses.len(), told.email.len());
        prop_assert!(told.email.iter().all(|member| members.contains(member)));
        prop_assert!(told.email.iter().all(|member| member.role != Role::OrganizationUser));
        // Logins go one way, and both only where that is switched on.
        if is_login(kind) {
            prop_assert_eq!(told.psa, psa);
            prop_assert_eq!(told.email.is_empty(), psa.is_some() && !settings.psa_and_email);
        } else {
            prop_assert!(!told.email.is_empty(), "the other kinds always go by email");
            prop_assert_eq!(told.psa.is_some(), psa.is_some() && settings.psa_kinds.contains(&kind));
        }
        // Whom the account chose, and nobody else, as long as an account admin is among them.
        let chosen = settings.recipients.as_ref().filter(|ids| {
            members.iter().any(|member| member.role == Role::AccountAdmin && ids.contains(&member.user))
        });
        if let Some(ids) = chosen {
            prop_assert!(addresses.is_subset(ids));
        } else {
            prop_assert!(told.email.iter().all(|member| member.role == Role::AccountAdmin));
        }
    }
}

fn raised(kind: Kind, severity: Severity, matter: Matter, now: Timestamp) -> Head {
    let what = Happening::Raised {
        kind,
        organization: None,
        subject_key: String::new(),
        subtype: None,
        severity,
        due_at: severity.due_at(now),
        previous: None,
        matter,
    };
    Head::raised(AccountId(1), EscalationId(1), &event(what, now)).expect("it is the raising")
}

fn event(what: Happening, at: Timestamp) -> Event {
    Event { escalation: Some(EscalationId(1)), at, by: Party::System, what }
}

fn integration(slug: &str) -> Matter {
    Matter::Integration { slug: slug.to_owned(), delivers: false }
}

#[test]
fn what_does_not_reach_the_psa_is_never_told_there() {
    let now = Timestamp::UNIX_EPOCH;
    let kind = Kind::IntegrationReportsUndeliverable;
    let settings = NoticeSettings { psa_kinds: [kind].into(), ..NoticeSettings::default() };
    let members = [member(1, Role::AccountAdmin)];
    let facts = RouteFacts { settings: &settings, psa: Some(IntegrationId(3)), members: &members };
    let check = |slug: &str, psa| {
        let head = raised(kind, Severity::High, integration(slug), now);
        let told = route(&head, facts);
        assert_eq!((told.email.len(), told.psa), (1, psa), "{slug}");
    };
    check("connectwise", Some(IntegrationId(3)));
    check("beckon-connectwise", None);
}

/// Something that happens while a question is open.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// So many minutes pass, and then somebody looks.
    Look(i64),
    /// So many minutes pass, and nobody looks.
    Wait(i64),
    Answer,
    /// What the answer ordered fails.
    Fail,
    Raise(Severity),
    End,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let severity = prop::sample::select(vec![Severity::Low, Severity::High, Severity::Critical]);
    let step = prop_oneof![
        6 => (1..20_i64).prop_map(|hours| Step::Look(hours * 60)),
        2 => (1..6_000_i64).prop_map(Step::Look),
        2 => (1..6_000_i64).prop_map(Step::Wait),
        2 => Just(Step::Answer),
        2 => Just(Step::Fail),
        1 => severity.prop_map(Step::Raise),
        1 => Just(Step::End),
    ];
    prop::collection::vec(step, 0..40)
}

/// The design's words, read by a clock that counts minutes: no fields, no events, no grid computed by division.
#[expect(clippy::struct_excessive_bools, reason = "the words of the design, one by one")]
struct Reference {
    severity: Severity,
    due: i64,
    overdue: bool,
    answered: bool,
    failed: bool,
    ended: bool,
    /// The next minute at which a reminder would be due.
    next: i64,
}

impl Reference {
    /// Hours to answer and between reminders. Source: the table in the design.
    fn pace(severity: Severity) -> (i64, i64) {
        match severity {
            Severity::Critical => (12, 6),
            Severity::High => (48, 24),
            Severity::Low => (168, 72),
        }
    }

    fn new(severity: Severity) -> Self {
        let due = Self::pace(severity).0 * 60;
        Self { severity, due, overdue: false, answered: false, failed: false, ended: false, next: 0 }
    }

    /// Lets reminders of the past go: the next is the first after `now`.
    fn skip(&mut self, now: i64) {
        self.next = self.due;
        while self.next <= now {
            self.next += Self::pace(self.severity).1 * 60;
        }
    }

    fn look(&mut self, now: i64) -> Option<&'static str> {
        if self.ended {
            return None;
        }
        if !self.overdue {
            if now < self.due {
                return None;
            }
            self.overdue = true;
            self.skip(now);
            return Some("became_overdue");
        }
        let asked = !self.answered || self.failed;
        if !asked || now < self.next {
            return None;
        }
        self.skip(now);
        Some("reminded")
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn chasing_agrees_with_the_reference(
        first in prop::sample::select(vec![Severity::Low, Severity::High, Severity::Critical]), steps in steps(),
    ) {
        let start = Timestamp::UNIX_EPOCH;
        // A kind that is answered as a whole and whose answer orders something.
        let mut head = raised(Kind::IntegrationReportsUndeliverable, first, integration("connectwise"), start);
        let mut reference = Reference::new(first);
        let (mut now, mut reminders) = (0, 0);
        for step in steps {
            match step {
                Step::Look(passed) => {
                    now += passed;
                    let at = start + minutes(now);
                    let events = wake(&head, at);
                    let slugs: Vec<&str> = events.iter().map(|event| event.what.slug()).collect();
                    prop_assert_eq!(&slugs, &reference.look(now).into_iter().collect::<Vec<_>>(), "minute {}", now);
                    for event in &events {
                        if let Happening::Reminded { number } = event.what {
                            reminders += 1;
                            prop_assert_eq!(number, reminders);
                        }
                        head.apply(event);
                    }
                    prop_assert!(wake(&head, at).is_empty(), "a second look finds nothing");
                    prop_assert!(head.wakes_at().is_none_or(|next| next > at));
                }
                Step::Wait(passed) => now += passed,
                Step::Answer if head.is_open() => {
                    let what = Happening::Answered {
                        choice: "repaired".to_owned(),
                        scope: None,
                        schedule: Schedule::default(),
                        note: None,
                        revoke_and_disable: false,
                        fields: std::collections::BTreeMap::new(),
                        entities: Vec::new(),
                        verify_until: None,
                    };
                    head.apply(&event(what, start + minutes(now)));
                    (reference.answered, reference.failed) = (true, false);
                }
                Step::Fail if head.is_open() && head.answer.is_some() && head.setback.is_none() => {
                    let action = RemedyAction::TestConnection;
                    let (remedy, entity, message) = (beckon_core::id::RemedyId(1), None, "no".to_owned());
                    let what = Happening::RemedyFailed { remedy, action, entity, message: message.clone() };
                    head.apply(&event(what, start + minutes(now)));
                    let what = SetbackKind::RemedyFailed { action, message };
                    prop_assert_eq!(&head.setback, &Some(Setback { what, at: start + minutes(now) }));
                    reference.failed = true;
                    reference.skip(now);
                }
                Step::Raise(severity) if head.is_open() && severity > head.severity => {
                    let at = start + minutes(now);
                    let due_at = severity.due_at_when_raised(head.due_at, at);
                    head.apply(&event(Happening::SeverityRaised { severity, due_at }, at));
                    reference.severity = severity;
                    reference.due = reference.due.min(now + Reference::pace(severity).0 * 60);
                    reference.skip(now);
                }
                Step::End if head.is_open() => {
                    head.apply(&event(Happening::resolved(Method::Direct), start + minutes(now)));
                    reference.ended = true;
                }
                Step::Answer | Step::Fail | Step::Raise(_) | Step::End => {}
            }
        }
    }
}
