//! Who may leave an account, and who may become what in it: somebody who can answer always remains.

use crate::actor::{Member, Role};
use crate::error::Refusal;
use crate::id::AccountId;
use crate::permission::{Action, Permit};

/// Checks that somebody may be invited into an account.
///
/// # Errors
/// As [`Permit`] demands.
pub fn check_invitation(permit: &Permit) -> Result<(), Refusal> {
    may_manage(permit, permit.account())
}

/// Decides whether a member gets another invitation; `has_come` is whether they ever signed in to the account.
///
/// # Errors
/// [`Refusal::Conflict`] for whoever needs none.
pub fn invite_again(permit: &Permit, member: &Member, has_come: bool) -> Result<(), Refusal> {
    may_manage(permit, member.account)?;
    if has_come {
        let text = format!(
            "{} has been here and needs no invitation: whoever cannot sign in has a link sent from the sign-in page",
            member.name
        );
        return Err(Refusal::Conflict(text));
    }
    Ok(())
}

/// Decides whether `member` may be removed from an account that has `admins` account admins.
///
/// # Errors
/// [`Refusal::Conflict`] when nobody could answer any more.
pub fn leave(permit: &Permit, member: &Member, admins: usize) -> Result<(), Refusal> {
    may_manage(permit, member.account)?;
    somebody_remains(member, admins)
}

/// Decides whether `member` of an account that has `admins` account admins may have another role.
///
/// # Errors
/// [`Refusal::Conflict`] when nobody could answer any more.
pub fn change_role(permit: &Permit, member: &Member, role: Role, admins: usize) -> Result<(), Refusal> {
    may_manage(permit, member.account)?;
    if role == Role::AccountAdmin { Ok(()) } else { somebody_remains(member, admins) }
}

/// Demands an admin of the account, or the operator at the command line.
fn may_manage(permit: &Permit, account: AccountId) -> Result<(), Refusal> {
    let permitted = permit.demand(Action::Operate, account);
    permitted.or_else(|_| permit.demand(Action::Configure, account))
}

fn somebody_remains(member: &Member, admins: usize) -> Result<(), Refusal> {
    if member.role == Role::AccountAdmin && admins <= 1 {
        let text =
            "this is the only account admin: make somebody else one first, so that questions can be answered";
        return Err(Refusal::Conflict(text.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actor::Actor;
    use crate::id::UserId;
    use crate::permission::permit;

    fn member(role: Role) -> Member {
        Member {
            user: UserId(1),
            name: "Priya Raman".to_owned(),
            email: "priya@northwind.example".to_owned(),
            account: AccountId(1),
            role,
            organization: None,
        }
    }

    fn permit_of(actor: &Actor, action: Action) -> Permit {
        permit(actor, action, AccountId(1)).expect("somebody who may")
    }

    fn permitted() -> Permit {
        permit_of(&Actor::member(member(Role::AccountAdmin)), Action::Configure)
    }

    #[test]
    fn who_was_here_needs_no_invitation_and_admins_alone_invite() {
        let (viewer, permit) = (member(Role::AccountUser), permitted());
        assert!(check_invitation(&permit).is_ok() && invite_again(&permit, &viewer, false).is_ok());
        assert!(matches!(invite_again(&permit, &viewer, true), Err(Refusal::Conflict(_))));
        let other = permit_of(&Actor::member(member(Role::AccountAdmin)), Action::Comment);
        assert!(check_invitation(&other).is_err() && invite_again(&other, &viewer, false).is_err());
        let elsewhere = Member { account: AccountId(2), ..viewer };
        assert_eq!(invite_again(&permit, &elsewhere, false), Err(Refusal::Invisible));
    }

    #[test]
    fn anybody_may_leave_but_the_last_who_can_answer() {
        let (admin, permit) = (member(Role::AccountAdmin), permitted());
        assert!(leave(&permit, &admin, 2).is_ok());
        assert!(matches!(leave(&permit, &admin, 1), Err(Refusal::Conflict(_))));
        assert!(leave(&permit, &member(Role::AccountUser), 1).is_ok());
        let operator = permit_of(&Actor::operator("the command line"), Action::Operate);
        assert!(leave(&operator, &member(Role::AccountUser), 1).is_ok());
        assert!(leave(&operator, &admin, 1).is_err());
        let commenting = permit_of(&Actor::member(admin.clone()), Action::Comment);
        assert!(leave(&commenting, &member(Role::AccountUser), 1).is_err());
        let elsewhere = Member { account: AccountId(2), ..member(Role::AccountUser) };
        assert!(leave(&permit, &elsewhere, 2).is_err());
    }

    #[test]
    fn the_last_who_can_answer_stays_one() {
        let (admin, permit) = (member(Role::AccountAdmin), permitted());
        assert!(change_role(&permit, &admin, Role::AccountUser, 2).is_ok());
        assert!(matches!(change_role(&permit, &admin, Role::AccountUser, 1), Err(Refusal::Conflict(_))));
        assert!(change_role(&permit, &admin, Role::AccountAdmin, 1).is_ok());
        assert!(change_role(&permit, &member(Role::AccountUser), Role::OrganizationUser, 1).is_ok());
    }
}
