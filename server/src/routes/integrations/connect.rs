//! `POST /v1/integrations`: connects a PSA.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::integration::{ConnectRequest, IntegrationResponse};
use beckon_core::integration::{Choices, Settings};
use beckon_core::permission::Action;

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Write;
use crate::store::Integration;

/// Tests the connection, and keeps it where it works.
pub(crate) async fn connect(
    State(app): State<App>,
    write: Write,
) -> Result<(StatusCode, Json<IntegrationResponse>), ApiError> {
    let permit = write.caller.permit_own(Action::Configure)?;
    write.caller.is_proved(app.clock.now())?;
    let ConnectRequest { vendor, settings } = write.body()?;
    super::all_right("settings", vendor.check_settings(&settings))?;
    let (settings, secrets) = vendor.part(settings, Settings::new());
    let id = app.store.next_integration().await?;
    let integration = Integration {
        id,
        account: permit.account(),
        vendor,
        settings,
        sealed: app.outlets.seal_integration(id, &secrets)?,
        secrets: secrets.into_keys().collect(),
        choices: Choices::new(),
        default_company: None,
        paused: false,
        created_at: app.clock.now(),
        created_by: permit.by().name().to_owned(),
    };
    let psa = super::client(&app, &integration).await?;
    psa.test().await.map_err(|failed| super::refused(vendor, &failed))?;
    let kept = app.store.connect(permit, integration, write.idempotency(), app.clock.now()).await?;
    Ok((StatusCode::CREATED, Json(IntegrationResponse { integration: super::body(&app, &kept).await? })))
}
