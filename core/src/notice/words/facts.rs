//! The evidence of a message: each entity by name with the telling fact, or what the operator knows.

use super::clip::{MAX_VALUE, line, lines};
use super::letter::{List, Point};
use super::when::moment;
use super::{MAX_NAMED, Told};
use crate::api::escalation::{EntityBody, EntityDetails, EntityStanding, OriginBody};
use crate::escalation::{Entity, EntityState};
use crate::kinds::Kind;
use crate::observation::IsolatedBy;
use crate::request::Evidence;
use crate::text::count;

/// Lists what is known: what needs somebody first, then what was seen last, as on the page.
pub(super) fn facts(told: &Told<'_>) -> List {
    if let Some(request) = told.head.request() {
        return List { points: request.evidence.iter().map(evidence).collect(), hidden: 0 };
    }
    let mut entities: Vec<&EntityState> = told.entities.iter().collect();
    entities.sort_by_key(|state| {
        (state.settled.is_some(), std::cmp::Reverse(state.last_seen_at), state.entity.id())
    });
    let all = entities.len().max(told.head.entity_count as usize);
    let points: Vec<Point> =
        entities.into_iter().take(MAX_NAMED).map(|state| point(told.head.kind, state)).collect();
    List { hidden: all - points.len(), points }
}

fn evidence(evidence: &Evidence) -> Point {
    Point { name: line(&evidence.label, MAX_VALUE), detail: lines(&evidence.value, MAX_VALUE) }
}

fn point(kind: Kind, state: &EntityState) -> Point {
    let details = EntityBody::of(kind, state).details;
    let name = line(&details.name, MAX_VALUE);
    match &state.entity {
        Entity::Identity(_) => {
            let username = details.username.as_deref().filter(|username| *username != details.name);
            let username = username.map(|username| format!(" ({})", line(username, MAX_VALUE)));
            Point { name: format!("{name}{}", username.unwrap_or_default()), detail: logins(&details) }
        }
        Entity::Endpoint(_) => {
            let whose = [&details.organization, &details.os].into_iter().flatten();
            Point { name, detail: standing(&details, whose.map(|text| line(text, MAX_VALUE)).collect()) }
        }
        Entity::Report(report) => {
            let mut whose: Vec<String> =
                details.organization.iter().map(|text| line(text, MAX_VALUE)).collect();
            whose.push(format!("{} severity", report.severity));
            let detail = format!("{}{}", standing(&details, whose), error(&report.error));
            Point { name, detail }
        }
        Entity::Tenant(tenant) => {
            // What Microsoft answers mostly begins with the code.
            let code = crate::aadsts::name(tenant.code);
            let whose = if tenant.error.contains(&code) { Vec::new() } else { vec![code] };
            let detail = format!("{}{}", standing(&details, whose), error(&tenant.error));
            Point { name: format!("Tenant {name}"), detail }
        }
    }
}

/// `Lives in the Netherlands. 3 logins from Ukraine (192.0.2.7), the last on 24 Nov 2026, 07:51 UTC`.
fn logins(details: &EntityDetails) -> String {
    let lives = details.usage_location.map_or_else(
        || "No usage location on record".to_owned(),
        |country| format!("Lives in {}", country.in_sentence()),
    );
    let others = details.origins.len().saturating_sub(1) as u64;
    let others = match (others, details.more_origins) {
        (_, true) => " and many other addresses".to_owned(),
        (0, false) => String::new(),
        (others, false) => format!(" and {}", count(others, "other address", "other addresses")),
    };
    let place = details.origins.first().map(place).unwrap_or_default();
    let last = if details.sightings == 1 { "on" } else { "the last on" };
    let logins = count(details.sightings, "login", "logins");
    format!("{lives}. {logins}{place}{others}, {last} {}", moment(details.last_seen_at))
}

fn place(origin: &OriginBody) -> String {
    let address = origin.ip_address.map(|address| address.to_string());
    let country = origin.country.map(|country| country.in_sentence());
    match (&origin.vpn, country, address) {
        (Some(vpn), Some(country), Some(address)) => {
            format!(" through {} ({address}, {country})", vpn.name())
        }
        (Some(vpn), Some(known), None) | (Some(vpn), None, Some(known)) => {
            format!(" through {} ({known})", vpn.name())
        }
        (Some(vpn), None, None) => format!(" through {}", vpn.name()),
        (None, Some(country), Some(address)) => format!(" from {country} ({address})"),
        (None, Some(known), None) | (None, None, Some(known)) => format!(" from {known}"),
        (None, None, None) => String::new(),
    }
}

/// `Contoso, Windows 11. Off since 24 Nov 2026, 05:40 UTC`: whose it is, and where it stands.
fn standing(details: &EntityDetails, whose: Vec<String>) -> String {
    let stands = match (&details.state, details.since) {
        (Some(state), Some(since)) if state.slug == EntityStanding::Waiting => {
            let by = match details.isolated_by {
                Some(IsolatedBy::Provider) => " by your provider",
                Some(IsolatedBy::AccountAdmin) => " by an admin of your account",
                None => "",
            };
            format!("{}{by} since {}", state.text, moment(since))
        }
        (Some(state), _) => line(&state.text, MAX_VALUE),
        (None, _) => String::new(),
    };
    if whose.is_empty() { stands } else { format!("{}. {stands}", whose.join(", ")) }
}

/// What the other side answered, in its own words.
fn error(error: &str) -> String {
    let error = line(error, MAX_VALUE);
    if error.is_empty() { error } else { format!(": “{error}”") }
}
