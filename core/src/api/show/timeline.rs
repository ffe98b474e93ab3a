//! How an event is shown in the timeline.

use crate::api::escalation::TimelineEntryBody;
use crate::escalation::{Entity, Event, Happening, Method, Settling, Sighting};
use crate::id::{EntityId, IdentityId};
use crate::remedy::Order;
use crate::rule::{AccessRule, Level};
use crate::text::{count, join, lowercase_first, plain};

impl TimelineEntryBody {
    /// Shows the event with number `seq`. `name_of` knows the names of entities.
    pub fn of(seq: i64, event: &Event, name_of: impl Fn(EntityId) -> String) -> Self {
        let (note, entity_id) = beside(&event.what);
        Self {
            seq,
            at: event.at,
            by: event.by.clone(),
            event: event.what.slug().to_owned(),
            text: text(event, &name_of),
            note,
            entity_id,
        }
    }
}

/// What stands beside the text: a note in somebody's words, and the entity that it is about.
fn beside(what: &Happening) -> (Option<String>, Option<EntityId>) {
    match what {
        Happening::EntityAdded { entity, .. } => (None, Some(entity.id())),
        Happening::Sighted { entity, .. } | Happening::EntityRecovered { entity, .. } => {
            (None, Some(*entity))
        }
        Happening::Answered { note, .. } => (note.clone(), None),
        Happening::Commented { text } => (Some(text.clone()), None),
        Happening::RemedySucceeded { message, entity, .. } => (message.clone(), *entity),
        Happening::RemedyFailed { message, entity, .. } => (Some(message.clone()), *entity),
        Happening::Withdrawn { reason } => (Some(reason.clone()), None),
        Happening::Resolved { reason, .. } => (reason.clone(), None),
        Happening::RuleMade { rule } | Happening::RuleChanged { rule } => (rule.note.clone(), None),
        Happening::Raised { .. }
        | Happening::Delivers { .. }
        | Happening::SeverityRaised { .. }
        | Happening::BecameOverdue
        | Happening::Reminded { .. }
        | Happening::RemedyOrdered { .. }
        | Happening::VerificationUnheard
        | Happening::IncidentSuspected { .. }
        | Happening::ProviderFault { .. }
        | Happening::Configured { .. }
        | Happening::Removed { .. }
        | Happening::RuleDeleted { .. } => (None, None),
    }
}

fn text(event: &Event, name_of: &dyn Fn(EntityId) -> String) -> String {
    let by = event.by.name();
    match &event.what {
        Happening::Raised { kind, .. } => format!("Raised: {}", kind.definition().name()),
        Happening::EntityAdded { entity, sighting } => added(entity, sighting),
        Happening::Sighted { entity, sighting, .. } => {
            format!(
                "Seen again: {}{}",
                name_of(*entity),
                sighting.origin.as_ref().map(place).unwrap_or_default()
            )
        }
        Happening::EntityRecovered { entity, why, .. } => recovered(&name_of(*entity), *why),
        Happening::Delivers { .. } => "The integration delivers again".to_owned(),
        Happening::SeverityRaised { severity, .. } => {
            format!("Severity raised to {}", severity.label().to_lowercase())
        }
        Happening::BecameOverdue => "The time to answer has passed".to_owned(),
        Happening::Reminded { number } => format!("Reminder {number}: nobody has answered yet"),
        Happening::Answered { choice, entities, .. } => answered(by, choice, entities.len()),
        Happening::Commented { .. } => format!("{by} commented"),
        Happening::RemedyOrdered { orders, identities } => ordered(orders, identities, name_of),
        Happening::RemedySucceeded { action, entity, .. } => {
            format!("Done: {}{}", lowercase_first(action.label()), of(*entity, name_of))
        }
        Happening::RemedyFailed { action, entity, .. } => {
            format!("Failed: {}{}", lowercase_first(action.label()), of(*entity, name_of))
        }
        Happening::VerificationUnheard => "Nothing was heard in the time that this takes".to_owned(),
        Happening::IncidentSuspected { identities, .. } => {
            format!("Reported as an incident: {}", names(&entities(identities), name_of))
        }
        Happening::ProviderFault { code, .. } => {
            format!("The provider was told of {}, which it mends itself", crate::aadsts::name(*code))
        }
        Happening::Resolved { method, rules, .. } => match method {
            Method::Dismiss => "Resolved without a rule".to_owned(),
            Method::Rule => format!("Resolved by {}", count(rules.len() as u64, "rule", "rules")),
            Method::Direct => "Resolved".to_owned(),
            Method::Recovered => "Resolved by itself".to_owned(),
            Method::Withdrawn => "Withdrawn".to_owned(),
        },
        Happening::Withdrawn { .. } => format!("{by} took it back"),
        Happening::Configured { what } => format!("{by} {what}"),
        Happening::Removed { escalations: 1, .. } => {
            "Removed a resolved question, which was kept for as long as the account wants".to_owned()
        }
        Happening::Removed { escalations, .. } => {
            format!(
                "Removed {escalations} resolved questions, which were kept for as long as the account wants"
            )
        }
        Happening::RuleMade { rule } => format!("{by} made a rule: {}", rule_text(rule)),
        Happening::RuleChanged { rule } => format!("{by} changed a rule: {}", rule_text(rule)),
        Happening::RuleDeleted { rule } => format!("{by} deleted a rule: {}", rule_text(rule)),
    }
}

