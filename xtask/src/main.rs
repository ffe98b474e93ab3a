//! `cargo xtask …`: Beckon's set-up, tests, checks and benchmarks.
//!
//! Each command makes sure of the tools it needs before it starts (see [`tools`]), says what it runs, and fails when
//! a part of it fails. Nothing here knows what Beckon does; it only knows how to build, start and try it.
#![expect(clippy::print_stdout, reason = "a command line tool speaks on standard output")]

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::workspace::Workspace;

mod bench;
mod check;
mod dev;
mod digest;
mod package;
mod page;
mod postgres;
mod process;
mod run;
mod server;
mod test;
mod tools;
mod torture;
mod workspace;

/// Beckon's set-up, tests, checks and benchmarks.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

/// What is to be done.
#[derive(Subcommand)]
enum Task {
    /// Builds the page and the server in release, and starts the demo.
    Run {
        /// Options of `beckon serve`, such as `-- --listen 127.0.0.1:9000`.
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// The quick loop: builds for debugging, serves the page from disk, builds and starts again what changed.
    Dev {
        /// Options of `beckon serve`.
        #[arg(last = true)]
        args: Vec<String>,
    },
    /// Runs every test: unit, integration and doc tests, then the browser tests against the release build.
    Test(test::Options),
    /// Checks format, lints (native and WASM), docs, the purity of core, licences and sources of dependencies.
    Check,
    /// Measures Beckon, each number beside something measured in the same run.
    Bench(bench::Options),
    /// Delivers under faults at random and `kill -9`, at length: none missing, none twice.
    Torture(torture::Options),
    /// Makes a Debian package of the release build, with a hardened systemd unit.
    Package,
    /// Builds the page in release, as `run` and `test` do.
    Page,
}

fn main() -> ExitCode {
    match start(Cli::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn start(task: Task) -> Result<()> {
    let workspace = Workspace::find()?;
    match task {
        Task::Run { args } => run::run(&workspace, &args),
        Task::Dev { args } => dev::dev(&workspace, &args),
        Task::Test(options) => test::test(&workspace, &options),
        Task::Check => check::check(&workspace),
        Task::Package => package::package(&workspace),
        Task::Bench(options) => bench::bench(&workspace, &options),
        Task::Torture(options) => torture::torture(&workspace, &options),
        Task::Page => page::build(&workspace),
    }
}
