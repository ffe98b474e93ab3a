//! Emulators of the PSAs' APIs, as strict as the vendors about headers, required fields, paging and errors, and able to
//! fail on purpose. For tests, and for the demo.
//!
//! They know what Beckon's clients need and no more, and keep everything in memory. They are written from the vendors'
//! documents, not from Beckon's clients: where both disagree, one of them is wrong.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use beckon_core::integration::{Choices, Settings, Vendor};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use call::{Kind, Recorded};
pub use fault::{Chaos, Fault};
pub use world::{Company, Named, Note, Quirks, Status, Ticket, World};

mod autotask;
mod call;
mod connectwise;
mod fault;
mod halopsa;
mod page;
mod serve;
mod world;

/// One emulated PSA: its state, which lives as long as somebody holds it, whether it is being served or not.
#[derive(Clone)]
pub struct Emulator {
    vendor: Vendor,
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    world: World,
    faults: fault::Faults,
    recorded: Vec<Recorded>,
}

/// An emulator that is being served. Dropping it closes the listener and every connection.
pub struct Running {
    emulator: Emulator,
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Emulator {
    /// Makes one with a few companies, boards and so on, and no tickets.
    pub fn new(vendor: Vendor) -> Self {
        let world = match vendor {
            Vendor::Connectwise => connectwise::world(),
            Vendor::Autotask => autotask::world(),
            Vendor::Halopsa => halopsa::world(),
        };
        let inner = Inner { world, faults: fault::Faults::default(), recorded: Vec::new() };
        Self { vendor, inner: Arc::new(Mutex::new(inner)) }
    }

    /// Makes one and serves it. With port 0 the system chooses one; it listens before this returns.
    ///
    /// # Errors
    /// Where the address cannot be listened at.
    pub async fn start(vendor: Vendor, address: SocketAddr) -> io::Result<Running> {
        Self::new(vendor).listen(address).await
    }

    /// Serves this one, with the state that it has.
    ///
    /// # Errors
    /// Where the address cannot be listened at.
    pub async fn listen(&self, address: SocketAddr) -> io::Result<Running> {
        self.serve(TcpListener::bind(address).await?)
    }

    /// Serves this one on a listener.
    ///
    /// # Errors
    /// Where the listener has no address.
    pub fn serve(&self, listener: TcpListener) -> io::Result<Running> {
        let address = listener.local_addr()?;
        let task = tokio::spawn(serve::serve(self.clone(), listener));
        Ok(Running { emulator: self.clone(), address, task })
    }

    /// Returns whose API it emulates.
    pub fn vendor(&self) -> Vendor {
        self.vendor
    }

    /// Returns all tickets, in the order in which they were made.
    pub fn tickets(&self) -> Vec<Ticket> {
        self.lock().world.tickets.clone()
    }

    /// Returns the requests that came, and of which kind each was; with their headers, as a test may want to see them.
    pub fn recorded(&self) -> Vec<Recorded> {
        self.lock().recorded.clone()
    }

    /// Returns how many requests of a kind came.
    pub fn calls(&self, kind: Kind) -> usize {
        self.lock().recorded.iter().filter(|call| call.kind == kind).count()
    }

    /// Adds companies, and returns the id of the first.
    pub fn add_companies(&self, names: impl IntoIterator<Item = impl Into<String>>) -> i64 {
        let mut inner = self.lock();
        let first = inner.world.companies.iter().map(|company| company.id).max().unwrap_or(0) + 1;
        let new =
            names.into_iter().zip(first..).map(|(name, id)| Company { id, name: name.into(), active: true });
        inner.world.companies.extend(new);
        first
    }

    /// Changes what is there.
    pub fn change(&self, change: impl FnOnce(&mut World)) {
        change(&mut self.lock().world);
    }

    /// Fails the next request of a kind. Several for one kind happen one after the other.
    pub fn fail_next(&self, kind: Kind, fault: Fault) {
        self.lock().faults.push(kind, fault);
    }

    /// Fails at random from now on, or no longer.
    pub fn set_chaos(&self, chaos: Option<Chaos>) {
        self.lock().faults.chaos = chaos;
    }

    /// Returns the settings that are good for it when it is served at `url`.
    pub fn settings_at(&self, url: &str) -> Settings {
        let settings = match self.vendor {
            Vendor::Connectwise => connectwise::settings(url),
            Vendor::Autotask => autotask::settings(url),
            Vendor::Halopsa => halopsa::settings(url),
        };
        settings.into_iter().map(|(slug, value)| (slug.to_owned(), value)).collect()
    }

    /// Returns choices that are good for it.
    pub fn choices(&self) -> Choices {
        let choices = match self.vendor {
            Vendor::Connectwise => connectwise::CHOICES,
            Vendor::Autotask => autotask::CHOICES,
            Vendor::Halopsa => halopsa::CHOICES,
        };
        choices.iter().map(|(slug, id)| ((*slug).to_owned(), (*id).to_owned())).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    /// Returns the address at which it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Returns its URL, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the settings that are good for it.
    pub fn settings(&self) -> Settings {
        self.emulator.settings_at(&self.url())
    }
}

impl std::ops::Deref for Running {
    type Target = Emulator;

    fn deref(&self) -> &Emulator {
        &self.emulator
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Serves a new emulator on a listener until the task is dropped.
pub async fn run(vendor: Vendor, listener: TcpListener) {
    serve::serve(Emulator::new(vendor), listener).await;
}
