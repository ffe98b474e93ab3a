//! Around each request: it gets an id, is counted and measured, and what the log says meanwhile names it.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use opentelemetry::propagation::Extractor;
use tracing::Instrument as _;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;

use super::{RequestLabels, RouteLabels};
use crate::app::App;

/// The header that carries the id, both ways.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The longest id that is taken over from whoever asks.
const LONGEST: usize = 64;

/// Lets a request through, and looks at it.
pub async fn look(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let id = id(request.headers().get(&REQUEST_ID));
    let method = named(request.method());
    // Whatever is no route is the page: its places are many, and one line is enough for them.
    let route = request.extensions().get::<MatchedPath>().map_or("page", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", otel.kind = "server", id, method, route);
    let from =
        opentelemetry::global::get_text_map_propagator(|known| known.extract(&Brought(request.headers())));
    // Where no traces are made, this belongs to none.
    let _ = span.set_parent(from);
    request.extensions_mut().insert(RequestId(id.clone()));
    let began = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, took) = (response.status().as_u16(), began.elapsed());
    span.in_scope(|| tracing::debug!(status, took_us = took.as_micros(), "answered"));
    let metrics = &app.metrics;
    let labels = RouteLabels { method, route };
    metrics.request_seconds.get_or_create(&labels).observe(took.as_secs_f64());
    let RouteLabels { method, route } = labels;
    metrics.requests.get_or_create(&RequestLabels { method, route, status }).inc();
    if let Ok(id) = HeaderValue::try_from(id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
}

/// What a request brings of the trace that it belongs to.
struct Brought<'h>(&'h HeaderMap);

impl Extractor for Brought<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        self.0.get(key)?.to_str().ok()
    }

    fn keys(&self) -> Vec<&str> {
        self.0.keys().map(HeaderName::as_str).collect()
    }
}

/// The method, where it is one of the usual; whoever makes up others makes no new lines.
const fn named(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The id of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub String);

/// Takes over the id that a request brings, where it is short and plain, so that a log can be followed from a proxy to here; else
/// makes one.
fn id(brought: Option<&HeaderValue>) -> String {
    let plain = |text: &&str| {
        (1..=LONGEST).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c))
    };
    if let Some(brought) = brought.and_then(|value| value.to_str().ok()).filter(plain) {
        return brought.to_owned();
    }
    let mut bytes = [0; 8];
    // Without random bytes all have the same, which names none and harms nobody.
    let _ = getrandom::fill(&mut bytes);
    crate::backup::hex(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_taken_over_where_it_is_plain() {
        let taken = |text: &'static str| id(Some(&HeaderValue::from_static(text)));
        assert_eq!(taken("f00-Ba.r_9"), "f00-Ba.r_9");
        for odd in ["", "a b", "x\"y", "<script>", "a;b"] {
            assert_ne!(taken(odd), odd);
        }
        let long = HeaderValue::try_from("x".repeat(65)).expect("a value");
        assert_eq!(id(Some(&long)).len(), 16);
        assert_ne!(id(None), id(None));
    }
}
