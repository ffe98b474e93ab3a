//! `POST /v1/embed_sessions`: a code with which a panel opens for somebody whom the portal knows.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::embed::{LaunchRequest, LaunchResponse};
use beckon_core::error::Refusal;
use beckon_core::permission::Action;

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Write;
use crate::routes::embeds::frame_url;
use crate::sign_in::new_secret;
use crate::store::Launch;

/// Launches a panel. The code is no answer that is kept: whoever asks again gets another one.
pub(crate) async fn launch(
    State(app): State<App>,
    write: Write,
) -> Result<(StatusCode, Json<LaunchResponse>), ApiError> {
    let permit = write.caller.permit_own(Action::Launch)?;
    let LaunchRequest { embed, user, origin } = write.body()?;
    let launcher = write.caller.actor.as_member().ok_or(Refusal::Invisible)?.user;
    let secret = new_secret()?;
    let frame_url = frame_url(&app, &embed);
    let launch = Launch {
        public_id: embed,
        user,
        origin,
        launcher,
        key: write.caller.key().map(str::to_owned),
        code: secret.digest(),
    };
    let expires_at = app.store.launch(permit, launch, app.clock.now()).await?;
    let code = secret.reveal().to_owned();
    Ok((StatusCode::CREATED, Json(LaunchResponse { code, expires_at, frame_url })))
}
