//! Who gets in, and as what.

use super::{Claims, Grant, Settings};
use crate::actor::Role;
use crate::api::provider::Problem;
use crate::id::{AccountId, OrganizationId, UserId};

/// The longest name that is taken over, in characters.
const MAX_NAME: usize = 200;

/// A person whom the store knows and who may be the one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Who.
    pub user: UserId,
    /// How the store found the person.
    pub linked: Linked,
    /// Whether it is one of the provider's own people.
    pub operator: bool,
    /// Of which accounts it is a member.
    pub seats: Vec<Seat>,
}

/// What ties a person to what a provider says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Linked {
    /// It signed in by this provider as the same subject before.
    Yes,
    /// The address alone.
    Not,
    /// The address alone, and by this provider the person is another subject: the address has a new owner.
    ToAnother,
}

/// A membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Of which account.
    pub account: AccountId,
    /// As what.
    pub role: Role,
    /// The organization of an organization user.
    pub organization: Option<OrganizationId>,
    /// Whether nobody else is an account admin there.
    pub last_admin: bool,
}

/// A membership that comes into being, or gets another role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeatChange {
    /// Of which account.
    pub account: AccountId,
    /// As what.
    pub role: Role,
    /// The organization of an organization user.
    pub organization: Option<OrganizationId>,
    /// Whether it is a new one.
    pub joins: bool,
}

/// The person who gets in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Somebody who is known.
    Known(UserId),
    /// Somebody who comes into being.
    New {
        /// The name.
        name: String,
        /// The address.
        email: String,
    },
}

/// Proof that somebody may get in. Only [`admit`] makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    whom: Whom,
    changes: Vec<SeatChange>,
    operator: bool,
}

impl Admission {
    /// Returns who gets in.
    pub fn whom(&self) -> &Whom {
        &self.whom
    }

    /// Returns what changes in memberships.
    pub fn changes(&self) -> &[SeatChange] {
        &self.changes
    }

    /// Tells whether it is as one of the provider's own people.
    pub fn operator(&self) -> bool {
        self.operator
    }
}

/// Decides whether the person of `claims` gets in by a provider of `account`, or of the whole installation, and what changes.
///
/// # Errors
/// Why not.
pub fn admit(
    settings: &Settings,
    account: Option<AccountId>,
    claims: &Claims,
    known: Option<&Known>,
) -> Result<Admission, Problem> {
    if known.is_none_or(|known| known.linked != Linked::Yes) {
        vouched(settings, claims)?;
    }
    if known.is_some_and(|known| known.linked == Linked::ToAnother) {
        return Err(Problem::NotAMember);
    }
    let granted = granted(settings, claims);
    if as_operator(settings, account, known, &granted)? {
        return Ok(Admission { whom: whom(claims, known)?, changes: Vec::new(), operator: true });
    }
    let changes = changes(settings, account, known, &granted)?;
    Ok(Admission { whom: whom(claims, known)?, changes, operator: false })
}

/// Checks that the address may be relied on: whoever says whose it is could else be anybody.
fn vouched(settings: &Settings, claims: &Claims) -> Result<(), Problem> {
    let email = claims.email.as_deref().ok_or(Problem::UnverifiedEmail)?;
    let verified = claims.email_verified || !settings.require_verified_email;
    if verified && settings.speaks_for(email) { Ok(()) } else { Err(Problem::UnverifiedEmail) }
}

/// Returns what is granted: by each rule that fits, in order, or else what everybody is granted.
fn granted(settings: &Settings, claims: &Claims) -> Vec<Grant> {
    let fitting = settings.roles.iter().filter(|rule| claims.values.contains(&rule.value));
    let fitting: Vec<Grant> = fitting.map(|rule| rule.grant).collect();
    if fitting.is_empty() { settings.default_grant.into_iter().collect() } else { fitting }
}

