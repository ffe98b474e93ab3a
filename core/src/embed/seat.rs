//! Who sits before a panel, and what may be done there: decided when it is launched, and anew at each request.

use super::{Origin, Settings};
use crate::actor::{Actor, Member, Role};
use crate::error::{FieldError, Refusal};
use crate::permission::{Action, Permit, may};

/// What is remembered of a launch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launched {
    /// The role that the person had then.
    pub role: Role,
    /// The origin of the page that shows the panel.
    pub origin: Origin,
}

/// Checks that a panel may be launched for `member`, on a page of `origin`.
///
/// # Errors
/// [`Refusal::Invalid`] for a page that may not show it, or a person who may not look into it.
pub fn check_launch(
    permit: &Permit,
    settings: &Settings,
    member: &Member,
    origin: &str,
) -> Result<Launched, Refusal> {
    permit.demand(Action::Launch, member.account)?;
    let mut errors = Vec::new();
    let origin = match Origin::parse(origin) {
        Ok(origin) if settings.origins.contains(&origin) => Some(origin),
        Ok(origin) => {
            let text = format!("{origin} is none of the embed's origins: add it there, if it is yours");
            errors.push(FieldError::new("origin", text));
            None
        }
        Err(wrong) => {
            errors.push(FieldError::new("origin", wrong));
            None
        }
    };
    if !settings.admits(member.role) {
        let role = member.role.label().to_lowercase();
        errors.push(FieldError::new(
            "user",
            format!("{} is an {role}, and this embed is not for them", member.name),
        ));
    }
    match origin {
        Some(origin) if errors.is_empty() => Ok(Launched { role: member.role, origin }),
        _ => Err(Refusal::Invalid(errors)),
    }
}

/// Checks that panels may be ended for the portal that launched them.
///
/// # Errors
/// As [`Permit`] demands.
pub fn check_ending(permit: &Permit) -> Result<(), Refusal> {
    permit.demand(Action::Launch, permit.account())
}

/// Returns what may be done in a panel now; none where its rights have ended. `member` is the person as it is by now, and
/// `by` whoever launched it.
pub fn seat(settings: &Settings, launched: &Launched, member: Member, by: &Actor) -> Option<Actor> {
    let same = member.role == launched.role && by.account() == Some(member.account);
    let welcome = settings.admits(member.role) && settings.origins.contains(&launched.origin);
    (same && welcome && may(by, Action::Launch))
        .then(|| Actor::member(member).within(settings.mode.scope()).up_to(settings.respond_up_to))
}
