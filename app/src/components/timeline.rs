//! What happened to an escalation, newest first. Runs of sightings of one person are one line.

use std::sync::Arc;

use beckon_core::api::escalation::TimelineEntryBody;
use leptos::prelude::*;

use super::when::When;
use crate::erased::{click, dynamic, keyed, view};
use crate::memo::Memo;
use crate::words::{self, dates};

/// How many lines are shown before somebody asks for all.
const SHOWN: usize = 12;

/// One line: an event, or a run of sightings.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    last: TimelineEntryBody,
    times: u64,
}

/// The events as a list.
#[component]
pub fn Timeline(
    /// Oldest first, as the server has them.
    #[prop(into)]
    entries: Signal<Option<Arc<Vec<TimelineEntryBody>>>>,
) -> impl IntoView {
    let all = RwSignal::new(false);
    let lines = Memo::new(move |_| collapse(entries.get().as_deref().map_or(&[], Vec::as_slice)));
    let shown = move || {
        let lines = lines.get();
        let end = if all.get() { lines.len() } else { SHOWN.min(lines.len()) };
        lines.into_iter().take(end).collect::<Vec<_>>()
    };
    let hidden = move || lines.with(Vec::len).saturating_sub(SHOWN) as u64;
    view! {
        <section class="card" aria-labelledby="timeline-title">
            <h2 class="card-title" id="timeline-title">"Timeline"</h2>
            <ol class="timeline">
                {keyed(shown, |line| format!("{}x{}", line.last.seq, line.times), entry)}
            </ol>
            <When is=Signal::derive(move || !all.get() && hidden() != 0)>
                <button class="link" type="button" on:click=click(move |_| all.set(true))>
                    {dynamic(move || format!("Show {} more", words::grouped(hidden())))}
                </button>
            </When>
        </section>
    }
}

fn entry(Line { last, times }: Line) -> AnyView {
    let strong = matches!(
        last.event.as_str(),
        "raised"
            | "answered"
            | "resolved"
            | "withdrawn"
            | "became_overdue"
            | "remedy_failed"
            | "verification_unheard"
    );
    let times = (times > 1).then(|| format!(" · {} times", words::grouped(times)));
    let by = last.by.name().to_owned();
    let by = (by != "Beckon" && !last.text.contains(&by)).then(|| format!(" · {by}"));
    view! {
        <li class:strong=strong>
            <div>{last.text} {times}</div>
            {last.note.map(|note| view! { <div class="quote">{note}</div> })}
            <div class="quiet">{dates::moment(last.at)} {by}</div>
        </li>
    }
}

/// Turns the log around and folds what repeats itself: within a stretch of sightings, one line a person.
fn collapse(entries: &[TimelineEntryBody]) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for entry in entries.iter().rev() {
        let mut stretch = lines.iter_mut().rev().take_while(|line| line.last.event == "sighted");
        let same = stretch.find(|line| line.last.entity_id == entry.entity_id);
        match same {
            Some(line) if entry.event == "sighted" => line.times += 1,
            _ => lines.push(Line { last: entry.clone(), times: 1 }),
        }
    }
    lines
}
