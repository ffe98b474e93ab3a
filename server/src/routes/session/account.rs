//! `PUT /v1/session/account`: looks at another account of the same person.

use axum::extract::{Request, State};
use axum::response::Response;
use beckon_core::api::access::SwitchRequest;
use beckon_core::error::Refusal;

use crate::app::App;
use crate::auth;
use crate::error::ApiError;
use crate::extract::read_json;
use crate::sign_in::{self, cookies};

/// Switches the session, which gets another token. Somebody who is kept out of one account gets into another this way. An
/// account of others is not there.
pub(crate) async fn switch(State(app): State<App>, request: Request) -> Result<Response, ApiError> {
    let (parts, body) = request.into_parts();
    let session = auth::session(&app, &parts).await?;
    let (_, SwitchRequest { account_id }) = read_json(Request::from_parts(parts, body)).await?;
    let secret = sign_in::new_secret()?;
    if !app.store.switch_account(session.id, secret.digest(), account_id, app.clock.now()).await? {
        return Err(Refusal::Invisible.into());
    }
    let mut response = cookies::no_content();
    cookies::keep_session(&app, &mut response, &secret);
    Ok(response)
}
