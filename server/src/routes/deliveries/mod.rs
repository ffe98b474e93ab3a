//! `/v1/deliveries`: who was told what, when, how, and whether it arrived.

pub(super) mod list;
pub(super) mod one;
