//! Sessions: signing in and out, proving again who it is, looking at another account, and where else one is signed in.

pub(super) mod account;
pub(super) mod authentication;
pub(super) mod links;
pub(super) mod list;
pub(super) mod open;
