//! Beckon's server: HTTP, storage and deliveries around `beckon-core`.

pub mod import;
pub mod sources;
