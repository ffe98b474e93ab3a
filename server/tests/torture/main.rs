//! Faults at random, `kill -9` at random moments, and in the end nothing is missing and nothing told twice without need.
//!
//! Short by itself; `cargo xtask torture` runs the long form, in release and with progress. Both are bounded, and a run
//! is repeated as far as that can be by its seed, which is printed. Only here may a test poll: time is real in a process.
#![expect(clippy::print_stderr, reason = "a long run says how far it is")]

mod backup;
mod callers;
mod chance;
mod clocks;
#[path = "../support/cluster.rs"]
mod cluster;
mod cut;
#[path = "../support/database.rs"]
mod database;
mod disk;
mod fleet;
mod host;
mod killed;
mod life;
mod load;
mod proxy;
mod psa;
#[path = "../support/smtp.rs"]
mod receiver;
#[path = "../process/server.rs"]
mod server;
mod shim;
mod smtp;
mod stopped;

/// How much is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Short,
    Long,
}

impl Form {
    /// Reads `BECKON_TORTURE`.
    fn get() -> Self {
        match std::env::var("BECKON_TORTURE").as_deref() {
            Ok("long") => Self::Long,
            Ok(other) if !other.is_empty() => {
                panic!("expected BECKON_TORTURE=long or nothing, found {other}")
            }
            _ => Self::Short,
        }
    }

    fn pick<T>(self, short: T, long: T) -> T {
        match self {
            Self::Short => short,
            Self::Long => long,
        }
    }
}

/// Reads `BECKON_TORTURE_SEED`; without it, every run has the same.
fn seed() -> u64 {
    let seed = std::env::var("BECKON_TORTURE_SEED").ok().filter(|text| !text.is_empty());
    seed.map_or(4, |text| text.parse().expect("a seed is a number"))
}
