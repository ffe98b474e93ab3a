//! Beckon's set-up, tests, checks and benchmarks.

fn main() {}
