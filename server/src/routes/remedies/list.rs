//! `GET /v1/remedies`.

use axum::Json;
use axum::extract::State;
use beckon_core::api::remedy::RemediesResponse;
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::Params;
use crate::store::RemedyQuery;

/// Lists remedies, oldest first.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<RemediesResponse>, ApiError> {
    caller.permit_anywhere(Action::Operate)?;
    let query = RemedyQuery {
        status: params.one("status", "`ordered`, `succeeded` or `failed`")?,
        account: params.account()?,
        escalation: params.one("escalation_id", "an escalation's number")?,
    };
    let page = app.store.remedies(query, params.cursor()?).await?;
    Ok(Json(RemediesResponse { remedies: page.items, pagination: params.pagination(&app, page.next) }))
}
