//! Building `beckon` and starting it as a demo that ends with this process.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;

use crate::process::{self, Owned};
use crate::workspace::Workspace;

/// Builds the server in release, with the page in it.
pub(crate) fn build_release(workspace: &Workspace) -> Result<PathBuf> {
    process::run(
        "server: building it in release, about 4 minutes the first time",
        workspace.cargo().args(["build", "--release", "--package", "beckon-server", "--bin", "beckon"]),
    )?;
    Ok(workspace.built("release", "beckon"))
}

/// A demo server that ends when this value goes.
pub(crate) struct Demo {
    child: Owned,
    data: PathBuf,
    described: Value,
}

impl Demo {
    /// Starts `beckon serve --demo` on a port that the system chooses, with its data in a new folder `data`.
    pub(crate) fn start(beckon: &Path, data: PathBuf) -> Result<Self> {
        if data.exists() {
            fs::remove_dir_all(&data).with_context(|| format!("{} cannot be emptied", data.display()))?;
        }
        fs::create_dir_all(&data).with_context(|| format!("{} cannot be made", data.display()))?;
        let mut command = Command::new(beckon);
        command
            .args(["serve", "--demo", "--listen", "127.0.0.1:0", "--requests-per-second", "0", "--data"])
            .arg(&data);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = Owned(command.spawn().with_context(|| process::cannot_start(&command))?);
        wait_until_it_listens(&mut child)?;
        let file = data.join("demo.json");
        let text = fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
        let described = serde_json::from_str(&text).context("demo.json is not JSON")?;
        Ok(Self { child, data, described })
    }

    /// Returns the text at `pointer` of `demo.json`: `/accounts/0/keys/admin`.
    pub(crate) fn text(&self, pointer: &str) -> Result<&str> {
        let found = self.described.pointer(pointer).and_then(Value::as_str);
        found.ok_or_else(|| anyhow!("expected text at {pointer} of demo.json, found none"))
    }

    /// Returns the number at `pointer` of `demo.json`.
    pub(crate) fn number(&self, pointer: &str) -> Result<i64> {
        let found = self.described.pointer(pointer).and_then(Value::as_i64);
        found.ok_or_else(|| anyhow!("expected a number at {pointer} of demo.json, found none"))
    }

    /// Ends the server and returns its data folder.
    pub(crate) fn stop(self) -> PathBuf {
        drop(self.child);
        self.data
    }
}

/// Reads what the server prints until it says where it listens; what it says later goes nowhere.
fn wait_until_it_listens(child: &mut Owned) -> Result<()> {
    let mut output = BufReader::new(child.0.stdout.take().context("its output was piped")?);
    let mut line = String::new();
    while output.read_line(&mut line).context("the server's output cannot be read")? > 0 {
        if line.contains("listening on ") {
            thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
            return Ok(());
        }
        line.clear();
    }
    bail!("the server ended before it listened: what it said stands above")
}
