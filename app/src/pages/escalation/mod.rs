//! One escalation: what happened, the question, the answer with what it will do, the timeline, the comments.

mod answer;
mod banner;
mod decision;
mod evidence;
mod head;
mod outlook;
mod standing;
mod talk;
mod told;

use std::sync::Arc;

use beckon_core::actor::Role;
use beckon_core::api::escalation::{EscalationDetailBody, StatusBody};
use beckon_core::api::rule::CoverageResponse;
use beckon_core::id::EscalationId;
use beckon_core::permission::Action;
use leptos::prelude::*;

use self::answer::AnswerCard;
use self::banner::Banner;
use self::decision::DecisionCard;
use self::decision::plan::Asks;
use self::evidence::Evidence;
use self::head::Head;
use self::standing::Standing;
use self::talk::Talk;
use super::not_found::NotFoundPage;
use super::set_title;
use crate::api::{self, Failure};
use crate::components::guidance::Guidance;
use crate::components::notice::Notice;
use crate::components::people::People;
use crate::components::skeleton::Skeleton;
use crate::components::steps::Steps;
use crate::components::timeline::Timeline;
use crate::components::when::When;
use crate::erased::{click, dynamic, view};
use crate::keyboard;
use crate::live::use_live;
use crate::navigation::use_navigation;
use crate::remote::Remote;
use crate::routes::Route;
use crate::session::use_session;
use crate::state::{Memo, Signal, State};
use crate::words;

/// The page.
#[component]
pub fn EscalationPage(
    /// Which one.
    id: EscalationId,
) -> impl IntoView {
    set_title("Escalation");
    let (live, navigation) = (use_live(), use_navigation());
    let escalation = Remote::<EscalationDetailBody>::part(api::escalations::ONE, move || {
        live.track();
        api::escalations::one(id)
    });
    keyboard::on_key(move |key| {
        if key == "Escape" {
            navigation.push(&Route::Escalations.path());
        }
        key == "Escape"
    });
    let shape = Memo::new(move |_| match (escalation.get(), escalation.failure()) {
        (None, None) => Shape::Loading,
        (_, Some(failure)) if failure.is(404) => Shape::Missing,
        (None, Some(failure)) => Shape::Failed(failure),
        (Some(_), _) => Shape::Content,
    });
    dynamic(move || match shape.get() {
        Shape::Loading => view! { <Skeleton rows=5/> },
        Shape::Missing => view! { <NotFoundPage/> },
        Shape::Failed(failure) => view! {
            <Notice title="The escalation could not be fetched" text=failure.text() alert=true>
                <button class="button" type="button" on:click=click(move |_| escalation.refetch())>
                    "Try again"
                </button>
            </Notice>
        },
        Shape::Content => view! { <Content escalation/> },
    })
}

/// What stands where the escalation would.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Shape {
    Loading,
    Missing,
    Failed(Failure),
    Content,
}

