//! `GET /v1/sign_in_options`: by which providers one can sign in.

use axum::Json;
use axum::extract::State;
use beckon_core::api::provider::{SignInOption, SignInOptionsResponse};
use beckon_core::provider::domain_of;

use super::Visit;
use crate::app::App;
use crate::error::ApiError;
use crate::store::Offered;

/// Lists what is offered for the domain of an address; without one, what is offered to everybody. Who has an address is not
/// looked at.
pub(crate) async fn list(
    State(app): State<App>,
    visit: Visit,
) -> Result<Json<SignInOptionsResponse>, ApiError> {
    let domain = visit.asked("email").and_then(domain_of).unwrap_or_default();
    let offered = app.store.offered_providers(&domain).await?;
    let option = |Offered { id, name, account }| {
        let url = format!("{}/sign-in/provider/{id}", app.base_url);
        SignInOption { id, name, account, url }
    };
    Ok(Json(SignInOptionsResponse { providers: offered.into_iter().map(option).collect() }))
}
