//! Whether live updates flow, in a dot and a word.

use leptos::prelude::*;

use crate::erased::{dynamic, view};
use crate::live::Flow;

/// The dot and the word.
#[component]
pub fn FlowIndicator(
    /// Whether they do.
    #[prop(into)]
    flow: Signal<Flow>,
) -> impl IntoView {
    let class = Signal::derive(move || match flow.get() {
        Flow::Live => "flow live",
        Flow::Reconnecting => "flow reconnecting",
        Flow::Offline => "flow offline",
    });
    let word = move || match flow.get() {
        Flow::Live => "Live",
        Flow::Reconnecting => "Reconnecting",
        Flow::Offline => "Offline",
    };
    view! { <span class=class>{dynamic(word)}</span> }
}
