//! `GET`, `PATCH` and `DELETE /v1/unwanted_access_rules/{id}`.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::rule::{RulePatch, RuleResponse};
use beckon_core::error::Refusal;
use beckon_core::id::RuleId;
use beckon_core::permission::{Action, Permit};

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::{Id, Write};

/// Shows one rule.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<RuleId>,
) -> Result<Json<RuleResponse>, ApiError> {
    let (rule, _) = load(&app, &caller, Action::See, id).await?;
    Ok(Json(rule))
}

/// Changes its dates and its note.
pub(crate) async fn change(
    State(app): State<App>,
    Id(id): Id<RuleId>,
    write: Write,
) -> Result<Json<RuleResponse>, ApiError> {
    let (_, permit) = load(&app, &write.caller, Action::ManageRules, id).await?;
    let patch: RulePatch = write.body()?;
    let changed = app.store.change_rule(permit, id, patch, write.idempotency(), app.clock.now()).await?;
    Ok(Json(RuleResponse { unwanted_access_rule: changed }))
}

/// Deletes it, and shows it as it was.
pub(crate) async fn delete(
    State(app): State<App>,
    Id(id): Id<RuleId>,
    write: Write,
) -> Result<(StatusCode, Json<RuleResponse>), ApiError> {
    let (_, permit) = load(&app, &write.caller, Action::ManageRules, id).await?;
    let deleted = app.store.delete_rule(permit, id, write.idempotency(), app.clock.now()).await?;
    Ok((StatusCode::ACCEPTED, Json(RuleResponse { unwanted_access_rule: deleted })))
}

async fn load(
    app: &App,
    caller: &Caller,
    action: Action,
    id: RuleId,
) -> Result<(RuleResponse, Permit), ApiError> {
    let rule =
        app.store.rule(caller.actor.account(), id, app.clock.now()).await?.ok_or(Refusal::Invisible)?;
    let permit = caller.permit(action, rule.account.id)?;
    Ok((RuleResponse { unwanted_access_rule: rule }, permit))
}
