//! Who is told of what happens: loads what core names, lets it decide, queues what comes back, in the transaction of the
//! events themselves.

use std::collections::BTreeSet;

use beckon_core::actor::Member;
use beckon_core::api::Named;
use beckon_core::api::delivery::DeliveryBody;
use beckon_core::api::escalation::StatusBody;
use beckon_core::api::show::Names;
use beckon_core::api::webhook::{WebhookEvent, WebhookPayload};
use beckon_core::error::Refusal;
use beckon_core::escalation::{Escalation, Event, Happening, Head};
use beckon_core::id::{AccountId, IntegrationId, UserId};
use beckon_core::notice::{self, NoticeSettings, NoticeSettingsChange, Reason, RouteFacts};
use beckon_core::permission::Permit;
use beckon_core::severity::Severity;
use beckon_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _};
use serde_json::json;

use super::columns::state;
use super::outbox::{self, Queued};
use super::writer::Tx;
use super::{Result, configure, escalations, integrations, people, webhooks};
use crate::store::outbox::{Integration, Task};

/// Loads an account's settings; the default where nobody changed them.
pub(super) fn settings(connection: &Connection, account: AccountId) -> Result<NoticeSettings> {
    let mut statement =
        connection.prepare_cached("SELECT state FROM notice_settings WHERE account_id = ?1")?;
    let known = statement.query_row([account.0], |row| state(row, "state")).optional()?;
    Ok(known.unwrap_or_default())
}

/// Keeps an account's settings.
pub(super) fn put_settings(tx: &Tx<'_>, account: AccountId, settings: &NoticeSettings) -> Result<()> {
    tx.connection
        .prepare_cached(
            "INSERT INTO notice_settings (account_id, state) VALUES (?1, ?2) ON CONFLICT DO UPDATE SET state = ?2",
        )?
        .execute((account.0, serde_json::to_string(settings)?))?;
    Ok(())
}

/// Changes an account's settings.
pub(super) fn change_settings(
    tx: &Tx<'_>,
    permit: &Permit,
    change: &NoticeSettingsChange,
    now: Timestamp,
) -> Result<NoticeSettings> {
    let account = permit.account();
    let before = settings(tx.connection, account)?;
    let next = before.changed(permit, change, &people::all_members(tx.connection, account)?)?;
    if next != before {
        put_settings(tx, account, &next)?;
        configure(tx, permit, "changed who is told of escalations", now)?;
    }
    Ok(next)
}

/// Queues a test message for one person, or for whoever gets the mails.
pub(super) fn test_mails(
    tx: &Tx<'_>,
    permit: &Permit,
    user: Option<UserId>,
    now: Timestamp,
) -> Result<Vec<DeliveryBody>> {
    let account = permit.account();
    let members = people::all_members(tx.connection, account)?;
    let told: Vec<&Member> = match user {
        Some(user) => {
            let found = members.iter().find(|member| member.user == user && notice::hears(member));
            let missing = || format!("expected somebody of the account's team, found {user}");
            vec![found.ok_or_else(|| Refusal::field("user_id", missing()))?]
        }
        None => notice::recipients(&settings(tx.connection, account)?, &members),
    };
    let queue = |member: &&Member| {
        let task = Task::MailTest { user: member.user };
        let queued = Queued { account, escalation: None, recipient: &member.name, task, reported: None };
        outbox::queue_shown(tx, &queued, now)
    };
    told.iter().map(queue).collect()
}

