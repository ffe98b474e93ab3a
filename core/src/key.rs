//! What an API key may be: its scope, how long it works, how many there are.

use chrono::TimeDelta;

use crate::actor::{Party, Scope};
use crate::error::{FieldError, Refusal};
use crate::id::UserId;
use crate::permission::{Action, Permit};
use crate::time::{Timestamp, days, hours};

/// The longest that a key works which is to end by itself.
pub const LONGEST: TimeDelta = days(366);

/// For how long the secret before works too, unless somebody says otherwise.
pub const OVERLAP: TimeDelta = hours(24);

/// The longest such time, in hours: a week.
pub const MOST_OVERLAP_HOURS: u32 = 168;

/// How many keys a person may have, and the operator.
pub const MOST: usize = 20;

/// Checks what somebody wants of a new key, where its owner has `others` already.
///
/// # Errors
/// [`Refusal::Invalid`] with each field that is wrong; [`Refusal::Conflict`] where there are enough.
pub fn check(
    permit: &Permit,
    scope: Scope,
    expires_at: Option<Timestamp>,
    others: usize,
    now: Timestamp,
) -> Result<(), Refusal> {
    permit.demand(Action::ManageKeys, permit.account())?;
    let mut errors = Vec::new();
    if !matches!(scope, Scope::ReadOnly | Scope::ReadWrite) {
        errors
            .push(FieldError::new("scope", format!("expected `read_only` or `read_write`, found `{scope}`")));
    }
    if expires_at.is_some_and(|at| at <= now || at > now + LONGEST) {
        errors.push(FieldError::new("expires_at", "expected a time within a year from now, or nothing"));
    }
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    if others >= MOST {
        let text =
            format!("there are {others} keys, and {MOST} are the most: end one first that nobody needs");
        return Err(Refusal::Conflict(text));
    }
    Ok(())
}

/// Checks that a key may be ended.
///
/// # Errors
/// As [`Permit`] demands.
pub fn check_end(permit: &Permit) -> Result<(), Refusal> {
    permit.demand(Action::ManageKeys, permit.account())
}

/// Decides whether whoever is permitted may be told another secret of a key of `owner`: with it one acts as the owner.
///
/// # Errors
/// [`Refusal::Forbidden`] for a key of somebody else, which an admin can end; [`Refusal::Conflict`] for one that is over.
pub fn check_rotation(
    permit: &Permit,
    owner: Option<UserId>,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), Refusal> {
    permit.demand(Action::ManageKeys, permit.account())?;
    if expires_at.is_some_and(|at| at <= now) {
        return Err(Refusal::Conflict(
            "this key is over, and no secret brings it back: make another one".to_owned(),
        ));
    }
    match permit.by() {
        Party::User { id, .. } if owner != Some(*id) => {
            let text = "whoever has its secret acts as its owner, so the owner alone rotates this key: end it instead";
            Err(Refusal::Forbidden(text.to_owned()))
        }
        Party::User { .. } | Party::Operator { .. } | Party::System => Ok(()),
    }
}

/// Reads for how long the secret before is to work too.
///
/// # Errors
/// [`Refusal::Invalid`]
pub fn overlap(hours_wanted: Option<u32>) -> Result<TimeDelta, Refusal> {
    match hours_wanted {
        None => Ok(OVERLAP),
        Some(wanted) if wanted <= MOST_OVERLAP_HOURS => Ok(hours(i64::from(wanted))),
        Some(wanted) => {
            let text = format!("expected 0 to {MOST_OVERLAP_HOURS} hours, found {wanted}");
            Err(Refusal::field("overlap_hours", text))
        }
    }
}
