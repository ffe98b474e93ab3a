//! Webhook endpoints, and what is queued for them. Account 0 is the operator.

use beckon_core::api::Named;
use beckon_core::api::delivery::DeliveryBody;
use beckon_core::api::webhook::{WebhookEvent, WebhookPayload};
use beckon_core::id::{AccountId, EscalationId, WebhookId};
use beckon_core::permission::Permit;
use beckon_core::time::Timestamp;

use super::columns::{state, take_id};
use super::outbox::{self, Queued};
use super::tx::Tx;
use super::{Result, configure};
use crate::store::outbox::{Task, Webhook, webhook_destination};
use crate::store::sql::{Connection, OptionalExtension as _, Row, SqlResult};

fn read(row: &Row<'_>) -> SqlResult<Webhook> {
    let kept: Webhook = state(row, "state")?;
    Ok(Webhook { sealed: row.get("sealed")?, ..kept })
}

/// The account under which an endpoint is kept.
fn holder(account: Option<AccountId>) -> i64 {
    account.map_or(0, |account| account.0)
}

/// Finds an endpoint.
pub(super) fn find(connection: &Connection, id: WebhookId) -> Result<Option<Webhook>> {
    let mut statement = connection.prepare_cached("SELECT state, sealed FROM webhooks WHERE id = ?1")?;
    Ok(statement.query_row([id.0], read).optional()?)
}

