//! Beckon's server: HTTP, storage and deliveries around `beckon-core`.

pub mod headers;
pub mod import;
pub mod listen;
pub mod page;
pub mod sources;
