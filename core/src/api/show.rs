//! How escalations and their events are shown: from state and log to bodies.

use super::Named;
use super::escalation::{
    AnswerBody, EntitiesBody, EntityBody, EscalationBody, EscalationDetailBody, LoginEntityDetails,
    MethodBody, OriginBody, ResolutionBody, StatusBody, TimelineEntryBody,
};
use crate::escalation::{Escalation, Event, Happening, Head, IdentityEntity, Method, Resolution};
use crate::id::IdentityId;
use crate::rule::{AccessRule, Level, Scope};
use crate::text::{count, join};
use crate::time::Timestamp;

/// The most entities that one escalation shows with itself; the others are read from the identities.
pub const MAX_ENTITIES: usize = 100;

/// The most addresses that are shown of one entity.
const MAX_SHOWN_ORIGINS: usize = 5;

/// The names that a head does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Names<'n> {
    /// The account's.
    pub account: &'n str,
    /// The organization's, where there is one.
    pub organization: Option<&'n str>,
    /// Where the page is, without a slash at the end.
    pub base_url: &'n str,
}

impl EscalationBody {
    /// Shows `head` as it stands at `now`.
    pub fn of(head: &Head, names: Names<'_>, now: Timestamp) -> Self {
        let kind = head.kind.definition();
        Self {
            id: head.id,
            account: Named { id: head.account, name: names.account.to_owned() },
            organizations: head
                .organization
                .map(|id| Named { id, name: names.organization.unwrap_or_default().to_owned() })
                .into_iter()
                .collect(),
            created_at: head.raised_at,
            updated_at: head.updated_at,
            resolved_at: head.resolution().map(|resolution| resolution.at),
            severity: head.severity,
            status: if head.is_open() { StatusBody::Open } else { StatusBody::Resolved },
            subject: kind.subject(head),
            subtype: head.subtype.clone(),
            kind: kind.slug().to_owned(),
            category: kind.category().to_owned(),
            summary: kind.summary(head),
            about: kind.about(head),
            entity_count: head.entity_count,
            due_at: head.due_at,
            overdue: head.is_overdue(now),
            question: kind.question(head),
            workflow: kind.steps(head),
            answer: head.answer.as_ref().map(|answer| AnswerBody {
                choice: answer.choice.clone(),
                scope: answer.scope,
                starts_at: answer.schedule.starts_at,
                expires_at: answer.schedule.expires_at,
                note: answer.note.clone(),
                revoke_and_disable_identities: answer.revoke_and_disable,
                by: answer.by.clone(),
                at: answer.at,
            }),
            resolution: head.resolution().map(|resolution| ResolutionBody {
                method: resolution.method.into(),
                by: resolution.by.clone(),
                at: resolution.at,
                rule_ids: resolution.rules.clone(),
                text: resolution_text(head, resolution, names),
            }),
            revision: head.revision,
            previous_id: head.previous,
            url: format!("{}/escalations/{}", names.base_url, head.id),
        }
    }
}

impl From<Method> for MethodBody {
    fn from(method: Method) -> Self {
        match method {
            Method::Rule => Self::Rule,
            Method::Dismiss => Self::Dismiss,
        }
    }
}

impl EscalationDetailBody {
    /// Shows `escalation` as it stands at `now`: those of its entities first that were seen last.
    pub fn of(escalation: &Escalation, names: Names<'_>, now: Timestamp) -> Self {
        let head = &escalation.head;
        let mut entities: Vec<&IdentityEntity> = escalation.entities.values().collect();
        entities.sort_by_key(|entity| (std::cmp::Reverse(entity.last_seen_at), entity.identity.id));
        Self {
            escalation: EscalationBody::of(head, names, now),
            what_happened: head.kind.definition().what_happened(head),
            entities: EntitiesBody {
                total_count: entities.len() as u64,
                has_more: entities.len() > MAX_ENTITIES,
                items: entities.into_iter().take(MAX_ENTITIES).map(EntityBody::from).collect(),
            },
            choices: head.kind.definition().choices(),
            rule_subject: head.kind.definition().rule_subject(head),
        }
    }
}

impl From<&IdentityEntity> for EntityBody {
    fn from(entity: &IdentityEntity) -> Self {
        let mut origins: Vec<OriginBody> = entity
            .origins
            .iter()
            .map(|(origin, logins)| OriginBody {
                country: origin.country,
                vpn: origin.vpn.clone(),
                ip_address: origin.address,
                logins: *logins,
            })
            .collect();
        origins.sort_by_key(|origin| std::cmp::Reverse(origin.logins));
        let more_origins = entity.more_origins || origins.len() > MAX_SHOWN_ORIGINS;
        origins.truncate(MAX_SHOWN_ORIGINS);
        let identity = &entity.identity;
        Self {
            id: identity.id.0,
            kind: "identity".to_owned(),
            details: LoginEntityDetails {
                name: identity.display_name().to_owned(),
                username: identity.username.clone(),
                external_id: identity.external_id.clone(),
                usage_location: identity.usage_location,
                origins,
                more_origins,
                logins: entity.logins,
                first_seen_at: entity.first_seen_at,
                last_seen_at: entity.last_seen_at,
            },
        }
    }
}

