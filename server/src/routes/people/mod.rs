//! Who is there: the caller, its account, organizations, identities, members.

pub(super) mod account;
pub(super) mod actor;
pub(super) mod identities;
pub(super) mod organizations;
