//! `cargo xtask bench`: what Beckon weighs and how fast it is, each number beside one of the same run and machine.
//!
//! Everything runs on loopback, in release, against a demo server with a data folder of its own, and is bounded in
//! count. Nothing here passes or fails: the numbers are for people.

mod cold_load;
mod decide;
mod dribble;
mod http;
mod ingest;
mod logins;
mod notices;
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
    /// How many escalations fall due in the same second.
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1_000..=100_000))]
    due: u32,
    /// How many escalations are open while a tick finds nothing due; a million takes some minutes and 3 GB.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(2_000..=1_000_000))]
    open: u32,
    /// How many mails go to an SMTP server on loopback.
    #[arg(long, default_value_t = 4_000, value_parser = clap::value_parser!(u32).range(100..=50_000))]
    mails: u32,
    /// Measures only who is told of what: what falls due, the tick, the mails.
    #[arg(long)]
    notices_only: bool,
}

/// Measures everything and prints the report.
pub(crate) fn bench(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut report = Report::default();
    if !options.notices_only {
        all_but_notices(workspace, options, &mut report)?;
    }
    notices::measure(workspace, options, &mut report)?;
    report.print();
    // The data is of no use to anybody; what it cost stands in the report.
    let _ = std::fs::remove_dir_all(workspace.scratch("bench"));
    Ok(())
}

fn all_but_notices(workspace: &Workspace, options: &Options, report: &mut Report) -> Result<()> {
    page::build(workspace)?;
    let beckon = server::build_release(workspace)?;
    weight::measure(workspace, report)?;
    decide::measure(workspace, report)?;

    process::say("bench: opening the page in Chromium");
    let demo = Demo::start(&beckon, workspace.scratch("bench/demo"))?;
    cold_load::measure(workspace, &demo, options.loads, report)?;

    process::say("bench: sending observations");
    let sent = ingest::send(&demo, options.observations)?;
    let data = demo.stop();
    ingest::compare(workspace, &data, &sent, report)?;

    process::say("bench: filling a server with escalations and reading them");
    let demo = Demo::start(&beckon, workspace.scratch("bench/large"))?;
    reading::measure(&demo, options.escalations, options.reads, report)?;
    dribble::measure(&demo, options.reads, report)?;
    Ok(())
}
