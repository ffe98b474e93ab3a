//! `cargo xtask torture`: the long form of the tests in `server/tests/torture/`, in release, with progress.
//!
//! Each test there is one part, by the name of its module; each is bounded in count and ends by itself, as broken off where
//! it takes too long. The kills are those of `server/tests/process/killed.rs`, many times, on both databases.

use std::process::Command;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::postgres::Cluster;
use crate::process;
use crate::test::POSTGRES;
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
    /// How often servers are killed in each of the three parts of the kills.
    #[arg(long, default_value_t = 350)]
    kills: u32,
}

/// A module of `server/tests/torture/`.
#[derive(Clone, Copy, ValueEnum)]
enum Part {
    /// 10 000 mails to a receiver that fails.
    Smtp,
    /// 1 000 tickets in each PSA that fails.
    Psa,
    /// Servers that are killed under load, one on either database and three on PostgreSQL.
    Kills,
}

impl Part {
    const fn module(self) -> &'static str {
        match self {
            Self::Smtp => "smtp::",
            Self::Psa => "psa::",
            Self::Kills => "killed::",
        }
    }
}

/// Builds the server and the tests in release, and runs the long form.
pub(crate) fn torture(workspace: &Workspace, options: &Options) -> Result<()> {
    if !matches!(options.part, Some(Part::Kills)) {
        let mut command = tests(workspace, "torture", options.part);
        command.env("BECKON_TORTURE", "long").env("BECKON_TORTURE_SEED", options.seed.to_string());
        process::run(
            "torture: building in release, about 4 minutes the first time, then some minutes",
            &mut command,
        )?;
    }
    if matches!(options.part, None | Some(Part::Kills)) {
        let kills = options.kills.to_string();
        let mut command = tests(workspace, "process", Some(Part::Kills));
        process::run("torture: kills on the embedded database", command.env("BECKON_KILLS", &kills))?;
        let cluster = Cluster::start()?;
        let mut command = tests(workspace, "process", Some(Part::Kills));
        command.env(POSTGRES, cluster.url()).env("BECKON_KILLS", &kills);
        process::run("torture: kills on PostgreSQL", &mut command)?;
    }
    Ok(())
}

/// The tests of a target, or a part of them: one after the other, so that each has the machine for itself and its progress is
/// read as it comes.
fn tests(workspace: &Workspace, target: &str, part: Option<Part>) -> Command {
    let mut command = workspace.cargo();
    command.args(["test", "--release", "--package", "beckon-server", "--test", target, "--"]);
    command.args(["--nocapture", "--test-threads", "1"]);
    command.args(part.map(Part::module));
    command
}
