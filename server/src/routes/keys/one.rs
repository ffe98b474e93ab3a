//! `POST /v1/keys/{key}/rotation` and `DELETE /v1/keys/{key}`.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use beckon_core::api::access::{NewKeyResponse, RotationRequest};
use beckon_core::error::Refusal;

use super::make::new_secret;
use crate::app::App;
use crate::error::ApiError;
use crate::extract::Write;

/// Gives a key another secret, which is shown this once. The one before works for a while, so that nothing stops.
pub(crate) async fn rotate(
    State(app): State<App>,
    Path(key): Path<String>,
    write: Write,
) -> Result<(StatusCode, Json<NewKeyResponse>), ApiError> {
    let permit = super::permit(&app, &write.caller)?;
    refuse_repeats(&write)?;
    let RotationRequest { overlap_hours } = write.body()?;
    let now = app.clock.now();
    let until = now + beckon_core::key::overlap(overlap_hours)?;
    let secret = new_secret()?;
    let rotated = app.store.rotate_key(permit, &key, secret.digest(), until, now).await?;
    let secret = format!("{key}:{}", secret.reveal());
    Ok((StatusCode::CREATED, Json(NewKeyResponse { key: rotated, secret })))
}

/// Ends a key at once.
pub(crate) async fn revoke(
    State(app): State<App>,
    Path(key): Path<String>,
    write: Write,
) -> Result<StatusCode, ApiError> {
    let permit = super::permit(&app, &write.caller)?;
    app.store.revoke_key(permit, &key, app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Refuses an `Idempotency-Key`: to answer the same again, the secret would have to be kept.
pub(super) fn refuse_repeats(write: &Write) -> Result<(), Refusal> {
    if write.idempotency().is_some() {
        let text =
            "a secret is shown once and not kept, so this cannot be answered twice: leave the header out";
        return Err(Refusal::field("Idempotency-Key", text));
    }
    Ok(())
}
