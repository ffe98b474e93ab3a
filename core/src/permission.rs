//! Who may do what. The table is data; [`permit`] is the only maker of a [`Permit`], and what changes something
//! demands one.

use strum::{Display, EnumIter, IntoStaticStr};

use crate::actor::{Actor, Party, Principal, Role, Scope};
use crate::error::Refusal;
use crate::id::AccountId;
use crate::severity::Severity;

/// Something that an actor wants to do in an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Display, EnumIter, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Action {
    /// See escalations, rules and reports.
    See,
    /// See how the account is set up and who does what in it: activity, members, notification settings, integrations,
    /// embeds, webhooks, deliveries.
    SeeSetup,
    /// Answer, complete a step, dismiss.
    Answer,
    /// Comment on an escalation.
    Comment,
    /// Make, change and delete access rules.
    ManageRules,
    /// Change notification settings, integrations, embeds and members.
    Configure,
    /// Start a panel in a partner's portal for somebody: in it that person acts.
    Launch,
    /// Make, rotate and end API keys: an account's, or the operator's own.
    ManageKeys,
    /// Change how one signs in oneself: password, second factor, sessions.
    ManageSignIn,
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
        //                            operator  account admin  account user  organization user
        Action::See          => row(  YES,      YES,           YES,          NO  ),
        Action::SeeSetup     => row(  YES,      YES,           YES,          NO  ),
        Action::Answer       => row(  NO,       YES,           NO,           NO  ),
        Action::Comment      => row(  YES,      YES,           NO,           NO  ),
        Action::ManageRules  => row(  NO,       YES,           NO,           NO  ),
        Action::Configure    => row(  NO,       YES,           NO,           NO  ),
        // In a panel an admin answers, which is nothing for the operator.
        Action::Launch       => row(  NO,       YES,           NO,           NO  ),
        Action::ManageKeys   => row(  YES,      YES,           NO,           NO  ),
        Action::ManageSignIn => row(  YES,      YES,           YES,          NO  ),
        Action::Operate      => row(  YES,      NO,            NO,           NO  ),
    }
}

/// One row of the second table: which ways in allow an action, to whoever may do it at all.
#[expect(clippy::struct_excessive_bools, reason = "a row of a table of yes and no")]
struct Ways {
    full: bool,
    read_write: bool,
    read_only: bool,
    embed_respond: bool,
    embed_view: bool,
}

#[expect(clippy::fn_params_excessive_bools, reason = "a row of a table of yes and no")]
const fn ways(full: bool, read_write: bool, read_only: bool, embed_respond: bool, embed_view: bool) -> Ways {
    Ways { full, read_write, read_only, embed_respond, embed_view }
}

#[rustfmt::skip]
#[expect(clippy::match_same_arms, reason = "a table has a row for each action, alike or not")]
const fn ways_table(action: Action) -> Ways {
    match action {
        //                             full  read-write key  read-only key  embed, respond  embed, view
        Action::See          => ways(  YES,  YES,            YES,           YES,            YES  ),
        Action::SeeSetup     => ways(  YES,  YES,            YES,           NO,             NO   ),
        Action::Answer       => ways(  YES,  YES,            NO,            YES,            NO   ),
        Action::Comment      => ways(  YES,  YES,            NO,            YES,            NO   ),
        Action::ManageRules  => ways(  YES,  YES,            NO,            NO,             NO   ),
        Action::Configure    => ways(  YES,  YES,            NO,            NO,             NO   ),
        Action::Launch       => ways(  YES,  YES,            NO,            NO,             NO   ),
        // Whoever steals a key must not be able to make another one of it.
        Action::ManageKeys   => ways(  YES,  NO,             NO,            NO,             NO   ),
        Action::ManageSignIn => ways(  YES,  NO,             NO,            NO,             NO   ),
        Action::Operate      => ways(  YES,  YES,            NO,            NO,             NO   ),
    }
}

/// Proof that an actor may do one action in one account. Only [`permit`] makes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permit {
    by: Party,
    action: Action,
    account: AccountId,
    answers_up_to: Option<Severity>,
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

    /// Checks that this permit is for answering a question of `severity` in `account`.
    ///
    /// # Errors
    /// As [`Self::demand`]; [`Refusal::Forbidden`] where it is too pressing for the way in.
    pub(crate) fn demand_answer(&self, account: AccountId, severity: Severity) -> Result<(), Refusal> {
        self.demand(Action::Answer, account)?;
        if self.answers_up_to.is_some_and(|most| severity > most) {
            return Err(Refusal::Forbidden(OPEN_BECKON.to_owned()));
        }
        Ok(())
    }
}

/// Says where more pressing questions are answered.
const OPEN_BECKON: &str = "this question is too pressing to be answered in a panel: open Beckon itself";

/// Tells what the first table says for `actor`, whatever the account and the way in.
fn role_allows(actor: &Actor, action: Action) -> bool {
    let row = table(action);
    match &actor.principal {
        Principal::Operator { .. } => row.operator,
        Principal::Member(member) => match member.role {
            Role::AccountAdmin => row.account_admin,
            Role::AccountUser => row.account_user,
            Role::OrganizationUser => row.organization_user,
        },
    }
}

