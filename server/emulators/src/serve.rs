//! Connections, and what can go wrong with them.
//!
//! hyper drops a connection without a word when the service fails, which is how a fault closes one; and it drops the
//! service's future when the client goes away, which is how a request that hangs ends.

use std::future::{pending, poll_fn};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Weak};

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};

use crate::fault::{Fault, Faults};
use crate::state::{Effects, State};
use crate::vendor::{Call, Vendor};
use crate::wire::{Ask, Reply};
use crate::{autotask, connectwise, control, halopsa};

/// An emulator of a vendor's API.
#[derive(Debug, Clone)]
pub struct Emulator {
    vendor: Vendor,
    state: Arc<State>,
    faults: Faults,
}

impl Emulator {
    /// Serves a state at a port of this machine which the system chooses.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn start(vendor: Vendor, state: Arc<State>, faults: Faults) -> io::Result<Running> {
        Self::start_at((Ipv4Addr::LOCALHOST, 0).into(), vendor, state, faults)
    }

    /// Serves a state at an address, for example that of one which was stopped.
    ///
    /// # Panics
    /// Outside a tokio runtime.
    pub fn start_at(
        at: SocketAddr,
        vendor: Vendor,
        state: Arc<State>,
        faults: Faults,
    ) -> io::Result<Running> {
        let listener = std::net::TcpListener::bind(at)?;
        listener.set_nonblocking(true)?;
        let listener = Arc::new(TcpListener::from_std(listener)?);
        let address = listener.local_addr()?;
        let emulator = Arc::new(Self { vendor, state, faults });
        let task = tokio::spawn(accept(Arc::downgrade(&listener), emulator));
        Ok(Running { address, listener, task })
    }
}

/// An emulator that runs until this is dropped. Then its port is free at once, and whoever still waits for an answer
/// finds the connection closed.
#[derive(Debug)]
pub struct Running {
    address: SocketAddr,
    /// The only strong one, so that the port is free when this is dropped and not when the task gets to it.
    #[expect(dead_code, reason = "held for its end")]
    listener: Arc<TcpListener>,
    task: JoinHandle<()>,
}

impl Running {
    /// Where it is, such as `http://127.0.0.1:41234`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves a state on a listener, for as long as the future is kept.
pub async fn serve(vendor: Vendor, listener: TcpListener, state: Arc<State>, faults: Faults) {
    let listener = Arc::new(listener);
    accept(Arc::downgrade(&listener), Arc::new(Emulator { vendor, state, faults })).await;
}

/// Takes connections until the listener is gone. The connections end with this future.
async fn accept(listener: Weak<TcpListener>, emulator: Arc<Emulator>) {
    let mut connections = JoinSet::new();
    loop {
        let next = poll_fn(|context| match listener.upgrade() {
            Some(listener) => listener.poll_accept(context).map(Some),
            None => std::task::Poll::Ready(None),
        });
        match next.await {
            Some(Ok((stream, _))) => {
                connections.spawn(connection(stream, Arc::clone(&emulator)));
            }
            // A client that is gone again, or no file handle left: the next may do.
            Some(Err(_)) => tokio::task::yield_now().await,
            None => return,
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn connection(stream: TcpStream, emulator: Arc<Emulator>) {
    let service = service_fn(move |request| answer(request, Arc::clone(&emulator)));
    // How a connection ends is the client's business: an error here is a fault that did its work.
    let _ended = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// The connection is closed without an answer.
#[derive(Debug)]
struct Dropped;

impl std::fmt::Display for Dropped {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("dropped on purpose")
    }
}

impl std::error::Error for Dropped {}

async fn answer(
    request: Request<Incoming>,
    emulator: Arc<Emulator>,
) -> Result<Response<Full<Bytes>>, Dropped> {
    let ask = Ask::read(request).await.ok_or(Dropped)?;
    if let Some(reply) = control::answer(&ask, &emulator.state, &emulator.faults) {
        return Ok(reply.into_response());
    }
    let call = emulator.call(&ask);
    if !{
        let mut data = emulator.state.lock();
        data.count(call);
        data.admit()
    } {
        return Ok(Reply::too_many(30).into_response());
    }
    let Some(fault) = emulator.faults.take(emulator.vendor, call) else {
        return Ok(emulator.work(&ask, Effects::default()).into_response());
    };
    let reply = match fault {
        Fault::CommitAndDrop => {
            emulator.work(&ask, Effects::default());
            return Err(Dropped);
        }
        Fault::DropBefore => return Err(Dropped),
        Fault::Hang => pending().await,
        Fault::TooMany(seconds) => Reply::too_many(seconds),
        Fault::ServerError { commit } => {
            if commit {
                emulator.work(&ask, Effects::default());
            }
            Reply::broken()
        }
        Fault::ExpireToken => {
            emulator.state.expire_tokens();
            emulator.work(&ask, Effects::default())
        }
        Fault::SlowIndex(hidden_for) => emulator.work(&ask, Effects { hidden_for, twice: false }),
        Fault::Twice => emulator.work(&ask, Effects { hidden_for: 0, twice: true }),
    };
    Ok(reply.into_response())
}

impl Emulator {
    /// What a request asks for.
    fn call(&self, ask: &Ask) -> Call {
        match self.vendor {
            Vendor::Connectwise => connectwise::call(ask),
            Vendor::Autotask => autotask::call(ask),
            Vendor::Halopsa => halopsa::call(ask),
        }
    }

    /// Does what is asked.
    fn work(&self, ask: &Ask, effects: Effects) -> Reply {
        let mut data = self.state.lock();
        data.effects = effects;
        match self.vendor {
            Vendor::Connectwise => connectwise::answer(&mut data, ask),
            Vendor::Autotask => autotask::answer(&mut data, ask),
            Vendor::Halopsa => halopsa::answer(&mut data, ask),
        }
    }
}
