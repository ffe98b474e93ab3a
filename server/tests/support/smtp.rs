//! A strict SMTP receiver on loopback that fails wherever it is told to. It keeps what it took, byte for byte, and holds
//! against the client whatever a good one never does.

#![allow(dead_code, reason = "each test target uses what it needs of it")]

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::BufReader;
use tokio::net::{TcpListener, TcpSocket};
use tokio::task::JoinHandle;

#[path = "smtp/session.rs"]
mod session;

use session::Session;

/// A step of the dialogue at which the receiver can fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Step {
    Connect,
    Ehlo,
    Auth,
    Mail,
    Rcpt,
    Data,
    /// Within the message, after its first line.
    Body,
    /// After the final dot.
    Taken,
}

/// What the receiver does at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// What it should.
    Go,
    /// It answers with this code instead, and goes no further.
    Reply(u16),
    /// It hangs up without a word.
    HangUp,
    /// After the final dot: it keeps the message and hangs up without a word.
    KeepAndHangUp,
    /// It never answers.
    Silence,
}

/// A message that was taken.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    /// As it was before the dots at the beginnings of lines were doubled.
    pub(crate) raw: Vec<u8>,
    /// The number of the connection, from 0.
    pub(crate) connection: u64,
    /// Whether the client was told so.
    pub(crate) answered: bool,
}

type Script = dyn Fn(Step, u64) -> Deed + Send + Sync;

#[derive(Default)]
struct Log {
    received: Vec<Received>,
    offences: Vec<String>,
    reached: HashMap<Step, u64>,
    connections: u64,
}

#[derive(Clone)]
struct Shared {
    script: Arc<Script>,
    login: Option<(String, String)>,
    log: Arc<Mutex<Log>>,
}

/// A receiver that runs until this value goes.
pub(crate) struct Receiver {
    address: SocketAddr,
    shared: Shared,
    task: Mutex<JoinHandle<()>>,
    /// Bound and not listening: it keeps the port while nobody listens.
    _reserved: TcpSocket,
}

impl Receiver {
    /// Starts one that does at each step what `script` says, given how often that step was reached before.
    pub(crate) async fn start(script: impl Fn(Step, u64) -> Deed + Send + Sync + 'static) -> Self {
        Self::start_with(None, script).await
    }

    /// Starts one that takes everything.
    pub(crate) async fn good() -> Self {
        Self::start(|_, _| Deed::Go).await
    }

    /// Starts one that takes mail only from who signs in so.
    #[expect(clippy::unused_async, reason = "whoever starts a server is in a runtime, and shows it so")]
    pub(crate) async fn start_with(
        login: Option<(&str, &str)>,
        script: impl Fn(Step, u64) -> Deed + Send + Sync + 'static,
    ) -> Self {
        let reserved = bound(([127, 0, 0, 1], 0).into());
        let address = reserved.local_addr().expect("bound");
        let login = login.map(|(name, password)| (name.to_owned(), password.to_owned()));
        let shared = Shared { script: Arc::new(script), login, log: Arc::default() };
        let task = Mutex::new(listen(address, &shared));
        Self { address, shared, task, _reserved: reserved }
    }

    /// Breaks all connections and refuses new ones until [`Self::reopen`].
    pub(crate) fn close(&self) {
        self.task.lock().expect("no panic").abort();
    }

    /// Listens again, at the same address.
    pub(crate) fn reopen(&self) {
        *self.task.lock().expect("no panic") = listen(self.address, &self.shared);
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// What was taken, in order.
    pub(crate) fn received(&self) -> Vec<Received> {
        self.shared.log().received.clone()
    }

    /// How many were taken.
    pub(crate) fn count(&self) -> usize {
        self.shared.log().received.len()
    }

    /// How many connections there were.
    pub(crate) fn connections(&self) -> u64 {
        self.shared.log().connections
    }

    /// What a good client never does, and this one did.
    pub(crate) fn offences(&self) -> Vec<String> {
        self.shared.log().offences.clone()
    }

    /// How often a step was reached.
    pub(crate) fn reached(&self, step: Step) -> u64 {
        self.shared.log().reached.get(&step).copied().unwrap_or(0)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.close();
    }
}

fn bound(address: SocketAddr) -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).expect("an option that there is");
    socket.bind(address).expect("a port");
    socket
}

fn listen(address: SocketAddr, shared: &Shared) -> JoinHandle<()> {
    tokio::spawn(serve(bound(address).listen(1_024).expect("a port of ours"), shared.clone()))
}

async fn serve(listener: TcpListener, shared: Shared) {
    // The connections end with the receiver.
    let mut connections = tokio::task::JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        let number = {
            let mut log = shared.log();
            log.connections += 1;
            log.connections - 1
        };
        let session = Session { stream: BufReader::new(stream), number, shared: shared.clone() };
        connections.spawn(session.run());
        while connections.try_join_next().is_some() {}
    }
}

impl Shared {
    fn log(&self) -> std::sync::MutexGuard<'_, Log> {
        self.log.lock().expect("no panic")
    }

    fn deed(&self, step: Step) -> Deed {
        let mut log = self.log();
        let reached = log.reached.entry(step).or_default();
        let before = *reached;
        *reached += 1;
        drop(log);
        (self.script)(step, before)
    }

    fn offence(&self, what: impl Into<String>) {
        self.log().offences.push(what.into());
    }
}
