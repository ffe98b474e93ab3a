//! How escalations and their events are shown: from state and log to bodies.

use super::Named;
use super::escalation::{
    AnswerBody, EntitiesBody, EntityBody, EscalationBody, EscalationDetailBody, MethodBody, RemedyStateBody,
    ResolutionBody, StatusBody,
};
use super::remedy::{RemedyBody, RemedyEntityBody};
use crate::escalation::{Answer, EntityState, Escalation, Head, Method};
use crate::remedy::{HeadRemedy, Remedy};
use crate::text::plain;
use crate::time::Timestamp;

mod entity;
mod resolution;
mod timeline;

pub(crate) use resolution::text as resolution_text;

/// The most entities that one escalation shows with itself; the others are read from the identities.
pub const MAX_ENTITIES: usize = 100;

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
            account: Named { id: head.account, name: plain(names.account) },
            organizations: head
                .organization
                .map(|id| Named { id, name: plain(names.organization.unwrap_or_default()) })
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
            answer: head.answer.as_ref().map(|answer| answer_body(head, answer)),
            resolution: head.resolution().map(|resolution| ResolutionBody {
                method: resolution.method.into(),
                by: resolution.by.clone(),
                at: resolution.at,
                rule_ids: resolution.rules.clone(),
                text: resolution::text(head, resolution, names),
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
            Method::Direct => Self::Direct,
            Method::Recovered => Self::Recovered,
            Method::Withdrawn => Self::Withdrawn,
        }
    }
}

impl EscalationDetailBody {
    /// Shows `escalation` as it stands at `now`: those of its entities first that were seen last.
    pub fn of(escalation: &Escalation, names: Names<'_>, now: Timestamp) -> Self {
        let head = &escalation.head;
        let kind = head.kind.definition();
        let mut entities: Vec<&EntityState> = escalation.entities.values().collect();
        // What needs somebody comes first, then what was seen last.
        entities.sort_by_key(|state| {
            (state.settled.is_some(), std::cmp::Reverse(state.last_seen_at), state.entity.id())
        });
        Self {
            escalation: EscalationBody::of(head, names, now),
            what_happened: kind.what_happened(head),
            why: kind.why(head),
            evidence: head.request().map(|request| request.evidence.clone()).unwrap_or_default(),
            entities: EntitiesBody {
                total_count: entities.len() as u64,
                has_more: entities.len() > MAX_ENTITIES,
                items: entities
                    .into_iter()
                    .take(MAX_ENTITIES)
                    .map(|state| EntityBody::of(head.kind, state))
                    .collect(),
            },
            guidance: kind.guidance(escalation),
            choices: kind.choices(head),
            fields: kind.fields(head),
            one_by_one: kind.is_answered_one_by_one(),
            remedies: head.remedies.iter().map(RemedyStateBody::from).collect(),
            rule_subject: kind.rule_subject(head),
        }
    }
}

fn answer_body(head: &Head, answer: &Answer) -> AnswerBody {
    let choices = head.kind.definition().choices(head);
    let label = choices.iter().find(|choice| choice.slug == answer.choice).map(|choice| choice.label.clone());
    AnswerBody {
        choice: answer.choice.clone(),
        label: label.unwrap_or_else(|| "Decided one by one".to_owned()),
        fields: answer.fields.clone(),
        scope: answer.scope,
        starts_at: answer.schedule.starts_at,
        expires_at: answer.schedule.expires_at,
        note: answer.note.clone(),
        revoke_and_disable_identities: answer.revoke_and_disable,
        by: answer.by.clone(),
        at: answer.at,
    }
}

impl From<&HeadRemedy> for RemedyStateBody {
    fn from(remedy: &HeadRemedy) -> Self {
        Self {
            action: remedy.action,
            label: remedy.action.label().to_owned(),
            status: remedy.status,
            message: remedy.message.as_deref().map(plain),
            at: remedy.at,
        }
    }
}

impl RemedyBody {
    /// Shows `remedy`, which is to be done to `entity`.
    pub fn of(
        remedy: &Remedy,
        entity: Option<&EntityState>,
        account: &str,
        organization: Option<&str>,
    ) -> Self {
        Self {
            id: remedy.order.id,
            action: remedy.order.action,
            label: remedy.order.action.label().to_owned(),
            status: remedy.status,
            message: remedy.message.clone(),
            account: Named { id: remedy.account, name: account.to_owned() },
            organization: remedy
                .organization
                .map(|id| Named { id, name: organization.unwrap_or_default().to_owned() }),
            escalation_id: remedy.escalation,
            entity: entity.map(|state| RemedyEntityBody {
                id: state.entity.id().0,
                kind: state.entity.type_name().to_owned(),
                external_id: state.entity.external_id().to_owned(),
                name: state.entity.name(),
            }),
            parameters: remedy.order.parameters.clone(),
            ordered_by: remedy.ordered_by.clone(),
            ordered_at: remedy.ordered_at,
            updated_at: remedy.updated_at,
        }
    }
}
