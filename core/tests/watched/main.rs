//! Core against a plain reference model: random observations of things that are watched, in any order and more than once,
//! with answers, outcomes of remedies, withdrawals, wrong roles and the time that passes.
//!
//! Logins have a model of their own, beside this one: nothing that is watched concerns them, nor the other way round.
//! `PROPTEST_CASES` sets how many sequences are tried.

mod reference;
mod store;
mod world;

use std::collections::BTreeSet;

use beckon_core::actor::Role;
use beckon_core::escalation::{Escalation, Happening, Method, Progress, Settling};
use beckon_core::observation::AntivirusPolicy;
use beckon_core::severity::Severity;
use beckon_core::time::{hours, minutes};
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::TestCaseError;
use reference::Reference;
use store::{ACCOUNT, Store};
use world::{Op, Reply, Said, Standing, World, observation, standing, start, under_way, waiting};

/// How many sequences are tried unless `PROPTEST_CASES` says otherwise.
const CASES: u32 = 10_000;

fn config() -> ProptestConfig {
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    if std::env::var_os("PROPTEST_CASES").is_some() {
        config
    } else {
        ProptestConfig { cases: CASES, ..config }
    }
}

fn policy() -> impl Strategy<Value = AntivirusPolicy> {
    prop_oneof![4 => Just(AntivirusPolicy::Enforce), 1 => Just(AntivirusPolicy::Audit), 1 => Just(AntivirusPolicy::Off)]
}

fn severity() -> impl Strategy<Value = Severity> {
    prop_oneof![Just(Severity::Low), Just(Severity::High), Just(Severity::Critical)]
}

fn protection() -> impl Strategy<Value = Said> {
    (0..3_u8, policy(), prop::bool::weighted(0.3)).prop_map(|(endpoint, policy, on)| Said::Protection {
        endpoint,
        policy,
        on,
    })
}

fn isolation() -> impl Strategy<Value = Said> {
    (0..4_u8, 0..2_u8, prop::bool::weighted(0.75))
        .prop_map(|(endpoint, incident, isolated)| Said::Isolation { endpoint, incident, isolated })
}

fn access() -> impl Strategy<Value = Said> {
    (0..2_u8, prop::option::weighted(0.75, 0..world::ERRORS.len()))
        .prop_map(|(tenant, error)| Said::Access { tenant, error })
}

fn delivery() -> impl Strategy<Value = Said> {
    (0..3_u8, severity(), 0..2_usize, prop::bool::weighted(0.65)).prop_map(
        |(report, severity, integration, failed)| Said::Delivery { report, severity, integration, failed },
    )
}

fn said() -> impl Strategy<Value = Said> {
    prop_oneof![protection(), isolation(), access(), delivery()]
}

/// Mostly whoever may, now and then somebody else.
fn role(who_may: Option<Role>) -> impl Strategy<Value = Option<Role>> {
    prop_oneof![
        12 => Just(who_may),
        1 => Just(None),
        1 => Just(Some(Role::AccountAdmin)),
        1 => Just(Some(Role::AccountUser)),
        1 => Just(Some(Role::OrganizationUser)),
    ]
}

/// Half hours, so that the very moments at which something begins to last are met.
fn late() -> impl Strategy<Value = i64> {
    prop_oneof![3 => Just(0), 3 => (0..8_i64).prop_map(|halves| halves * 30), 1 => -5..200_i64]
}

fn observe(said: impl Strategy<Value = Said>) -> impl Strategy<Value = Op> {
    (0..400_u16, late(), 2..4_i64, said).prop_map(|(id, late, organization, said)| Op::Observe {
        id,
        late,
        organization,
        said,
    })
}

fn answer() -> impl Strategy<Value = Op> {
    let single = prop::collection::vec((any::<Index>(), 0..3_u8), 0..3);
    let reply = prop_oneof![
        3 => (0..3_u8).prop_map(|choice| Reply { for_all: Some(choice), single: Vec::new() }),
        3 => (prop::option::of(0..3_u8), single).prop_map(|(for_all, single)| Reply { for_all, single }),
    ];
    (any::<Index>(), role(Some(Role::AccountAdmin)), reply).prop_map(|(which, role, reply)| Op::Answer {
        which,
        role,
        reply,
    })
}

fn wait() -> impl Strategy<Value = Op> {
    prop_oneof![3 => (1..10_i64).prop_map(|halves| Op::Wait(halves * 30)), 1 => (1..2_000_i64).prop_map(Op::Wait)]
}

