//! `POST /v1/integrations/{id}/test`: tests the connection.

use std::time::Instant;

use axum::Json;
use axum::extract::State;
use beckon_core::api::integration::ConnectionTestResponse;
use beckon_core::id::IntegrationId;
use beckon_core::permission::Action;

use crate::app::App;
use crate::error::ApiError;
use crate::extract::{Id, Write};

/// Tells whether the connection works, and what the PSA says where it does not.
pub(crate) async fn test(
    State(app): State<App>,
    Id(id): Id<IntegrationId>,
    write: Write,
) -> Result<Json<ConnectionTestResponse>, ApiError> {
    let (integration, _) = super::load(&app, &write.caller, Action::Configure, id).await?;
    let began = Instant::now();
    let tested = match app.outlets.psa(&integration).await {
        Ok(psa) => psa.test().await,
        Err(failed) => Err(failed),
    };
    let duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let error = tested.err().map(|failed| failed.detail);
    Ok(Json(ConnectionTestResponse { works: error.is_none(), error, duration_ms }))
}
