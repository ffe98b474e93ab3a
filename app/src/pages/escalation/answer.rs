//! The answer card: the question, the choices, what each will do, and the button that does it.

use std::sync::Arc;

use beckon_core::api::escalation::{EscalationDetailBody, ResolutionRequest};
use beckon_core::api::rule::CoverageResponse;
use beckon_core::rule::{Determination, Schedule, Scope};
use leptos::prelude::*;

use super::outlook::{Answer, Basis, Outlook, Person};
use crate::api;
use crate::clock::use_clock;
use crate::components::announcer::use_announcer;
use crate::components::choice_cards::ChoiceCards;
use crate::components::consequences::Consequences;
use crate::components::field::Field;
use crate::components::segmented::{Segment, Segmented};
use crate::components::when::When;
use crate::erased::{click, dynamic, spawn, view, written};
use crate::keyboard;
use crate::memo::Memo;
use crate::remote::Remote;
use crate::session::use_session;
use crate::words::{self, dates};

/// What is filled in so far. Copies are the same form.
#[derive(Clone, Copy)]
struct Form {
    choice: RwSignal<String>,
    scope: RwSignal<String>,
    from: RwSignal<String>,
    until: RwSignal<String>,
    note: RwSignal<String>,
    revoke: RwSignal<String>,
}

impl Form {
    fn new() -> Self {
        Self {
            choice: RwSignal::new(String::new()),
            scope: RwSignal::new(Scope::Identity.to_string()),
            from: RwSignal::new(String::new()),
            until: RwSignal::new(String::new()),
            note: RwSignal::new(String::new()),
            revoke: RwSignal::new(String::new()),
        }
    }

    fn determination(self) -> Option<Determination> {
        self.choice.read().parse().ok()
    }

    fn answer(self) -> Answer {
        let Some(determination) = self.determination() else {
            let dismissed = *self.choice.read() == "dismiss";
            return if dismissed { Answer::Dismiss } else { Answer::Undecided };
        };
        let expected = determination == Determination::Expected;
        let date = |text: RwSignal<String>| dates::read(&text.read()).filter(|_| expected);
        let revoke = match self.revoke.read().as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        Answer::Determined {
            determination,
            scope: self.scope.read().parse().unwrap_or(Scope::Identity),
            schedule: Schedule { starts_at: date(self.from), expires_at: date(self.until) },
            revoke: revoke.filter(|_| !expected),
        }
    }

    fn request(self, revision: u64) -> ResolutionRequest {
        let note = self.note.read().trim().to_owned();
        let mut request = ResolutionRequest {
            note: (!note.is_empty()).then_some(note),
            revision: Some(revision),
            ..ResolutionRequest::default()
        };
        if let Answer::Determined { determination, scope, schedule, revoke } = self.answer() {
            request.determination = Some(determination);
            request.scope = Some(scope);
            request.start_date = schedule.starts_at;
            request.expiration_date = schedule.expires_at;
            request.revoke_and_disable_identities = revoke;
        }
        request
    }
}

/// What keeps an answer from being sent, and where to put it right.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Wrong {
    text: String,
    control: &'static str,
}

/// The first radio of the choice about the accounts.
const ACCOUNTS: &str = "revoke-yes";

