//! The operations on how often somebody did something, for all servers of one database together.

use async_trait::async_trait;
use beckon_core::time::Timestamp;

use super::{Digest, Result};

/// Who tried something, and how often that may be in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Who, or for what.
    pub subject: Digest,
    /// How often in a window.
    pub most: u32,
}

/// A client and how often it asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which client.
    pub client: Digest,
    /// How often.
    pub number: u64,
}

/// Counts. A part of [`Store`](super::Store).
#[async_trait]
pub trait Counts: Send + Sync + 'static {
    /// Counts a try for each of `subjects`. Where one has been tried too often, nothing is counted, and the seconds come back
    /// after which it may be tried again.
    async fn count_tries(&self, subjects: Vec<Tried>, now: Timestamp) -> Result<Option<u64>>;
    /// Takes back what [`Self::count_tries`] counted.
    async fn uncount_tries(&self, subjects: Vec<Tried>) -> Result<()>;
    /// Adds what clients asked of this server to what they asked of all, and returns that, in order.
    async fn share_requests(&self, asked: Vec<Asked>, now: Timestamp) -> Result<Vec<u64>>;
}
