//! Changing, ending and deleting a rule: one dialog each, which says what it means before it is done.

use std::sync::Arc;

use beckon_core::api::rule::{RuleBody, RulePatch, RulesResponse};
use beckon_core::rule::draft::check_schedule;
use beckon_core::rule::{Category, Determination, Logic, Schedule, Subject};
use beckon_core::time::Date;
use leptos::prelude::*;

use crate::api::{self, Change};
use crate::clock::use_clock;
use crate::components::confirm::{Confirm, Question};
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::components::rules_table::Deed;
use crate::doing::Doing;
use crate::erased::{click, dynamic, submit, view, written};
use crate::remote::Remote;
use crate::words::dates;
use crate::words::effects::lowercase_first;

/// What is asked for, and how it goes.
#[derive(Clone, Copy)]
struct Doings {
    asked: RwSignal<Option<(Deed, Arc<RuleBody>)>>,
    rules: Remote<RulesResponse>,
    doing: Doing,
}

impl Doings {
    fn send(self, change: Change, said: &'static str) {
        self.doing.send(change, move |_| {
            self.asked.set(None);
            self.rules.refetch();
            Ok(said.to_owned())
        });
    }

    fn is(self, deed: Deed) -> bool {
        self.asked.with(|asked| asked.as_ref().is_some_and(|(own, _)| *own == deed))
    }
}

/// The dialog of whatever deed is asked for.
#[component]
pub fn Deeds(
    /// The deed and the rule; none while nothing is asked for.
    asked: RwSignal<Option<(Deed, Arc<RuleBody>)>>,
    /// Fetched again when it is done.
    rules: Remote<RulesResponse>,
) -> impl IntoView {
    let all = Doings { asked, rules, doing: Doing::new() };
    let cancel = Callback::new(move |()| {
        all.doing.error.set(None);
        asked.set(None);
    });
    let question = Signal::derive(move || asked.get().and_then(|(deed, rule)| question(deed, &rule, all)));
    let change = Signal::derive(move || all.is(Deed::Change));
    view! {
        <Confirm asked=question on_cancel=cancel doing=all.doing/>
        <Dialog title="Change this rule" open=change on_close=cancel>
            {asked.get_untracked().map(|(_, rule)| view! { <ChangeForm rule all/> })}
        </Dialog>
    }
}

/// What is asked before a rule ends or is deleted.
fn question(deed: Deed, rule: &RuleBody, all: Doings) -> Option<Question> {
    let (id, name) = (rule.id, about(rule));
    let today = use_clock().now_untracked().date_naive();
    let patch = RulePatch { expires_at: Some(Some(today)), ..RulePatch::default() };
    match deed {
        Deed::Change => None,
        Deed::End => Some(Question {
            title: "End this rule".to_owned(),
            lines: vec![
                "It counts until the end of today (UTC)".to_owned(),
                format!("From tomorrow, {name} ask you again"),
                "The rule stays in the list as expired, and what it resolved stays resolved".to_owned(),
            ],
            word: None,
            button: "End it today".to_owned(),
            does: Callback::new(move |()| all.send(api::rules::change(id, &patch), "The rule ends today")),
        }),
        Deed::Delete => Some(Question {
            title: "Delete this rule".to_owned(),
            lines: vec![deleted(rule, &name), "Escalations that it resolved stay resolved".to_owned()],
            word: None,
            button: "Delete the rule".to_owned(),
            does: Callback::new(move |()| all.send(api::rules::delete(id), "Rule deleted")),
        }),
    }
}

/// What it means that a rule is gone.
fn deleted(rule: &RuleBody, name: &str) -> String {
    match (rule.logic, rule.determination) {
        (Logic::CatchallException, _) => {
            format!("The account’s catch-all counts for {} again, from now on", rule.applied_to.name)
        }
        (Logic::Standard | Logic::Catchall, Determination::Expected) => {
            format!("From now on, {name} ask you again, unless another rule covers them")
        }
        (Logic::Standard | Logic::Catchall, Determination::Unauthorized) => {
            format!(
                "From now on, {name} ask you again instead of being reported at once, unless another rule covers them"
            )
        }
    }
}

#[component]
fn ChangeForm(rule: Arc<RuleBody>, all: Doings) -> impl IntoView {
    let clock = use_clock();
    let dated = rule.determination == Determination::Expected && rule.logic == Logic::Standard;
    let text = |date: Option<Date>| RwSignal::new(date.map(|date| date.to_string()).unwrap_or_default());
    let (from, until) = (text(rule.starts_at), text(rule.expires_at));
    let note = RwSignal::new(rule.note.clone().unwrap_or_default());
    let schedule =
        move || Schedule { starts_at: dates::read(&from.read()), expires_at: dates::read(&until.read()) };
    let wrong = Signal::derive(move || {
        let any = Subject::Catchall { category: Category::Country };
        let errors = check_schedule(Determination::Expected, &any, schedule(), clock.now());
        errors.into_iter().next().map(|error| error.message)
    });
    let id = rule.id;
    let save = submit(move || {
        if dated && wrong.get_untracked().is_some() {
            return;
        }
        let schedule = untrack(schedule);
        let text = note.get_untracked().trim().to_owned();
        let patch = RulePatch {
            starts_at: dated.then_some(schedule.starts_at),
            expires_at: dated.then_some(schedule.expires_at),
            notes: Some((!text.is_empty()).then_some(text)),
        };
        all.send(api::rules::change(id, &patch), "Rule changed");
    });
    let date = move |id: &'static str, label: &'static str, value: RwSignal<String>| {
        view! {
            <Field label=label control=id>
                <input
                    class="input"
                    id=id
                    type="date"
                    prop:value=value
                    on:input=written(value)
                />
            </Field>
        }
    };
    let dates = dated.then(|| {
        view! {
            {date("change-from", "From", from)}
            {date("change-until", "Until", until)}
            {dynamic(move || wrong.get().map(|text| view! { <p class="field-error" role="alert">{text}</p> }))}
        }
    });
    view! {
        <form on:submit=save>
            <div class="dialog-body">
                <p class="quiet">{about(&rule)}</p>
                {dates}
                <Field label="Note" control="change-note">
                    <textarea
                        class="input"
                        id="change-note"
                        rows="3"
                        maxlength="2000"
                        prop:value=note
                        on:input=written(note)
                    ></textarea>
                </Field>
                {all.doing.complaint()}
            </div>
            <div class="dialog-actions">
                <button class="button primary" type="submit" disabled=all.doing.busy>
                    {if dated { "Save dates and note" } else { "Save note" }}
                </button>
                <button class="button" type="button" on:click=click(move |_| all.asked.set(None))>"Cancel"</button>
            </div>
        </form>
    }
}

/// Names a rule within a sentence: `logins from Poland for Adventure Works`.
fn about(rule: &RuleBody) -> String {
    format!("{} for {}", lowercase_first(&rule.subject), rule.applied_to.name)
}
