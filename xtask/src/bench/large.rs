//! Lists of one account among a thousand with a million escalations together; and how long a server takes to start on them.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result};

use super::http::Client;
use super::reading::Times;
use super::report::Report;
use crate::process;
use crate::server::{self, Base, Demo};
use crate::workspace::Workspace;

/// How many accounts they are in.
const ACCOUNTS: u32 = 1_000;

/// Fills a new database with so many escalations in so many accounts.
pub(crate) fn fill(
    workspace: &Workspace,
    folder: &Path,
    base: &Base,
    (escalations, accounts): (u32, u32),
) -> Result<()> {
    process::say(&format!("bench: filling {} with {escalations} escalations", base.name()));
    drop(std::fs::remove_dir_all(folder));
    let mut fill = workspace.command(workspace.built("release/examples", "notices"), ".");
    fill.arg("fill").arg(folder).arg(escalations.to_string()).arg(accounts.to_string());
    fill.envs(base.url().map(|url| ("BECKON_BENCH_DATABASE", url)));
    process::output(&mut fill).map(drop)
}

/// Fills a database, starts a server on it and reads lists of an account.
pub(crate) fn measure(
    workspace: &Workspace,
    beckon: &Path,
    base: &Base,
    (escalations, reads): (u32, u32),
    report: &mut Report,
) -> Result<()> {
    let folder = workspace.scratch("bench/large");
    fill(workspace, &folder, base, (escalations, ACCOUNTS))?;
    let member = server::add_reader(beckon, &folder, base, "500")?;
    let key = ["key", "add", "Reader", "--account", "500", "--member", &member];
    let key = server::ask(beckon, &folder, base, &key)?;
    let began = Instant::now();
    let server = Demo::serve(beckon, folder, base)?;
    let started = began.elapsed();
    let mut client = Client::connect(&server.base_url, &key)?;
    let baseline = Times::of(reads, |_| client.get("/healthz"))?;
    let of = format!("of {escalations} in {ACCOUNTS} accounts, {}", base.name());
    let pages = [
        ("newest first", ""),
        ("soonest due first", "&sort_field=due_at&sort_direction=asc"),
        ("searched", "&search=bench"),
    ];
    for (what, query) in pages {
        let times =
            Times::of(reads, |_| client.get(&format!("/v1/escalations?limit=50&status=open{query}")))?;
        times.report(&format!("list of 50, {what}, {of}"), &baseline, report);
    }
    report.add(
        &format!("start until it listens, {of}"),
        format!("{:.2} s", started.as_secs_f64()),
        format!("{:.2} s: `beckon --version`", version(beckon)?),
        String::new(),
    );
    drop(server);
    Ok(())
}

/// How long a process of the binary takes that does nothing.
fn version(beckon: &Path) -> Result<f64> {
    let began = Instant::now();
    process::output(std::process::Command::new(beckon).arg("--version")).context("it says its version")?;
    Ok(began.elapsed().as_secs_f64())
}
