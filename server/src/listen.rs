//! The accept loop: plain HTTP/1.1 on a socket, with a limit on everything that a slow or greedy client could hold on
//! to, and an orderly end.
//!
//! HTTP/2 is left out on purpose: browsers speak it only behind TLS, which a proxy in front ends, and its streams would
//! need limits of their own. Answers have no time limit, since live updates never end by themselves.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use beckon_core::network::Network;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, Sleep};
use tower::ServiceExt;

use self::stall::Stalling;
use crate::sign_in::throttle::network;

mod stall;

/// The largest head of a request, in bytes.
const MAX_HEAD: usize = 64 << 10;

/// The pause after a failed accept, which mostly means that the process has no more file handles.
const AFTER_FAILURE: Duration = Duration::from_millis(100);

/// What a client may hold on to.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// How many connections are open at once; further ones wait to be accepted.
    pub connections: usize,
    /// How many of them one address may have, other than this machine and proxies; further ones are closed at once.
    pub connections_per_address: usize,
    /// How long the head of a request may take, and how long a connection may idle between two requests.
    pub head: Duration,
    /// How long the body of a request may take in all.
    pub body: Duration,
    /// How long a body may take before it has to have come at [`Self::body_rate`] on the whole.
    pub body_grace: Duration,
    /// How many bytes of a body have to come each second, once [`Self::body_grace`] is over: less is dribbling.
    pub body_rate: u64,
    /// How long a client may leave an answer unread. Answers that have nothing to say may rest for ever.
    pub stall: Duration,
    /// How long requests may go on once the server is to stop.
    pub drain: Duration,
}

/// Starts a drain. Dropping it without a call starts it too.
#[derive(Debug)]
pub struct Trigger(watch::Sender<bool>);

/// Knows when the server is to stop. Whatever never ends by itself, such as live updates, ends with it.
#[derive(Clone, Debug)]
pub struct Drain(watch::Receiver<bool>);

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 10_000,
            connections_per_address: 512,
            head: Duration::from_secs(10),
            body: Duration::from_mins(1),
            body_grace: Duration::from_secs(10),
            body_rate: 1_024,
            stall: Duration::from_secs(30),
            drain: Duration::from_secs(10),
        }
    }
}

impl Trigger {
    /// Tells everybody who holds a [`Drain`].
    pub fn pull(&self) {
        self.0.send_replace(true);
    }
}

impl Drain {
    /// Makes a drain and what starts it.
    pub fn new() -> (Trigger, Self) {
        let (sender, receiver) = watch::channel(false);
        (Trigger(sender), Self(receiver))
    }

    /// Tells whether the server is to stop.
    pub fn has_begun(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until the server is to stop.
    pub async fn begun(mut self) {
        // An error means that the trigger is gone, and with it whoever wanted the server.
        let _ = self.0.wait_for(|begun| *begun).await;
    }
}

/// Serves `app` until `shutdown` resolves, then lets requests end for as long as `limits` allow. Requests carry the
/// client's address as [`ConnectInfo`].
///
/// # Errors
/// When the listener has no address, which means that it is no listener.
pub async fn serve(
    listener: TcpListener,
    app: Router,
    limits: Limits,
    proxies: &[Network],
    shutdown: impl Future<Output = ()>,
) -> io::Result<()> {
    listener.local_addr()?;
    let graceful = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(limits.connections));
    let peers = Arc::new(Peers::default());
    let builder = Arc::new(builder(limits));
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let next = async {
            let slot = Arc::clone(&slots).acquire_owned().await.map_err(io::Error::other)?;
            Ok::<_, io::Error>((slot, listener.accept().await?))
        };
        let accepted = tokio::select! {
            biased;
            () = &mut shutdown => break,
            accepted = next => accepted,
        };
        match accepted {
            Ok((slot, (stream, peer))) => {
                let address = peer.ip().to_canonical();
                let shared = address.is_loopback() || proxies.iter().any(|proxy| proxy.contains(address));
                let most = if shared { usize::MAX } else { limits.connections_per_address };
                let Some(seat) = peers.take(network(address), most) else {
                    tracing::debug!(%address, "has too many connections, and one more is closed");
                    continue;
                };
                let connection =
                    connection(Arc::clone(&builder), stream, peer, app.clone(), limits, graceful.watcher());
                tokio::spawn(async move {
                    connection.await;
                    drop((slot, seat));
                });
            }
            Err(error) => {
                tracing::warn!(%error, "could not accept a connection");
                tokio::time::sleep(AFTER_FAILURE).await;
            }
        }
    }
    drop(listener);
    let open = graceful.count();
    if tokio::time::timeout(limits.drain, graceful.shutdown()).await.is_err() {
        tracing::warn!(open, "some requests did not end in time and are cut off");
    }
    Ok(())
}

