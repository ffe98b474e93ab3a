//! Signing in and out, and who is signed in.

use beckon_core::api::ActorResponse;
use beckon_core::api::access::SessionRequest;
use beckon_core::api::people::AccountBody;
use gloo_net::http::Method;

use super::{Answer, Failure, get, send, write};

/// Trades the token of a sign-in link for a session.
pub async fn sign_in(token: String) -> Result<(), Failure> {
    write(
        Method::POST,
        "/v1/session".to_owned(),
        &SessionRequest { token: Some(token), ..SessionRequest::default() },
    )
    .await
    .map(drop)
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
    Answer::of("/v1/account".to_owned()).await?.read("account")
}
