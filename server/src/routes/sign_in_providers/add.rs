//! `POST /v1/sign_in_providers`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::provider::{ProviderRequest, ProviderResponse};
use beckon_core::error::Refusal;
use beckon_core::permission::Permit;

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Write;
use crate::store::Provider;

/// Adds a provider. It is offered at once.
pub(crate) async fn add(
    State(app): State<App>,
    write: Write,
) -> Result<(StatusCode, Json<ProviderResponse>), ApiError> {
    let permit = super::permit(&app, &write.caller)?;
    let account = permit.as_ref().map(Permit::account);
    let ProviderRequest { settings, client_secret } = write.body()?;
    super::check(&app, &settings, account)?;
    let id = app.store.next_provider().await?;
    let provider = Provider {
        id,
        account,
        settings,
        enabled: true,
        sealed: super::seal(&app, id, client_secret.as_deref())?,
        created_at: app.clock.now(),
    };
    let kept = app.store.add_provider(permit, provider, write.idempotency(), app.clock.now()).await?;
    let kept = app.store.provider(kept).await?.ok_or(Refusal::Invisible)?;
    Ok((StatusCode::CREATED, Json(ProviderResponse { sign_in_provider: super::body(&app, kept) })))
}
