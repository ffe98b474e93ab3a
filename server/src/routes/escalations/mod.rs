//! `/v1/escalations`: listed, shown, raised, answered, commented, withdrawn.

use beckon_core::error::Refusal;
use beckon_core::id::EscalationId;
use beckon_core::permission::{Action, Permit};

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::store::NamedEscalation;

pub(super) mod comments;
pub(super) mod entities;
pub(super) mod list;
pub(super) mod raise;
pub(super) mod resolution;
pub(super) mod show;
pub(super) mod steps;
pub(super) mod timeline;
pub(super) mod withdrawal;

/// Loads an escalation that the caller may do `action` to. One of another account is not there.
async fn load(
    app: &App,
    caller: &Caller,
    action: Action,
    id: EscalationId,
) -> Result<(NamedEscalation, Permit), ApiError> {
    let found = app.store.escalation(caller.actor.account(), id).await?.ok_or(Refusal::Invisible)?;
    let permit = caller.permit(action, found.escalation.head.account)?;
    Ok((found, permit))
}
