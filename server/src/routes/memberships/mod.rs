//! The members of an account: who they are, who joins, what each may do, and who leaves.

pub(super) mod invite;
pub(super) mod list;
pub(super) mod one;

use beckon_core::permission::{Action, Permit};

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Write;

/// Checks that the caller may change members, and proved not long ago who it is.
fn permit(app: &App, write: &Write) -> Result<Permit, ApiError> {
    write.caller.permit_proved(Action::Configure, app.clock.now())
}
