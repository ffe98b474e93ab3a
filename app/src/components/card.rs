//! A titled part of a page.

use leptos::prelude::*;

use crate::erased::view;

/// A section with its title.
#[component]
pub fn Card(
    /// Names the title in the document.
    id: &'static str,
    /// The title.
    #[prop(into)]
    title: String,
    /// What it holds.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="card part" aria-labelledby=id>
            <h2 class="card-title" id=id>{title}</h2>
            {children()}
        </section>
    }
}
