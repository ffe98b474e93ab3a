//! Licences, sources and known vulnerabilities of the dependencies, by cargo-deny.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::process;
use crate::tools::rust;
use crate::workspace::Workspace;

/// Checks licences, bans and sources as `.cargo/deny.toml` has them; advisories too, where their database can be had.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let program = rust::cargo_deny(workspace)?;
    let mut always = deny(workspace, &program);
    let licences =
        process::run("check: licences, bans and sources", always.args(["licenses", "bans", "sources"]));
    let mut fetch = workspace.command(&program, ".");
    let fetched = process::output(fetch.args(["--log-level", "off", "fetch", "db"]));
    let advisories = if fetched.is_ok() {
        process::run("check: advisories", deny(workspace, &program).arg("advisories"))
    } else {
        process::say("check: advisories NOT checked: their database cannot be fetched from here");
        Ok(())
    };
    licences.and(advisories)
}

fn deny(workspace: &Workspace, program: &Path) -> Command {
    let mut command = workspace.command(program, ".");
    command.args(["check", "--hide-inclusion-graph"]);
    command
}
