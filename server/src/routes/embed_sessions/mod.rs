//! `/v1/embed_sessions`: a portal's server launches a panel, the panel trades the code for a token, and it ends.

pub(super) mod end;
pub(super) mod exchange;
pub(super) mod launch;
