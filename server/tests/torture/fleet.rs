//! Several servers over one database, mostly a PostgreSQL server of their own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::Arc;

use beckon_emulators::Emulator;
use tempfile::TempDir;

use crate::cluster::{Cluster, Disk};
use crate::host::Host;
use crate::life::subject_in;
use crate::load::{Caller, Keys, Ledger, Load, Targets};

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
    pub(crate) hosts: Vec<Host>,
    pub(crate) targets: Arc<Targets>,
    pub(crate) caller: Caller,
}

impl Fleet {
    /// Starts as many servers as there are addresses of the database, each with its own; `environment` says what is particular
    /// about each, as lines of `NAME=value`.
    pub(crate) fn start(addresses: &[String], environment: impl Fn(usize) -> String) -> Self {
        let mut hosts: Vec<Host> = Vec::new();
        for (number, address) in addresses.iter().enumerate() {
            let folder = TempDir::new().expect("a folder");
            let mut host = Host::prepare(folder, Some(address), &environment(number));
            if let Some(first) = hosts.first() {
                // How to get in, and the key of the others.
                for file in ["demo.json", "secret.key"] {
                    std::fs::copy(first.folder().join(file), host.folder().join(file)).expect("a copy");
                }
            }
            host.start_again();
            hosts.push(host);
        }
        Self::of(hosts)
    }

    /// Servers that run already, over one database.
    pub(crate) fn of(hosts: Vec<Host>) -> Self {
        let targets = Targets::new(hosts.iter().map(Host::url));
        let caller = Caller::new(&targets, &Keys::make(&hosts[0]));
        Self { hosts, targets, caller }
    }

    /// Waits until every server says that it is ready.
    pub(crate) async fn until_ready(&self) {
        for host in &self.hosts {
            host.until_ready(true).await;
        }
    }

    /// Waits until every server has looked at what is due, from now on.
    pub(crate) async fn twice(&self) {
        for host in &self.hosts {
            host.twice().await;
        }
    }

    /// How many mails went out, from all servers together.
    pub(crate) fn mails(&self) -> usize {
        self.hosts.iter().map(Host::mails).sum()
    }

    /// Ends the load and the servers, and checks that all that was acknowledged is there, once, with one ticket of each question,
    /// and that the logs of all accounts are whole. Returns what was acknowledged.
    pub(crate) async fn conclude(mut self, load: Load, emulator: &Emulator) -> Ledger {
        let ledger = load.end().await;
        self.caller.delivered().await;
        ledger.check(&self.caller, true).await;
        check_tickets(emulator, &ledger);
        for host in &mut self.hosts {
            host.kill();
        }
        self.hosts[0].run(&["audit", "verify"]);
        ledger
    }
}

/// Checks that no escalation has two tickets, and that each question has one, which is closed where the question was answered.
fn check_tickets(emulator: &Emulator, ledger: &Ledger) {
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
