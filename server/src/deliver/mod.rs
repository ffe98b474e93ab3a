//! Deliveries: what is to be told goes out, is tried again, and is never lost.

pub mod backoff;
pub mod outcome;
