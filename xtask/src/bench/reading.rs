//! How long lists and details take while very many escalations are open.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::Value;

use super::http::Client;
use super::report::Report;
use super::{ingest, logins};
use crate::process;
use crate::server::Demo;

/// Raises `escalations` in the demo's first account, then reads lists and details `reads` times each.
pub(crate) fn measure(demo: &Demo, escalations: u32, reads: u32, report: &mut Report) -> Result<()> {
    let account = demo.number("/accounts/0/id")?;
    ingest::post_all(demo, escalations, |number| logins::raising(account, number))?;
    process::say("bench: reading lists and details");

    let mut client = Client::connect(demo.text("/base_url")?, demo.text("/accounts/0/keys/viewer")?)?;
    let newest: Value =
        serde_json::from_str(&client.get("/v1/escalations?limit=1")?).context("a list is JSON")?;
    let newest = newest["escalations"][0]["id"].as_u64().context("an escalation has an id")?;
    let baseline = Times::of(reads, |_| client.get("/healthz"))?;

    let lists = [
        ("list of 50, newest first", "/v1/escalations?limit=50&status=open"),
        (
            "list of 50, soonest due first",
            "/v1/escalations?limit=50&status=open&sort_field=due_at&sort_direction=asc",
        ),
        ("list of 50, searched", "/v1/escalations?limit=50&status=open&search=person-19"),
    ];
    for (what, path) in lists {
        let times = Times::of(reads, |_| client.get(path))?;
        times.report(&format!("{what}, of {escalations}"), &baseline, report);
    }
    let oldest = newest.saturating_sub(u64::from(escalations) - 1);
    let details = Times::of(reads, |number| {
        // Strides through all of them, so that the cache of one does not serve the next.
        let id = oldest + u64::from(number) * 7_919 % u64::from(escalations);
        client.get(&format!("/v1/escalations/{id}"))
    })?;
    details.report(&format!("detail, of {escalations}"), &baseline, report);
    Ok(())
}

/// How long each of many calls took, in order of length.
pub(super) struct Times(Vec<Duration>);

impl Times {
    pub(super) fn of(count: u32, mut call: impl FnMut(u32) -> Result<String>) -> Result<Self> {
        let mut times = Vec::new();
        for number in 0..count {
            let start = Instant::now();
            call(number)?;
            times.push(start.elapsed());
        }
        times.sort_unstable();
        Ok(Self(times))
    }

    /// Returns the time within which `percent` of the calls were answered.
    pub(super) fn percentile(&self, percent: usize) -> Duration {
        let index = (self.0.len() * percent).div_ceil(100).saturating_sub(1);
        self.0.get(index).copied().unwrap_or_default()
    }

    fn report(&self, what: &str, baseline: &Self, report: &mut Report) {
        let pair =
            |times: &Self| format!("p50 {}, p99 {}", ms(times.percentile(50)), ms(times.percentile(99)));
        let ratio = self.percentile(50).as_secs_f64() / baseline.percentile(50).as_secs_f64();
        report.add(
            what,
            pair(self),
            format!("{}: GET /healthz", pair(baseline)),
            format!("{ratio:.1} × at p50"),
        );
    }
}

pub(super) fn ms(time: Duration) -> String {
    format!("{:.2} ms", time.as_secs_f64() * 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_those_of_the_nearest_rank() {
        let times = Times((1..=200).map(Duration::from_millis).collect());
        let check =
            |percent, expected| assert_eq!(times.percentile(percent), Duration::from_millis(expected));
        check(50, 100);
        check(99, 198);
        check(100, 200);
    }
}
