//! Who gets in: people as they sign in, sessions, links, keys. Secrets are kept as digests, passwords as hashes.

pub(super) mod keys;
pub(super) mod links;
pub(super) mod people;
pub(super) mod sessions;
