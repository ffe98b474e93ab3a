//! What was answered so far and by whom, what came of it, and what came in its way.

use std::sync::Arc;

use beckon_core::api::escalation::{AnswerBody, EscalationDetailBody, RemedyStateBody};
use beckon_core::remedy::RemedyStatus;
use leptos::prelude::*;

use super::decision::plan::{Asks, current_step};
use crate::components::facts::Facts;
use crate::erased::{dynamic, view};
use crate::memo::Memo;
use crate::words::dates;

/// The part of a card that says it; nothing while nobody answered.
#[component]
pub fn Standing(
    /// The escalation as it stands.
    current: Memo<Arc<EscalationDetailBody>>,
    /// What it asks for.
    asks: Memo<Asks>,
) -> impl IntoView {
    let problem = Memo::new(move |_| current_step(&current.read()).and_then(|step| step.problem.clone()));
    let answer = Memo::new(move |_| current.read().escalation.answer.clone());
    let remedies = Memo::new(move |_| {
        let current = current.read();
        let since = current.escalation.answer.as_ref().map(|answer| answer.at);
        let waits = asks.get() == Asks::Nothing;
        let is_new = |remedy: &&RemedyStateBody| waits && since.is_none_or(|since| remedy.at >= since);
        current.remedies.iter().filter(is_new).cloned().collect::<Vec<_>>()
    });
    let next = Memo::new(move |_| {
        let waits = asks.get() == Asks::Nothing;
        current_step(&current.read()).map(|step| step.title.clone()).filter(|_| waits)
    });
    view! {
        {dynamic(move || {
            problem
                .get()
                .map(|text| view! { <p class="card-error" role="alert"><strong>"It did not work. "</strong>{text}</p> })
        })}
        {dynamic(move || {
            answer
                .get()
                .map(|answer| {
                    let fields = filled(&current.read_untracked(), &answer);
                    view! { <div class="answered">{answered(answer)} <Facts facts=fields/></div> }
                })
        })}
        {dynamic(move || {
            let remedies = remedies.get();
            (!remedies.is_empty())
                .then(|| view! { <ul class="remedies">{remedies.into_iter().map(remedy).collect_view()}</ul> })
        })}
        {dynamic(move || {
            next.get()
                .map(|title| {
                    view! { <p class="quiet">"Nothing is left for you to do now. Next: " <bdi>{title}</bdi> "."</p> }
                })
        })}
    }
}

fn answered(answer: AnswerBody) -> AnyView {
    view! {
        <p>
            <strong><bdi>{answer.label}</bdi></strong>
            " "
            <span class="quiet"><bdi>{answer.by.name().to_owned()}</bdi> " · " {dates::moment(answer.at)}</span>
        </p>
        {answer.note.map(|note| view! { <blockquote class="quote">{note}</blockquote> })}
    }
}

/// Returns what an answer filled in, as it was asked for.
pub fn filled(one: &EscalationDetailBody, answer: &AnswerBody) -> Vec<(String, String)> {
    let value = |slug: &String, options: &[beckon_core::field::OptionSpec]| {
        let value = answer.fields.get(slug)?;
        let option = options.iter().find(|option| option.slug == *value);
        Some(option.map_or_else(|| value.clone(), |option| option.label.clone()))
    };
    let fields = one.fields.iter();
    fields.filter_map(|spec| Some((spec.label.clone(), value(&spec.slug, &spec.options)?))).collect()
}

fn remedy(remedy: RemedyStateBody) -> AnyView {
    let (class, word) = match remedy.status {
        RemedyStatus::Ordered => ("chip going", "Under way"),
        RemedyStatus::Succeeded => ("chip good", "Done"),
        RemedyStatus::Failed => ("chip high", "Failed"),
    };
    view! {
        <li>
            <span class=class>{word}</span>
            <span>{remedy.label}</span>
            <span class="quiet">{dates::moment(remedy.at)}</span>
            {remedy.message.map(|message| view! { <p class="quote">{message}</p> })}
        </li>
    }
}
