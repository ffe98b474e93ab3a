//! A PostgreSQL server for one run of tests or benchmarks, after an installation of PostgreSQL where that is missing.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::tools::apt;

#[path = "../../server/tests/support/cluster.rs"]
mod cluster;

pub(crate) use cluster::{Cluster, Disk};

/// Names the folder of PostgreSQL's programs, to xtask and to the tests that start a server of their own.
pub(crate) const PROGRAMS: &str = "PG_BIN";

/// Makes and starts one.
pub(crate) fn start(disk: Disk) -> Result<Cluster> {
    Cluster::start(&programs()?, disk).context("PostgreSQL does not start")
}

/// The folder of its programs.
pub(crate) fn programs() -> Result<PathBuf> {
    apt::postgres()
}
