//! `cargo xtask run`: the demo, from nothing.

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{page, process, server};

/// Builds the page and the server in release and becomes `beckon serve --demo ARGS`.
pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    page::build(workspace)?;
    let beckon = server::build_release(workspace)?;
    let mut command = std::process::Command::new(beckon);
    command.args(["serve", "--demo"]).args(args);
    become_it(&mut command)
}

/// Replaces this process, so that signals and the exit code are the server's own.
#[cfg(unix)]
fn become_it(command: &mut std::process::Command) -> Result<()> {
    use std::os::unix::process::CommandExt as _;

    process::say("server: starting the demo");
    let error = command.exec();
    Err(anyhow::Error::new(error).context(process::cannot_start(command)))
}

#[cfg(not(unix))]
fn become_it(command: &mut std::process::Command) -> Result<()> {
    process::run("server: starting the demo", command)
}