/// Lists the endpoints of an account, or the operator's.
pub(super) fn list(connection: &Connection, account: Option<AccountId>) -> Result<Vec<Webhook>> {
    let mut statement =
        connection.prepare_cached("SELECT state, sealed FROM webhooks WHERE account_id = ?1 ORDER BY id")?;
    let rows = statement.query_map([holder(account)], read)?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// Lists the endpoints that hear of an account: its own and the operator's, as far as they are switched on.
pub(super) fn enabled(connection: &Connection, account: AccountId) -> Result<Vec<Webhook>> {
    let mut statement = connection.prepare_cached(
        "SELECT state, sealed FROM webhooks WHERE account_id IN (0, ?1) AND enabled = 1 ORDER BY id",
    )?;
    let rows = statement.query_map([account.0], read)?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// Returns the number that the next endpoint gets, so that its secret can be sealed for it.
pub(super) fn next_id(tx: &Tx<'_>) -> Result<WebhookId> {
    Ok(WebhookId(take_id(tx.connection, "webhook")?))
}

/// Keeps a new endpoint. Whoever permits it is an admin of its account; nobody for the operator's own.
pub(super) fn add(tx: &Tx<'_>, permit: Option<&Permit>, webhook: &Webhook, now: Timestamp) -> Result<()> {
    beckon_core::webhook::check_room(list(tx.connection, webhook.account)?.len())?;
    tx.connection
        .prepare_cached(
            "INSERT INTO webhooks (account_id, id, enabled, state, sealed) VALUES (?1, ?2, 0, '', '')",
        )?
        .execute((holder(webhook.account), webhook.id.0))?;
    put(tx, webhook)?;
    log(tx, permit, &format!("added the webhook {}", webhook.url), now)
}

/// Keeps a changed endpoint; `what` says for the log what was changed.
pub(super) fn change(
    tx: &Tx<'_>,
    permit: Option<&Permit>,
    webhook: &Webhook,
    what: &str,
    now: Timestamp,
) -> Result<()> {
    put(tx, webhook)?;
    log(tx, permit, &format!("{what} the webhook {}", webhook.url), now)
}

/// Logs what was done to an endpoint of an account. The operator's own belong to no account's log.
fn log(tx: &Tx<'_>, permit: Option<&Permit>, what: &str, now: Timestamp) -> Result<()> {
    permit.map_or(Ok(()), |permit| configure(tx, permit, what, now))
}

/// Writes an endpoint.
fn put(tx: &Tx<'_>, webhook: &Webhook) -> Result<()> {
    tx.connection
        .prepare_cached(
            "UPDATE webhooks SET enabled = ?3, state = ?4, sealed = ?5 WHERE account_id = ?1 AND id = ?2",
        )?
        .execute((
            holder(webhook.account),
            webhook.id.0,
            webhook.enabled,
            serde_json::to_string(webhook)?,
            &webhook.sealed,
        ))?;
    Ok(())
}

/// Forgets an endpoint with its secret. What waits for it is canceled.
pub(super) fn remove(tx: &Tx<'_>, permit: Option<&Permit>, webhook: &Webhook, now: Timestamp) -> Result<()> {
    tx.connection
        .prepare_cached("DELETE FROM webhooks WHERE account_id = ?1 AND id = ?2")?
        .execute((holder(webhook.account), webhook.id.0))?;
    tx.connection
        .prepare_cached(
            "UPDATE deliveries SET status = 'canceled', finished_at = ?2, last_error = 'The endpoint was deleted'
             WHERE destination = ?1 AND status = 'waiting'",
        )?
        .execute((webhook_destination(webhook.id), super::columns::micros(now)))?;
    log(tx, permit, &format!("deleted the webhook {}", webhook.url), now)
}

/// Switches an endpoint off that wants nothing any more.
pub(super) fn switch_off(tx: &Tx<'_>, id: i64, why: &str) -> Result<()> {
    let Some(webhook) = find(tx.connection, WebhookId(id))? else { return Ok(()) };
    let why = if why.is_empty() {
        "It answered that it is gone (410)".to_owned()
    } else {
        format!("It answered that it is gone (410): {why}")
    };
    put(tx, &Webhook { enabled: false, disabled_because: Some(why), ..webhook })
}

/// Queues `payload` for those of `endpoints` that hear of it. What it says of addresses here is completed when it is sent.
pub(super) fn queue(
    tx: &Tx<'_>,
    endpoints: &[Webhook],
    account: AccountId,
    escalation: Option<EscalationId>,
    event: WebhookEvent,
    payload: &WebhookPayload,
    now: Timestamp,
) -> Result<()> {
    let body = serde_json::to_string(payload)?;
    for webhook in endpoints.iter().filter(|webhook| webhook.hears(event)) {
        let account = if webhook.account.is_some() { account } else { AccountId(0) };
        let task = Task::Webhook { webhook: webhook.id, event, body: body.clone() };
        outbox::queue(
            tx,
            &Queued { account, escalation, recipient: &webhook.url, task, reported: None },
            now,
        )?;
    }
    Ok(())
}

/// Queues a test for one endpoint.
pub(super) fn queue_test(tx: &Tx<'_>, webhook: &Webhook, now: Timestamp) -> Result<DeliveryBody> {
    let account = webhook.account.unwrap_or(AccountId(0));
    let name = super::people::account_name(tx.connection, account)?.unwrap_or_else(|| "Operator".to_owned());
    let payload = bare(account, &name, WebhookEvent::Test, "A test of this endpoint", now, None);
    let task = Task::Webhook {
        webhook: webhook.id,
        event: WebhookEvent::Test,
        body: serde_json::to_string(&payload)?,
    };
    let queued = Queued { account, escalation: None, recipient: &webhook.url, task, reported: None };
    outbox::queue_shown(tx, &queued, now)
}

/// Makes a payload about no escalation.
pub(super) fn bare(
    account: AccountId,
    name: &str,
    event: WebhookEvent,
    subject: &str,
    at: Timestamp,
    details: Option<serde_json::Value>,
) -> WebhookPayload {
    WebhookPayload {
        event_type: event,
        id: None,
        account: Named { id: account, name: name.to_owned() },
        api_url: "/v1/account".to_owned(),
        organizations: Vec::new(),
        total_organizations_impacted: 0,
        severity: None,
        status: None,
        subject: subject.to_owned(),
        kind: None,
        created_at: at,
        updated_at: at,
        resolved_at: None,
        due_at: None,
        url: None,
        details,
    }
}
