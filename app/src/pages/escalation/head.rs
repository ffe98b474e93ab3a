//! The top of an escalation: where it belongs, what it is called, how pressing it is, until when.

use std::sync::Arc;

use beckon_core::api::escalation::EscalationDetailBody;
use leptos::prelude::*;

use crate::clock::use_clock;
use crate::components::severity_mark::SeverityMark;
use crate::erased::{dynamic, view};
use crate::memo::Memo;
use crate::routes::Route;
use crate::words::{self, dates, times};

/// Breadcrumb, title, and the line below it.
#[component]
pub fn Head(
    /// The escalation as it stands.
    current: Memo<Arc<EscalationDetailBody>>,
) -> impl IntoView {
    let clock = use_clock();
    let place = Memo::new(move |_| {
        let names: Vec<String> =
            current.read().escalation.organizations.iter().map(|one| one.name.clone()).collect();
        if names.is_empty() { "Whole account".to_owned() } else { names.join(", ") }
    });
    let time = move || {
        let current = current.read();
        let one = &current.escalation;
        let (raised, due) = (one.created_at, one.due_at);
        let raised = view! { <span>"Raised " {times::ago(raised, clock.now())}</span> };
        if let Some(at) = one.resolved_at {
            return view! {
                <strong class="done">{words::ended(one)} " " {times::ago(at, clock.now())}</strong>
                <span>{place}</span>
                {raised}
            };
        }
        let late = clock.now() >= due;
        let words = times::left(due, clock.now());
        let words = if late { words } else { format!("{words} to answer") };
        view! {
            <strong class=format!("left-words {}", one.severity) class:late=late>{words}</strong>
            <span>{if late { "was due " } else { "due " }} {dates::deadline(due)}</span>
            <span>{place}</span>
            {raised}
        }
    };
    let previous = move || {
        let id = current.read().escalation.previous_id?;
        let href = Route::Escalation(id).path();
        Some(view! { <a href=href>"Asked before: escalation " {id.to_string()}</a> })
    };
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <a href=Route::Escalations.path()>"Escalations"</a>
            <span>{place}</span>
            <span aria-current="page">{dynamic(move || current.read().escalation.id.to_string())}</span>
        </nav>
        <div class="heading">
            <h1>{dynamic(move || current.read().escalation.subject.clone())}</h1>
        </div>
        <div class="facts">
            {dynamic(move || view! { <SeverityMark severity=current.read().escalation.severity chip=true/> })}
            {dynamic(time)}
            {dynamic(previous)}
        </div>
    }
}
