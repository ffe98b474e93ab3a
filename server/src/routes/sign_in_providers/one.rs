//! `GET`, `PATCH` and `DELETE /v1/sign_in_providers/{id}`.

use axum::Json;
use axum::extract::State;
use beckon_core::api::provider::{ProviderPatch, ProviderResponse};
use beckon_core::error::Refusal;
use beckon_core::id::ProviderId;
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::{Id, Write};
use crate::store::Provider;

/// Shows a provider to whoever sees how the account is set up.
pub(crate) async fn show(
    State(app): State<App>,
    Id(id): Id<ProviderId>,
    caller: Caller,
) -> Result<Json<ProviderResponse>, ApiError> {
    let account = caller.sees(Action::SeeSetup, None)?;
    let found = app.store.provider(id).await?;
    // The operator sees those of all accounts.
    let found = found.filter(|found| caller.actor.account().is_none() || found.account == account);
    Ok(response(&app, found.ok_or(Refusal::Invisible)?))
}

/// Changes a provider.
pub(crate) async fn change(
    State(app): State<App>,
    Id(id): Id<ProviderId>,
    write: Write,
) -> Result<Json<ProviderResponse>, ApiError> {
    let (before, permit) = super::load(&app, &write.caller, id).await?;
    let ProviderPatch { settings, client_secret, enabled } = write.body()?;
    let sealed = match &client_secret {
        Some(secret) => super::seal(&app, id, Some(secret))?,
        None => before.sealed.clone(),
    };
    let provider = Provider {
        settings: settings.unwrap_or_else(|| before.settings.clone()),
        enabled: enabled.unwrap_or(before.enabled),
        sealed,
        ..before
    };
    super::check(&app, &provider.settings, provider.account)?;
    app.store.change_provider(permit, provider.clone(), write.idempotency(), app.clock.now()).await?;
    Ok(response(&app, provider))
}

/// Deletes a provider, and returns it as it was. What began by it ends.
pub(crate) async fn delete(
    State(app): State<App>,
    Id(id): Id<ProviderId>,
    write: Write,
) -> Result<Json<ProviderResponse>, ApiError> {
    let (provider, permit) = super::load(&app, &write.caller, id).await?;
    app.store.remove_provider(permit, provider.clone(), app.clock.now()).await?;
    Ok(response(&app, provider))
}

fn response(app: &App, provider: Provider) -> Json<ProviderResponse> {
    Json(ProviderResponse { sign_in_provider: super::body(app, provider) })
}
