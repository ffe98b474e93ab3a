//! `GET /v1/activity`: everything that an account's log holds, newest first.

use axum::Json;
use axum::extract::State;
use beckon_core::api::activity::{ActivityBody, ActivityResponse};
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::Params;
use crate::routes::escalations::timeline::entry;
use crate::store::ActivityQuery;

/// What a time in a query looks like.
const TIME: &str = "a time such as 2026-11-24T08:00:00Z";

/// Lists what members, keys, rules, settings, answers and the provider did.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<ActivityResponse>, ApiError> {
    let account = caller.account(Action::SeeSetup, params.account()?)?;
    let query = ActivityQuery {
        event: params.search("event"),
        escalation: params.one("escalation_id", "an escalation's number")?,
        user: params.one("user_id", "a person's number")?,
        since: params.one("since", TIME)?,
        until: params.one("until", TIME)?,
    };
    let page = app.store.activity(account, query, params.cursor()?).await?;
    let shown = page
        .items
        .iter()
        .map(|logged| ActivityBody { entry: entry(logged), escalation_id: logged.event.escalation });
    Ok(Json(ActivityResponse { activity: shown.collect(), pagination: params.pagination(&app, page.next) }))
}