/// Operations over observations of all types, or mostly of one, so that each type has long stories too.
fn ops() -> impl Strategy<Value = Vec<Op>> {
    fn of(said: impl Strategy<Value = Said> + 'static) -> BoxedStrategy<Vec<Op>> {
        let report = (any::<Index>(), role(None), any::<bool>())
            .prop_map(|(which, role, succeeded)| Op::Report { which, role, succeeded });
        let withdraw = (any::<Index>(), role(None)).prop_map(|(which, role)| Op::Withdraw { which, role });
        let op = prop_oneof![
            12 => observe(said),
            4 => answer(),
            3 => report,
            1 => withdraw,
            3 => wait(),
            3 => Just(Op::Tick),
        ];
        prop::collection::vec(op, 1..50).boxed()
    }
    prop_oneof![
        4 => of(said()),
        1 => of(protection()),
        1 => of(isolation()),
        1 => of(access()),
        1 => of(delivery()),
    ]
}

/// What holds of every escalation at every moment.
fn check_invariants(store: &Store) -> Result<(), TestCaseError> {
    for escalation in store.escalations.values() {
        let mut counted = Progress::default();
        for state in escalation.entities.values() {
            match standing(state) {
                Standing::Settled(_) => counted.settled += 1,
                Standing::Undecided => counted.undecided += 1,
                Standing::UnderWay => counted.under_way += 1,
            }
            counted.ordered += u32::from(state.settled.is_none() && state.is_ordered());
            counted.failed += u32::from(state.has_failed());
        }
        prop_assert_eq!(counted, escalation.head.progress);
        prop_assert_eq!(escalation.entities.len(), escalation.head.entity_count as usize);
    }
    let keys: Vec<&str> = store.open().map(|one| one.head.subject_key.as_str()).collect();
    let distinct: BTreeSet<&str> = keys.iter().copied().collect();
    prop_assert_eq!(keys.len(), distinct.len(), "two open escalations with one subject key");
    for (key, remedies) in under_way(store) {
        prop_assert_eq!(remedies.len(), 1, "{:?} is ordered more than once", key);
    }
    Ok(())
}

/// What no click decides: whatever can be observed has to be.
fn check_resolved_by_click(escalation: &Escalation) -> Result<(), TestCaseError> {
    let accepted = |why| why == Settling::Accepted;
    let settled: Vec<_> =
        escalation.entities.values().map(|state| state.settled.as_ref().map(|settled| settled.why)).collect();
    prop_assert!(settled.iter().all(Option::is_some), "resolved by a click with something unsettled");
    prop_assert!(
        settled.iter().flatten().any(|why| accepted(*why)),
        "resolved by a click that accepts nothing"
    );
    Ok(())
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_sequence_agrees_with_the_reference(ops in ops()) {
        let mut world = World::new();
        let mut reference = Reference::default();
        for op in &ops {
            let (now, before) = (world.now(), world.resolved());
            let ended: Vec<Escalation> = before.keys().map(|id| world.store.escalations[id].clone()).collect();
            let happened = world.perform(op);
            let expected = reference.perform(op, now);
            prop_assert_eq!(&happened, &expected, "{:?}", op);
            prop_assert_eq!(world.open(), reference.open(), "{:?}", op);
            prop_assert_eq!(world.resolved(), reference.resolved(), "{:?}", op);
            prop_assert_eq!(world.remedies(), reference.remedies(), "{:?}", op);
            check_invariants(&world.store)?;
            for was in ended {
                let is = &world.store.escalations[&was.head.id];
                prop_assert_eq!(&is.head.state, &was.head.state, "a resolved escalation changed by {:?}", op);
                prop_assert_eq!(&is.head.answer, &was.head.answer);
                let settled = |one: &Escalation| -> Vec<_> {
                    one.entities.values().map(|state| (state.settled.clone(), state.decision.clone())).collect()
                };
                prop_assert_eq!(settled(is), settled(&was));
            }
            if let (Op::Answer { .. }, world::Happened::Answered(true)) = (op, &happened) {
                for (id, _) in world.resolved().iter().filter(|(id, _)| !before.contains_key(id)) {
                    check_resolved_by_click(&world.store.escalations[id])?;
                }
            }
        }
        for (id, escalation) in &world.store.escalations {
            let events: Vec<_> =
                world.store.log.iter().filter(|event| event.escalation == Some(*id)).cloned().collect();
            let replayed = Escalation::replay(ACCOUNT, *id, &events);
            prop_assert_eq!(replayed.as_ref(), Some(escalation));
            let endings = events.iter().filter(|event| ["resolved", "withdrawn"].contains(&event.what.slug())).count();
            prop_assert_eq!(endings, usize::from(!escalation.head.is_open()));
            let recovered = |method| method == Method::Recovered;
            if let Some(resolution) = escalation.head.resolution().filter(|one| recovered(one.method)) {
                prop_assert!(resolution.reason.as_ref().is_some_and(|reason| !reason.is_empty()));
            }
        }
        let logged = serde_json::to_string(&world.store.log).expect("events are JSON");
        prop_assert_eq!(serde_json::from_str::<Vec<_>>(&logged).ok(), Some(world.store.log));
    }
}

