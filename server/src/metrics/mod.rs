//! What this server counts and measures, as Prometheus reads it. Nothing here names an account or a person.

use std::sync::atomic::{AtomicI64, AtomicU64};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use beckon_core::notice::Channel;
use beckon_core::observation::Outcome;
use beckon_core::severity::Severity;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::metrics::info::Info;
use prometheus_client::registry::{Registry, Unit};

use crate::app::App;
use crate::store::outbox::Ended;
use crate::store::{Figures, StoreError};

pub mod requests;

/// How long what was counted in the database counts: whoever asks more often does not make the database work.
const COUNTS: Duration = Duration::from_secs(5);

/// The borders of what is measured, in seconds.
const SECONDS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

fn seconds() -> Histogram {
    Histogram::new(SECONDS)
}

/// How an operation on the database ended, and what it was.
#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Operation {
    /// `read` or `write`.
    kind: &'static str,
    /// `done`, `refused` or `failed`.
    outcome: &'static str,
}

/// How long operations on the database take.
#[derive(Clone, Debug)]
pub struct DatabaseTimes(Family<Operation, Histogram>);

impl Default for DatabaseTimes {
    fn default() -> Self {
        Self(Family::new_with_constructor(seconds))
    }
}

impl DatabaseTimes {
    /// Takes in that an operation ended that began then.
    pub fn took<T>(&self, kind: &'static str, began: Instant, ended: &Result<T, StoreError>) {
        let outcome = match ended {
            Ok(_) => "done",
            Err(StoreError::Refused(_) | StoreError::KeyReused) => "refused",
            Err(StoreError::Broken(_) | StoreError::Unavailable(_)) => "failed",
        };
        self.0.get_or_create(&Operation { kind, outcome }).observe(began.elapsed().as_secs_f64());
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    /// The route as it is written, such as `/v1/escalations/{id}`: one line for all of them.
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    method: &'static str,
    route: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct DeliveryLabels {
    channel: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct SeverityLabels {
    severity: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ChannelLabels {
    channel: &'static str,
}

/// Everything that is counted and measured.
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    request_seconds: Family<RouteLabels, Histogram>,
    observations: Family<OutcomeLabels, Counter>,
    deliveries: Family<DeliveryLabels, Counter>,
    open: Family<SeverityLabels, Gauge>,
    overdue: Family<SeverityLabels, Gauge>,
    waiting: Family<ChannelLabels, Gauge>,
    oldest: Family<ChannelLabels, Gauge<f64, AtomicU64>>,
    up: Gauge,
    lag: Gauge<f64, AtomicU64>,
    rounds: Counter,
    jump: Gauge<i64, AtomicI64>,
    viewers: Gauge,
    /// When the scheduler last had done all that was due.
    done: Mutex<Instant>,
    /// When the database was asked last.
    asked: tokio::sync::Mutex<Option<Instant>>,
}

impl std::fmt::Debug for Metrics {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

impl Metrics {
    /// Makes them, with the times of the database that is served.
    pub fn new(database: DatabaseTimes) -> Self {
        let metrics = Self {
            registry: Registry::with_prefix("beckon"),
            requests: Family::default(),
            request_seconds: Family::new_with_constructor(seconds),
            observations: Family::default(),
            deliveries: Family::default(),
            open: Family::default(),
            overdue: Family::default(),
            waiting: Family::default(),
            oldest: Family::default(),
            up: Gauge::default(),
            lag: Gauge::default(),
            rounds: Counter::default(),
            jump: Gauge::default(),
            viewers: Gauge::default(),
            done: Mutex::new(Instant::now()),
            asked: tokio::sync::Mutex::new(None),
        };
        metrics.registered(database)
    }

    fn registered(mut self, database: DatabaseTimes) -> Self {
        let registry = &mut self.registry;
        registry.register("build", "The release", Info::new([("version", env!("CARGO_PKG_VERSION"))]));
        registry.register("requests", "Requests that were answered", self.requests.clone());
        let text = "How long requests took until their answer began";
        registry.register_with_unit("request", text, Unit::Seconds, self.request_seconds.clone());
        registry.register(
            "observations",
            "Observations, by what was decided of them",
            self.observations.clone(),
        );
        registry.register(
            "deliveries",
            "Attempts to tell somebody, by how they ended",
            self.deliveries.clone(),
        );
        registry.register(
            "open_escalations",
            "Escalations that are open, in all accounts",
            self.open.clone(),
        );
        let text = "Escalations that are open and whose time is up, in all accounts";
        registry.register("overdue_escalations", text, self.overdue.clone());
        let text = "What is to be told and has not gone out, of all servers together";
        registry.register("waiting_deliveries", text, self.waiting.clone());
        let text = "How long the oldest of them waits";
        registry.register_with_unit("oldest_waiting_delivery", text, Unit::Seconds, self.oldest.clone());
        let text = "Whether the database answered when it was asked for these figures";
        registry.register("database_up", text, self.up.clone());
        registry.register_with_unit("database", "How long operations took", Unit::Seconds, database.0);
        let text = "How long it is since this server last had done all that was due";
        registry.register_with_unit("scheduler_lag", text, Unit::Seconds, self.lag.clone());
        let text = "How often this server did all that was due";
        registry.register("scheduler_rounds", text, self.rounds.clone());
        let text = "By how much the clock has jumped ahead that this server goes by, and is not followed; 0 where it has not";
        registry.register_with_unit("clock_jump", text, Unit::Seconds, self.jump.clone());
        registry.register("live_viewers", "Streams of events that are open here", self.viewers.clone());
        self
    }

    /// Takes in what was decided of an observation.
    pub fn observed(&self, outcome: Outcome) {
        self.observations.get_or_create(&OutcomeLabels { outcome: outcome.into() }).inc();
    }

    /// Takes in how an attempt ended to tell somebody.
    pub fn attempted(&self, channel: Channel, ended: &Ended) {
        let outcome = match ended {
            Ended::Delivered { .. } => "delivered",
            Ended::Failed(failed) if failed.is_final() => "refused",
            Ended::Failed(_) => "failed",
            Ended::Needless(_) => "canceled",
            Ended::Later { .. } => "later",
        };
        self.deliveries.get_or_create(&DeliveryLabels { channel: channel.into(), outcome }).inc();
    }

    /// Takes in that the scheduler has done all that was due.
    pub fn all_done(&self) {
        *self.done.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
        self.rounds.inc();
    }

    /// Takes in that a stream of events is open, as long as what comes back is kept.
    pub fn viewer(&self) -> Viewer {
        self.viewers.inc();
        Viewer(self.viewers.clone())
    }

    /// Writes everything as text. What stands in the database is asked for first, unless that was done a moment ago.
    pub async fn text(&self, app: &App) -> String {
        self.ask(app).await;
        let done = *self.done.lock().unwrap_or_else(PoisonError::into_inner);
        self.lag.set(done.elapsed().as_secs_f64());
        self.jump.set(app.clock.jumped().map_or(0, |jump| jump.num_seconds()));
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = text::encode(&mut text, &self.registry);
        text
    }

    async fn ask(&self, app: &App) {
        let mut asked = self.asked.lock().await;
        if asked.is_some_and(|at| at.elapsed() < COUNTS) {
            return;
        }
        let found = app.store.figures(app.clock.now()).await;
        self.up.set(i64::from(found.is_ok()));
        match found {
            Ok(figures) => self.take(&figures, app.clock.now()),
            Err(error) => tracing::warn!(%error, "figures cannot be counted"),
        }
        *asked = Some(Instant::now());
    }

    fn take(&self, figures: &Figures, now: beckon_core::time::Timestamp) {
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        for (severity, open, overdue) in &figures.open {
            let labels = SeverityLabels { severity: name(*severity) };
            self.open.get_or_create(&labels).set(whole(*open));
            self.overdue.get_or_create(&labels).set(whole(*overdue));
        }
        for channel in [Channel::Email, Channel::Psa, Channel::Webhook] {
            let labels = ChannelLabels { channel: channel.into() };
            let found = figures.waiting.iter().find(|(of, ..)| *of == channel);
            self.waiting.get_or_create(&labels).set(found.map_or(0, |(_, number, _)| whole(*number)));
            let waits = found.map_or(0.0, |(.., since)| (now - since).as_seconds_f64().max(0.0));
            self.oldest.get_or_create(&labels).set(waits);
        }
    }
}

const fn name(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "critical",
        Severity::High => "high",
        Severity::Low => "low",
    }
}

/// A stream of events that is open.
#[derive(Debug)]
pub struct Viewer(Gauge);

impl Drop for Viewer {
    fn drop(&mut self) {
        self.0.dec();
    }
}
