//! How many observations core decides in a second, on one thread, and, beside it, how many of the same observations it
//! reads from JSON. Prints the two numbers; `cargo xtask bench` reads them.
//!
//! Each login is judged against a hundred rules of the account, none of which is about it, and raises a question.
#![expect(clippy::print_stdout, reason = "it is a command whose result is what it prints")]

use std::hint::black_box;
use std::time::Instant;

use beckon_core::country::CountryCode;
use beckon_core::decide::{ObservationFacts, observe};
use beckon_core::escalation::Identity;
use beckon_core::id::{AccountId, EscalationId, IdentityId, OrganizationId, RuleId};
use beckon_core::observation::{Fact, Observation, Outcome};
use beckon_core::rule::{AccessRule, Determination, Level, Schedule, Subject};
use beckon_core::time::Timestamp;
use serde_json::json;

/// How many are decided.
const COUNT: u32 = 200_000;

fn main() {
    let now: Timestamp = "2026-11-24T08:00:00Z".parse().expect("a literal");
    let rules: Vec<AccessRule> = (0..100).map(|number| rule(number, now)).collect();
    let text = login();

    let start = Instant::now();
    for _ in 0..COUNT {
        black_box(Observation::parse(black_box(&text), now)).expect("it is valid");
    }
    let parses = f64::from(COUNT) / start.elapsed().as_secs_f64();

    let observation = Observation::parse(&text, now).expect("it is valid");
    let Fact::Login(login) = &observation.fact else { unreachable!("it is a login") };
    let identity = identity();
    let facts = ObservationFacts { rules: &rules, open: None, previous: None, next_id: EscalationId(1) };
    let start = Instant::now();
    for _ in 0..COUNT {
        let observed = observe(black_box(&observation), login, &identity, &facts, now);
        assert_eq!(black_box(observed).outcome, Outcome::Raised);
    }
    let decisions = f64::from(COUNT) / start.elapsed().as_secs_f64();
    println!("{decisions:.0} {parses:.0}");
}

fn login() -> String {
    json!({
        "id": "evt-1", "type": "login", "observed_at": "2026-11-24T08:00:00Z", "account_id": 1, "organization_id": 2,
        "country": "UA", "ip_address": "198.51.100.7",
        "identity": {"id": "joey", "username": "joey@contoso.example", "usage_location": "NL"},
    })
    .to_string()
}

fn identity() -> Identity {
    Identity {
        id: IdentityId(1),
        external_id: "joey".to_owned(),
        username: "joey@contoso.example".to_owned(),
        name: None,
        usage_location: CountryCode::parse("NL").ok(),
    }
}

/// A rule for another organization, so that it is looked at and does not match.
fn rule(number: i64, now: Timestamp) -> AccessRule {
    AccessRule {
        id: RuleId(number),
        account: AccountId(1),
        level: Level::Organization { organization: OrganizationId(1_000 + number) },
        subject: Subject::Country { country: CountryCode::parse("UA").expect("a country") },
        determination: Determination::Expected,
        schedule: Schedule::default(),
        note: None,
        created_by: "Priya Raman".to_owned(),
        created_at: now,
        updated_at: now,
    }
}
