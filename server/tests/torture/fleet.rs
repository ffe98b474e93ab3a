//! Several servers over one PostgreSQL server of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use beckon_emulators::Emulator;
use tempfile::TempDir;

use crate::cluster::{Cluster, Disk};
use crate::life::{ADMINS, subject_in};
use crate::load::{Caller, Keys, Ledger, Targets};
use crate::server::{DATABASE, ENVIRONMENT, Server, client, run};

/// How long may pass until something has come about that is to come about by itself.
const PATIENCE: Duration = Duration::from_mins(3);

/// Starts a PostgreSQL server as in use; none where there is none on this machine.
pub(crate) fn cluster() -> Option<Cluster> {
    if std::env::var_os(crate::database::SERVER).is_some() {
        // What these tests need they make themselves; they ran without that.
        return None;
    }
    let Some(programs) = programs() else {
        eprintln!("torture: no PostgreSQL here: set PG_BIN to the folder of its programs");
        return None;
    };
    Some(Cluster::start(&programs, Disk::Waits).expect("PostgreSQL starts"))
}

/// The folder of PostgreSQL's programs: the one that `cargo xtask` names, or Debian's newest.
fn programs() -> Option<PathBuf> {
    if let Some(path) = std::env::var_os("PG_BIN").filter(|path| !path.is_empty()) {
        return Some(path.into());
    }
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let mut found: Vec<PathBuf> = versions.map(|version| version.path().join("bin")).collect();
    found.retain(|folder| folder.join("initdb").is_file());
    found.sort();
    found.pop()
}

/// Several servers.
pub(crate) struct Fleet {
    folders: Vec<TempDir>,
    servers: Vec<Option<Server>>,
    pub(crate) targets: Arc<Targets>,
    pub(crate) caller: Caller,
}

impl Fleet {
    /// Starts as many servers as there are addresses of the database, each with its own; `environment` says what is particular
    /// about each, as lines of `NAME=value`.
    pub(crate) fn start(addresses: &[String], environment: impl Fn(usize) -> String) -> Self {
        let folders: Vec<TempDir> = addresses.iter().map(|_| TempDir::new().expect("a folder")).collect();
        let mut servers = Vec::new();
        for (number, (folder, address)) in folders.iter().zip(addresses).enumerate() {
            std::fs::write(folder.path().join(DATABASE), address).expect("room for a line");
            // A server whose database is away says so for each request.
            let lines = format!("BECKON_LOG=off\n{}", environment(number));
            std::fs::write(folder.path().join(ENVIRONMENT), lines).expect("room for some lines");
            if number > 0 {
                // How to get in, and the key of the others.
                for file in ["demo.json", "secret.key"] {
                    std::fs::copy(folders[0].path().join(file), folder.path().join(file)).expect("a copy");
                }
            }
            servers.push(Some(start(folder)));
        }
        let urls = servers.iter().flatten().map(|server| server.url.clone());
        let targets = Targets::new(urls);
        let keys = Keys::make(folders[0].path());
        let caller = Caller::new(&targets, &keys);
        Self { folders, servers, targets, caller }
    }

    /// Waits until every server says that it is ready, and returns how long that took.
    pub(crate) async fn until_ready(&self) -> Duration {
        let began = Instant::now();
        for number in 0..self.servers.len() {
            self.until_ready_is(number, true).await;
        }
        began.elapsed()
    }

    /// Waits until a server says that it is ready, or that it is not.
    pub(crate) async fn until_ready_is(&self, number: usize, ready: bool) {
        let (began, http) = (Instant::now(), client());
        let url = format!("{}/readyz", self.server(number).url);
        while http.get(&url).send().await.expect("it answers").status().is_success() != ready {
            assert!(began.elapsed() < PATIENCE, "server {number}: expected to be ready: {ready}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    fn server(&self, number: usize) -> &Server {
        self.servers[number].as_ref().expect("it runs")
    }

    /// Sends no more requests to a server, and returns its address.
    pub(crate) fn leave_out(&self, number: usize) -> String {
        self.targets.set(number, None);
        self.server(number).url.clone()
    }

    /// How many mails went out, from all servers together.
    pub(crate) fn mails(&self) -> usize {
        self.folders.iter().map(|folder| mails(folder.path())).sum()
    }

    /// Ends the servers and checks that the logs of all accounts are whole.
    pub(crate) fn end(mut self) {
        tokio::task::block_in_place(|| {
            self.servers.clear();
            let verified = run(&["audit", "verify"], self.folders[0].path());
            assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
        });
    }
}

fn start(folder: &TempDir) -> Server {
    Server::start_with(folder.path(), &["--demo-psa", "none", "--allow-private-destinations"])
}

/// How many mails to the admin of the account a server wrote to its data folder.
pub(crate) fn mails(folder: &Path) -> usize {
    let files = std::fs::read_dir(folder.join("outbox")).into_iter().flatten().flatten();
    let mails = files.filter(|file| file.path().extension().is_some_and(|end| end == "eml"));
    let texts = mails.map(|file| std::fs::read_to_string(file.path()).expect("a mail"));
    texts.filter(|text| text.contains(ADMINS[0])).count()
}

/// Checks that no escalation has two tickets, and that each question has one, which is closed where the question was answered.
pub(crate) fn check_tickets(emulator: &Emulator, ledger: &Ledger) {
    let (mut keys, mut tickets) = (BTreeSet::new(), BTreeMap::new());
    for ticket in emulator.tickets() {
        assert!(keys.insert(ticket.key.clone()), "doubled: {ticket:?}");
        if let Some(subject) = subject_in(&ticket.summary) {
            tickets.insert(subject.to_owned(), ticket.closed);
        }
    }
    let wrong: Vec<_> = ledger
        .questions()
        .into_iter()
        .filter(|(subject, answered)| tickets.get(subject) != Some(answered))
        // What was answered before a ticket was made needs none.
        .filter(|(subject, answered)| !answered || tickets.contains_key(subject))
        .map(|(subject, answered)| format!("{subject} (answered: {answered}): {:?}", tickets.get(&subject)))
        .collect();
    assert!(wrong.is_empty(), "tickets that are not there, or are not closed: {wrong:?}");
    assert!(tickets.keys().all(|subject| ledger.questions().contains_key(subject)));
}
