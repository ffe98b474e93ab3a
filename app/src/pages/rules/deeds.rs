//! Changing, ending and deleting a rule: one dialog each, which says what it means before it is done.

use std::future::Future;
use std::sync::Arc;

use beckon_core::api::rule::{RuleBody, RulePatch, RulesResponse};
use beckon_core::rule::draft::check_schedule;
use beckon_core::rule::{Category, Determination, Logic, Schedule, Subject};
use beckon_core::time::Date;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::api::{self, Failure};
use crate::clock::use_clock;
use crate::components::announcer::use_announcer;
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::components::rules_table::Deed;
use crate::erased::{click, dynamic, view, written};
use crate::remote::Remote;
use crate::words::effects::lowercase_first;

/// A deed under way: whether it is being done, and why it was not.
#[derive(Clone, Copy)]
struct Doing {
    asked: RwSignal<Option<(Deed, Arc<RuleBody>)>>,
    rules: Remote<RulesResponse>,
    busy: RwSignal<bool>,
    error: RwSignal<Option<String>>,
}

impl Doing {
    /// Does it, says `done`, and closes the dialog.
    fn run(self, request: impl Future<Output = Result<RuleBody, Failure>> + 'static, done: &'static str) {
        if self.busy.get_untracked() {
            return;
        }
        let announcer = use_announcer();
        self.busy.set(true);
        self.error.set(None);
        spawn_local(async move {
            match request.await {
                Ok(_) => {
                    let _ = self.asked.try_set(None);
                    self.rules.refetch();
                    announcer.say(done);
                }
                Err(failure) => drop(self.error.try_set(Some(failure.text()))),
            }
            let _ = self.busy.try_set(false);
        });
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
    let doing = Doing { asked, rules, busy: RwSignal::new(false), error: RwSignal::new(None) };
    let dialog = move |deed: Deed, title: &'static str, content: fn(Arc<RuleBody>, Doing) -> AnyView| {
        let open = RwSignal::new(false);
        Effect::new(move |_| {
            let is_asked = asked.with(|asked| asked.as_ref().is_some_and(|(own, _)| *own == deed));
            if is_asked != open.get_untracked() {
                doing.error.set(None);
                open.set(is_asked);
            }
        });
        // Esc closes the dialog by itself; then nothing is asked for any more.
        Effect::new(move |was_open: Option<bool>| {
            let is_open = open.get();
            let own = asked.with_untracked(|asked| asked.as_ref().is_some_and(|(own, _)| *own == deed));
            if was_open == Some(true) && !is_open && own {
                asked.set(None);
            }
            is_open
        });
        view! {
            <Dialog title open>
                {dynamic(move || asked.get_untracked().map(|(_, rule)| content(rule, doing)))}
                {dynamic(move || {
                    doing.error.get().map(|text| view! { <p class="card-error" role="alert">{text}</p> })
                })}
            </Dialog>
        }
    };
    view! {
        {dialog(Deed::Change, "Change this rule", |rule, doing| view! { <Change rule doing/> })}
        {dialog(Deed::End, "End this rule", |rule, doing| view! { <End rule doing/> })}
        {dialog(Deed::Delete, "Delete this rule", |rule, doing| view! { <Delete rule doing/> })}
    }
}

#[component]
fn Change(rule: Arc<RuleBody>, doing: Doing) -> impl IntoView {
    let clock = use_clock();
    let dated = rule.determination == Determination::Expected && rule.logic == Logic::Standard;
    let text = |date: Option<Date>| RwSignal::new(date.map(|date| date.to_string()).unwrap_or_default());
    let (from, until) = (text(rule.starts_at), text(rule.expires_at));
    let note = RwSignal::new(rule.note.clone().unwrap_or_default());
    let schedule =
        move || Schedule { starts_at: from.read().parse().ok(), expires_at: until.read().parse().ok() };
    let wrong = Signal::derive(move || {
        let any = Subject::Catchall { category: Category::Country };
        let errors = check_schedule(Determination::Expected, &any, schedule(), clock.now());
        errors.into_iter().next().map(|error| error.message)
    });
    let id = rule.id;
    let save = move |event: web_sys::SubmitEvent| {
        event.prevent_default();
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
        doing.run(async move { api::rules::change(id, &patch).await }, "Rule changed");
    };
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
            </div>
            <div class="dialog-actions">
                <button class="button primary" type="submit" disabled=doing.busy>
                    {if dated { "Save dates and note" } else { "Save note" }}
                </button>
                <Cancel doing/>
            </div>
        </form>
    }
}

#[component]
fn End(rule: Arc<RuleBody>, doing: Doing) -> impl IntoView {
    let today = use_clock().now_untracked().date_naive();
    let id = rule.id;
    let end = move |_| {
        let patch = RulePatch { expires_at: Some(Some(today)), ..RulePatch::default() };
        doing.run(async move { api::rules::change(id, &patch).await }, "The rule ends today");
    };
    view! {
        <div class="dialog-body">
            <p>"It counts until the end of today (UTC). From tomorrow, " {about(&rule)} " ask you again."</p>
            <p class="quiet">"The rule stays in the list as expired. Escalations that it resolved stay resolved."</p>
        </div>
        <div class="dialog-actions">
            <button class="button primary" type="button" disabled=doing.busy on:click=end>"End it today"</button>
            <Cancel doing/>
        </div>
    }
}

#[component]
fn Delete(rule: Arc<RuleBody>, doing: Doing) -> impl IntoView {
    let id = rule.id;
    let delete = move |_| doing.run(api::rules::delete(id), "Rule deleted");
    let name = about(&rule);
    let consequence = match (rule.logic, rule.determination) {
        (Logic::CatchallException, _) => {
            format!("The account’s catch-all counts for {} again, from now on.", rule.applied_to.name)
        }
        (Logic::Standard | Logic::Catchall, Determination::Expected) => {
            format!("From now on, {name} ask you again, unless another rule covers them.")
        }
        (Logic::Standard | Logic::Catchall, Determination::Unauthorized) => {
            format!(
                "From now on, {name} ask you again instead of being reported at once, unless another rule covers them."
            )
        }
    };
    view! {
        <div class="dialog-body">
            <p>{consequence}</p>
            <p class="quiet">"Escalations that it resolved stay resolved."</p>
        </div>
        <div class="dialog-actions">
            <button class="button primary" type="button" disabled=doing.busy on:click=delete>"Delete the rule"</button>
            <Cancel doing/>
        </div>
    }
}

#[component]
fn Cancel(doing: Doing) -> impl IntoView {
    view! {
        <button class="button" type="button" on:click=click(move |_| doing.asked.set(None))>
            "Cancel"
        </button>
    }
}

/// Names a rule within a sentence: `logins from Poland for Adventure Works`.
fn about(rule: &RuleBody) -> String {
    format!("{} for {}", lowercase_first(&rule.subject), rule.applied_to.name)
}
