//! A calm card that stands where content would: nothing there, something wrong, kept out.

use leptos::prelude::*;

use crate::erased::view;

use super::mark::Mark;

/// A title, a sentence, and what can be done.
#[component]
pub fn Notice(
    /// What is the case.
    #[prop(into)]
    title: String,
    /// What it means and what to do.
    #[prop(into)]
    text: String,
    /// Whether it speaks up, because it took the place of something.
    #[prop(optional)]
    alert: bool,
    /// What can be done.
    #[prop(optional)]
    children: Option<Children>,
) -> impl IntoView {
    view! {
        <section class="notice" role=alert.then_some("alert")>
            <Mark/>
            <h1 class="notice-title">{title}</h1>
            <p class="notice-text">{text}</p>
            {children.map(|children| children())}
        </section>
    }
}
