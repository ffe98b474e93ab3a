//! `POST /v1/unwanted_access_rules/preview`: what making rules would do, without doing it.

use axum::Json;
use axum::extract::State;
use beckon_core::api::rule::PreviewResponse;
use beckon_core::permission::Action;

use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Params, Write};

/// Previews rules.
pub(crate) async fn preview(
    State(app): State<App>,
    params: Params,
    write: Write,
) -> Result<Json<PreviewResponse>, ApiError> {
    write.caller.permit_anywhere(Action::ManageRules)?;
    let permit =
        write.caller.permit(Action::ManageRules, write.caller.account(Action::See, params.account()?)?)?;
    let (preview, rules) = app.store.preview_rules(permit, write.body()?, app.clock.now()).await?;
    Ok(Json(PreviewResponse { preview, rules }))
}
