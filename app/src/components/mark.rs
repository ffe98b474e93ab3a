//! Beckon's mark: a dot with two arcs, a call going out.

use leptos::prelude::*;

use crate::erased::view;

/// The mark, for decoration beside the name.
#[component]
pub fn Mark() -> impl IntoView {
    view! {
        <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
            <path class="mark-far" d="M4 21a12 12 0 0 1 24 0"></path>
            <path d="M9.500 21.500a6.500 6.500 0 0 1 13 0"></path>
            <circle cx="16" cy="22" r="3"></circle>
        </svg>
    }
}
