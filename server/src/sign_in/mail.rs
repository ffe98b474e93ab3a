//! Links that sign somebody in, on their way into a mail.

use beckon_core::notice::DoorReason;
use beckon_core::time::Timestamp;
use chrono::TimeDelta;

use super::new_secret;
use crate::app::App;
use crate::error::ApiError;
use crate::seal::purpose;
use crate::store::{Digest, DoorMail};

/// Makes a link that works for `lasting`, and the mail that brings it.
///
/// # Errors
/// When it cannot be sealed, or the system gives no random bytes.
pub fn new_link(
    app: &App,
    reason: DoorReason,
    lasting: TimeDelta,
    now: Timestamp,
) -> Result<DoorMail, ApiError> {
    let token = new_secret()?;
    let sealed = app.outlets.seal(purpose::LINK, token.reveal())?;
    Ok(DoorMail { token: Digest::of(token.reveal().as_bytes()), sealed, reason, until: now + lasting })
}
