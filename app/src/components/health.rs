//! How a destination does: that it works and when, or since when it does not, what was said, and that nothing is lost.

use beckon_core::api::notification::HealthBody;
use beckon_core::time::Timestamp;
use leptos::prelude::*;

use crate::erased::view;
use crate::words::health;

/// The lines.
pub fn health(body: &HealthBody, now: Timestamp) -> AnyView {
    let Some(trouble) = health::trouble(body, now) else {
        return view! {
            <div class="health">
                <p class="standing accepted">{health::success(body, now)}</p>
                {health::rest(body).map(|text| view! { <p class="quiet">{text}</p> })}
            </div>
        };
    };
    let said = body.last_error.clone();
    view! {
        <div class="health">
            <p class="standing failed">{trouble}</p>
            {said.map(|said| view! { <p class="quote code">{said}</p> })}
            <p class="quiet">{health::hope(body, now)} {health::rest(body).map(|text| format!(" {text}"))}</p>
        </div>
    }
}
