//! What an answer or a rule will do, line by line, before it is done.

use leptos::prelude::*;

use super::when::When;
use crate::erased::{dynamic, view};
use crate::memo::Memo;

/// The lines. Says so where there is nothing to say yet. A line that ends with a colon leads those that follow it.
#[component]
pub fn Consequences(
    /// One consequence each; empty while nothing is chosen.
    lines: Memo<Vec<String>>,
    /// What to say while there are none.
    #[prop(into)]
    nothing: Signal<String>,
) -> impl IntoView {
    view! {
        <section class="consequences" aria-labelledby="consequences-title">
            <p class="consequences-title" id="consequences-title">"What this will do"</p>
            <When is=Signal::derive(move || lines.with(Vec::is_empty))>
                <p class="consequences-nothing">{nothing}</p>
            </When>
            <ul>
                {dynamic(move || consequence_lines(lines.get()))}
            </ul>
        </section>
    }
}

/// The lines as items of a list.
pub fn consequence_lines(lines: Vec<String>) -> Vec<AnyView> {
    let line = |line: String| {
        let lead = line.ends_with(':');
        view! { <li class:lead=lead>{line}</li> }
    };
    lines.into_iter().map(line).collect_view()
}
