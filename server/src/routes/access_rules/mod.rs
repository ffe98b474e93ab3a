//! `/v1/unwanted_access_rules`: listed, previewed, made, changed, deleted.

pub(super) mod coverage;
pub(super) mod list;
pub(super) mod make;
pub(super) mod one;
pub(super) mod preview;
