//! `/v1/observations`: what detectors report.

pub(super) mod faults;
pub(super) mod known;
pub(super) mod report;
