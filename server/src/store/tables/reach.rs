//! How far an operation reaches: which rows it may see at all, and what nobody else writes meanwhile.

use beckon_core::id::{AccountId, UserId};
use beckon_core::permission::Permit;

/// How far an operation reaches. Where it writes, operations on the same account or person take turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) enum Reach {
    /// One account. PostgreSQL shows no row of another, whatever the statement says.
    Account(AccountId),
    /// One account and its people, who may be members of others too.
    People(AccountId),
    /// One person, in whatever accounts.
    Person(UserId),
    /// The whole installation. Whoever writes locks what has to stay as it is.
    Installation,
}

impl Reach {
    /// As far as a permit. What the operator keeps for itself, as account 0, has rows that are of no account.
    pub(super) fn of(permit: &Permit) -> Self {
        match permit.account() {
            AccountId(0) => Self::People(AccountId(0)),
            account => Self::Account(account),
        }
    }

    /// As far as the permit of an account's admin; without one it is about what the operator keeps for itself, as account 0.
    pub(super) fn of_admin(permit: Option<&Permit>) -> Self {
        permit.map_or(Self::People(AccountId(0)), Self::of)
    }

    /// As far as what is asked for: one account, or all.
    pub(super) fn asked(account: Option<AccountId>) -> Self {
        account.map_or(Self::Installation, Self::Account)
    }
}
