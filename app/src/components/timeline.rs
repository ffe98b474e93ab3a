//! What happened to an escalation, and who was told, newest first. Runs of sightings of one person are one line.

use std::sync::Arc;

use beckon_core::api::escalation::TimelineEntryBody;
use beckon_core::time::Timestamp;
use leptos::prelude::*;

use super::when::When;
use crate::erased::{click, dynamic, keyed, view};
use crate::state::{Memo, Signal, State};
use crate::words::{self, dates};

/// How many lines are shown before somebody asks for all.
const SHOWN: usize = 12;

/// One line: an event, or a run of sightings.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    last: TimelineEntryBody,
    times: u64,
}

/// Somebody was told, or several in the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Names it in the list.
    pub key: String,
    /// When.
    pub at: Timestamp,
    /// Whom, and how.
    pub text: String,
    /// Whether it arrived.
    pub outcome: String,
    /// What was said where it does not.
    pub trouble: Option<String>,
}

/// What stands in the list.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Entry {
    Event(Line),
    Told(Told),
}

/// The events as a list.
#[component]
pub fn Timeline(
    /// Oldest first, as the server has them.
    #[prop(into)]
    entries: Signal<Option<Arc<Vec<TimelineEntryBody>>>>,
    /// Who was told, newest first.
    #[prop(into)]
    told: Signal<Vec<Told>>,
    /// Where everything that was sent about it is listed.
    log: String,
) -> impl IntoView {
    let all = State::new(false);
    let lines = Memo::new(move |_| {
        let lines = collapse(entries.get().as_deref().map_or(&[], Vec::as_slice));
        merge(lines, told.get())
    });
    let anybody = Signal::derive(move || !told.with(Vec::is_empty));
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
                {keyed(shown, key, entry)}
            </ol>
            <When is=Signal::derive(move || !all.get() && hidden() != 0)>
                <button class="link" type="button" on:click=click(move |_| all.set(true))>
                    {dynamic(move || format!("Show {} more", words::grouped(hidden())))}
                </button>
            </When>
            <When is=anybody>
                <p class="timeline-log"><a href=log.clone()>"All messages about it"</a></p>
            </When>
        </section>
    }
}

fn key(entry: &Entry) -> String {
    match entry {
        Entry::Event(line) => format!("{}x{}", line.last.seq, line.times),
        Entry::Told(told) => told.key.clone(),
    }
}

fn entry(entry: Entry) -> AnyView {
    match entry {
        Entry::Event(line) => event(line),
        Entry::Told(told) => {
            let when = format!("{} · {}", dates::moment(told.at), told.outcome);
            let class = if told.trouble.is_some() { "told troubled" } else { "told" };
            view! {
                <li class=class>
                    <div class="breakable">{told.text}</div>
                    <div class="quiet">{when}</div>
                    {told.trouble.map(|said| view! { <div class="quote">{said}</div> })}
                </li>
            }
        }
    }
}

/// Puts who was told where it belongs in time: what caused it stands below.
fn merge(lines: Vec<Line>, told: Vec<Told>) -> Vec<Entry> {
    let mut all = Vec::new();
    let mut told = told.into_iter().peekable();
    for line in lines {
        while let Some(one) = told.next_if(|one| one.at >= line.last.at) {
            all.push(Entry::Told(one));
        }
        all.push(Entry::Event(line));
    }
    all.extend(told.map(Entry::Told));
    all
}

fn event(Line { last, times }: Line) -> AnyView {
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
