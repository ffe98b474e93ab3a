//! `POST /v1/sign_in_links`: sends a link to whoever cannot sign in otherwise.

use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use beckon_core::api::access::LinkRequest;
use beckon_core::error::Refusal;
use beckon_core::notice::DoorReason;
use beckon_core::session::RECOVERY_LINK;
use beckon_core::text::{is_address, login};

use crate::app::App;
use crate::auth::{check_same_site, client_address};
use crate::error::ApiError;
use crate::extract::read_json;
use crate::sign_in::mail::new_link;
use crate::sign_in::throttle::{self, Subject};

/// Sends a link by email. The answer is the same whether or not anybody has the address, and whether or not it has had
/// enough links for now.
pub(crate) async fn send(State(app): State<App>, request: Request) -> Result<StatusCode, ApiError> {
    check_same_site(&Method::POST, request.headers(), &app.base_url)?;
    let (parts, LinkRequest { email }) = read_json(request).await?;
    if !is_address(&email) {
        let text = "expected an address such as priya@northwind.example";
        return Err(Refusal::field("email", text).into());
    }
    let now = app.clock.now();
    if let Some(address) = client_address(&parts.extensions) {
        throttle::count(&app, &[Subject::links_from(address)]).await?;
    }
    let login = login(&email);
    match throttle::count(&app, &[Subject::links(&login)]).await {
        Ok(()) => {
            let mail = new_link(&app, DoorReason::SignInLink, RECOVERY_LINK, now)?;
            app.store.send_link(&login, mail, now).await?;
        }
        Err(ApiError::TooMany(_)) => {}
        Err(error) => return Err(error),
    }
    Ok(StatusCode::ACCEPTED)
}