/// Queues what `events`, which have just happened to `escalation`, are told of. `before` is how much it pressed before.
pub(super) fn tell(tx: &Tx<'_>, escalation: &Escalation, before: Severity, events: &[&Event]) -> Result<()> {
    let Some(now) = events.last().map(|event| event.at) else { return Ok(()) };
    order_own(tx, &escalation.head, events, now)?;
    if !events.iter().any(|event| is_told(&event.what)) {
        return Ok(());
    }
    let names = StoredNames::of(tx.connection, &escalation.head)?;
    announce(tx, escalation, &names, events, now)?;
    for reason in notice::reasons(events, before, &escalation.head, names.names()) {
        match &reason {
            Reason::Resolved { .. } => tell_end(tx, &escalation.head, &reason, now)?,
            _ => tell_one(tx, &escalation.head, &reason, now)?,
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
        | Happening::RuleMade { .. }
        | Happening::RuleChanged { .. }
        | Happening::RuleDeleted { .. } => false,
    }
}

/// The names that a head does not know.
struct StoredNames {
    account: String,
    organization: Option<String>,
}

impl StoredNames {
    fn of(connection: &Connection, head: &Head) -> Result<Self> {
        let organization =
            head.organization.map(|id| people::organization(connection, id)).transpose()?.flatten();
        Ok(Self {
            account: people::account_name(connection, head.account)?.unwrap_or_default(),
            organization: organization.map(|found| found.name),
        })
    }

    fn names(&self) -> Names<'_> {
        Names { account: &self.account, organization: self.organization.as_deref(), base_url: "" }
    }
}

/// Queues a word to everybody who hears of the escalation now.
fn tell_one(tx: &Tx<'_>, head: &Head, reason: &Reason, now: Timestamp) -> Result<()> {
    let account = head.account;
    let (settings, members) =
        (settings(tx.connection, account)?, people::all_members(tx.connection, account)?);
    let psa = integrations::active(tx.connection, account)?;
    let facts = RouteFacts { settings: &settings, psa: psa.as_ref().map(|psa| psa.id), members: &members };
    let route = notice::route(head, facts);
    if !reason.is_for_tickets_only() {
        route.email.iter().try_for_each(|member| mail(tx, head, member, reason.clone(), None, now))?;
    }
    let Some(psa) = psa.filter(|psa| route.psa == Some(psa.id)) else { return Ok(()) };
    // What only adds to a ticket needs one.
    if reason.is_for_tickets_only() && !has_ticket(tx.connection, head, psa.id)? {
        return Ok(());
    }
    ticket(tx, head, &psa, reason.clone(), now)
}

