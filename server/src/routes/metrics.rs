//! `GET /metrics`: for Prometheus. It names nobody, and is still not for everybody: for this machine, for the networks of
//! `--metrics-from`, and for the operator's keys.

use axum::extract::{FromRequestParts as _, Request, State};
use axum::http::StatusCode;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::{Caller, client_address};

/// The format, as Prometheus names it.
const FORMAT: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

const REFUSED: &str =
    "metrics are for this machine, for the networks of --metrics-from, and for the operator's keys\n";

/// Shows them.
pub(super) async fn show(State(app): State<App>, request: Request) -> Response {
    let (mut parts, _) = request.into_parts();
    let address = client_address(&parts.extensions);
    let near = address.is_some_and(|address| {
        let address = address.to_canonical();
        address.is_loopback() || app.metrics_from.iter().any(|network| network.contains(address))
    });
    if !near {
        let caller = Caller::from_request_parts(&mut parts, &app).await;
        if !caller.is_ok_and(|caller| caller.permit_anywhere(Action::Operate).is_ok()) {
            return (StatusCode::FORBIDDEN, [(CACHE_CONTROL, "no-store")], REFUSED).into_response();
        }
    }
    let text = app.metrics.text(&app).await;
    ([(CONTENT_TYPE, FORMAT), (CACHE_CONTROL, "no-store")], text).into_response()
}
