//! The activity of an account.

pub(super) mod list;
