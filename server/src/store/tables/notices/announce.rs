//! Webhooks: what programs are told of what happens.

use beckon_core::api::Named;
use beckon_core::api::escalation::StatusBody;
use beckon_core::api::show::Names;
use beckon_core::api::webhook::{WebhookEvent, WebhookPayload};
use beckon_core::escalation::{Escalation, Event, Happening};
use beckon_core::id::AccountId;
use beckon_core::time::Timestamp;
use serde_json::json;

use super::Audience;
use crate::store::tables::tx::Tx;
use crate::store::tables::{Result, outbox, webhooks};

/// Queues webhooks for what happened to an escalation.
pub(super) fn announce(
    tx: &Tx<'_>,
    audience: &Audience,
    escalation: &Escalation,
    names: Names<'_>,
    events: &[&Event],
    now: Timestamp,
) -> Result<()> {
    let head = &escalation.head;
    if audience.webhooks.is_empty() {
        return Ok(());
    }
    for event in events {
        let Some((kind, details)) = webhook_event(&event.what) else { continue };
        // What happened may have loaded only the entities that it is about.
        let whole = match head.organization {
            Some(_) => None,
            None => outbox::told(tx.connection, head.account, head.id)?,
        };
        let escalation = whole.as_ref().map_or(escalation, |told| &told.escalation);
        let payload = payload(escalation, names, kind, details);
        webhooks::queue(tx, &audience.webhooks, head.account, Some(head.id), kind, &payload, now)?;
    }
    Ok(())
}

/// Queues webhooks for what happened in an account and belongs to no escalation.
pub(in crate::store::tables) fn announce_incident(
    tx: &Tx<'_>,
    account: AccountId,
    event: &Event,
) -> Result<()> {
    let Some((kind, details)) = webhook_event(&event.what) else { return Ok(()) };
    let audience = tx.audience(account)?;
    if audience.webhooks.is_empty() {
        return Ok(());
    }
    let payload =
        webhooks::bare(account, &audience.account, kind, "An unauthorized login", event.at, details);
    webhooks::queue(tx, &audience.webhooks, account, None, kind, &payload, event.at)
}

fn webhook_event(what: &Happening) -> Option<(WebhookEvent, Option<serde_json::Value>)> {
    match what {
        Happening::Raised { .. } => Some((WebhookEvent::EscalationCreated, None)),
        Happening::BecameOverdue => Some((WebhookEvent::EscalationOverdue, None)),
        Happening::Answered { choice, note, .. } => {
            Some((WebhookEvent::EscalationAnswered, Some(json!({ "answer": choice, "note": note }))))
        }
        Happening::Resolved { method, reason, .. } => {
            Some((WebhookEvent::EscalationClosed, Some(json!({ "method": method, "reason": reason }))))
        }
        Happening::Withdrawn { reason } => {
            Some((WebhookEvent::EscalationClosed, Some(json!({ "method": "withdrawn", "reason": reason }))))
        }
        Happening::IncidentSuspected { identities, rule, observation } => Some((
            WebhookEvent::IncidentSuspected,
            Some(json!({ "identity_ids": identities, "rule_id": rule, "observation_id": observation })),
        )),
        Happening::RemedyOrdered { orders, .. } => {
            Some((WebhookEvent::RemedyOrdered, Some(json!({ "remedies": orders }))))
        }
        Happening::EntityAdded { .. }
        | Happening::Sighted { .. }
        | Happening::EntityRecovered { .. }
        | Happening::Delivers { .. }
        | Happening::SeverityRaised { .. }
        | Happening::Reminded { .. }
        | Happening::Commented { .. }
        | Happening::RemedySucceeded { .. }
        | Happening::RemedyFailed { .. }
        | Happening::VerificationUnheard
        | Happening::ProviderFault { .. }
        | Happening::Configured { .. }
        | Happening::Removed { .. }
        | Happening::RuleMade { .. }
        | Happening::RuleChanged { .. }
        | Happening::RuleDeleted { .. } => None,
    }
}

fn payload(
    escalation: &Escalation,
    names: Names<'_>,
    event: WebhookEvent,
    details: Option<serde_json::Value>,
) -> WebhookPayload {
    let head = &escalation.head;
    let kind = head.kind.definition();
    let organizations: Vec<Named<_>> = match head.organization {
        Some(id) => vec![Named { id, name: names.organization.unwrap_or_default().to_owned() }],
        None => escalation.organizations().into_iter().map(|(id, name)| Named { id, name }).collect(),
    };
    WebhookPayload {
        event_type: event,
        id: Some(head.id),
        account: Named { id: head.account, name: names.account.to_owned() },
        api_url: format!("/v1/escalations/{}", head.id),
        total_organizations_impacted: organizations.len() as u64,
        organizations,
        severity: Some(head.severity),
        status: Some(if head.is_open() { StatusBody::Open } else { StatusBody::Resolved }),
        subject: kind.subject(head),
        kind: Some(kind.slug().to_owned()),
        created_at: head.raised_at,
        updated_at: head.updated_at,
        resolved_at: head.resolution().map(|resolution| resolution.at),
        due_at: Some(head.due_at),
        url: Some(format!("/escalations/{}", head.id)),
        details,
    }
}
