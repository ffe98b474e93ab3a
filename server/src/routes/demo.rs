//! `POST /demo/clock`: turns the clock of a demo forward, so that a visitor sees a deadline pass.

use axum::Json;
use axum::extract::State;
use beckon_core::error::Refusal;
use beckon_core::permission::Action;
use beckon_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::error::ApiError;
use crate::extract::Write;

/// The furthest a demo's clock can be ahead: ten years.
const MOST_AHEAD_SECONDS: i64 = 10 * 366 * 24 * 60 * 60;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Turn {
    advance_seconds: i64,
}

/// The time, after the clock was turned.
#[derive(Serialize)]
pub(super) struct Turned {
    now: Timestamp,
}

/// Turns the clock.
pub(super) async fn turn_clock(State(app): State<App>, write: Write) -> Result<Json<Turned>, ApiError> {
    write.caller.permit_anywhere(Action::Operate)?;
    if !app.demo {
        return Err(Refusal::Invisible.into());
    }
    let Turn { advance_seconds } = write.body()?;
    let ahead = app.store.clock_offset().await?.saturating_add(advance_seconds);
    if advance_seconds < 0 || ahead > MOST_AHEAD_SECONDS {
        let text = format!("expected 0 or more, and at most ten years in all, found {advance_seconds}");
        return Err(Refusal::field("advance_seconds", text).into());
    }
    app.store.set_clock_offset(ahead).await?;
    app.clock.set_ahead(ahead);
    // Whoever turned it sees at once what came due.
    crate::scheduler::run_due(&app).await?;
    Ok(Json(Turned { now: app.clock.now() }))
}
