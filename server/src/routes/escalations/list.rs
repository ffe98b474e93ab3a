//! `GET /v1/escalations`.

use axum::Json;
use axum::extract::State;
use beckon_core::api::Pagination;
use beckon_core::api::escalation::{EscalationBody, EscalationsResponse};
use beckon_core::error::Refusal;
use beckon_core::kinds::Kind;
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::Params;
use crate::store::EscalationQuery;

/// Lists escalations.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<EscalationsResponse>, ApiError> {
    let query = query(&caller, &params)?;
    let now = app.clock.now();
    let listed = app.store.escalations(query, now).await?;
    let escalations = listed
        .items
        .iter()
        .map(|row| EscalationBody::of(&row.head, app.names(&row.account, row.organization.as_deref()), now))
        .collect();
    let pagination = params.pagination_at(&app, listed.next);
    let pagination = Pagination { total_count: Some(listed.total), ..pagination };
    Ok(Json(EscalationsResponse { escalations, pagination }))
}

fn query(caller: &Caller, params: &Params) -> Result<EscalationQuery, Refusal> {
    let direction = params.with("sort_direction", |text| match text {
        "asc" => Ok(true),
        "desc" => Ok(false),
        other => Err(format!("expected `asc` or `desc`, found `{other}`")),
    })?;
    let fields = "`id`, `severity`, `due_at`, `created_at` or `updated_at`";
    Ok(EscalationQuery {
        account: caller.sees(Action::See, params.account()?)?,
        status: params.one("status", "`open`, `overdue` or `resolved`")?,
        severities: params.list("severity", |text| {
            text.parse().map_err(|_| format!("expected `critical`, `high` or `low`, found `{text}`"))
        })?,
        kinds: params.list("type", Kind::parse)?,
        organizations: params.list("organization_id", |text| {
            text.parse().map_err(|_| format!("expected a number, found `{text}`"))
        })?,
        subtype: params.search("subtype"),
        search: params.search("search"),
        sort: params.one("sort_field", fields)?.unwrap_or_default(),
        ascending: direction.unwrap_or(false),
        after: params.place()?,
        limit: params.limit()?,
    })
}
