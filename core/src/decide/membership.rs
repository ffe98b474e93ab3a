//! Who may leave an account, and who may become what in it: somebody who can answer always remains.

use crate::actor::{Member, Role};
use crate::error::Refusal;
use crate::permission::{Action, Permit};

/// Decides whether `member` may be removed from an account that has `admins` account admins.
///
/// # Errors
/// [`Refusal::Conflict`] when nobody could answer any more.
pub fn leave(permit: &Permit, member: &Member, admins: usize) -> Result<(), Refusal> {
    permit.demand(Action::Configure, member.account)?;
    somebody_remains(member, admins)
}

/// Decides whether `member` of an account that has `admins` account admins may have another role.
///
/// # Errors
/// [`Refusal::Conflict`] when nobody could answer any more.
pub fn change_role(permit: &Permit, member: &Member, role: Role, admins: usize) -> Result<(), Refusal> {
    permit.demand(Action::Configure, member.account)?;
    if role == Role::AccountAdmin { Ok(()) } else { somebody_remains(member, admins) }
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
    use crate::id::{AccountId, UserId};
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

    fn permitted() -> Permit {
        let actor = Actor::member(member(Role::AccountAdmin));
        permit(&actor, Action::Configure, AccountId(1)).expect("an admin")
    }

    #[test]
    fn anybody_may_leave_but_the_last_who_can_answer() {
        let (admin, permit) = (member(Role::AccountAdmin), permitted());
        assert!(leave(&permit, &admin, 2).is_ok());
        assert!(matches!(leave(&permit, &admin, 1), Err(Refusal::Conflict(_))));
        assert!(leave(&permit, &member(Role::AccountUser), 1).is_ok());
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
