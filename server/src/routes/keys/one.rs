//! `POST /v1/keys/{key}/rotation` and `DELETE /v1/keys/{key}`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::access::{NewKeyResponse, RotationRequest};

use super::make::{new_secret, shown};
use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Id, Write};

/// Gives a key another secret, which is shown this once. The one before works for a while, so that nothing stops.
pub(crate) async fn rotate(
    State(app): State<App>,
    Id(key): Id<String>,
    write: Write,
) -> Result<(StatusCode, Json<NewKeyResponse>), ApiError> {
    let permit = super::permit(&app, &write.caller)?;
    let RotationRequest { overlap_hours } = write.body()?;
    let now = app.clock.now();
    let until = now + beckon_core::key::overlap(overlap_hours)?;
    let secret = new_secret()?;
    let idempotency = write.idempotency();
    let rotated = app.store.rotate_key(permit, &key, secret.digest(), until, idempotency, now).await?;
    Ok(shown(rotated, &secret))
}

/// Ends a key at once.
pub(crate) async fn revoke(
    State(app): State<App>,
    Id(key): Id<String>,
    write: Write,
) -> Result<StatusCode, ApiError> {
    let permit = super::permit(&app, &write.caller)?;
    app.store.revoke_key(permit, &key, write.idempotency(), app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
