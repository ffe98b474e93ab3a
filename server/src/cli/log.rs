//! What the server says of itself while it runs: a log, and traces for who collects them.

use anyhow::Context as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_otlp::{WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use serde::Deserialize;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

/// How the log is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One object a line.
    Json,
}

/// Where traces go, as long as the server runs.
pub(super) struct Traces(Option<SdkTracerProvider>);

impl Traces {
    /// Sends what has not been sent yet. A collector that does not answer keeps nobody.
    pub(super) async fn end(self) {
        if let Some(provider) = self.0 {
            // It waits for a thread of its own.
            let ended = tokio::task::spawn_blocking(move || provider.shutdown()).await;
            if let Ok(Err(error)) = ended {
                tracing::warn!(%error, "the last traces were not sent");
            }
        }
    }
}

/// Begins the log, on standard error, and sends traces to `collector` where there is one.
///
/// # Errors
/// When the filter or the address is none.
pub(super) async fn begin(
    filter: &str,
    format: LogFormat,
    collector: Option<&str>,
) -> anyhow::Result<Traces> {
    let read = || {
        EnvFilter::try_new(filter)
            .with_context(|| format!("expected a filter such as `info`, found `{filter}`"))
    };
    let log = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let log = match format {
        LogFormat::Text => log.with_filter(read()?).boxed(),
        LogFormat::Json => log.json().flatten_event(true).with_filter(read()?).boxed(),
    };
    let provider = match collector {
        Some(collector) => Some(provider(collector).await?),
        None => None,
    };
    let traces = provider.as_ref().map(|provider| {
        opentelemetry::global::set_text_map_propagator(TraceContextPropagator::new());
        // Of this program alone: the parts of others say too much, and the client that sends traces would trace itself.
        tracing_opentelemetry::layer().with_tracer(provider.tracer("beckon")).with_filter(
            tracing_subscriber::filter::Targets::new().with_target("beckon_server", tracing::Level::INFO),
        )
    });
    tracing_subscriber::registry().with(log).with(traces).init();
    Ok(Traces(provider))
}

async fn provider(collector: &str) -> anyhow::Result<SdkTracerProvider> {
    let sound = collector.starts_with("http://") || collector.starts_with("https://");
    anyhow::ensure!(sound, "expected --traces as http://… or https://…, found `{collector}`");
    let endpoint = format!("{}/v1/traces", collector.trim_end_matches('/'));
    // Whoever installed one before chose the same.
    drop(rustls::crypto::ring::default_provider().install_default());
    // Its client has threads of its own, and does not begin among ours.
    let made = tokio::task::spawn_blocking(move || {
        let client = reqwest::blocking::Client::builder().no_proxy().build()?;
        let exporter = opentelemetry_otlp::SpanExporter::builder().with_http().with_http_client(client);
        anyhow::Ok(exporter.with_endpoint(endpoint).build()?)
    });
    let exporter = made.await?.context("traces cannot be sent")?;
    let resource = Resource::builder().with_service_name("beckon").build();
    Ok(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build())
}