/// Who, what, and what came of it.
fn resolution_text(head: &Head, resolution: &Resolution, names: Names<'_>) -> String {
    let by = resolution.by.name();
    let subject = head.kind.definition().subject(head);
    match (&head.answer, resolution.method) {
        (_, Method::Dismiss) => {
            format!("{by} dismissed this. No rule was made, so the next login like this asks again.")
        }
        (Some(answer), Method::Rule) => {
            let whom = match answer.scope {
                Some(Scope::Account) => format!("everybody in {}", names.account),
                Some(Scope::Organization) => {
                    format!("everybody in {}", names.organization.unwrap_or("the organization"))
                }
                Some(Scope::Identity) | None => head.kind.definition().about(head),
            };
            let until = answer
                .schedule
                .expires_at
                .map(|last| format!(" until {}", last.format("%-d %B %Y")))
                .unwrap_or_default();
            let act = if answer.revoke_and_disable {
                " Their sessions are revoked and their accounts disabled."
            } else {
                ""
            };
            let next = if answer.choice == "expected" {
                "The next login like this asks nobody."
            } else {
                "The provider acts on it, and on the next login like this."
            };
            format!("{by} answered: {subject} are {} for {whom}{until}. {next}{act}", answer.choice)
        }
        (None, Method::Rule) => {
            format!("Nobody had to answer: rules cover everybody listed here, the last of them made by {by}.")
        }
    }
}

impl TimelineEntryBody {
    /// Shows the event with number `seq`. `name_of` knows the names of identities.
    pub fn of(seq: i64, event: &Event, name_of: impl Fn(IdentityId) -> String) -> Self {
        let (text, note, identity) = match &event.what {
            Happening::Raised { kind, .. } => (format!("Raised: {}", kind.definition().name()), None, None),
            Happening::EntityAdded { identity, sighting } => {
                let text = format!("{} joined{}", identity.display_name(), place(&sighting.origin));
                (text, None, Some(identity.id))
            }
            Happening::Sighted { identity, sighting, .. } => {
                let text = format!("Seen again: {}{}", name_of(*identity), place(&sighting.origin));
                (text, None, Some(*identity))
            }
            Happening::Answered { choice, note, .. } => {
                let text = match choice.as_str() {
                    "dismiss" => format!("{} dismissed it for now", event.by.name()),
                    choice => format!("{} answered: {choice}", event.by.name()),
                };
                (text, note.clone(), None)
            }
            Happening::Commented { text } => {
                (format!("{} commented", event.by.name()), Some(text.clone()), None)
            }
            Happening::RemedyOrdered { identities } => {
                let text = format!("Ordered: revoke sessions and disable {}", names(identities, name_of));
                (text, None, None)
            }
            Happening::IncidentSuspected { identities, .. } => {
                (format!("Reported as an incident: {}", names(identities, name_of)), None, None)
            }
            Happening::Resolved { method: Method::Dismiss, .. } => {
                ("Resolved without a rule".to_owned(), None, None)
            }
            Happening::Resolved { method: Method::Rule, rules } => {
                let text = format!("Resolved by {}", count(rules.len() as u64, "rule", "rules"));
                (text, None, None)
            }
            Happening::RuleMade { rule } => {
                (format!("{} made a rule: {}", event.by.name(), rule_text(rule)), rule.note.clone(), None)
            }
            Happening::RuleChanged { rule } => {
                (format!("{} changed a rule: {}", event.by.name(), rule_text(rule)), rule.note.clone(), None)
            }
            Happening::RuleDeleted { rule } => {
                (format!("{} deleted a rule: {}", event.by.name(), rule_text(rule)), None, None)
            }
        };
        Self {
            seq,
            at: event.at,
            by: event.by.clone(),
            event: event.what.slug().to_owned(),
            text,
            note,
            identity_id: identity,
        }
    }
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

fn names(identities: &[IdentityId], name_of: impl Fn(IdentityId) -> String) -> String {
    const SHOWN: usize = 3;
    let mut names: Vec<String> = identities.iter().take(SHOWN).map(|id| name_of(*id)).collect();
    if identities.len() > SHOWN {
        names.push(count((identities.len() - SHOWN) as u64, "other", "others"));
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
