//! `POST /v1/sign_in_providers/{id}/test`: whether the provider is there.

use axum::Json;
use axum::extract::State;
use beckon_core::api::provider::ProviderTestResponse;
use beckon_core::id::ProviderId;

use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Id, Write};

/// Fetches what the provider says of itself, and its keys.
pub(crate) async fn test(
    State(app): State<App>,
    Id(id): Id<ProviderId>,
    write: Write,
) -> Result<Json<ProviderTestResponse>, ApiError> {
    let (provider, _) = super::load(&app, &write.caller, id).await?;
    let found = app.directory.fetch(&app, &provider.settings.issuer).await;
    let found = found.and_then(|found| match found.keys() {
        0 => Err("expected keys by which the provider signs, found none".to_owned()),
        keys => Ok(keys as u64),
    });
    Ok(Json(ProviderTestResponse {
        works: found.is_ok(),
        keys: found.as_ref().copied().unwrap_or(0),
        error: found.err(),
    }))
}
