//! What people read of an escalation: one, several, unknown; waiting, answered, covered, dismissed.

use beckon_core::actor::Party;
use beckon_core::api::escalation::EscalationBody;
use beckon_core::api::show::Names;
use beckon_core::country::CountryCode;
use beckon_core::escalation::{Entity, Escalation, Event, Happening, Identity, Matter, Method, Sighting};
use beckon_core::id::{AccountId, EscalationId, IdentityId, ObservationId, OrganizationId, RuleId, UserId};
use beckon_core::kinds::Kind;
use beckon_core::rule::coverage::Origin;
use beckon_core::rule::{Schedule, Scope};
use beckon_core::severity::Severity;
use beckon_core::time::Timestamp;

fn now() -> Timestamp {
    "2026-11-24T08:00:00Z".parse().expect("a literal")
}

fn event(what: Happening) -> Event {
    let by = Party::User { id: UserId(1), name: "Priya Raman".to_owned() };
    Event { escalation: Some(EscalationId(17)), at: now(), by, what }
}

fn escalation(kind: Kind, subtype: &str, residences: &[Option<&str>], then: &[Happening]) -> Escalation {
    let raised = Happening::Raised {
        kind,
        organization: Some(OrganizationId(2)),
        subject_key: String::new(),
        subtype: Some(subtype.to_owned()),
        severity: Severity::Low,
        due_at: Severity::Low.due_at(now()),
        previous: None,
        matter: Matter::Entities,
    };
    let joined = residences.iter().zip(1..).map(|(residence, id)| Happening::EntityAdded {
        entity: Entity::Identity(Identity {
            id: IdentityId(id),
            external_id: id.to_string(),
            username: format!("p{id}@contoso.example"),
            name: None,
            usage_location: residence.map(|code| CountryCode::parse(code).expect("a literal")),
        }),
        sighting: Sighting {
            observation: ObservationId(id.to_string()),
            observed_at: now(),
            origin: Some(Origin { country: CountryCode::parse("UA").ok(), vpn: None, address: None }),
        },
    });
    let events: Vec<Event> =
        [raised].into_iter().chain(joined).chain(then.iter().cloned()).map(event).collect();
    Escalation::replay(AccountId(1), EscalationId(17), &events).expect("it begins with its raising")
}

fn shown(escalation: &Escalation) -> EscalationBody {
    let names =
        Names { account: "Northwind IT", organization: Some("Contoso"), base_url: "http://beckon.test" };
    EscalationBody::of(&escalation.head, names, now())
}

#[track_caller]
fn check(kind: Kind, subtype: &str, residences: &[Option<&str>], subject: &str, summary: &str, what: &str) {
    let escalation = escalation(kind, subtype, residences, &[]);
    let body = shown(&escalation);
    assert_eq!((body.subject.as_str(), body.summary.as_str()), (subject, summary));
    assert_eq!(kind.definition().what_happened(&escalation.head), what);
}

#[test]
fn what_happened_reads_like_a_sentence() {
    use Kind::{LoginUnexpectedCountry as Country, LoginUnexpectedVpn as Vpn};
    let nl = Some("NL");
    check(
        Country,
        "UA",
        &[nl],
        "Logins from Ukraine",
        "1 person who lives in the Netherlands",
        "One person whose usage location is the Netherlands logged in from Ukraine. No rule covers Ukraine for this person.",
    );
    check(
        Country,
        "NL",
        &[Some("BE"), Some("FR"), Some("BE")],
        "Logins from the Netherlands",
        "3 people who live in 2 countries",
        "Three people who live in 2 different countries logged in from the Netherlands. No rule covers the Netherlands \
         for them.",
    );
    check(
        Country,
        "UA",
        &[None],
        "Logins from Ukraine",
        "1 person with no usage location on record",
        "One person with no usage location on record logged in from Ukraine. No rule covers Ukraine for this person.",
    );
    check(
        Country,
        "UA",
        &[nl, None],
        "Logins from Ukraine",
        "2 people, some with no usage location on record",
        "Two people, some with no usage location on record, logged in from Ukraine. No rule covers Ukraine for them.",
    );
    check(
        Vpn,
        "NORD_VPN",
        &[nl, nl],
        "Logins through NordVPN",
        "2 people who live in the Netherlands",
        "Two people whose usage location is the Netherlands logged in through NordVPN. No rule expects it for them.",
    );
}

#[test]
fn the_steps_follow_from_the_log_alone() {
    let answered = |choice: &str, revoke_and_disable| Happening::Answered {
        choice: choice.to_owned(),
        scope: Some(Scope::Organization),
        schedule: Schedule::default(),
        note: None,
        revoke_and_disable,
        fields: std::collections::BTreeMap::new(),
        entities: Vec::new(),
        verify_until: None,
    };
    let resolved = |method| Happening::Resolved { method, rules: vec![RuleId(1)], reason: None };
    let check = |then: &[Happening], expected: &str| {
        let body = shown(&escalation(Kind::LoginUnexpectedCountry, "UA", &[Some("NL")], then));
        let steps: Vec<String> =
            body.workflow.iter().map(|step| format!("{} {}", step.slug, step.state)).collect();
        assert_eq!(steps.join(", "), expected);
    };
    check(&[], "answer current, rule upcoming");
    check(&[answered("expected", false), resolved(Method::Rule)], "answer done, rule done");
    check(
        &[answered("unauthorized", true), resolved(Method::Rule)],
        "answer done, rule done, revoke_and_disable done",
    );
    check(&[answered("dismiss", false), resolved(Method::Dismiss)], "answer done, rule skipped");
    check(&[resolved(Method::Rule)], "answer skipped, rule done");
}

#[test]
fn overdue_begins_with_the_very_moment_of_the_deadline_and_ends_with_the_resolution() {
    let open = escalation(Kind::LoginUnexpectedCountry, "UA", &[Some("NL")], &[]);
    let due = now() + chrono::TimeDelta::days(7);
    assert!(!open.head.is_overdue(due - chrono::TimeDelta::microseconds(1)));
    assert!(open.head.is_overdue(due));
    let dismissed = Happening::resolved(Method::Dismiss);
    let done = escalation(Kind::LoginUnexpectedCountry, "UA", &[Some("NL")], &[dismissed]);
    assert!(!done.head.is_overdue(due));
}