/// Tells what the second table says.
const fn scope_allows(scope: Scope, action: Action) -> bool {
    let ways = ways_table(action);
    match scope {
        Scope::Full => ways.full,
        Scope::ReadWrite => ways.read_write,
        Scope::ReadOnly => ways.read_only,
        Scope::EmbedRespond => ways.embed_respond,
        Scope::EmbedView => ways.embed_view,
    }
}

/// Checks that `actor` may perform `action` on something of `account`.
///
/// # Errors
/// [`Refusal::Forbidden`] for organization users, whatever they ask for, and where the actor may see but not do this
/// (403); [`Refusal::Invisible`] where the actor may not even know of it (the server answers 404).
pub fn permit(actor: &Actor, action: Action, account: AccountId) -> Result<Permit, Refusal> {
    if !is_blocked(actor) && actor.account().is_some_and(|own| own != account) {
        return Err(Refusal::Invisible);
    }
    if !may(actor, action) {
        return Err(Refusal::Forbidden(why_not(actor, action).to_owned()));
    }
    Ok(Permit { by: actor.party(), action, account, answers_up_to: actor.answers_up_to })
}

/// Tells whether [`permit`] would allow `action` in the actor's own account. For showing and hiding buttons.
pub fn may(actor: &Actor, action: Action) -> bool {
    role_allows(actor, action) && scope_allows(actor.scope, action)
}

/// Tells whether `actor` may answer a question of `severity` in its own account, by the way in that it has.
pub fn may_answer(actor: &Actor, severity: Severity) -> bool {
    may(actor, Action::Answer) && actor.answers_up_to.is_none_or(|most| severity <= most)
}

/// Tells whether `actor` is kept out of everything.
pub fn is_blocked(actor: &Actor) -> bool {
    !role_allows(actor, Action::See)
}

fn why_not(actor: &Actor, action: Action) -> &'static str {
    if is_blocked(actor) {
        return "escalations are for the account's team: questions about your organization are answered by the people \
                who manage it; ask one of its account admins";
    }
    if role_allows(actor, action) {
        return match actor.scope {
            Scope::EmbedRespond | Scope::EmbedView => "this panel cannot do that: open Beckon itself",
            Scope::ReadOnly => "this key only reads: use one that may write, or sign in",
            Scope::Full | Scope::ReadWrite => "no key can do this: sign in",
        };
    }
    match action {
        Action::See | Action::SeeSetup => "this is for the account's team: ask an account admin",
        Action::Answer => "only account admins can answer: ask one of them",
        Action::Comment => "only account admins and the operator can comment: ask an account admin",
        Action::ManageRules => {
            "only account admins can make, change and delete access rules: ask one of them"
        }
        Action::Configure => "only account admins can change settings: ask one of them",
        Action::Launch => "only account admins and their keys can start a panel: ask one of them",
        Action::ManageKeys => "only account admins can make and end keys: ask one of them",
        Action::ManageSignIn => "this is for people who can sign in: ask an account admin",
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
        Actor::member(Member {
            user: UserId(1),
            name: "Priya Raman".to_owned(),
            email: "priya@northwind.example".to_owned(),
            account: AccountId(1),
            role,
            organization: None,
        })
    }

    /// Draws a table of yes and no: a row for each action, a column for each of `actors`.
    fn drawn(actors: &[(&str, Actor)]) -> String {
        let mut text = format!("{:<15}", "action");
        for (name, _) in actors {
            write!(text, "{name:<19}").expect("a string takes text");
        }
        for action in Action::iter() {
            write!(text, "\n{:<15}", action.to_string()).expect("a string takes text");
            for (_, actor) in actors {
                let cell = if permit(actor, action, AccountId(1)).is_ok() { "yes" } else { "no" };
                write!(text, "{cell:<19}").expect("a string takes text");
            }
        }
        text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_matrix_is_the_one_that_reviewers_see() {
        let operator = || Actor::operator("SOC");
        let admin = || member(Role::AccountAdmin);
        let people = drawn(&[
            ("operator", operator()),
            ("account admin", admin()),
            ("account user", member(Role::AccountUser)),
            ("organization user", member(Role::OrganizationUser)),
        ]);
        let keys = drawn(&[
            ("operator key", operator().within(Scope::ReadWrite)),
            ("operator key, read", operator().within(Scope::ReadOnly)),
            ("admin key", admin().within(Scope::ReadWrite)),
            ("admin key, read", admin().within(Scope::ReadOnly)),
            ("embed, respond", admin().within(Scope::EmbedRespond)),
            ("embed, view", admin().within(Scope::EmbedView)),
        ]);
        insta::assert_snapshot!("permissions", format!("signed in\n{people}\n\nother ways in\n{keys}"));
    }

    #[test]
    fn no_way_in_allows_more_than_being_signed_in() {
        for role in Role::iter() {
            for scope in Scope::iter() {
                let limited = member(role).within(scope);
                for action in Action::iter() {
                    assert!(!may(&limited, action) || may(&member(role), action), "{role} {scope} {action}");
                }
                assert_eq!(is_blocked(&limited), role == Role::OrganizationUser);
            }
        }
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
