//! `GET /healthz` and `GET /readyz`: for whoever starts servers and sends them requests.

use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::IntoResponse;
use tokio::sync::Mutex;

use crate::app::App;

/// How long what was found counts: whoever asks more often does not make the database work.
const COUNTS: Duration = Duration::from_secs(1);

/// How long the database may take to take a row.
const PATIENCE: Duration = Duration::from_secs(3);

/// What was found last, and when.
#[derive(Debug, Default)]
pub struct Readiness(Mutex<Option<(Instant, bool)>>);

/// Answers while the process does.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// Tells whether requests are welcome: not while the database takes nothing, and not when the server is about to end.
pub(super) async fn ready(State(app): State<App>) -> impl IntoResponse {
    let (status, text) = if app.drain.has_begun() {
        (StatusCode::SERVICE_UNAVAILABLE, "not ready: this server is about to end\n")
    } else if takes_rows(&app).await {
        (StatusCode::OK, "ok\n")
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "not ready: the database takes nothing; the reason stands in the log\n",
        )
    };
    (status, [(CACHE_CONTROL, "no-store")], text)
}

async fn takes_rows(app: &App) -> bool {
    let mut found = app.readiness.0.lock().await;
    if let Some((at, takes)) = *found
        && at.elapsed() < COUNTS
    {
        return takes;
    }
    let takes = match tokio::time::timeout(PATIENCE, app.store.check(app.clock.machine())).await {
        Ok(Ok(())) => true,
        Ok(Err(error)) => {
            tracing::error!(%error, "not ready");
            false
        }
        Err(_) => {
            tracing::error!("not ready: the database took longer than {} s", PATIENCE.as_secs());
            false
        }
    };
    *found = Some((Instant::now(), takes));
    takes
}
