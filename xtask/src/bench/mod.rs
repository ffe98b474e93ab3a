//! `cargo xtask bench`: what Beckon weighs and how fast it is, each number beside one of the same run and machine.
//!
//! Everything runs on loopback, in release, against a demo server with a data folder of its own, and is bounded in
//! count. Nothing here passes or fails: the numbers are for people.

mod cold_load;
mod decide;
mod http;
mod ingest;
mod logins;
mod reading;
mod report;
mod weight;

use anyhow::Result;
use clap::Args;

use crate::bench::report::Report;
use crate::server::{self, Demo};
use crate::workspace::Workspace;
use crate::{page, process};

/// How much is measured.
#[derive(Args)]
pub(crate) struct Options {
    /// How many observations are sent to measure how many are committed in a second.
    #[arg(long, default_value_t = 50_000, value_parser = clap::value_parser!(u32).range(1_000..=1_000_000))]
    observations: u32,
    /// How many escalations are open while lists and details are read.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    escalations: u32,
    /// How often each list and detail is read.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(100..=20_000))]
    reads: u32,
    /// How often Chromium opens the page with an empty cache.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u32).range(1..=50))]
    loads: u32,
}

/// Measures everything and prints the report.
pub(crate) fn bench(workspace: &Workspace, options: &Options) -> Result<()> {
    page::build(workspace)?;
    let beckon = server::build_release(workspace)?;
    let mut report = Report::default();

    weight::measure(workspace, &mut report)?;
    decide::measure(workspace, &mut report)?;

    process::say("bench: opening the page in Chromium");
    let demo = Demo::start(&beckon, workspace.scratch("bench/demo"))?;
    cold_load::measure(workspace, &demo, options.loads, &mut report)?;

    process::say("bench: sending observations");
    let sent = ingest::send(&demo, options.observations)?;
    let data = demo.stop();
    ingest::compare(workspace, &data, &sent, &mut report)?;

    process::say("bench: filling a server with escalations and reading them");
    let demo = Demo::start(&beckon, workspace.scratch("bench/large"))?;
    reading::measure(&demo, options.escalations, options.reads, &mut report)?;
    drop(demo);

    report.print();
    // The data is of no use to anybody; what it cost stands in the report.
    let _ = std::fs::remove_dir_all(workspace.scratch("bench"));
    Ok(())
}
