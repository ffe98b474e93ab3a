//! One server of a test, on a folder of its own: started, killed, started again, and asked how it is.

use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::life::ADMINS;
use crate::server::{DATABASE, ENVIRONMENT, Server, client, run};

/// How long may pass until something has come about that is to come about by itself.
pub(crate) const PATIENCE: Duration = Duration::from_mins(3);

/// A server and its folder.
pub(crate) struct Host {
    folder: TempDir,
    /// None while it is dead.
    server: Option<Server>,
}

impl Host {
    /// Makes a folder for a server on a database, the embedded one where no address is given. `environment` says what is particular
    /// about it, as lines of `NAME=value`.
    pub(crate) fn prepare(folder: TempDir, database: Option<&str>, environment: &str) -> Self {
        let put =
            |name: &str, text: &str| std::fs::write(folder.path().join(name), text).expect("room for lines");
        // A server whose database is away says so for each request.
        put(ENVIRONMENT, &format!("BECKON_LOG=off\n{environment}"));
        if let Some(url) = database {
            put(DATABASE, url);
        }
        Self { folder, server: None }
    }

    /// Does the same and starts it.
    pub(crate) fn start(folder: TempDir, database: Option<&str>, environment: &str) -> Self {
        let mut host = Self::prepare(folder, database, environment);
        host.start_again();
        host
    }

    /// Starts it after it was killed, or the first time.
    pub(crate) fn start_again(&mut self) {
        let options = ["--demo-psa", "none", "--allow-private-destinations"];
        self.server = Some(tokio::task::block_in_place(|| Server::start_with(self.folder.path(), &options)));
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(&mut self) {
        tokio::task::block_in_place(|| self.server.take().expect("it runs").kill());
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn server(&self) -> &Server {
        self.server.as_ref().expect("it runs")
    }

    pub(crate) fn url(&self) -> String {
        self.server().url.clone()
    }

    /// Gets a path without being anybody.
    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let answer = client().get(format!("{}{path}", self.server().url)).send().await.expect("it answers");
        (answer.status().as_u16(), answer.text().await.expect("text"))
    }

    /// Waits until it says that it is ready, or that it is not.
    pub(crate) async fn until_ready(&self, ready: bool) {
        let began = Instant::now();
        while (self.get("/readyz").await.0 == 200) != ready {
            assert!(began.elapsed() < PATIENCE, "expected to be ready: {ready}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Waits until the scheduler has done twice all that was due: once for what it had begun, and once for what is due from now on.
    pub(crate) async fn twice(&self) {
        let (began, first) = (Instant::now(), self.rounds().await);
        while self.rounds().await < first + 2 {
            assert!(began.elapsed() < PATIENCE, "the scheduler rests");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    async fn rounds(&self) -> u64 {
        let (_, metrics) = self.get("/metrics").await;
        let line = metrics.lines().find_map(|line| line.strip_prefix("beckon_scheduler_rounds_total "));
        line.expect("rounds are counted").parse().expect("a number")
    }

    /// How many mails to the admin of the account it wrote to its folder.
    pub(crate) fn mails(&self) -> usize {
        let files = std::fs::read_dir(self.folder().join("outbox")).into_iter().flatten().flatten();
        let mails = files.filter(|file| file.path().extension().is_some_and(|end| end == "eml"));
        let texts = mails.map(|file| std::fs::read_to_string(file.path()).expect("a mail"));
        texts.filter(|text| text.contains(ADMINS[0])).count()
    }

    /// Runs a command on its folder, which has to succeed, and returns what it said.
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let done = tokio::task::block_in_place(|| run(arguments, self.folder()));
        assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8_lossy(&done.stdout).trim().to_owned()
    }

    /// Runs a command that has to fail, and returns why.
    pub(crate) fn refused(&self, arguments: &[&str]) -> String {
        let done = tokio::task::block_in_place(|| run(arguments, self.folder()));
        assert!(!done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stdout));
        String::from_utf8_lossy(&done.stderr).into_owned()
    }
}
