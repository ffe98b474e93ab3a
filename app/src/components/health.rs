//! How a destination does: that it works and when, or since when it does not, what was said, and that nothing is lost.

use beckon_core::api::notification::HealthBody;
use beckon_core::time::Timestamp;
use leptos::prelude::*;

use crate::erased::view;
use crate::words;

/// The lines, where something is wrong that should be read first.
pub fn trouble(body: &HealthBody, now: Timestamp) -> Option<AnyView> {
    body.failing_since.map(|_| view! { <div class="card">{health(body, now)}</div> })
}

/// The lines.
pub fn health(body: &HealthBody, now: Timestamp) -> AnyView {
    let Some(trouble) = words::health::trouble(body, now) else {
        return view! {
            <div class="health">
                <p class=if body.last_success_at.is_some() { "standing accepted" } else { "standing" }>{words::health::success(body, now)}</p>
                {words::health::rest(body).map(|text| view! { <p class="quiet">{text}</p> })}
            </div>
        };
    };
    let said = body.last_error.clone();
    view! {
        <div class="health">
            <p class="standing failed">{trouble}</p>
            {said.map(|said| view! { <p class="quote code">{said}</p> })}
            <p class="quiet">{words::health::hope(body, now)} {words::health::rest(body).map(|text| format!(" {text}"))}</p>
        </div>
    }
}
