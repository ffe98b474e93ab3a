//! `GET /v1/escalations/{id}/entities`: all that an escalation lists, page by page.

use axum::Json;
use axum::extract::State;
use beckon_core::api::escalation::{EntitiesResponse, EntityBody};
use beckon_core::id::EscalationId;
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::{Id, Params};

/// Lists the entities of an escalation.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<EscalationId>,
    params: Params,
) -> Result<Json<EntitiesResponse>, ApiError> {
    let (found, _) = super::load(&app, &caller, Action::See, id).await?;
    let head = &found.escalation.head;
    let page = app.store.entities(head.account, id, params.cursor()?).await?;
    let entities = page.items.iter().map(|state| EntityBody::of(head.kind, state)).collect();
    Ok(Json(EntitiesResponse { entities, pagination: params.pagination(&app, page.next) }))
}
