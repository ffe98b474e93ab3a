//! Who can answer, and how many read along.

use leptos::prelude::*;

use crate::erased::view;
use crate::words;

/// The account admins as avatars with names.
#[component]
pub fn People(
    /// The admins, by name.
    admins: Vec<String>,
    /// How many account users read along.
    readers: u64,
) -> impl IntoView {
    let readers = match readers {
        0 => "Nobody else can read along.".to_owned(),
        1 => "1 other can read along.".to_owned(),
        _ => format!("{} others can read along.", words::grouped(readers)),
    };
    view! {
        <section class="card" aria-labelledby="who-title">
            <h2 class="card-title" id="who-title">"Who can answer"</h2>
            <ul class="people">
                {admins
                    .into_iter()
                    .map(|name| {
                        view! {
                            <li>
                                <span class="avatar" aria-hidden="true">{words::initials(&name)}</span>
                                {name}
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
            <p class="quiet">{readers}</p>
        </section>
    }
}
