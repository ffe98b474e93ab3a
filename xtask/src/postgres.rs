//! A PostgreSQL server for one run: made in a temporary folder, started on a port that the system chooses, and gone with this
//! value.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use crate::process::{self, Owned};
use crate::tools::apt;

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_mins(1);

/// Who runs it where this process is root, which PostgreSQL refuses to be run by.
const USER: &str = "postgres";

/// A running server.
pub(crate) struct Cluster {
    folder: PathBuf,
    port: u16,
    server: Option<Owned>,
}

impl Cluster {
    /// Makes and starts one, after an installation of PostgreSQL where that is missing. It never waits for the disk: it serves
    /// tests, and no machine is killed under it.
    pub(crate) fn start() -> Result<Self> {
        let programs = apt::postgres()?;
        let folder = std::env::temp_dir().join(format!("beckon-postgres-{}", std::process::id()));
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let mut cluster = Self { folder, port: free_port()?, server: None };
        let data = cluster.folder.join("data");
        let mut init = as_user(&programs.join("initdb"), &cluster.folder)?;
        init.args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-instructions",
        ]);
        init.arg("--pgdata").arg(&data);
        process::output(&mut init)?;
        let mut serve = as_user(&programs.join("postgres"), &cluster.folder)?;
        serve.arg("-D").arg(&data).arg("-k").arg(&cluster.folder).args(["-p", &cluster.port.to_string()]);
        serve.args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"]);
        for setting in ["fsync=off", "synchronous_commit=off", "full_page_writes=off"] {
            serve.args(["-c", setting]);
        }
        let log = std::fs::File::create(cluster.log()).context("cannot write the log of PostgreSQL")?;
        serve.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        cluster.server = Some(Owned(serve.spawn().with_context(|| process::cannot_start(&serve))?));
        cluster.wait(&programs)?;
        Ok(cluster)
    }

    /// The address of the database from which others are made.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    fn wait(&mut self, programs: &Path) -> Result<()> {
        let began = Instant::now();
        let port = self.port.to_string();
        loop {
            let mut ask = Command::new(programs.join("pg_isready"));
            ask.args(["--quiet", "--host=127.0.0.1", "--port", &port]);
            if process::output(&mut ask).is_ok() {
                return Ok(());
            }
            let ended = match &mut self.server {
                Some(Owned(server)) => server.try_wait()?.is_some(),
                None => true,
            };
            if ended || began.elapsed() > PATIENCE {
                let said = std::fs::read_to_string(self.log()).unwrap_or_default();
                bail!("PostgreSQL did not start: {}", said.trim());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.server = None;
        // What is left lies in the folder for temporary files.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no port is free")?;
    Ok(listener.local_addr()?.port())
}

/// A program of PostgreSQL's that works on `folder`: as whoever this is, or as PostgreSQL's own user where this is root.
#[cfg(unix)]
fn as_user(program: &Path, folder: &Path) -> Result<Command> {
    use std::os::unix::process::CommandExt as _;

    let number = |args: &[&str]| -> Result<u32> {
        let said = process::output(Command::new("id").args(args))?;
        said.trim().parse().with_context(|| format!("expected a number of `id {}`", args.join(" ")))
    };
    let mut command = Command::new(program);
    command.current_dir(folder);
    if number(&["-u"])? == 0 {
        let (user, group) = (number(&["-u", USER])?, number(&["-g", USER])?);
        std::os::unix::fs::chown(folder, Some(user), Some(group))?;
        command.uid(user).gid(group);
    }
    Ok(command)
}

#[cfg(not(unix))]
fn as_user(program: &Path, folder: &Path) -> Result<Command> {
    let mut command = Command::new(program);
    command.current_dir(folder);
    Ok(command)
}
