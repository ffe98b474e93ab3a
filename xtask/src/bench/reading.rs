//! How long calls take.

use std::time::{Duration, Instant};

use anyhow::Result;

use super::report::Report;

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

    /// Takes times that are in order.
    pub(super) const fn sorted(times: Vec<Duration>) -> Self {
        Self(times)
    }

    /// Returns the time within which `percent` of the calls were answered.
    pub(super) fn percentile(&self, percent: usize) -> Duration {
        let index = (self.0.len() * percent).div_ceil(100).saturating_sub(1);
        self.0.get(index).copied().unwrap_or_default()
    }

    pub(super) fn report(&self, what: &str, baseline: &Self, report: &mut Report) {
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
