//! The shape of content that is still on its way. Appears only after 150 ms, by the stylesheet.

use leptos::prelude::*;

use crate::erased::view;

/// Grey lines where rows will be.
#[component]
pub fn Skeleton(
    /// How many.
    rows: usize,
) -> impl IntoView {
    view! {
        <div class="skeleton" aria-busy="true">
            <span class="unseen">"Loading"</span>
            {(0..rows).map(|_| view! { <div class="skeleton-row"><i></i><i></i><i></i></div> }).collect_view()}
        </div>
    }
}
