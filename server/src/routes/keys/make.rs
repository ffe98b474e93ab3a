//! `POST /v1/keys`: a new key, whose secret is shown this once.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::access::{KeyRequest, NewKeyResponse};
use beckon_core::error::Refusal;

use crate::app::App;
use crate::cli::key::new_key_id;
use crate::error::ApiError;
use crate::extract::Write;
use crate::store::{KeyOwner, MadeKey, NewKey, Secret, StoreError};

/// Makes a key of whoever asks.
pub(crate) async fn make(
    State(app): State<App>,
    write: Write,
) -> Result<(StatusCode, Json<NewKeyResponse>), ApiError> {
    let permit = super::permit(&app, &write.caller)?;
    let KeyRequest { name, scope, expires_at } = write.body()?;
    let owner = match write.caller.actor.as_member() {
        Some(member) => KeyOwner::User(member.account, member.user),
        None => KeyOwner::Operator,
    };
    let (key, secret) = (new_key_id(owner)?, new_secret()?);
    let new = NewKey { owner, name, key, secret: secret.digest(), scope, expires_at };
    let made = app.store.make_key(permit, new, write.idempotency(), app.clock.now()).await?;
    shown(made, &secret)
}

/// Shows a key with its secret, this once. Whoever asks again with the same `Idempotency-Key` is told that it is done.
pub(super) fn shown(made: MadeKey, secret: &Secret) -> Result<(StatusCode, Json<NewKeyResponse>), ApiError> {
    if made.secret != secret.digest().0 {
        let text = format!(
            "this was done already, and the secret of {} was in the first answer alone: rotate the key to get another",
            made.key.key
        );
        return Err(Refusal::Conflict(text).into());
    }
    let secret = format!("{}:{}", made.key.key, secret.reveal());
    Ok((StatusCode::CREATED, Json(NewKeyResponse { key: made.key, secret })))
}

/// Makes the secret of a key.
pub(super) fn new_secret() -> Result<Secret, StoreError> {
    Secret::for_key().map_err(|error| StoreError::Unavailable(format!("no random bytes: {error}")))
}
