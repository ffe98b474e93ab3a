//! How an escalation was resolved: who, what, why, and what came of it.

use std::sync::Arc;

use beckon_core::api::escalation::{EscalationDetailBody, MethodBody};
use leptos::prelude::*;

use super::standing::filled;
use crate::components::facts::Facts;
use crate::erased::{dynamic, view};
use crate::memo::Memo;
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
        let answer = current.escalation.answer.as_ref();
        let note = answer.and_then(|answer| answer.note.clone());
        let fields = answer.map(|answer| filled(&current, answer)).unwrap_or_default();
        current.escalation.resolution.clone().map(|resolution| (resolution, note, fields))
    });
    dynamic(move || {
        resolution.get().map(|(resolution, note, fields)| {
            let rules = (!resolution.rule_ids.is_empty()).then(|| {
                let text = format!("See {}", words::rules(&resolution.rule_ids));
                view! { <a href=Route::Rules.path()>{text}</a> }
            });
            let (class, title) = match resolution.method {
                MethodBody::Rule | MethodBody::Dismiss | MethodBody::Direct => ("resolved", "Resolved"),
                MethodBody::Recovered => ("resolved", "Resolved by itself"),
                MethodBody::Withdrawn => ("resolved withdrawn", "Withdrawn"),
            };
            view! {
                <section class=class aria-labelledby="resolved-title">
                    <h2 class="resolved-title" id="resolved-title">{title}</h2>
                    <p>{resolution.text}</p>
                    {note.map(|note| view! { <blockquote class="quote">{note}</blockquote> })}
                    <Facts facts=fields/>
                    <p class="quiet">{dates::deadline(resolution.at)} " " {rules}</p>
                </section>
            }
        })
    })
}
