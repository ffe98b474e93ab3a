//! Signing in and out, and who is signed in.

use beckon_core::api::people::{AccountBody, AccountResponse};
use beckon_core::api::{ActorResponse, SessionRequest};
use gloo_net::http::Method;

use super::{Failure, get, send};

/// Trades the token of a sign-in link for a session.
pub async fn sign_in(token: String) -> Result<(), Failure> {
    let body = serde_json::to_string(&SessionRequest { token }).map_err(|_| Failure::Unreadable)?;
    send(Method::POST, "/v1/session", Some(body)).await.map(drop)
}

/// Ends the session.
pub async fn sign_out() -> Result<(), Failure> {
    send(Method::DELETE, "/v1/session", None).await.map(drop)
}

/// Fetches who is asking, and the server's time.
pub async fn actor() -> Result<ActorResponse, Failure> {
    get("/v1/actor").await
}

/// Fetches the account with its numbers.
pub async fn account() -> Result<AccountBody, Failure> {
    get::<AccountResponse>("/v1/account").await.map(|response| response.account)
}
