//! `POST /v1/embeds`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::embed::EmbedResponse;

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Write;
use crate::sign_in::new_secret;

/// Adds an embed.
pub(crate) async fn add(
    State(app): State<App>,
    write: Write,
) -> Result<(StatusCode, Json<EmbedResponse>), ApiError> {
    let permit = super::permit(&app, &write.caller)?;
    let request = write.body()?;
    let public_id = format!("emb_{}", &new_secret()?.reveal()[..22]);
    let embed = app.store.add_embed(permit, public_id, request, write.idempotency(), app.clock.now()).await?;
    Ok((StatusCode::CREATED, Json(EmbedResponse { embed: super::body(&app, embed) })))
}
