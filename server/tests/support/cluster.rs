//! A PostgreSQL server for one run: made in a temporary folder, started on a port that the system chooses, stopped and started
//! again as told, and gone with this value. `cargo xtask` uses it too.

use std::io::{Error, Result};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// How long it may take to start. Recovering from a stop in the middle is part of it.
const PATIENCE: Duration = Duration::from_mins(2);

/// Who runs it where this process is root, which PostgreSQL refuses to be run by.
const USER: &str = "postgres";

/// How many this process made.
static MADE: AtomicU32 = AtomicU32::new(0);

/// Whether it waits for the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Disk {
    /// As in use.
    Waits,
    /// Not: nobody kills the machine under it, and tests have no time.
    Forgets,
}

/// A server.
pub(crate) struct Cluster {
    folder: PathBuf,
    programs: PathBuf,
    disk: Disk,
    port: u16,
    server: Option<Child>,
}

impl Cluster {
    /// Makes and starts one with the programs in a folder.
    pub(crate) fn start(programs: &Path, disk: Disk) -> Result<Self> {
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("beckon-postgres-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder)?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let mut cluster = Self { folder, programs: programs.to_owned(), disk, port, server: None };
        let mut init = as_user(&programs.join("initdb"), &cluster.folder)?;
        init.args([
            "--username=postgres",
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-instructions",
        ]);
        init.arg("--no-sync").arg("--pgdata").arg(cluster.data());
        let made = init.output()?;
        if !made.status.success() {
            return Err(Error::other(format!("initdb: {}", String::from_utf8_lossy(&made.stderr).trim())));
        }
        cluster.start_again()?;
        Ok(cluster)
    }

    /// The address of the database from which others are made.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Makes a database, and returns its address.
    #[allow(dead_code, reason = "each target uses what it needs of it")]
    pub(crate) fn database(&self, name: &str) -> Result<String> {
        let mut make = Command::new(self.programs.join("createdb"));
        make.args(["--host=127.0.0.1", "--username=postgres", "--port", &self.port.to_string(), name]);
        let said = make.output()?;
        if !said.status.success() {
            return Err(Error::other(String::from_utf8_lossy(&said.stderr).into_owned()));
        }
        Ok(format!("postgres://postgres@127.0.0.1:{}/{name}", self.port))
    }

    /// The port that it listens on, also while it is stopped.
    #[allow(dead_code, reason = "each target uses what it needs of it")]
    pub(crate) const fn port(&self) -> u16 {
        self.port
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    /// Starts it after it was stopped, and waits until it answers.
    pub(crate) fn start_again(&mut self) -> Result<()> {
        let mut serve = as_user(&self.programs.join("postgres"), &self.folder)?;
        serve.arg("-D").arg(self.data()).arg("-k").arg(&self.folder).args(["-p", &self.port.to_string()]);
        serve.args(["-c", "listen_addresses=127.0.0.1", "-c", "max_connections=200"]);
        if self.disk == Disk::Forgets {
            for setting in ["fsync=off", "synchronous_commit=off", "full_page_writes=off"] {
                serve.args(["-c", setting]);
            }
        }
        let log = std::fs::File::options().create(true).append(true).open(self.log())?;
        serve.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        self.server = Some(serve.spawn()?);
        let began = Instant::now();
        loop {
            let mut ask = Command::new(self.programs.join("pg_isready"));
            ask.args(["--quiet", "--host=127.0.0.1", "--port", &self.port.to_string()]);
            if ask.stdout(Stdio::null()).status()?.success() {
                return Ok(());
            }
            let ended =
                self.server.as_mut().map_or(Ok(true), |server| server.try_wait().map(|end| end.is_some()))?;
            if ended || began.elapsed() > PATIENCE {
                let said = std::fs::read_to_string(self.log()).unwrap_or_default();
                return Err(Error::other(format!("PostgreSQL did not start: {}", said.trim())));
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Stops it as `pg_ctl stop -m immediate` does: in the middle of everything, without ending anything.
    pub(crate) fn stop_at_once(&mut self) -> Result<()> {
        let Some(mut server) = self.server.take() else { return Ok(()) };
        Command::new("kill").args(["-QUIT", &server.id().to_string()]).status()?;
        server.wait()?;
        Ok(())
    }

    fn log(&self) -> PathBuf {
        self.folder.join("log")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // What cannot be stopped ends with its data; what is left lies in the folder for temporary files.
        drop(self.stop_at_once());
        drop(std::fs::remove_dir_all(&self.folder));
    }
}

/// A program of PostgreSQL's that works on `folder`: as whoever this is, or as PostgreSQL's own user where this is root.
#[cfg(unix)]
fn as_user(program: &Path, folder: &Path) -> Result<Command> {
    use std::os::unix::process::CommandExt as _;

    let number = |args: &[&str]| -> Result<u32> {
        let said = Command::new("id").args(args).output()?;
        let said = String::from_utf8_lossy(&said.stdout);
        let wrong = |_| Error::other(format!("expected a number of `id {}`, found `{said}`", args.join(" ")));
        said.trim().parse().map_err(wrong)
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