#[component]
fn Content(escalation: Remote<EscalationDetailBody>) -> impl IntoView {
    let session = use_session();
    let Some(first) = escalation.get_untracked() else { return ().into_any() };
    set_title(&first.escalation.subject);
    let id = first.escalation.id;
    let current = Memo::new(move |_| escalation.get().unwrap_or_else(|| first.clone()));
    let open = Memo::new(move |_| current.read().escalation.status == StatusBody::Open);
    let timeline = Remote::new(move || {
        current.with(|one| one.escalation.revision);
        Box::pin(api::escalations::timeline(id))
    });
    let live = use_live();
    let sees_setup = Memo::new(move |_| session.may(Action::SeeSetup));
    let deliveries = Remote::new(move || {
        live.track();
        if !sees_setup.get() {
            return Box::pin(async { Ok((Vec::new(), false)) });
        }
        Box::pin(api::deliveries::list(format!("escalation_id={id}&limit=200"), 1))
    });
    let told = Memo::new(move |_| deliveries.get().map(|all| told::told(&all.0)).unwrap_or_default());
    // Only logins are answered by rules; what a kind is answered by never changes.
    let subject = current.with_untracked(|one| one.rule_subject.clone());
    let coverage: Option<Remote<CoverageResponse>> = subject.map(|subject| {
        Remote::at(move || {
            live.track();
            api::rules::coverage(Some(&subject))
        })
    });
    let again = State::new(false);
    let asks = Memo::new(move |_| match Asks::of(&current.read()) {
        Asks::Nothing if again.get() => Asks::Choice,
        asks => asks,
    });
    let one_by_one = current.with_untracked(|one| one.one_by_one);
    let severity = Memo::new(move |_| current.read().escalation.severity);
    let decides = Memo::new(move |_| {
        one_by_one && open.get() && asks.get() == Asks::Choice && session.may_answer(severity.get())
    });
    let conflict = State::new(None::<String>);
    let admins = move || {
        session.account().map(|account| {
            let admins = account.admins.iter().map(|admin| admin.name.clone()).collect::<Vec<_>>();
            view! { <People admins readers=account.readers_count/> }
        })
    };
    let answering = move || {
        if !open.get() {
            ().into_any()
        } else if session.may_answer(severity.get()) {
            match coverage {
                Some(coverage) => view! { <AnswerCard escalation current coverage conflict/> },
                None => view! { <DecisionCard escalation current asks again conflict/> },
            }
        } else {
            view! { <ReadOnly current asks/> }
        }
    };
    view! {
        <Head current/>
        <div class="columns">
            <div class="column">
                {dynamic(move || {
                    conflict
                        .get()
                        .map(|text| {
                            view! {
                                <p class="card-error" role="alert">
                                    <strong>"Your answer was not taken. "</strong>
                                    {text}
                                </p>
                            }
                        })
                })}
                <Banner current/>
                <Evidence current coverage has_things=Signal::derive(move || !decides.get())/>
                {dynamic(move || view! { <Steps steps=current.read().escalation.workflow.clone()/> })}
                {dynamic(answering)}
                <Talk id timeline/>
            </div>
            <aside class="rail" aria-label="History and people">
                <Timeline entries=Signal::derive(move || timeline.get()) told log=told::log(id)/>
                {dynamic(admins)}
            </aside>
        </div>
    }
}

/// The question, what was answered so far, and who can answer it.
#[component]
fn ReadOnly(current: Memo<Arc<EscalationDetailBody>>, asks: Memo<Asks>) -> impl IntoView {
    let session = use_session();
    // In a panel an admin may have to answer elsewhere.
    let is_admin = move || {
        session
            .me()
            .is_some_and(|me| me.actor.as_member().is_some_and(|member| member.role == Role::AccountAdmin))
    };
    let who = move || {
        session.me()?;
        if is_admin() {
            return Some("This is answered in Beckon itself: here it is only shown.".to_owned());
        }
        let account = session.account()?;
        let names: Vec<String> = account.admins.iter().map(|admin| admin.name.clone()).collect();
        Some(format!("Only account admins can answer: {}.", words::join(&names, "or")))
    };
    view! {
        <section class="answer-card" aria-labelledby="question">
            <h2 class="question" id="question">{dynamic(move || current.read().escalation.question.clone())}</h2>
            <Standing current asks/>
            <When is=Signal::derive(move || asks.get() != Asks::Nothing)>
                {dynamic(move || view! { <Guidance steps=current.read().guidance.clone()/> })}
                <p class="question-line">
                    {dynamic(who)}
                    <When is=Signal::derive(is_admin)>
                        {dynamic(move || {
                            let path = Route::Escalation(current.read().escalation.id).path();
                            view! { " " <a href=path target="_blank" rel="noopener">"Open it in Beckon"</a> }
                        })}
                    </When>
                </p>
            </When>
        </section>
    }
}
