//! Who is told of what happens: loads what core names, lets it decide, queues what comes back, in the transaction of the
//! events themselves.

use std::collections::BTreeSet;

use beckon_core::actor::Member;
use beckon_core::api::show::Names;
use beckon_core::escalation::{Escalation, Event, Happening, Head};
use beckon_core::id::{IntegrationId, UserId};
use beckon_core::notice::{self, Reason, RouteFacts};
use beckon_core::severity::Severity;
use beckon_core::time::Timestamp;

use super::outbox::{self, Queued};
use super::tx::Tx;
use super::{Result, integrations};
use crate::store::outbox::{Integration, Task};
use crate::store::sql::{Connection, OptionalExtension as _, SqlResult};

mod announce;
mod audience;
mod own;
mod settings;

pub(super) use announce::announce_incident;
pub(super) use audience::Audience;
pub(super) use own::{by_email_instead, reroute};
pub(super) use settings::{change_settings, settings, test_mails};

/// Queues what `events`, which have just happened to `escalation`, are told of. `before` is how much it pressed before.
pub(in crate::store::tables) fn tell(
    tx: &Tx<'_>,
    escalation: &Escalation,
    before: Severity,
    events: &[&Event],
) -> Result<()> {
    let Some(now) = events.last().map(|event| event.at) else { return Ok(()) };
    own::order(tx, &escalation.head, events, now)?;
    if !events.iter().any(|event| is_told(&event.what)) {
        return Ok(());
    }
    let audience = tx.audience(escalation.head.account)?;
    let organization = escalation.head.organization.map(|id| tx.organization_name(id)).transpose()?.flatten();
    let names = Names { account: &audience.account, organization: organization.as_deref(), base_url: "" };
    announce::announce(tx, &audience, escalation, names, events, now)?;
    for reason in notice::reasons(events, before, &escalation.head, names) {
        match &reason {
            Reason::Resolved { .. } => tell_end(tx, &audience, &escalation.head, &reason, now)?,
            _ => tell_one(tx, &audience, &escalation.head, &reason, now)?,
        }
    }
    Ok(())
}

/// Tells whether anybody may be told of an event: most events of a busy escalation are told to nobody.
fn is_told(what: &Happening) -> bool {
    match what {
        Happening::Raised { .. }
        | Happening::SeverityRaised { .. }
        | Happening::BecameOverdue
        | Happening::Reminded { .. }
        | Happening::Answered { .. }
        | Happening::RemedyOrdered { .. }
        | Happening::RemedyFailed { .. }
        | Happening::VerificationUnheard
        | Happening::IncidentSuspected { .. }
        | Happening::Resolved { .. }
        | Happening::Withdrawn { .. } => true,
        Happening::EntityAdded { .. }
        | Happening::Sighted { .. }
        | Happening::EntityRecovered { .. }
        | Happening::Delivers { .. }
        | Happening::Commented { .. }
        | Happening::RemedySucceeded { .. }
        | Happening::ProviderFault { .. }
        | Happening::Configured { .. }
        | Happening::Removed { .. }
        | Happening::RuleMade { .. }
        | Happening::RuleChanged { .. }
        | Happening::RuleDeleted { .. } => false,
    }
}

/// Queues a word to everybody who hears of the escalation now.
fn tell_one(tx: &Tx<'_>, audience: &Audience, head: &Head, reason: &Reason, now: Timestamp) -> Result<()> {
    let Audience { settings, members, psa, .. } = audience;
    let facts = RouteFacts { settings, psa: psa.as_ref().map(|psa| psa.id), members };
    let route = notice::route(head, facts);
    if !reason.is_for_tickets_only() {
        route.email.iter().try_for_each(|member| mail(tx, head, member, reason.clone(), None, now))?;
    }
    let Some(psa) = psa.as_ref().filter(|psa| route.psa == Some(psa.id)) else { return Ok(()) };
    // What only adds to a ticket needs one.
    if reason.is_for_tickets_only() && !has_ticket(tx.connection, head, psa.id)? {
        return Ok(());
    }
    ticket(tx, head, psa, reason.clone(), now)
}

