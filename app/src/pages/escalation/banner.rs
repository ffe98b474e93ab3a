//! How an escalation was resolved: who, what, why, and what came of it.

use std::sync::Arc;

use beckon_core::api::escalation::EscalationDetailBody;
use leptos::prelude::*;

use crate::routes::Route;
use crate::words::{self, dates};

/// The banner; nothing while the escalation waits.
#[component]
pub fn Banner(
    /// The escalation as it stands.
    current: Memo<Arc<EscalationDetailBody>>,
) -> impl IntoView {
    let resolution = Memo::new(move |_| {
        let current = current.read();
        let note = current.escalation.answer.as_ref().and_then(|answer| answer.note.clone());
        current.escalation.resolution.clone().map(|resolution| (resolution, note))
    });
    move || {
        resolution.get().map(|(resolution, note)| {
            let rules = (!resolution.rule_ids.is_empty()).then(|| {
                let text = format!("See {}", words::rules(&resolution.rule_ids));
                view! { <a href=Route::Rules.path()>{text}</a> }
            });
            view! {
                <section class="resolved" aria-labelledby="resolved-title">
                    <h2 class="resolved-title" id="resolved-title">"Resolved"</h2>
                    <p>{resolution.text}</p>
                    {note.map(|note| view! { <blockquote class="quote">{note}</blockquote> })}
                    <p class="quiet">{dates::deadline(resolution.at)} " " {rules}</p>
                </section>
            }
        })
    }
}