/// The same observations of one thing in the order in which they were made, and in another.
fn shuffled(said: impl Strategy<Value = Said>) -> impl Strategy<Value = (Vec<Made>, Vec<Made>)> {
    prop::collection::vec((2..4_i64, said), 1..8).prop_flat_map(|all| {
        let made: Vec<Made> = all
            .into_iter()
            .zip(0..)
            .map(|((organization, said), slot)| Made { slot, organization, said })
            .collect();
        (Just(made.clone()), Just(made).prop_shuffle())
    })
}

/// An observation of one thing, made at a half hour of its own.
#[derive(Clone, Copy, Debug)]
struct Made {
    slot: u16,
    organization: i64,
    said: Said,
}

/// The same thing, and the same integration: a report that fails through two stays where it was first asked about.
fn of_one_thing() -> impl Strategy<Value = (Vec<Made>, Vec<Made>)> {
    let one = |said| match said {
        Said::Protection { policy, on, .. } => Said::Protection { endpoint: 0, policy, on },
        Said::Isolation { isolated, .. } => Said::Isolation { endpoint: 0, incident: 0, isolated },
        Said::Access { error, .. } => Said::Access { tenant: 0, error },
        Said::Delivery { severity, failed, .. } => {
            Said::Delivery { report: 0, severity, integration: 0, failed }
        }
    };
    prop_oneof![
        shuffled(protection().prop_map(one)),
        shuffled(isolation().prop_map(one)),
        shuffled(access().prop_map(one)),
        shuffled(delivery().prop_map(one)),
    ]
}

/// Hears all of it a day later, beside two isolated endpoints of each organization that are asked about already.
fn heard(made: &[Made]) -> Store {
    let mut store = Store::default();
    let received = start() + hours(24);
    for (endpoint, organization) in [(1, 2), (2, 2), (3, 3), (4, 3)] {
        let said = Said::Isolation { endpoint, incident: 0, isolated: true };
        store.observe(&observation(100 + u16::from(endpoint), start(), organization, said), received);
    }
    for Made { slot, organization, said } in made {
        let at = start() + minutes(30 * i64::from(*slot));
        store.observe(&observation(*slot, at, *organization, *said), received);
        // The same once more changes nothing.
        store.observe(&observation(*slot, at, *organization, *said), received);
    }
    store.tick(received + hours(24));
    store
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_open_in_the_end_does_not_depend_on_the_order_of_arrival((made, shuffled) in of_one_thing()) {
        prop_assert_eq!(waiting(&heard(&made)), waiting(&heard(&shuffled)));
    }
}

/// The sequences do meet what they are for.
#[test]
fn the_sequences_raise_join_recover_answer_and_fail() {
    use proptest::strategy::ValueTree;
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut slugs: BTreeSet<&'static str> = BTreeSet::new();
    for _ in 0..300 {
        let ops = ops().new_tree(&mut runner).expect("it makes sequences").current();
        let mut world = World::new();
        for op in &ops {
            world.perform(op);
        }
        slugs.extend(world.store.log.iter().map(|event| event.what.slug()));
        slugs.extend(world.store.log.iter().filter_map(|event| match &event.what {
            Happening::EntityRecovered { why: Settling::Moved, .. } => Some("moved"),
            Happening::EntityRecovered { why: Settling::PolicyChanged, .. } => Some("policy_changed"),
            _ => None,
        }));
    }
    let expected = [
        "answered",
        "became_overdue",
        "delivers",
        "entity_added",
        "entity_recovered",
        "moved",
        "policy_changed",
        "provider_fault",
        "raised",
        "remedy_failed",
        "remedy_ordered",
        "remedy_succeeded",
        "reminded",
        "resolved",
        "severity_raised",
        "sighted",
        "verification_unheard",
        "withdrawn",
    ];
    assert_eq!(slugs.into_iter().collect::<Vec<_>>(), expected);
}
