//! `cargo xtask torture`: the long form of the tests in `server/tests/torture/`, in release, with progress.
//!
//! Each test there is one part, by the name of its module; each is bounded in count and ends by itself, as broken off where
//! it takes too long.

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::process;
use crate::workspace::Workspace;

/// What is tortured, and with which chance.
#[derive(Args)]
pub(crate) struct Options {
    /// Only this part [default: all]
    #[arg(long)]
    part: Option<Part>,
    /// The seed of the faults and of the moments of the kills, to repeat a run as far as that can be.
    #[arg(long, default_value_t = 4)]
    seed: u64,
}

/// A module of `server/tests/torture/`.
#[derive(Clone, Copy, ValueEnum)]
enum Part {
    /// 10 000 mails to a receiver that fails.
    Smtp,
    /// 1 000 tickets in each PSA that fails.
    Psa,
}

impl Part {
    const fn module(self) -> &'static str {
        match self {
            Self::Smtp => "smtp::",
            Self::Psa => "psa::",
        }
    }
}

/// Builds the server and the tests in release, and runs the long form.
pub(crate) fn torture(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut command = workspace.cargo();
    command.args(["test", "--release", "--package", "beckon-server", "--test", "torture", "--"]);
    // One after the other: each has the machine for itself, and its progress is read as it comes.
    command.args(["--nocapture", "--test-threads", "1"]);
    command.args(options.part.map(Part::module));
    command.env("BECKON_TORTURE", "long").env("BECKON_TORTURE_SEED", options.seed.to_string());
    process::run(
        "torture: building in release, about 4 minutes the first time, then some minutes",
        &mut command,
    )
}
