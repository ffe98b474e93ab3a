//! What stands between a server and its database: it passes everything on, until it is told to cut, to keep answers to itself, or to
//! pass nothing, as a network does that is broken in the middle.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// What it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// It passes everything on.
    Passes,
    /// It passes on what the server says, and keeps what the database answers.
    KeepsAnswers,
    /// It passes nothing on, and says nothing about it.
    Silent,
}

#[derive(Clone, Copy, Debug)]
struct State {
    mode: Mode,
    /// How often all connections were cut.
    cuts: u64,
}

/// A proxy on loopback.
pub(crate) struct Proxy {
    address: SocketAddr,
    state: watch::Sender<State>,
    listening: JoinHandle<()>,
}

impl Proxy {
    /// Listens, and passes on to `port` of this machine.
    pub(crate) async fn start(port: u16) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let state = watch::Sender::new(State { mode: Mode::Passes, cuts: 0 });
        let states = state.subscribe();
        let listening = tokio::spawn(async move {
            while let Ok((server, _)) = listener.accept().await {
                let states = states.clone();
                tokio::spawn(async move {
                    // A database that is not there answers nobody.
                    if let Ok(database) = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await {
                        connection(server, database, states).await;
                    }
                });
            }
        });
        Self { address, state, listening }
    }

    /// The address of a database behind it, whose address without it is `url`.
    pub(crate) fn url(&self, url: &str) -> String {
        let (_, name) = url.rsplit_once('/').expect("an address with a database");
        format!("postgres://postgres@{}/{name}", self.address)
    }

    pub(crate) fn set(&self, mode: Mode) {
        self.state.send_modify(|state| state.mode = mode);
    }

    /// Cuts all connections; new ones are passed on.
    pub(crate) fn cut(&self) {
        self.state.send_modify(|state| *state = State { mode: Mode::Passes, cuts: state.cuts + 1 });
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

async fn connection(server: TcpStream, database: TcpStream, states: watch::Receiver<State>) {
    let mut cut = states.clone();
    let cuts = cut.borrow().cuts;
    let (server, database) = (server.into_split(), database.into_split());
    let to_database = pass(server.0, database.1, states.clone(), |mode| mode != Mode::Silent);
    let to_server = pass(database.0, server.1, states, |mode| mode == Mode::Passes);
    tokio::select! {
        () = to_database => {}
        () = to_server => {}
        _ = cut.wait_for(|state| state.cuts > cuts) => {}
    }
}

/// Passes on what comes, while the mode says so.
async fn pass(
    mut from: OwnedReadHalf,
    mut to: OwnedWriteHalf,
    mut states: watch::Receiver<State>,
    passes: impl Fn(Mode) -> bool,
) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match from.read(&mut buffer).await {
            Ok(0) | Err(_) => return,
            Ok(count) => {
                if states.wait_for(|state| passes(state.mode)).await.is_err() {
                    return;
                }
                if to.write_all(&buffer[..count]).await.is_err() {
                    return;
                }
            }
        }
    }
}
