//! `/v1/remedies`: what answers ordered, for the operator who carries it out.

pub(super) mod list;
pub(super) mod one;