/// Cancels what has not gone out about an escalation that ended, and tells whoever heard of it that it did.
fn tell_end(tx: &Tx<'_>, head: &Head, reason: &Reason, now: Timestamp) -> Result<()> {
    let listeners = heard(tx.connection, head)?;
    let stuck = stuck_slug(tx.connection, head)?;
    let why = "Resolved before it went out";
    outbox::cancel(tx, head.account, "escalation_id = ?2 AND channel <> 'webhook'", &head.id.0, why, now)?;
    for member in people::all_members(tx.connection, head.account)? {
        if notice::hears(&member) && listeners.contains(&member.user) {
            mail(tx, head, &member, reason.clone(), None, now)?;
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
    Ok(rows.collect::<rusqlite::Result<_>>()?)
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
    Ok(rows.collect::<rusqlite::Result<_>>()?)
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

/// Queues what the answer to a question about Beckon's own deliveries orders: Beckon carries it out itself.
fn order_own(tx: &Tx<'_>, head: &Head, events: &[&Event], now: Timestamp) -> Result<()> {
    use beckon_core::remedy::RemedyAction as Action;
    if !head.is_about_own_deliveries() {
        return Ok(());
    }
    let orders = events.iter().flat_map(|event| match &event.what {
        Happening::RemedyOrdered { orders, .. } => orders.as_slice(),
        _ => &[],
    });
    let Some(psa) = integrations::of_account(tx.connection, head.account)? else { return Ok(()) };
    for order in orders {
        let (integration, remedy) = (psa.id, order.id);
        let task = match order.action {
            Action::TestConnection => Task::TestConnection { integration, remedy },
            Action::SendReports => Task::SendReports { integration, remedy },
            Action::SendReportsByEmail => Task::SendReportsByEmail { integration, remedy },
            Action::RevokeAndDisable
            | Action::VerifyAccess
            | Action::TurnOnProtection
            | Action::SetPolicyToAudit
            | Action::ReleaseHost
            | Action::AllowListApplication
            | Action::TreatAsMalicious => continue,
        };
        let (account, escalation) = (head.account, Some(head.id));
        let recipient = psa.vendor.name();
        outbox::queue(tx, &Queued { account, escalation, recipient, task, reported: None }, now)?;
        outbox::try_now(tx, psa.id)?;
    }
    Ok(())
}

/// Tells people by email what waits for an integration or could not be delivered through it, and pauses it.
pub(super) fn by_email_instead(
    tx: &Tx<'_>,
    account: AccountId,
    id: IntegrationId,
    now: Timestamp,
) -> Result<()> {
    let Some(integration) = integrations::find(tx.connection, id)? else { return Ok(()) };
    let slug = integration.own_slug();
    integrations::put(tx, &Integration { paused: true, ..integration })?;
    reroute(tx, account, id, Some(&slug), now)
}

/// Tells people by email what waits for an integration or could not be delivered through it.
pub(super) fn reroute(
    tx: &Tx<'_>,
    account: AccountId,
    id: IntegrationId,
    slug: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    let (settings, members) =
        (settings(tx.connection, account)?, people::all_members(tx.connection, account)?);
    let why = "Sent by email instead";
    for (escalation, reported) in outbox::unsent(tx.connection, account, id)? {
        outbox::cancel_unsent(tx, account, id, escalation, why, now)?;
        let Some(head) = escalations::head(tx.connection, account, escalation)? else { continue };
        let slug = slug.filter(|_| reported);
        let told = heard(tx.connection, &head)?;
        let untold: Vec<&Member> = notice::recipients(&settings, &members)
            .into_iter()
            .filter(|member| head.is_open() && !told.contains(&member.user))
            .collect();
        for member in &untold {
            mail(tx, &head, member, Reason::Raised, slug.map(str::to_owned), now)?;
        }
        if let Some(slug) = slug.filter(|_| untold.is_empty()) {
            outbox::observe_report(
                tx,
                account,
                &head,
                slug,
                None,
                &format!("mail-{escalation}-{}", now.timestamp_micros()),
                now,
            )?;
        }
    }
    Ok(())
}

/// Queues webhooks for what happened to an escalation.
fn announce(
    tx: &Tx<'_>,
    escalation: &Escalation,
    names: &StoredNames,
    events: &[&Event],
    now: Timestamp,
) -> Result<()> {
    let head = &escalation.head;
    let endpoints = webhooks::enabled(tx.connection, head.account)?;
    if endpoints.is_empty() {
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
        webhooks::queue(tx, &endpoints, head.account, Some(head.id), kind, &payload, now)?;
    }
    Ok(())
}

/// Queues webhooks for what happened in an account and belongs to no escalation.
pub(super) fn announce_incident(tx: &Tx<'_>, account: AccountId, event: &Event) -> Result<()> {
    let Some((kind, details)) = webhook_event(&event.what) else { return Ok(()) };
    let endpoints = webhooks::enabled(tx.connection, account)?;
    if endpoints.is_empty() {
        return Ok(());
    }
    let name = people::account_name(tx.connection, account)?.unwrap_or_default();
    let payload = webhooks::bare(account, &name, kind, "An unauthorized login", event.at, details);
    webhooks::queue(tx, &endpoints, account, None, kind, &payload, event.at)
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
        | Happening::RuleMade { .. }
        | Happening::RuleChanged { .. }
        | Happening::RuleDeleted { .. } => None,
    }
}

fn payload(
    escalation: &Escalation,
    names: &StoredNames,
    event: WebhookEvent,
    details: Option<serde_json::Value>,
) -> WebhookPayload {
    let head = &escalation.head;
    let kind = head.kind.definition();
    let organizations: Vec<Named<_>> = match (head.organization, &names.organization) {
        (Some(id), name) => vec![Named { id, name: name.clone().unwrap_or_default() }],
        (None, _) => escalation.organizations().into_iter().map(|(id, name)| Named { id, name }).collect(),
    };
    WebhookPayload {
        event_type: event,
        id: Some(head.id),
        account: Named { id: head.account, name: names.account.clone() },
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
