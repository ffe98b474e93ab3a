//! `cargo xtask torture`: the long form of the tests in `server/tests/torture/`, in release, with progress.
//!
//! Each test there is one part, by the name of its module; each is bounded in count and ends by itself, as broken off where
//! it takes too long. Parts that work on the database which they are given run on both.

use std::process::Command;

use anyhow::Result;
use clap::{Args, ValueEnum};

use crate::postgres::{self, Disk};
use crate::process;
use crate::test::POSTGRES;
use crate::workspace::Workspace;

/// What is tortured, and with which chance.
#[derive(Args)]
pub(crate) struct Options {
    /// Only this part; can be given more than once [default: all]
    #[arg(long = "part")]
    parts: Vec<Part>,
    /// The seed of the faults and of the moments of the kills, to repeat a run as far as that can be.
    #[arg(long, default_value_t = 4)]
    seed: u64,
}

/// A module of the tests.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// 10 000 mails to a receiver that fails, on both databases.
    Smtp,
    /// 1 000 tickets in each PSA that fails, on both databases.
    Psa,
    /// Servers that are killed under load 350 times: one on either database, and three over one PostgreSQL.
    Kills,
    /// Three servers whose PostgreSQL is stopped in the middle, every 30 s for 20 minutes.
    Stopped,
    /// Three servers whose connections to PostgreSQL are cut 1 000 times, and 20 times silent.
    Cut,
    /// A disk that is full, read-only or broken, 200 times; and 100 copies of the database at random moments.
    Disk,
    /// Clocks that are turned.
    Clocks,
    /// A backup under load, brought back, on both databases.
    Backup,
}

impl Part {
    const ALL: [Self; 8] = [
        Self::Smtp,
        Self::Psa,
        Self::Kills,
        Self::Stopped,
        Self::Cut,
        Self::Disk,
        Self::Clocks,
        Self::Backup,
    ];

    /// Its module.
    const fn module(self) -> &'static str {
        match self {
            Self::Smtp => "smtp::",
            Self::Psa => "psa::",
            Self::Kills => "killed::",
            Self::Stopped => "stopped::",
            Self::Cut => "cut::",
            Self::Disk => "disk::",
            Self::Clocks => "clocks::",
            Self::Backup => "backup::",
        }
    }

    /// Whether it runs once on each database. The others have what they need of either.
    const fn on_both(self) -> bool {
        matches!(self, Self::Smtp | Self::Psa | Self::Backup)
    }
}

/// Builds the server and the tests in release, and runs the long form.
pub(crate) fn torture(workspace: &Workspace, options: &Options) -> Result<()> {
    let programs = postgres::programs()?;
    for part in Part::ALL.into_iter().filter(|part| options.parts.is_empty() || options.parts.contains(part))
    {
        let module = part.module();
        let run = |database: &str, variable: Option<String>| {
            let mut command = tests(workspace, part, options);
            command.env(postgres::PROGRAMS, &programs).envs(variable.map(|url| (POSTGRES, url)));
            process::run(&format!("torture: {module}{database} (a release build first)"), &mut command)
        };
        run("", None)?;
        if part.on_both() {
            let cluster = postgres::start(Disk::Waits)?;
            run(" on PostgreSQL", Some(cluster.url()))?;
        }
    }
    Ok(())
}

/// The tests of a part: one after the other, so that each has the machine for itself and its progress is read as it comes.
fn tests(workspace: &Workspace, part: Part, options: &Options) -> Command {
    let mut command = workspace.cargo();
    command.args([
        "test",
        "--release",
        "--package",
        "beckon-server",
        "--test",
        "torture",
        "--",
        part.module(),
    ]);
    command.args(["--nocapture", "--test-threads", "1"]);
    command.env("BECKON_TORTURE", "long").env("BECKON_TORTURE_SEED", options.seed.to_string());
    command
}
