//! How long an answer may still take, in words and as a bar.

use beckon_core::severity::Severity;
use beckon_core::time::Timestamp;
use leptos::prelude::*;

use crate::clock::use_clock;
use crate::erased::view;
use crate::memo::Memo;
use crate::words::{dates, times};

/// Words and bar, kept current.
#[component]
pub fn TimeLeft(
    /// Colours it.
    severity: Severity,
    /// When it began.
    raised_at: Timestamp,
    /// When it ends.
    due_at: Timestamp,
) -> impl IntoView {
    let clock = use_clock();
    let late: Signal<bool> = Memo::new(move |_| clock.now() >= due_at).into();
    let words = Memo::new(move |_| times::left(due_at, clock.now()));
    let width: Signal<String> =
        Memo::new(move |_| format!("{}%", times::passed(raised_at, due_at, clock.now()))).into();
    view! {
        <span class=format!("left {severity}") class:late=late title=format!("due {}", dates::deadline(due_at))>
            {words}
            <span class="bar">
                <span class="bar-fill" style:width=width></span>
            </span>
        </span>
    }
}
