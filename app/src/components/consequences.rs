//! What an answer or a rule will do, line by line, before it is done.

use leptos::prelude::*;

use super::when::When;

/// The lines. Says so where there is nothing to say yet.
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
                <For each=move || lines.get() key=String::clone let:line>
                    <li>{line}</li>
                </For>
            </ul>
        </section>
    }
}
