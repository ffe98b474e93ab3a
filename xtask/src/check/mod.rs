//! `cargo xtask check`: everything about the code that is not a test.

mod deny;
mod purity;

use std::process::Command;

use anyhow::{Result, bail};

use crate::process;
use crate::tools::{npm, rust};
use crate::workspace::Workspace;

/// The packages that run natively. The page is looked at as WASM.
const NATIVE: [&str; 3] = ["--workspace", "--exclude", "beckon-app"];

type Check = fn(&Workspace) -> Result<()>;

/// Runs every check, also after one failed, and says what became of each.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    rust::wasm_target(workspace)?;
    let checks: [(&str, Check); 7] = [
        ("format", format),
        ("purity of core", purity::check),
        ("lints, native", lints_native),
        ("lints, WASM", lints_wasm),
        ("docs", docs),
        ("types of the browser tests", types),
        ("licences and sources of dependencies", deny::check),
    ];
    let results: Vec<_> = checks.into_iter().map(|(name, check)| (name, check(workspace))).collect();
    println!();
    let mut failed = Vec::new();
    for (name, result) in results {
        match result {
            Ok(()) => println!("check: {name}: ok"),
            Err(error) => {
                println!("check: {name}: FAILED: {error:#}");
                failed.push(name);
            }
        }
    }
    if failed.is_empty() { Ok(()) } else { bail!("failed: {}", failed.join(", ")) }
}

fn format(workspace: &Workspace) -> Result<()> {
    process::run("check: format", workspace.cargo().args(["fmt", "--all", "--check"]))
}

fn lints_native(workspace: &Workspace) -> Result<()> {
    let mut clippy = workspace.cargo();
    clippy.arg("clippy").args(NATIVE).args(["--all-targets", "--", "-D", "warnings"]);
    process::run("check: lints, native", &mut clippy)
}

fn lints_wasm(workspace: &Workspace) -> Result<()> {
    let mut clippy = workspace.cargo();
    clippy.args([
        "clippy",
        "-p",
        "beckon-app",
        "-p",
        "beckon-core",
        "--target",
        rust::WASM,
        "--",
        "-D",
        "warnings",
    ]);
    process::run("check: lints, WASM", &mut clippy)
}

fn docs(workspace: &Workspace) -> Result<()> {
    let doc = |command: &mut Command| {
        process::run("check: docs", command.args(["--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
    };
    doc(workspace.cargo().arg("doc").args(NATIVE))?;
    doc(workspace.cargo().args(["doc", "-p", "beckon-app", "--target", rust::WASM]))
}

fn types(workspace: &Workspace) -> Result<()> {
    let packages = npm::for_tests(workspace)?;
    let mut tsc = workspace.command("node", "e2e");
    process::run(
        "check: types of the browser tests",
        tsc.arg(packages.join("typescript/bin/tsc")).arg("--noEmit"),
    )
}
