//! `/v1/webhooks`: the endpoints of an account, or the operator's own.

use beckon_core::api::webhook::WebhookBody;
use beckon_core::error::Refusal;
use beckon_core::id::WebhookId;
use beckon_core::permission::{Action, Permit};

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::store::Webhook;
use crate::store::outbox::webhook_destination;

pub(super) mod add;
pub(super) mod list;
pub(super) mod one;
pub(super) mod secret;
pub(super) mod test;

/// Checks that the caller may change endpoints: an admin those of the account, the operator its own without a permit of any
/// account.
fn permit(caller: &Caller) -> Result<Option<Permit>, Refusal> {
    match caller.actor.account() {
        Some(_) => caller.permit_own(Action::Configure).map(Some),
        None => caller.permit_anywhere(Action::Operate).map(|()| None),
    }
}

/// Loads an endpoint that the caller may change. One of somebody else is not there.
async fn load(app: &App, caller: &Caller, id: WebhookId) -> Result<(Webhook, Option<Permit>), ApiError> {
    let permit = permit(caller)?;
    let account = permit.as_ref().map(Permit::account);
    let found = app.store.webhook(caller.actor.account(), id).await?.filter(|found| found.account == account);
    Ok((found.ok_or(Refusal::Invisible)?, permit))
}

async fn body(app: &App, webhook: &Webhook) -> Result<WebhookBody, ApiError> {
    let now = app.clock.now();
    Ok(WebhookBody {
        id: webhook.id,
        url: webhook.url.clone(),
        events: webhook.events.clone(),
        enabled: webhook.enabled,
        disabled_because: webhook.disabled_because.clone(),
        rotating_until: webhook.rotating_until.filter(|until| *until > now),
        created_at: webhook.created_at,
        health: app.store.health(webhook_destination(webhook.id), now).await?,
    })
}
