//! Whether a member may leave an account.

use crate::actor::{Member, Role};
use crate::error::Refusal;
use crate::permission::{Action, Permit};

/// Decides whether `member` may be removed from an account that has `admins` account admins.
///
/// # Errors
/// [`Refusal::Conflict`] when nobody could answer any more.
pub fn leave(permit: &Permit, member: &Member, admins: usize) -> Result<(), Refusal> {
    permit.demand(Action::Configure, member.account)?;
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

    #[test]
    fn anybody_may_leave_but_the_last_who_can_answer() {
        let admin = member(Role::AccountAdmin);
        let actor = Actor::member(admin.clone());
        let permit = permit(&actor, Action::Configure, AccountId(1)).expect("an admin");
        assert!(leave(&permit, &admin, 2).is_ok());
        assert!(matches!(leave(&permit, &admin, 1), Err(Refusal::Conflict(_))));
        assert!(leave(&permit, &member(Role::AccountUser), 1).is_ok());
        let elsewhere = Member { account: AccountId(2), ..member(Role::AccountUser) };
        assert!(leave(&permit, &elsewhere, 2).is_err());
    }
}
