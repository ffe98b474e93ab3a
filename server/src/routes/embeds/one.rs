//! `GET`, `PATCH` and `DELETE /v1/embeds/{embed}`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::embed::EmbedResponse;
use beckon_core::error::Refusal;
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::{Id, Params, Write};

/// Shows an embed.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Id(public_id): Id<String>,
    params: Params,
) -> Result<Json<EmbedResponse>, ApiError> {
    let account = caller.sees(Action::SeeSetup, params.account()?)?;
    let found = app.store.embed(&public_id).await?;
    let found = found.filter(|found| account.is_none_or(|account| found.account == account));
    Ok(Json(EmbedResponse { embed: super::body(&app, found.ok_or(Refusal::Invisible)?) }))
}

/// Changes an embed. Panels that are open are what it says from their next request on.
pub(crate) async fn change(
    State(app): State<App>,
    Id(public_id): Id<String>,
    write: Write,
) -> Result<Json<EmbedResponse>, ApiError> {
    let permit = super::permit(&app, &write.caller)?;
    let patch = write.body()?;
    let embed =
        app.store.change_embed(permit, &public_id, patch, write.idempotency(), app.clock.now()).await?;
    Ok(Json(EmbedResponse { embed: super::body(&app, embed) }))
}

/// Deletes an embed. Panels of it that are open end.
pub(crate) async fn delete(
    State(app): State<App>,
    Id(public_id): Id<String>,
    write: Write,
) -> Result<StatusCode, ApiError> {
    let permit = super::permit(&app, &write.caller)?;
    app.store.remove_embed(permit, &public_id, write.idempotency(), app.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
