//! Signing in and out, who is signed in, and how one signs in.

use beckon_core::api::ActorResponse;
use beckon_core::api::access::{
    AuthenticationRequest, CodeRequest, LinkRequest, PasswordRequest, SessionRequest, SwitchRequest,
};
use beckon_core::api::people::AccountBody;
use beckon_core::api::provider::SignInOption;
use beckon_core::id::{AccountId, SessionId};
use gloo_net::http::Method;

use super::{Answer, Change, Failure, encode, get, send};

/// Where one's own sign-in is.
pub const USER: &str = "/v1/user";

/// Where one's own sessions are.
pub const SESSIONS: &str = "/v1/sessions";

/// Signs in by the token of a link, or by address and password.
pub fn sign_in(request: &SessionRequest) -> Change {
    Change::new(Method::POST, "/v1/session".to_owned(), request)
}

/// Fetches by which providers whoever has `email` can sign in.
pub async fn options(email: String) -> Result<Vec<SignInOption>, Failure> {
    Answer::of(format!("/v1/sign_in_options?email={}", encode(&email))).await?.read("providers")
}

/// Has a sign-in link sent to an address.
pub fn send_link(email: String) -> Change {
    Change::new(Method::POST, "/v1/sign_in_links".to_owned(), &LinkRequest { email })
}

/// Proves once more who is signed in.
pub fn prove(request: &AuthenticationRequest) -> Change {
    Change::new(Method::POST, "/v1/session/authentication".to_owned(), request)
}

/// Looks at another account.
pub fn switch(account_id: AccountId) -> Change {
    Change::new(Method::PUT, "/v1/session/account".to_owned(), &SwitchRequest { account_id })
}

/// Ends a session; all but this one where none is named.
pub fn end(id: Option<SessionId>) -> Change {
    let path = id.map_or_else(|| SESSIONS.to_owned(), |id| format!("{SESSIONS}/{id}"));
    Change::bare(Method::DELETE, path)
}

/// Sets the password.
pub fn set_password(password: String) -> Change {
    Change::new(Method::PUT, format!("{USER}/password"), &PasswordRequest { password })
}

/// Begins with a second factor.
pub fn begin_second_factor() -> Change {
    Change::bare(Method::POST, format!("{USER}/second_factor"))
}

/// Confirms that the authenticator works.
pub fn confirm_second_factor(code: String) -> Change {
    Change::new(Method::POST, format!("{USER}/second_factor/confirmation"), &CodeRequest { code })
}

/// Makes new recovery codes.
pub fn renew_codes() -> Change {
    Change::bare(Method::POST, format!("{USER}/second_factor/recovery_codes"))
}

/// Turns the second factor off.
pub fn drop_second_factor() -> Change {
    Change::bare(Method::DELETE, format!("{USER}/second_factor"))
}

/// Ends the panel. It ends in a while by itself where that fails.
pub async fn leave_panel() {
    let _ = send(Method::DELETE, "/v1/embed_sessions/current", None).await;
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
