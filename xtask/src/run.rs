//! `cargo xtask run`: the demo, from nothing.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::Result;

use crate::workspace::Workspace;
use crate::{page, process, server};

/// Builds the page and the server in release and becomes `beckon serve --demo ARGS`.
pub(crate) fn run(workspace: &Workspace, args: &[String]) -> Result<()> {
    page::build(workspace)?;
    let beckon = server::build_release(workspace)?;
    portal(workspace, args);
    let mut command = std::process::Command::new(beckon);
    command.args(["serve", "--demo"]).args(args);
    become_it(&mut command)
}

/// Starts the example portal beside the demo. It waits for the demo, says where it is, and ends with it. The demo is there without
/// it too.
fn portal(workspace: &Workspace, args: &[String]) {
    let mut node = std::process::Command::new("node");
    node.arg(workspace.path("examples/portal/server.mjs")).arg("--follow").arg("--data").arg(data(args));
    node.stdin(Stdio::null());
    if let Err(error) = node.spawn() {
        process::say(&format!(
            "portal: the example cannot be started, and the demo goes on without it: {error}"
        ));
    }
}

/// Returns the folder of the demo's data, as the server takes it from its arguments.
fn data(args: &[String]) -> PathBuf {
    let follows = args.iter().position(|arg| arg == "--data").and_then(|at| args.get(at + 1));
    let joined = args.iter().find_map(|arg| arg.strip_prefix("--data="));
    let named = follows.map(String::as_str).or(joined).map(PathBuf::from);
    named.or_else(|| std::env::var_os("BECKON_DATA").map(PathBuf::from)).unwrap_or_else(|| "data".into())
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