/// The card.
#[component]
pub fn AnswerCard(
    /// Takes the escalation that the answer returns.
    escalation: Remote<EscalationDetailBody>,
    /// The escalation as it stands.
    current: Memo<Arc<EscalationDetailBody>>,
    /// The facts from which core foresees what an answer does.
    coverage: Remote<CoverageResponse>,
    /// Takes why an answer came too late; stays when this card goes.
    conflict: RwSignal<Option<String>>,
) -> impl IntoView {
    let (clock, session) = (use_clock(), use_session());
    let form = Form::new();
    let people = everybody(current);
    let outlook = Memo::new(move |_| {
        let (current, facts) = (current.read(), coverage.get());
        let (Some(facts), Some(people), Some(subject)) = (facts, people.get(), current.rule_subject.clone())
        else {
            return Outlook { button: "Resolve".to_owned(), ..Outlook::default() };
        };
        let (me, account) = (session.me(), session.account());
        let basis = Basis {
            escalation: &current,
            subject: &subject,
            people: &people,
            facts: &facts,
            account: me.map_or(current.escalation.account.id, |me| me.account),
            account_name: account.as_ref().map_or("the account", |account| &account.name),
            now: clock.now(),
        };
        basis.outlook(&form.answer())
    });
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<Wrong>);
    let commit = committer(form, escalation, current, outlook, busy, error, conflict);
    keyboard::on_commit(move || commit.run(()));
    keyboard::on_key(move |key| {
        let choices = current.with_untracked(|one| one.choices.clone());
        let index = key.parse::<usize>().unwrap_or(0);
        let Some(choice) = index.checked_sub(1).and_then(|index| choices.get(index)) else { return false };
        form.choice.set(choice.slug.clone());
        keyboard::focus(&format!("choice-{index}"));
        true
    });
    let question = Memo::new(move |_| current.read().escalation.question.clone());
    let choices = Memo::new(move |_| current.read().choices.clone());
    view! {
        <section class="answer-card" aria-labelledby="question">
            <h2 class="question" id="question">{question}</h2>
            <p class="question-line">"Your answer becomes a rule, so that the next login like this asks nobody."</p>
            {dynamic(move || view! { <ChoiceCards question=question.get() choices=choices.get() value=form.choice/> })}
            <When is=Signal::derive(move || form.determination().is_some())>
                <Details form current outlook error/>
            </When>
            <Field label="Note" control="note">
                <input
                    class="input wide"
                    id="note"
                    type="text"
                    maxlength="2000"
                    placeholder="Why? Others will read it here"
                    prop:value=form.note
                    on:input=written(form.note)
                />
            </Field>
            <Consequences
                lines=Memo::new(move |_| outlook.read().lines.clone())
                nothing="Choose an answer, and see here what it does before you do it."
            />
            {dynamic(move || {
                let wrong = error.get().filter(|wrong| wrong.control != ACCOUNTS);
                wrong.map(|wrong| view! { <p class="card-error" role="alert">{wrong.text}</p> })
            })}
            <div class="actions">
                <button class="button primary" type="button" disabled=busy on:click=click(move |_| commit.run(()))>
                    {dynamic(move || outlook.read().button.clone())}
                </button>
                <span class="shortcut" aria-hidden="true">
                    <kbd>"Ctrl"</kbd>
                    <kbd>"↵"</kbd>
                </span>
            </div>
        </section>
    }
}

/// What only an answer with rules asks: for whom, when, and what becomes of the accounts.
#[component]
fn Details(
    form: Form,
    current: Memo<Arc<EscalationDetailBody>>,
    outlook: Memo<Outlook>,
    error: RwSignal<Option<Wrong>>,
) -> impl IntoView {
    let expected = Memo::new(move |_| form.determination() == Some(Determination::Expected));
    let segments = Memo::new(move |_| {
        let one = current.read();
        let people = match one.escalation.entity_count {
            1 => "This person".to_owned(),
            number => format!("These {} people", words::grouped(number.into())),
        };
        let organization = one.escalation.organizations.first().map(|one| one.name.clone());
        vec![
            Segment::new(&Scope::Identity, people),
            Segment::new(&Scope::Organization, organization.unwrap_or_else(|| "Organization".to_owned())),
            Segment::new(&Scope::Account, "Whole account"),
        ]
    });
    let ends = move || match (form.from.read().is_empty(), form.until.read().is_empty()) {
        (_, false) => "then it expires",
        (true, true) => "from now on, without an end",
        (false, true) => "without an end",
    };
    let dates = Signal::derive(move || outlook.read().dates.clone());
    view! {
        <Field label="For">
            {dynamic(move || {
                view! { <Segmented name="scope" label="For" segments=segments.get() value=form.scope set=form.scope/> }
            })}
        </Field>
        <When is=Signal::derive(move || !expected.get())>
            <Accounts form error/>
        </When>
        <When is=expected>
            <Field label="From – until" error=dates>
                <div class="dates">
                    <input
                        class="input"
                        id="from"
                        type="date"
                        aria-label="From"
                        prop:value=form.from
                        on:input=written(form.from)
                    />
                    <input
                        class="input"
                        type="date"
                        aria-label="Until"
                        prop:value=form.until
                        on:input=written(form.until)
                    />
                    <span class="quiet">{dynamic(ends)}</span>
                </div>
            </Field>
        </When>
    }
}

