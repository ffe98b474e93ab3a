//! Who may do what. The table is data; [`permit`] is the only maker of a [`Permit`], and what changes something
//! demands one.

use strum::{Display, EnumIter, IntoStaticStr};

use crate::actor::{Actor, Party, Role};
use crate::error::Refusal;
use crate::id::AccountId;

/// Something that an actor wants to do in an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Action {
    /// See escalations, rules, activity and reports.
    See,
    /// Answer, complete a step, dismiss.
    Answer,
    /// Comment on an escalation.
    Comment,
    /// Make, change and delete access rules.
    ManageRules,
    /// Change notification settings, integrations, embeds, keys and members.
    Configure,
    /// Raise and withdraw escalations, report observations and remedy outcomes.
    Operate,
}

/// One row of the table: who may do an action.
#[expect(clippy::struct_excessive_bools, reason = "a row of a table of yes and no")]
struct Row {
    operator: bool,
    account_admin: bool,
    account_user: bool,
    organization_user: bool,
}

#[expect(clippy::fn_params_excessive_bools, reason = "a row of a table of yes and no")]
const fn row(operator: bool, account_admin: bool, account_user: bool, organization_user: bool) -> Row {
    Row { operator, account_admin, account_user, organization_user }
}

const YES: bool = true;
const NO: bool = false;

#[rustfmt::skip]
#[expect(clippy::match_same_arms, reason = "a table has a row for each action, alike or not")]
const fn table(action: Action) -> Row {
    match action {
        //                           operator  account admin  account user  organization user
        Action::See         => row(  YES,      YES,           YES,          NO  ),
        Action::Answer      => row(  NO,       YES,           NO,           NO  ),
        Action::Comment     => row(  YES,      YES,           NO,           NO  ),
        Action::ManageRules => row(  NO,       YES,           NO,           NO  ),
        Action::Configure   => row(  NO,       YES,           NO,           NO  ),
        Action::Operate     => row(  YES,      NO,            NO,           NO  ),
    }
}

/// Proof that an actor may do one action in one account. Only [`permit`] makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    by: Party,
    action: Action,
    account: AccountId,
}

impl Permit {
    /// Returns who was permitted.
    pub fn by(&self) -> &Party {
        &self.by
    }

    /// Returns the account in which the action was permitted.
    pub fn account(&self) -> AccountId {
        self.account
    }

    /// Checks that this permit is for `action` in `account`.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`] where the caller asked for another action, [`Refusal::Invisible`] where it is for
    /// another account. Either is a mistake in the caller that must not change anything.
    pub(crate) fn demand(&self, action: Action, account: AccountId) -> Result<(), Refusal> {
        if self.account != account {
            return Err(Refusal::Invisible);
        }
        if self.action != action {
            return Err(Refusal::Forbidden(format!(
                "this needs the permission to {action}, not {}",
                self.action
            )));
        }
        Ok(())
    }
}

/// Tells what the table says for `actor`, whatever the account.
fn allowed(actor: &Actor, action: Action) -> bool {
    let row = table(action);
    match actor {
        Actor::Operator { .. } => row.operator,
        Actor::Member(member) => match member.role {
            Role::AccountAdmin => row.account_admin,
            Role::AccountUser => row.account_user,
            Role::OrganizationUser => row.organization_user,
        },
    }
}

/// Checks that `actor` may perform `action` on something of `account`.
///
/// # Errors
/// [`Refusal::Forbidden`] for organization users, whatever they ask for, and where the actor may see but not do this
/// (403); [`Refusal::Invisible`] where the actor may not even know of it (the server answers 404).
pub fn permit(actor: &Actor, action: Action, account: AccountId) -> Result<Permit, Refusal> {
    let blocked = !allowed(actor, Action::See);
    if !blocked && actor.account().is_some_and(|own| own != account) {
        return Err(Refusal::Invisible);
    }
    if !allowed(actor, action) {
        return Err(Refusal::Forbidden(why_not(actor, action).to_owned()));
    }
    Ok(Permit { by: actor.party(), action, account })
}

/// Tells whether [`permit`] would allow `action` in the actor's own account. For showing and hiding buttons.
pub fn may(actor: &Actor, action: Action) -> bool {
    allowed(actor, action)
}

/// Tells whether `actor` is kept out of everything.
pub fn is_blocked(actor: &Actor) -> bool {
    !may(actor, Action::See)
}

fn why_not(actor: &Actor, action: Action) -> &'static str {
    if is_blocked(actor) {
        return "escalations are for the account's team: questions about your organization are answered by the people \
                who manage it; ask one of its account admins";
    }
    match action {
        Action::See => "this is for the account's team: ask an account admin",
        Action::Answer => "only account admins can answer: ask one of them",
        Action::Comment => "only account admins and the operator can comment: ask an account admin",
        Action::ManageRules => {
            "only account admins can make, change and delete access rules: ask one of them"
        }
        Action::Configure => "only account admins can change settings: ask one of them",
        Action::Operate => "only the operator can do this: use an operator key",
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use strum::IntoEnumIterator;

    use super::*;
    use crate::actor::Member;
    use crate::id::UserId;

    fn member(role: Role) -> Actor {
        Actor::Member(Member {
            user: UserId(1),
            name: "Priya Raman".to_owned(),
            email: "priya@northwind.example".to_owned(),
            account: AccountId(1),
            role,
            organization: None,
        })
    }

    #[test]
    fn the_matrix_is_the_one_that_reviewers_see() {
        let operator = Actor::Operator { name: "SOC".to_owned() };
        let mut text = format!(
            "{:<14}{:<10}{:<15}{:<14}{}\n",
            "action", "operator", "account admin", "account user", "organization user"
        );
        for action in Action::iter() {
            let cell = |actor: &Actor| if permit(actor, action, AccountId(1)).is_ok() { "yes" } else { "no" };
            writeln!(
                text,
                "{:<14}{:<10}{:<15}{:<14}{}",
                action.to_string(),
                cell(&operator),
                cell(&member(Role::AccountAdmin)),
                cell(&member(Role::AccountUser)),
                cell(&member(Role::OrganizationUser)),
            )
            .expect("a string takes text");
        }
        insta::assert_snapshot!("permissions", text);
    }

    #[test]
    fn another_account_is_invisible_to_members_and_blocked_people_are_told_why_first() {
        let foreign = AccountId(2);
        for action in Action::iter() {
            for role in [Role::AccountAdmin, Role::AccountUser] {
                assert_eq!(permit(&member(role), action, foreign), Err(Refusal::Invisible));
            }
            let blocked = permit(&member(Role::OrganizationUser), action, foreign);
            assert!(matches!(blocked, Err(Refusal::Forbidden(_))), "{action}");
        }
    }

    #[test]
    fn a_permit_is_good_for_its_action_and_account_only() {
        let permit =
            permit(&member(Role::AccountAdmin), Action::Comment, AccountId(1)).expect("admins comment");
        assert_eq!(permit.demand(Action::Comment, AccountId(1)), Ok(()));
        assert_eq!(permit.demand(Action::Comment, AccountId(2)), Err(Refusal::Invisible));
        assert!(permit.demand(Action::Answer, AccountId(1)).is_err());
    }
}
