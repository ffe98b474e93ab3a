//! `POST /v1/unwanted_access_rules`: one rule a value, all or none.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::rule::RulesMadeResponse;
use beckon_core::error::Refusal;
use beckon_core::permission::Action;

use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Params, Write};

/// Makes rules, and resolves what they cover.
pub(crate) async fn make(
    State(app): State<App>,
    params: Params,
    write: Write,
) -> Result<(StatusCode, Json<RulesMadeResponse>), ApiError> {
    write.caller.permit_anywhere(Action::ManageRules)?;
    let permit =
        write.caller.permit(Action::ManageRules, write.caller.account(Action::See, params.account()?)?)?;
    let kept = app.store.make_rules(permit, write.body()?, write.idempotency(), app.clock.now()).await?;
    let last = kept.rules.last().cloned().ok_or(Refusal::Invisible)?;
    let response = RulesMadeResponse {
        unwanted_access_rule: last,
        unwanted_access_rules: kept.rules,
        resolved_escalations: kept.resolved,
    };
    Ok((StatusCode::CREATED, Json(response)))
}
