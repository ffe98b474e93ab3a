//! Emulators of the PSAs' APIs, as strict as the vendors about headers, required fields, paging and errors, and able to
//! fail on purpose. For tests, and for the demo.
//!
//! An [`Emulator`] serves a [`State`] at an address of this machine, and [`Faults`] say what goes wrong on the way.
//! The state outlives the server: stop it, start another with the same state, and the tickets are still there.
//!
//! Besides the vendor's API, each serves a page that lists the tickets (`GET /`), the same as JSON (`GET /__state`),
//! and where another process programs the faults (`POST /__faults`, `DELETE /__faults`).

mod autotask;
mod catalog;
mod connectwise;
mod control;
pub mod credentials;
mod fault;
mod halopsa;
mod page;
mod random;
mod serve;
mod state;
mod vendor;
mod wire;

pub use fault::{Fault, Faults, Kind};
pub use serve::{Emulator, Running, serve};
pub use state::{State, Ticket};
pub use vendor::{Call, UnknownName, Vendor};
