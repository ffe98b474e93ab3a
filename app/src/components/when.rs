//! Content that is there while something is the case. `<Show>` without its type for each condition.

use leptos::prelude::*;

use crate::erased::dynamic;

use crate::memo::Memo;

/// The content, made anew each time it appears.
#[component]
pub fn When(
    /// Whether it is there.
    #[prop(into)]
    is: Signal<bool>,
    /// The content.
    children: ChildrenFn,
) -> impl IntoView {
    let is = Memo::new(move |_| is.get());
    dynamic(move || is.get().then(|| children()))
}
