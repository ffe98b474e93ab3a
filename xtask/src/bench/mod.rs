//! `cargo xtask bench`: what Beckon weighs and how fast it is, each number beside one of the same run and machine.
//!
//! Everything runs on loopback, in release, against a demo server with a data folder of its own, and is bounded in
//! count. Nothing here passes or fails: the numbers are for people.

mod cold_load;
mod decide;
mod dribble;
mod http;
mod ingest;
mod interaction;
mod kills;
mod large;
mod live;
mod logins;
mod notices;
mod reading;
mod report;
mod weight;

use std::path::Path;
use std::time::Instant;

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};

use crate::bench::report::Report;
use crate::postgres::{self, Disk};
use crate::server::{self, Base, Demo};
use crate::workspace::Workspace;
use crate::{page, process};

/// How much is measured.
#[derive(Args)]
pub(crate) struct Options {
    /// How many observations are sent to measure how many are committed in a second.
    #[arg(long, default_value_t = 50_000, value_parser = clap::value_parser!(u32).range(1_000..=1_000_000))]
    observations: u32,
    /// How many escalations are open while lists are read.
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    escalations: u32,
    /// How many escalations one account has while its list is clicked in.
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(100..=1_000_000))]
    listed: u32,
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
    /// Measures only this, and leaves `docs/BENCHMARKS.md` as it is. Can be given several times.
    #[arg(long, value_enum)]
    only: Vec<Part>,
}

/// How many accounts observations are spread over.
const SPREAD: usize = 8;

impl Options {
    /// Whether a part is measured.
    fn wants(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }
}

/// What can be measured alone.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// What the page weighs, and what core decides.
    Weight,
    /// The page in a browser, and streams of events.
    Page,
    /// Observations committed in a second.
    Observations,
    /// What is raised at one of two servers shows at the other.
    Servers,
    /// Clicks in a long list.
    Clicks,
    /// Lists, and the start, with many escalations.
    Large,
    /// What falls due, the tick, the mails.
    Notices,
    /// Servers that are killed under load.
    Kills,
}

/// Measures everything, prints the report and writes it to `docs/BENCHMARKS.md`.
pub(crate) fn bench(workspace: &Workspace, options: &Options) -> Result<()> {
    let mut report = Report::default();
    let cluster = postgres::start(Disk::Waits)?;
    let postgres = |name: &str| cluster.database(name).map(Base::Postgres);
    // First, because all that is built of the server holds it.
    page::build(workspace)?;
    let mut build = workspace.cargo();
    build.args(["build", "--release", "--package", "beckon-server", "--example", "raw_inserts"]);
    process::run("bench: building what it is compared with", build.args(["--example", "notices"]))?;
    let beckon = server::build_release(workspace)?;
    if options.wants(Part::Kills) {
        kills::build(workspace)?;
    }
    let began = Instant::now();
    let measured = all(workspace, &beckon, options, &postgres, &mut report);
    // Also what was measured before something broke.
    report.print();
    measured?;
    if options.only.is_empty() {
        report.write(&workspace.path("docs/BENCHMARKS.md"), began.elapsed())?;
    }
    // The data is of no use to anybody; what it cost stands in the report.
    let _ = std::fs::remove_dir_all(workspace.scratch("bench"));
    Ok(())
}

/// Measures all that was asked for.
fn all(
    workspace: &Workspace,
    beckon: &Path,
    options: &Options,
    postgres: &dyn Fn(&str) -> std::io::Result<Base>,
    report: &mut Report,
) -> Result<()> {
    let wanted = |part: Part| options.wants(part);
    if wanted(Part::Weight) {
        weight::measure(workspace, report)?;
        decide::measure(workspace, report)?;
    }
    if wanted(Part::Page) {
        page_and_streams(workspace, beckon, options, report)?;
    }
    if wanted(Part::Observations) {
        for base in [Base::Embedded, postgres("ingest")?] {
            ingested(workspace, beckon, &base, 1, options, report)?;
        }
        for base in [Base::Embedded, postgres("spread")?] {
            ingested(workspace, beckon, &base, SPREAD, options, report)?;
        }
    }
    if wanted(Part::Servers) {
        servers(workspace, beckon, &postgres("servers")?, report)?;
    }
    if wanted(Part::Clicks) {
        for base in [Base::Embedded, postgres("clicks")?] {
            interaction::measure(workspace, beckon, &base, options.listed, report)?;
        }
    }
    if wanted(Part::Large) {
        for base in [Base::Embedded, postgres("large")?] {
            let sizes = (options.escalations, options.reads);
            large::measure(workspace, beckon, &base, sizes, report)?;
        }
    }
    if wanted(Part::Notices) {
        notices::measure(workspace, options, postgres, report)?;
    }
    if wanted(Part::Kills) {
        kills::measure(workspace, report)?;
    }
    Ok(())
}

/// The page in a browser, and the streams of events.
fn page_and_streams(
    workspace: &Workspace,
    beckon: &Path,
    options: &Options,
    report: &mut Report,
) -> Result<()> {
    let demo = Demo::start(beckon, workspace.scratch("bench/demo"), &Base::Embedded)?;
    live::many(&demo, report)?;
    drop(demo);
    process::say("bench: opening the page in Chromium");
    let demo = Demo::start(beckon, workspace.scratch("bench/demo"), &Base::Embedded)?;
    cold_load::measure(workspace, &demo, options.loads, report)?;
    live::latency("SQLite", (&demo, &demo), 30_000_000, report)?;
    dribble::measure(&demo, options.reads, report)
}

fn ingested(
    workspace: &Workspace,
    beckon: &Path,
    base: &Base,
    accounts: usize,
    options: &Options,
    report: &mut Report,
) -> Result<()> {
    process::say(&format!("bench: sending observations, {}", base.name()));
    let data = workspace.scratch("bench/demo");
    let demo = Demo::start(beckon, data.clone(), base)?;
    let mut ids = vec![demo.number("/accounts/0/id")?];
    while ids.len() < accounts {
        let name = format!("Bench {}", ids.len());
        let made = server::ask(beckon, &data, base, &["account", "add", &name])?;
        ids.push(made.parse().context("`account add` prints a number")?);
    }
    let sent = ingest::send(&demo, &ids, options.observations)?;
    let data = demo.stop();
    ingest::compare(workspace, (&data, base), accounts, &sent, report)
}

/// Two servers over one database.
fn servers(workspace: &Workspace, beckon: &Path, base: &Base, report: &mut Report) -> Result<()> {
    let first = Demo::start(beckon, workspace.scratch("bench/first"), base)?;
    live::latency("PostgreSQL, the same server", (&first, &first), 30_000_000, report)?;
    let second = first.beside(beckon, workspace.scratch("bench/second"), base)?;
    live::latency("PostgreSQL, another server", (&first, &second), 31_000_000, report)
}
