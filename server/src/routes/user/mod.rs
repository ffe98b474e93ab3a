//! How one signs in oneself: the password, the second factor, the accounts.

pub(super) mod password;
pub(super) mod second_factor;
pub(super) mod show;

use beckon_core::error::Refusal;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::store::{Person, Session};

/// Loads who is signed in, for a change of how that person signs in. It has to have been proved not long ago.
async fn proved<'c>(app: &App, caller: &'c Caller) -> Result<(Person, &'c Session), ApiError> {
    let session = caller.signed_in()?;
    // Whoever runs an account's provider could else make a door of its own into a person's other accounts.
    if session.confined_to().is_some() {
        let text =
            "your organization's sign-in decides how you get in here: sign in by a link to change this";
        return Err(Refusal::Forbidden(text.to_owned()).into());
    }
    caller.is_proved(app.clock.now())?;
    Ok((person(app, session).await?, session))
}

async fn person(app: &App, session: &Session) -> Result<Person, ApiError> {
    Ok(app.store.person(session.user).await?.ok_or(Refusal::Invisible)?)
}
