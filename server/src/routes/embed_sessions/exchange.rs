//! `POST /v1/embed_sessions/exchange`: the panel trades its code for a token. Needs no cookie, and sets none.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use beckon_core::api::UserBody;
use beckon_core::api::embed::{ExchangeRequest, ExchangeResponse};

use crate::app::App;
use crate::auth::{check_same_site, client_address};
use crate::error::ApiError;
use crate::extract::read_json;
use crate::sign_in::new_secret;
use crate::sign_in::throttle::{self, Subject};
use crate::store::{Digest, Exchange};

/// Trades a code for a token. Every code that does not work is answered alike.
pub(crate) async fn exchange(
    State(app): State<App>,
    request: Request,
) -> Result<(StatusCode, Json<ExchangeResponse>), ApiError> {
    check_same_site(&Method::POST, request.headers(), &app.base_url)?;
    let (parts, ExchangeRequest { embed, code, origin }) = read_json(request).await?;
    let now = app.clock.now();
    let subjects: Vec<Subject> =
        client_address(&parts.extensions).map(Subject::codes_from).into_iter().collect();
    throttle::count(&app, &subjects).await?;
    let secret = new_secret()?;
    let code = Digest::of(code.as_bytes());
    let exchange = Exchange { public_id: embed, code, origin, token: secret.digest() };
    let panel = app.store.exchange(exchange, now).await?.ok_or(ApiError::Unauthenticated)?;
    throttle::succeeded(&app, &subjects).await?;
    let response = ExchangeResponse {
        token: secret.reveal().to_owned(),
        expires_at: panel.expires_at,
        now,
        mode: panel.settings.mode,
        respond_up_to: panel.settings.respond_up_to,
        account: panel.account,
        user: UserBody::from(&panel.member),
    };
    Ok((StatusCode::CREATED, Json(response)))
}