/// Tells whether somebody gets in as one of the operator's own people: who is one, or is nobody yet. Operators never answer for an
/// account, so no member becomes one.
fn as_operator(
    settings: &Settings,
    account: Option<AccountId>,
    known: Option<&Known>,
    granted: &[Grant],
) -> Result<bool, Problem> {
    let is = known.is_some_and(|known| known.operator);
    let first = granted.first().is_some_and(|grant| grant.role.member().is_none());
    match (account, is, first) {
        (Some(_), false, _) | (None, false, false) => Ok(false),
        (Some(_), true, _) => Err(Problem::NotAMember),
        (None, true, true) => Ok(true),
        (None, true, false) => Err(Problem::UnknownGroup),
        (None, false, true) => {
            let seated = known.is_some_and(|known| !known.seats.is_empty());
            if seated || !settings.just_in_time { Err(Problem::NotAMember) } else { Ok(true) }
        }
    }
}

/// Decides about each account what changes there. Somebody has to have a place in the end.
fn changes(
    settings: &Settings,
    account: Option<AccountId>,
    known: Option<&Known>,
    granted: &[Grant],
) -> Result<Vec<SeatChange>, Problem> {
    let seats = known.map_or(&[][..], |known| &known.seats);
    let seats: Vec<&Seat> =
        seats.iter().filter(|seat| account.is_none_or(|own| own == seat.account)).collect();
    let granted = places(account, granted);
    let kept = seats.iter().any(|seat| {
        let named = granted.iter().any(|grant| grant.account == seat.account);
        named || !manages(settings, account, seat.account)
    });
    let find = |account| seats.iter().find(|seat| seat.account == account);
    let changes: Vec<SeatChange> = granted
        .iter()
        .filter_map(|grant| change(settings, account, grant, find(grant.account).copied()))
        .collect();
    if kept || !changes.is_empty() {
        return Ok(changes);
    }
    let refused = settings.manages_roles() && granted.is_empty();
    Err(if refused { Problem::UnknownGroup } else { Problem::NotAMember })
}

/// Returns the places that are granted, the first of each account.
fn places(account: Option<AccountId>, granted: &[Grant]) -> Vec<SeatChange> {
    let mut places: Vec<SeatChange> = Vec::new();
    for grant in granted {
        let (Some(account), Some(role)) = (account.or(grant.account_id), grant.role.member()) else {
            continue;
        };
        if !places.iter().any(|place| place.account == account) {
            places.push(SeatChange { account, role, organization: grant.organization_id, joins: true });
        }
    }
    places
}

/// Tells whether the provider decides about the roles in an account: it names it in one of its rules.
fn manages(settings: &Settings, own: Option<AccountId>, account: AccountId) -> bool {
    let named = |grant: &Grant| grant.role.member().is_some() && own.or(grant.account_id) == Some(account);
    settings.manages_roles() && settings.roles.iter().any(|rule| named(&rule.grant))
}

/// Decides what a granted place changes.
fn change(
    settings: &Settings,
    own: Option<AccountId>,
    granted: &SeatChange,
    seat: Option<&Seat>,
) -> Option<SeatChange> {
    let Some(seat) = seat else { return settings.just_in_time.then_some(*granted) };
    let same = (seat.role, seat.organization) == (granted.role, granted.organization);
    let demoted = seat.last_admin && granted.role != Role::AccountAdmin;
    if same || demoted || !manages(settings, own, granted.account) {
        return None;
    }
    Some(SeatChange { joins: false, ..*granted })
}

/// Returns who gets in: somebody who is known, or a new person under the name that the provider says.
fn whom(claims: &Claims, known: Option<&Known>) -> Result<Whom, Problem> {
    if let Some(known) = known {
        return Ok(Whom::Known(known.user));
    }
    let email = claims.email.clone().ok_or(Problem::UnverifiedEmail)?;
    let name = claims.name.as_deref().map(|name| crate::text::plain(name).chars().take(MAX_NAME).collect());
    let name = name.filter(|name: &String| !name.trim().is_empty());
    Ok(Whom::New { name: name.unwrap_or_else(|| email.clone()), email })
}

#[cfg(test)]
mod tests;