/// Cancels what has not gone out about an escalation that ended, and tells whoever heard of it that it did.
fn tell_end(tx: &Tx<'_>, audience: &Audience, head: &Head, reason: &Reason, now: Timestamp) -> Result<()> {
    let listeners = heard(tx.connection, head)?;
    let stuck = stuck_slug(tx.connection, head)?;
    let why = "Resolved before it went out";
    outbox::cancel(tx, head.account, "escalation_id = ?2 AND channel <> 'webhook'", &head.id.0, why, now)?;
    for member in &audience.members {
        if notice::hears(member) && listeners.contains(&member.user) {
            mail(tx, head, member, reason.clone(), None, now)?;
        }
    }
    for id in integrations_with_ticket(tx.connection, head)? {
        if let Some(psa) = integrations::find(tx.connection, id)? {
            ticket(tx, head, &psa, reason.clone(), now)?;
        }
    }
    // What could not be delivered about it is not needed any more.
    if let Some(slug) = stuck {
        tx.connection
            .prepare_cached(
                "UPDATE deliveries SET status = 'canceled' WHERE account_id = ?1 AND escalation_id = ?2
                   AND status = 'undelivered' AND reported IS NOT NULL",
            )?
            .execute((head.account.0, head.id.0))?;
        outbox::observe_report(tx, head.account, head, &slug, None, &format!("end-{}", head.id), now)?;
    }
    Ok(())
}

/// Returns the name under which it was reported that messages about an escalation are stuck, where any are.
fn stuck_slug(connection: &Connection, head: &Head) -> Result<Option<String>> {
    let mut statement = connection.prepare_cached(
        "SELECT reported FROM deliveries WHERE account_id = ?1 AND escalation_id = ?2 AND reported IS NOT NULL
           AND status IN ('undelivered', 'waiting', 'sending') LIMIT 1",
    )?;
    Ok(statement.query_row((head.account.0, head.id.0), |row| row.get(0)).optional()?)
}

/// Names the people who got a mail about an escalation, or may have.
fn heard(connection: &Connection, head: &Head) -> Result<BTreeSet<UserId>> {
    let mut statement = connection.prepare_cached(
        "SELECT target FROM deliveries WHERE account_id = ?1 AND escalation_id = ?2 AND channel = 'email'
           AND (status IN ('delivered', 'sending') OR doubt = 1)",
    )?;
    let rows = statement.query_map((head.account.0, head.id.0), |row| Ok(UserId(row.get(0)?)))?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// Tells whether an escalation has a ticket, or may get one.
fn has_ticket(connection: &Connection, head: &Head, id: IntegrationId) -> Result<bool> {
    let mut statement = connection.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM tickets WHERE account_id = ?1 AND escalation_id = ?2 AND integration_id = ?3
                          AND (ticket IS NOT NULL OR doubt = 1))
             OR EXISTS (SELECT 1 FROM deliveries WHERE account_id = ?1 AND escalation_id = ?2 AND channel = 'psa'
                          AND target = ?3 AND status IN ('waiting', 'sending'))",
    )?;
    Ok(statement.query_row((head.account.0, head.id.0, id.0), |row| row.get(0))?)
}

/// Names the integrations in which an escalation has a ticket, or may have one.
fn integrations_with_ticket(connection: &Connection, head: &Head) -> Result<Vec<IntegrationId>> {
    let mut statement = connection.prepare_cached(
        "SELECT integration_id FROM tickets WHERE account_id = ?1 AND escalation_id = ?2
           AND (ticket IS NOT NULL OR doubt = 1)
         UNION SELECT target FROM deliveries WHERE account_id = ?1 AND escalation_id = ?2 AND channel = 'psa'
           AND status = 'sending'",
    )?;
    let rows = statement.query_map((head.account.0, head.id.0), |row| Ok(IntegrationId(row.get(0)?)))?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// Queues a mail.
fn mail(
    tx: &Tx<'_>,
    head: &Head,
    member: &Member,
    reason: Reason,
    reported: Option<String>,
    now: Timestamp,
) -> Result<()> {
    let task = Task::Mail { user: member.user, reason };
    let (account, escalation) = (head.account, Some(head.id));
    outbox::queue(tx, &Queued { account, escalation, recipient: &member.name, task, reported }, now)?;
    Ok(())
}

fn ticket(tx: &Tx<'_>, head: &Head, psa: &Integration, reason: Reason, now: Timestamp) -> Result<()> {
    let task = Task::Ticket { integration: psa.id, reason };
    let queued = Queued {
        account: head.account,
        escalation: Some(head.id),
        recipient: psa.vendor.name(),
        task,
        reported: None,
    };
    outbox::queue(tx, &queued, now)?;
    Ok(())
}
