//! `cargo xtask dev`: the quick loop. trunk builds the page for debugging whenever it changes; the server, which reads
//! the page from disk, is built and started again whenever it or core changes.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};

use crate::process::{self, Owned};
use crate::workspace::Workspace;
use crate::{digest, page};

/// How often the sources are looked at.
const PAUSE: Duration = Duration::from_millis(500);

/// Watches, builds and serves until it is interrupted.
pub(crate) fn dev(workspace: &Workspace, args: &[String]) -> Result<()> {
    let mut trunk = page::watch(workspace)?;
    let mut server = Server { workspace, args, running: None };
    let mut seen = None;
    loop {
        if let Some(status) = trunk.0.try_wait().context("trunk cannot be watched")? {
            bail!("trunk ended with {status}: the reason stands above");
        }
        let latest = newest(workspace)?;
        if seen != latest {
            seen = latest;
            server.restart();
        }
        thread::sleep(PAUSE);
    }
}

/// The server, as it was last built.
struct Server<'a> {
    workspace: &'a Workspace,
    args: &'a [String],
    running: Option<Owned>,
}

impl Server<'_> {
    /// Builds the server and, if that succeeds, starts it in place of the old one. What failed stands on the screen.
    fn restart(&mut self) {
        let mut build = self.workspace.cargo();
        build.args(["build", "--package", "beckon-server", "--bin", "beckon"]);
        if let Err(error) = process::run("server: building it for debugging", &mut build) {
            eprintln!("{error:#}");
            return;
        }
        // The old one holds the port and the data: it goes first.
        self.running = None;
        let mut serve = Command::new(self.workspace.built("debug", "beckon"));
        serve
            .current_dir(self.workspace.root())
            .args(["serve", "--demo", "--page-dir", page::DEBUG])
            .args(self.args);
        process::say("server: starting it");
        match serve.spawn() {
            Ok(child) => self.running = Some(Owned(child)),
            Err(error) => eprintln!("{}: {error}", process::cannot_start(&serve)),
        }
    }
}

/// Returns when the sources of the server last changed, and how many there are.
fn newest(workspace: &Workspace) -> Result<Option<(SystemTime, usize)>> {
    let mut files = Vec::new();
    for source in ["core", "server", "Cargo.toml", "Cargo.lock"] {
        digest::collect(&workspace.path(source), &mut files)?;
    }
    let count = files.len();
    // A file may go between being listed and being looked at: the next look sees it.
    let changed = |file: PathBuf| fs::metadata(file).and_then(|file| file.modified()).ok();
    Ok(files.into_iter().filter_map(changed).max().map(|time| (time, count)))
}
