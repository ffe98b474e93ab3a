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

/// The database that a server works on.
pub(crate) enum Base {
    /// The one in its data folder.
    Embedded,
    /// One of a PostgreSQL server.
    Postgres(String),
}

impl Base {
    /// Its name, for people.
    pub(crate) const fn name(&self) -> &'static str {
        match self {
            Self::Embedded => "SQLite",
            Self::Postgres(_) => "PostgreSQL",
        }
    }

    /// Its address, where it has one.
    pub(crate) fn url(&self) -> Option<&str> {
        match self {
            Self::Embedded => None,
            Self::Postgres(url) => Some(url),
        }
    }
}

/// The binary, working on a data folder and a database.
fn command(beckon: &Path, data: &Path, base: &Base) -> Command {
    let mut command = Command::new(beckon);
    command.env("BECKON_DATA", data).envs(base.url().map(|url| ("BECKON_DATABASE", url)));
    command.stdin(Stdio::null());
    command
}

/// Runs the binary on a data folder and a database, and returns what it says.
pub(crate) fn ask(beckon: &Path, data: &Path, base: &Base, args: &[&str]) -> Result<String> {
    Ok(process::output(command(beckon, data, base).args(args))?.trim().to_owned())
}

/// Adds an admin to an account, and returns their number.
pub(crate) fn add_reader(beckon: &Path, data: &Path, base: &Base, account: &str) -> Result<String> {
    let whom = ["member", "add", "Reader", "--email", "reader@bench.example", "--role", "account_admin"];
    ask(beckon, data, base, &[&whom[..], &["--account", account]].concat())
}

/// A demo server that ends when this value goes.
pub(crate) struct Demo {
    child: Owned,
    data: PathBuf,
    described: Value,
    /// Where it listens.
    pub(crate) base_url: String,
}

impl Demo {
    /// Starts `beckon serve --demo` on a port that the system chooses, with its data in a new folder `data`.
    pub(crate) fn start(beckon: &Path, data: PathBuf, base: &Base) -> Result<Self> {
        if data.exists() {
            fs::remove_dir_all(&data).with_context(|| format!("{} cannot be emptied", data.display()))?;
        }
        fs::create_dir_all(&data).with_context(|| format!("{} cannot be made", data.display()))?;
        Self::listen(beckon, data, base, true)
    }

    /// Starts another demo beside `self`, over the same database.
    pub(crate) fn beside(&self, beckon: &Path, data: PathBuf, base: &Base) -> Result<Self> {
        drop(fs::remove_dir_all(&data));
        fs::create_dir_all(&data).with_context(|| format!("{} cannot be made", data.display()))?;
        for file in ["demo.json", "secret.key"] {
            fs::copy(self.data.join(file), data.join(file))
                .with_context(|| format!("{file} cannot be copied"))?;
        }
        Self::listen(beckon, data, base, true)
    }

    /// Starts `beckon serve` on a data folder that is there, as no demo.
    pub(crate) fn serve(beckon: &Path, data: PathBuf, base: &Base) -> Result<Self> {
        Self::listen(beckon, data, base, false)
    }

    fn listen(beckon: &Path, data: PathBuf, base: &Base, demo: bool) -> Result<Self> {
        let mut command = command(beckon, &data, base);
        command.args(["serve", "--listen", "127.0.0.1:0", "--requests-per-second", "0"]);
        command.args(demo.then_some("--demo"));
        command.stdout(Stdio::piped());
        let mut child = Owned(command.spawn().with_context(|| process::cannot_start(&command))?);
        let base_url = wait_until_it_listens(&mut child)?;
        let file = data.join("demo.json");
        let described = if demo {
            let text =
                fs::read_to_string(&file).with_context(|| format!("{} cannot be read", file.display()))?;
            serde_json::from_str(&text).context("demo.json is not JSON")?
        } else {
            Value::Null
        };
        Ok(Self { child, data, described, base_url })
    }

    /// How much memory it holds at the moment, in bytes.
    pub(crate) fn resident(&self) -> Result<u64> {
        let path = format!("/proc/{}/status", self.child.0.id());
        let text = fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))?;
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|rest| rest.trim().trim_end_matches(" kB").parse::<u64>().ok());
        Ok(1_024 * kilobytes.with_context(|| format!("expected VmRSS in {path}"))?)
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
fn wait_until_it_listens(child: &mut Owned) -> Result<String> {
    let mut output = BufReader::new(child.0.stdout.take().context("its output was piped")?);
    let mut line = String::new();
    while output.read_line(&mut line).context("the server's output cannot be read")? > 0 {
        if let Some((_, url)) = line.split_once("listening on ") {
            let url = url.trim().to_owned();
            thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
            return Ok(url);
        }
        line.clear();
    }
    bail!("the server ended before it listened: what it said stands above")
}
