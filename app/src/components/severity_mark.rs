//! Severity by shape and word, then colour: filled diamond, filled triangle, ring.

use beckon_core::severity::Severity;
use leptos::prelude::*;

use crate::erased::view;

/// The shape and the word.
#[component]
pub fn SeverityMark(
    /// How pressing.
    severity: Severity,
    /// Whether it stands as a chip of its own.
    #[prop(optional)]
    chip: bool,
) -> impl IntoView {
    let shape = match severity {
        Severity::Critical => "M8 1.200 14.800 8 8 14.800 1.200 8Z",
        Severity::High => "M8 2 14.600 13.600H1.400Z",
        Severity::Low => "M8 3a5 5 0 1 0 0 10A5 5 0 1 0 8 3Z",
    };
    view! {
        <span class=format!("severity {severity}") class:chip=chip>
            <svg viewBox="0 0 16 16" aria-hidden="true">
                <path d=shape></path>
            </svg>
            {severity.label()}
        </span>
    }
}
