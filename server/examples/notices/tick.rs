//! What a tick costs while nothing is due: the scheduler's look, and the outbox's.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use beckon_core::time::Timestamp;
use beckon_server::store::{Notices as _, Room, Store as _};
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};

use crate::fill::{self, raised_at};

/// The most escalations that are raised one by one; the others are copies.
const RAISED: usize = 1_000;

/// How many ticks are measured.
const TICKS: usize = 2_000;

pub(crate) async fn measure(folder: &Path, count: usize) -> Result<Value> {
    Ok(json!({ "seconds": ticks(folder, count).await?.as_secs_f64() }))
}

/// Returns how long half of all ticks take at most.
async fn ticks(folder: &Path, open: usize) -> Result<Duration> {
    let store = fill::new_store(folder).await?;
    fill::raise(&store, open.min(RAISED)).await?;
    drop(store);
    fill::multiply(folder, open.min(RAISED), open, 1).await?;
    let store = fill::open(folder).await?;
    let now: Timestamp = raised_at() + TimeDelta::hours(1);
    let mut times = Vec::with_capacity(TICKS);
    for _ in 0..TICKS {
        let start = Instant::now();
        let was_due = store.tick(now).await?;
        let room = Room { total: 512, mails_per_second: u32::MAX, ..Room::default() };
        let claims = store.claim(room, now, Utc::now()).await?;
        times.push(start.elapsed());
        ensure!(!was_due && claims.is_empty(), "expected nothing to be due");
    }
    times.sort_unstable();
    Ok(times[TICKS / 2])
}
