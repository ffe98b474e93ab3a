//! `/v1/integrations`: an account's PSA.

use std::sync::Arc;

use beckon_core::api::integration::IntegrationBody;
use beckon_core::error::{FieldError, Refusal};
use beckon_core::id::IntegrationId;
use beckon_core::integration::Vendor;
use beckon_core::permission::{Action, Permit};

use crate::app::App;
use crate::auth::Caller;
use crate::deliver::outcome::Failed;
use crate::error::ApiError;
use crate::psa::Psa;
use crate::store::Integration;
use crate::store::outbox::psa_destination;

pub(super) mod companies;
pub(super) mod connect;
pub(super) mod list;
pub(super) mod offers;
pub(super) mod one;
pub(super) mod test;

/// Loads an integration that the caller may do `action` to. One of another account is not there.
async fn load(
    app: &App,
    caller: &Caller,
    action: Action,
    id: IntegrationId,
) -> Result<(Integration, Permit), ApiError> {
    let found = app.store.integration(caller.actor.account(), id).await?.ok_or(Refusal::Invisible)?;
    let permit = caller.permit(action, found.account)?;
    Ok((found, permit))
}

async fn body(app: &App, integration: &Integration) -> Result<IntegrationBody, ApiError> {
    let missing = integration.missing();
    Ok(IntegrationBody {
        id: integration.id,
        vendor: integration.vendor,
        name: integration.vendor.name().to_owned(),
        settings: integration.settings.clone(),
        secrets: integration.secrets.clone(),
        choices: integration.choices.clone(),
        default_company: integration.default_company.clone(),
        ready: missing.is_none(),
        missing,
        paused: integration.paused,
        created_at: integration.created_at,
        created_by: integration.created_by.clone(),
        health: app.store.health(psa_destination(integration.id), app.clock.now()).await?,
    })
}

/// Returns the client of an integration, or says why there is none.
async fn client(app: &App, integration: &Integration) -> Result<Arc<dyn Psa>, ApiError> {
    app.outlets.psa(integration).await.map_err(|failed| refused(integration.vendor, &failed).into())
}

/// Says that the PSA does not do what was asked. That is the account's to mend, so it is no failure of this server.
fn refused(vendor: Vendor, failed: &Failed) -> Refusal {
    let code = failed.code.map(|code| format!(" ({code})")).unwrap_or_default();
    Refusal::Unsuitable(
        format!("{} did not answer as expected{code}: {}", vendor.name(), failed.detail),
        Vec::new(),
    )
}

/// Refuses a request of which something below `field` is wrong.
fn all_right(field: &str, errors: Vec<FieldError>) -> Result<(), Refusal> {
    let named = |error: FieldError| FieldError::new(format!("{field}.{}", error.field), error.message);
    if errors.is_empty() { Ok(()) } else { Err(Refusal::Invalid(errors.into_iter().map(named).collect())) }
}
