//! `GET /v1/escalations/{id}/timeline`.

use axum::Json;
use axum::extract::State;
use beckon_core::api::escalation::{TimelineEntryBody, TimelineResponse};
use beckon_core::id::EscalationId;
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::{Id, Params};
use crate::store::Logged;

/// Lists what happened, oldest first.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<EscalationId>,
    params: Params,
) -> Result<Json<TimelineResponse>, ApiError> {
    let (found, permit) = super::load(&app, &caller, Action::See, id).await?;
    let page = app.store.timeline(permit.account(), found.escalation.head.id, params.cursor()?).await?;
    let timeline = page.items.iter().map(entry).collect();
    Ok(Json(TimelineResponse { timeline, pagination: params.pagination(&app, page.next) }))
}

/// Shows one event.
pub(in crate::routes) fn entry(logged: &Logged) -> TimelineEntryBody {
    TimelineEntryBody::of(logged.seq, &logged.event, |id| {
        let known = logged.names.iter().find(|(known, _)| *known == id);
        known.map_or_else(|| format!("identity {id}"), |(_, name)| name.clone())
    })
}
