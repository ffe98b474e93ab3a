//! `POST /v1/keys`: a new key, whose secret is shown this once.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use beckon_core::api::access::{KeyRequest, NewKeyResponse};

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
    Ok(shown(made, &secret))
}

/// Shows a key with its secret, this once. Whoever asks again with the same `Idempotency-Key` is told what was made, and not the
/// secret: what is kept is its digest.
pub(super) fn shown(made: MadeKey, secret: &Secret) -> (StatusCode, Json<NewKeyResponse>) {
    let is_new = made.secret == secret.digest().0;
    let secret = is_new.then(|| format!("{}:{}", made.key.key, secret.reveal()));
    (StatusCode::CREATED, Json(NewKeyResponse { key: made.key, secret }))
}

/// Makes the secret of a key.
pub(super) fn new_secret() -> Result<Secret, StoreError> {
    Secret::for_key().map_err(|error| StoreError::Unavailable(format!("no random bytes: {error}")))
}
