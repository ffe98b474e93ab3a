//! Logins to send: made from their number, so that every run sends the same.

use serde_json::{Value, json};

/// How many observations go into one request.
pub(crate) const BATCH: u32 = 500;

/// Countries that are not [`HOME`].
const COUNTRIES: [&str; 50] = [
    "AR", "AT", "AU", "BE", "BG", "BR", "CA", "CH", "CL", "CN", "CO", "CZ", "DE", "DK", "EE", "EG", "ES",
    "FI", "FR", "GB", "GR", "HR", "HU", "ID", "IE", "IL", "IN", "IS", "IT", "JP", "KE", "KR", "LT", "LU",
    "LV", "MA", "MX", "MY", "NO", "NZ", "PE", "PL", "PT", "RO", "SE", "SG", "SK", "TH", "UA", "US",
];

/// Where everybody lives.
const HOME: &str = "NL";

/// How many organizations of an account have ordinary days.
const ORGANIZATIONS: u32 = 50;

/// The first organization of those made here; the demo's own have smaller ids.
const FIRST_ORGANIZATION: u32 = 1_000_000;

/// An ordinary day: nineteen of twenty logins come from home, the others from one of three countries, so that most of
/// those are sightings of what is open already. Of several accounts, whole requests take turns.
pub(crate) fn ordinary(accounts: &[i64], number: u32) -> Value {
    let turn = (number / BATCH) as usize % accounts.len().max(1);
    let account = accounts.get(turn).copied().unwrap_or_default();
    let first = u32::try_from(turn).unwrap_or_default() * ORGANIZATIONS;
    let person = number % (40 * ORGANIZATIONS);
    let country = if number.is_multiple_of(20) { COUNTRIES[(person % 3) as usize] } else { HOME };
    login(account, number, first + person / 40, person, country)
}

/// A login that raises an escalation of its own: each number is another organization or another country.
pub(crate) fn raising(account: i64, number: u32) -> Value {
    let country = COUNTRIES[number as usize % COUNTRIES.len()];
    let organization = number / 50;
    login(account, number, organization, organization, country)
}

/// The bodies of the requests that send `count` logins.
pub(crate) fn bodies(count: u32, login: impl Fn(u32) -> Value) -> Vec<String> {
    let starts = (0..count).step_by(BATCH as usize);
    let batch = |start| (start..count.min(start + BATCH)).map(&login).collect::<Value>();
    starts.map(|start| batch(start).to_string()).collect()
}

fn login(account: i64, number: u32, organization: u32, person: u32, country: &str) -> Value {
    let minute = number / 60 % 60;
    let second = number % 60;
    json!({
        "id": format!("bench-{number}"),
        "type": "login",
        "observed_at": format!("2026-10-01T08:{minute:02}:{second:02}Z"),
        "account_id": account,
        "organization_id": FIRST_ORGANIZATION + organization,
        "identity": {
            "id": format!("person-{person}"),
            "username": format!("person-{person}@bench.example"),
            "usage_location": HOME,
        },
        "country": country,
        "ip_address": format!("198.51.100.{}", number % 250 + 1),
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_raising_login_is_another_question() {
        let keys: BTreeSet<String> = (0..5_000)
            .map(|number| raising(1, number))
            .map(|login| format!("{} {}", login["organization_id"], login["country"]))
            .collect();
        assert_eq!(keys.len(), 5_000);
    }

    #[test]
    fn every_login_is_sent_once() {
        let bodies = bodies(1_234, |number| ordinary(&[1], number));
        assert_eq!(bodies.len(), 3);
        assert_eq!(bodies.iter().map(|body| body.matches("bench-").count()).sum::<usize>(), 1_234);
    }
}
