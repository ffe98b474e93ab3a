//! Core against a plain reference model: random observations, answers, rules, roles and times.
//!
//! No sequence loses an entity, resolves twice, lets a blocked person in, or leaves a resolved escalation changed; and
//! replaying the log gives the state. `PROPTEST_CASES` sets how many sequences are tried. What is watched has a model of its
//! own, in `watched`.

mod reference;
mod world;

use beckon_core::escalation::Escalation;
use proptest::prelude::*;
use reference::Reference;
use world::{Op, Scopes, World};

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

fn op() -> impl Strategy<Value = Op> {
    let observe = (0..40_u8, 1..=3_i64, 0..4_u8, 0..5_usize, 0..3_usize).prop_map(
        |(id, organization, person, place, address)| Op::Observe { id, organization, person, place, address },
    );
    let answer = (any::<prop::sample::Index>(), 0..4_u8, 0..3_u8, prop::option::of(0..3_u32)).prop_map(
        |(which, role, choice, days)| Op::Answer { which, role, choice, scope: Scopes::Account, days },
    );
    let scoped =
        (answer, prop_oneof![Just(Scopes::Identity), Just(Scopes::Organization), Just(Scopes::Account)])
            .prop_map(|(op, scope)| match op {
                Op::Answer { which, role, choice, days, .. } => {
                    Op::Answer { which, role, choice, scope, days }
                }
                other => other,
            });
    let rule = (0..4_u8, 0..6_usize, 0..4_i64, 0..5_u8, any::<bool>(), 0..3_u32, prop::option::of(0..4_u32))
        .prop_map(|(role, subject, organization, person, expected, start, end)| Op::MakeRule {
            role,
            subject,
            organization,
            person,
            expected,
            start,
            end,
        });
    prop_oneof![
        8 => observe,
        3 => scoped,
        2 => rule,
        1 => any::<prop::sample::Index>().prop_map(Op::DeleteRule),
        1 => (0..4_u8, any::<prop::sample::Index>()).prop_map(|(role, which)| Op::Comment { role, which }),
        1 => (1..72_i64).prop_map(Op::Wait),
    ]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn every_sequence_agrees_with_the_reference(ops in prop::collection::vec(op(), 1..60)) {
        let mut world = World::new();
        let mut reference = Reference::default();
        for op in &ops {
            let before = world.resolved();
            let now = world.now();
            let happened = world.perform(op);
            let expected = reference.perform(op, &world, now);
            prop_assert_eq!(&happened, &expected, "{:?}", op);
            for (id, was) in &before {
                let is = &world.escalations[id];
                prop_assert_eq!(&is.head.state, &was.head.state, "a resolved escalation changed by {:?}", op);
                prop_assert_eq!(&is.head.answer, &was.head.answer);
                prop_assert_eq!(&is.entities, &was.entities);
            }
            prop_assert_eq!(world.open(), reference.open());
        }
        for (id, escalation) in &world.escalations {
            let events: Vec<_> = world.log.iter().filter(|event| event.escalation == Some(*id)).cloned().collect();
            let replayed = Escalation::replay(world::ACCOUNT, *id, &events);
            prop_assert_eq!(replayed.as_ref(), Some(escalation));
            let endings = events.iter().filter(|event| event.what.slug() == "resolved").count();
            prop_assert_eq!(endings, usize::from(!escalation.head.is_open()));
            let logged = serde_json::to_string(&events).expect("events are JSON");
            prop_assert_eq!(serde_json::from_str::<Vec<_>>(&logged).ok(), Some(events));
        }
        prop_assert_eq!(world.listed(), reference.listed());
    }
}