/// Who has how many connections open.
#[derive(Debug, Default)]
struct Peers(Mutex<HashMap<IpAddr, usize>>);

/// One connection of somebody, until it is dropped.
#[derive(Debug)]
struct Seat {
    peers: Arc<Peers>,
    address: IpAddr,
}

impl Peers {
    /// Counts one more connection of `address`, unless it has `most`.
    fn take(self: &Arc<Self>, address: IpAddr, most: usize) -> Option<Seat> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(address).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Seat { peers: Arc::clone(self), address })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut open = self.peers.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Entry::Occupied(mut count) = open.entry(self.address) {
            *count.get_mut() -= 1;
            if *count.get() == 0 {
                count.remove();
            }
        }
    }
}

fn builder(limits: Limits) -> auto::Builder<TokioExecutor> {
    let mut builder = auto::Builder::new(TokioExecutor::new()).http1_only();
    builder.http1().timer(TokioTimer::new()).header_read_timeout(limits.head).max_buf_size(MAX_HEAD);
    builder
}

async fn connection(
    builder: Arc<auto::Builder<TokioExecutor>>,
    stream: TcpStream,
    peer: SocketAddr,
    app: Router,
    limits: Limits,
    watcher: Watcher,
) {
    // Small answers and single events must not wait to be joined with later ones.
    let _ = stream.set_nodelay(true);
    let app = app.map_request(move |request: Request<Incoming>| {
        let mut request = request.map(|body| Body::new(Hurried::new(body, limits)));
        request.extensions_mut().insert(ConnectInfo(peer));
        request
    });
    let connection = builder
        .serve_connection(TokioIo::new(Stalling::new(stream, limits.stall)), TowerToHyperService::new(app));
    if let Err(error) = watcher.watch(connection).await {
        tracing::debug!(error, "a connection ended early");
    }
}

/// A body that must be there in time, and must not dribble meanwhile. The clock runs from the first time that somebody
/// wants it.
struct Hurried {
    body: Incoming,
    limits: Limits,
    begun: Option<Instant>,
    received: u64,
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Hurried {
    fn new(body: Incoming, limits: Limits) -> Self {
        Self { body, limits, begun: None, received: 0, sleep: None }
    }

    /// Returns how long the body may have taken, with what has come of it.
    fn allowed(&self) -> Duration {
        let earned = Duration::from_secs(self.received / self.limits.body_rate.max(1));
        self.limits.body.min(self.limits.body_grace.saturating_add(earned))
    }
}

impl hyper::body::Body for Hurried {
    type Data = hyper::body::Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        let begun = *self.begun.get_or_insert_with(Instant::now);
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            let data = frame.as_ref().and_then(|frame| frame.as_ref().ok()?.data_ref());
            self.received += data.map_or(0, |data| data.len() as u64);
            // With what has come, the rest may take longer.
            self.sleep = None;
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let allowed = self.allowed();
        let sleep = self.sleep.get_or_insert_with(|| Box::pin(tokio::time::sleep_until(begun + allowed)));
        sleep.as_mut().poll(context).map(|()| {
            let message = format!(
                "expected the whole body, or more of it, within {} s: send it faster",
                allowed.as_secs()
            );
            Some(Err(message.into()))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

#[cfg(test)]
mod tests;