fn added(entity: &Entity, sighting: &Sighting) -> String {
    let name = entity.name();
    match entity {
        Entity::Identity(_) | Entity::Endpoint(_) => {
            format!("{name} joined{}", sighting.origin.as_ref().map(place).unwrap_or_default())
        }
        Entity::Report(report) => format!("Not delivered: {name} ({})", plain(&report.error)),
        Entity::Tenant(tenant) => format!("Microsoft answered {}", crate::aadsts::name(tenant.code)),
    }
}

fn recovered(name: &str, why: Settling) -> String {
    match why {
        Settling::Recovered | Settling::Accepted => format!("{name} recovered"),
        Settling::PolicyChanged => format!("{name}: no longer enforced"),
        Settling::Moved => format!("{name} belongs to another organization now"),
    }
}

fn answered(by: &str, choice: &str, entities: usize) -> String {
    match (choice, entities) {
        ("dismiss", _) => format!("{by} dismissed it for now"),
        ("", number) => format!("{by} decided about {number}"),
        (choice, 0) => format!("{by} answered: {}", choice.replace('_', " ")),
        (choice, number) => format!("{by} decided about {number}: {}", choice.replace('_', " ")),
    }
}

fn ordered(orders: &[Order], identities: &[IdentityId], name_of: &dyn Fn(EntityId) -> String) -> String {
    let ids: Vec<EntityId> = orders.iter().filter_map(|order| order.entity).collect();
    match orders.first() {
        Some(first) if ids.is_empty() => format!("Ordered: {}", lowercase_first(first.action.label())),
        Some(first) if orders.iter().all(|order| order.action == first.action) => {
            format!("Ordered: {} for {}", lowercase_first(first.action.label()), names(&ids, name_of))
        }
        Some(_) => format!("Ordered for {}", names(&ids, name_of)),
        None => format!("Ordered: revoke sessions and disable {}", names(&entities(identities), name_of)),
    }
}

fn of(entity: Option<EntityId>, name_of: &dyn Fn(EntityId) -> String) -> String {
    entity.map(|id| format!(" for {}", name_of(id))).unwrap_or_default()
}

fn entities(identities: &[IdentityId]) -> Vec<EntityId> {
    identities.iter().map(|id| EntityId::from(*id)).collect()
}

fn place(origin: &crate::rule::coverage::Origin) -> String {
    match (&origin.vpn, origin.country, origin.address) {
        (Some(vpn), ..) => format!(", through {}", vpn.name()),
        (None, Some(country), Some(address)) => format!(", {} ({address})", country.name()),
        (None, Some(country), None) => format!(", {}", country.name()),
        (None, None, Some(address)) => format!(", {address}"),
        (None, None, None) => String::new(),
    }
}

fn names(ids: &[EntityId], name_of: &dyn Fn(EntityId) -> String) -> String {
    const SHOWN: usize = 3;
    let mut names: Vec<String> = ids.iter().take(SHOWN).map(|id| name_of(*id)).collect();
    if ids.len() > SHOWN {
        names.push(count((ids.len() - SHOWN) as u64, "other", "others"));
    }
    join(&names, "and")
}

fn rule_text(rule: &AccessRule) -> String {
    let whom = match rule.level {
        Level::Account => "the whole account",
        Level::Organization { .. } => "an organization",
        Level::Identity { .. } => "a person",
    };
    let determination: &str = rule.determination.into();
    format!("{} {determination} for {whom}", rule.subject.sentence())
}
