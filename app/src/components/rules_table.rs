//! Access rules as a table: about what, for whom, from when to when, why, by whom.

use std::sync::Arc;

use beckon_core::api::rule::RuleBody;
use beckon_core::rule::{Determination, Logic, RuleStatus, Schedule, Scope};
use beckon_core::time::Timestamp;
use leptos::prelude::*;

use super::when::When;
use crate::erased::{click, dynamic, keyed, view};
use crate::words::dates;
use crate::words::effects::period;

/// What can be done to a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Change its dates and note.
    Change,
    /// Let it end today.
    End,
    /// Delete it.
    Delete,
}

impl Deed {
    const fn label(self) -> &'static str {
        match self {
            Self::Change => "Change",
            Self::End => "End",
            Self::Delete => "Delete",
        }
    }
}

/// The table.
#[component]
pub fn RulesTable(
    /// The rules, newest first.
    #[prop(into)]
    rules: Signal<Vec<Arc<RuleBody>>>,
    /// The time.
    now: Timestamp,
    /// Whether the reader may change them.
    #[prop(into)]
    may_manage: Signal<bool>,
    /// Asks for a deed.
    on_deed: Callback<(Deed, Arc<RuleBody>)>,
) -> impl IntoView {
    view! {
        <div class="table-frame">
            <table class="table stacked rules-table">
                <caption class="unseen">"Access rules"</caption>
                <thead>
                    <tr>
                        <th scope="col">"About"</th>
                        <th scope="col">"Applied to"</th>
                        <th scope="col">"Counts"</th>
                        <th scope="col">"Note"</th>
                        <th scope="col">"Made by"</th>
                        <When is=may_manage>
                            <th scope="col"><span class="unseen">"Actions"</span></th>
                        </When>
                    </tr>
                </thead>
                <tbody>
                    {keyed(
                        move || rules.get(),
                        // A rule that changes has another time; one that begins or ends has another status.
                        |rule| format!("{} {} {}", rule.id, rule.updated_at.timestamp_micros(), rule.status),
                        move |rule| row(&rule, now, may_manage, on_deed),
                    )}
                </tbody>
            </table>
        </div>
    }
}

fn row(
    rule: &Arc<RuleBody>,
    now: Timestamp,
    may_manage: Signal<bool>,
    on_deed: Callback<(Deed, Arc<RuleBody>)>,
) -> AnyView {
    let whom = match rule.scope {
        Scope::Account => "Whole account".to_owned(),
        Scope::Organization => "Organization".to_owned(),
        Scope::Identity => rule
            .organization
            .as_ref()
            .map_or_else(|| "Person".to_owned(), |of| format!("Person of {}", of.name)),
    };
    let note = rule.note.clone().unwrap_or_else(|| "–".to_owned());
    let kept = rule.clone();
    let deeds = move || {
        may_manage.get().then(|| {
            let buttons = deeds(&kept, now).into_iter().map(|deed| {
                let rule = kept.clone();
                let name = format!("{}: {}, {}", deed.label(), rule.subject, rule.applied_to.name);
                view! {
                    <button
                        class="link"
                        type="button"
                        aria-label=name
                        on:click=click(move |_| on_deed.run((deed, rule.clone())))
                    >
                        {deed.label()}
                    </button>
                }
            });
            view! { <td class="deeds">{buttons.collect_view()}</td> }
        })
    };
    view! {
        <tr>
            <th scope="row">
                <div class="strong">{rule.subject.clone()}</div>
                {determination(rule)}
            </th>
            <td data-label="Applied to">
                <div>{rule.applied_to.name.clone()}</div>
                <div class="quiet">{whom}</div>
            </td>
            <td data-label="Counts">
                {status(rule.status)} <div class="quiet">{when(rule, now)}</div>
            </td>
            <td data-label="Note"><div class="breakable note">{note}</div></td>
            <td data-label="Made by">
                <div>{rule.created_by.clone()}</div>
                <div class="quiet">{dates::moment(rule.created_at)}</div>
            </td>
            {dynamic(deeds)}
        </tr>
    }
}

fn determination(rule: &RuleBody) -> AnyView {
    let (class, word) = match (rule.logic, rule.determination) {
        (Logic::CatchallException, _) => ("quiet", "Exception to the catch-all"),
        (Logic::Standard | Logic::Catchall, Determination::Expected) => ("quiet", "Expected"),
        (Logic::Standard | Logic::Catchall, Determination::Unauthorized) => ("quiet barred", "Unauthorized"),
    };
    view! { <div class=class>{word}</div> }
}

fn status(status: RuleStatus) -> AnyView {
    let (class, word) = match status {
        RuleStatus::Active => ("state active", "Active"),
        RuleStatus::Scheduled => ("state", "Scheduled"),
        RuleStatus::Expired => ("state expired", "Expired"),
    };
    view! { <div class=class>{word}</div> }
}

fn when(rule: &RuleBody, now: Timestamp) -> String {
    let schedule = Schedule { starts_at: rule.starts_at, expires_at: rule.expires_at };
    if schedule == Schedule::default() { "without an end".to_owned() } else { period(schedule, now) }
}

/// Only what the server would do: dates are for expected rules that still count.
fn deeds(rule: &RuleBody, now: Timestamp) -> Vec<Deed> {
    let dated = rule.determination == Determination::Expected && rule.logic == Logic::Standard;
    let ends = dated && rule.status == RuleStatus::Active && rule.expires_at != Some(now.date_naive());
    let end = ends.then_some(Deed::End);
    [Some(Deed::Change), end, Some(Deed::Delete)].into_iter().flatten().collect()
}
