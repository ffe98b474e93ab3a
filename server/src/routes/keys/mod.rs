//! API keys: an account's, which its admins manage, and the operator's own.

pub(super) mod list;
pub(super) mod make;
pub(super) mod one;

use beckon_core::permission::{Action, Permit};

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;

/// Checks that the caller may manage keys, and proved not long ago who it is.
fn permit(app: &App, caller: &Caller) -> Result<Permit, ApiError> {
    caller.permit_proved(Action::ManageKeys, app.clock.now())
}