/// The choice that nobody makes for the admin: nothing is chosen until somebody does.
#[component]
fn Accounts(form: Form, error: RwSignal<Option<Wrong>>) -> impl IntoView {
    let missing = Signal::derive(move || {
        let wrong = error.get().filter(|wrong| wrong.control == ACCOUNTS && form.revoke.read().is_empty());
        wrong.map(|wrong| wrong.text)
    });
    let segments = vec![
        Segment::new("yes", "Sign them out and disable"),
        Segment::new("no", "Leave their accounts alone"),
    ];
    view! {
        <Field label="Their accounts" error=missing>
            <Segmented name="revoke" label="Their accounts" segments value=form.revoke set=form.revoke/>
        </Field>
    }
}

/// Fetches the people that the escalation does not list itself, where there are more.
fn everybody(current: Memo<Arc<EscalationDetailBody>>) -> Memo<Option<Arc<Vec<Person>>>> {
    let incomplete = current.with_untracked(|one| one.entities.has_more);
    let id = current.with_untracked(|one| one.escalation.id);
    let rest = incomplete.then(|| {
        Remote::new(move || {
            current.track();
            Box::pin(api::people::identities(format!("escalation_id={id}")))
        })
    });
    Memo::new(move |_| match rest {
        Some(rest) => rest.get().map(|all| {
            Arc::new(all.iter().map(|one| Person { id: one.id, name: one.name.clone() }).collect())
        }),
        None => Some(Arc::new(current.with(|one| {
            let items = one.entities.items.iter();
            items
                .map(|item| Person {
                    id: beckon_core::id::IdentityId(item.id),
                    name: item.details.name.clone(),
                })
                .collect()
        }))),
    })
}

/// Makes what sends the answer, once it is complete.
fn committer(
    form: Form,
    escalation: Remote<EscalationDetailBody>,
    current: Memo<Arc<EscalationDetailBody>>,
    outlook: Memo<Outlook>,
    busy: RwSignal<bool>,
    error: RwSignal<Option<Wrong>>,
    conflict: RwSignal<Option<String>>,
) -> Callback<()> {
    let announcer = use_announcer();
    Callback::new(move |()| {
        if busy.get_untracked() {
            return;
        }
        if let Err(wrong) = untrack(|| complete(form, &outlook.get_untracked())) {
            keyboard::focus(wrong.control);
            error.set(Some(wrong));
            return;
        }
        let (id, revision) = current.with_untracked(|one| (one.escalation.id, one.escalation.revision));
        let request = untrack(|| form.request(revision));
        busy.set(true);
        error.set(None);
        conflict.set(None);
        spawn(async move {
            match api::escalations::resolve(id, None, &request).await {
                Ok(resolved) => {
                    let text = resolved.escalation.resolution.as_ref();
                    announcer.say(text.map_or_else(|| "Resolved".to_owned(), |one| one.text.clone()));
                    escalation.set(resolved);
                    keyboard::focus("main");
                }
                Err(failure) => {
                    if failure.is(409) {
                        let _ = conflict.try_set(Some(failure.text()));
                        escalation.refetch();
                    } else {
                        let _ = error.try_set(Some(Wrong { text: failure.text(), control: "" }));
                    }
                }
            }
            let _ = busy.try_set(false);
        });
    })
}

/// Says what is missing, and where.
fn complete(form: Form, outlook: &Outlook) -> Result<(), Wrong> {
    let wrong = |text: &str, control| Err(Wrong { text: text.to_owned(), control });
    match form.answer() {
        Answer::Undecided => wrong("Choose an answer first.", "choice-1"),
        Answer::Determined { determination: Determination::Unauthorized, revoke: None, .. } => wrong(
            "Choose whether to sign them out and disable their accounts, or to leave the accounts alone.",
            ACCOUNTS,
        ),
        Answer::Determined { .. } if outlook.dates.is_some() => wrong("Put the dates right first.", "from"),
        Answer::Dismiss | Answer::Determined { .. } => Ok(()),
    }
}
