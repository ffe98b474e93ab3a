//! Who gets the mails: all account admins, or people of the team by choice, of whom one account admin has to remain.

use beckon_core::actor::Role;
use beckon_core::api::notification::{NotificationSettingsBody, TeamMemberBody};
use beckon_core::id::UserId;
use beckon_core::notice::NoticeSettingsChange;
use leptos::prelude::*;

use super::Settings;
use crate::components::card::Card;
use crate::components::segmented::{Segment, Segmented};
use crate::components::tick::Tick;
use crate::components::when::When;
use crate::erased::{click, dynamic, view};
use crate::state::{Memo, Signal};

/// Stands where an account admin cannot be left out.
const LAST: &str = "One account admin has to be told: only they can answer.";

/// The card.
pub(super) fn recipients(settings: Settings) -> AnyView {
    let chosen = Memo::new(move |_| settings.with(|all| all.recipients.is_some()));
    let segments = vec![Segment::new("all", "All account admins"), Segment::new("some", "People you choose")];
    let value = Signal::derive(move || {
        settings.doing.track_refusals();
        if chosen.get() { "some" } else { "all" }.to_owned()
    });
    let choose = move |value: String| {
        let told = untrack(|| settings.with(told));
        let recipients = Some((value == "some").then_some(told));
        settings.change(&NoticeSettingsChange { recipients, ..NoticeSettingsChange::default() });
    };
    let team = Memo::new(move |_| settings.with(|all| all.team.clone()));
    let people = move || {
        let chosen = chosen.get();
        let team = team.get();
        let last = team.iter().filter(|one| one.told && one.role == Role::AccountAdmin).count() == 1;
        team.into_iter().map(|one| person(settings, one, chosen, last)).collect::<Vec<_>>()
    };
    let says = move || if chosen.get() { "People you chose" } else { "All account admins" };
    view! {
        <Card id="recipients-title" title="Who gets the mails">
            {dynamic(move || {
                if settings.may_change.get() {
                    let segments = segments.clone();
                    view! {
                        <div>
                            <Segmented
                                name="recipients"
                                label="Who gets the mails"
                                segments
                                value
                                set=Callback::new(choose)
                            />
                        </div>
                    }
                } else {
                    view! { <p>{dynamic(says)}</p> }
                }
            })}
            <When is=Signal::derive(move || settings.with(|all| all.fallen_back))>
                <p class="bar-note">
                    "None of the people who were chosen is an account admin any more. Until somebody else is chosen, all account admins are told."
                </p>
            </When>
            <ul class="team">{dynamic(people)}</ul>
        </Card>
    }
}

/// Returns who gets the mails now.
fn told(all: &NotificationSettingsBody) -> Vec<UserId> {
    all.team.iter().filter(|one| one.told).map(|one| one.user_id).collect()
}

fn person(settings: Settings, one: TeamMemberBody, chosen: bool, last: bool) -> AnyView {
    let id = one.user_id;
    let may = settings.may_change.get();
    let who = format!("{} · {}", one.email, one.role.label());
    let fixed = last && one.told && one.role == Role::AccountAdmin;
    let name = one.name.clone();
    let is_told = one.told;
    let words = if may && chosen {
        let ticked = Signal::derive(move || {
            settings.doing.track_refusals();
            is_told
        });
        let hint = if fixed { format!("{who}. {LAST}") } else { who };
        let tick = Callback::new(move |ticked: bool| {
            let mut told = untrack(|| settings.with(told));
            told.retain(|own| *own != id);
            told.extend(ticked.then_some(id));
            settings.change(&NoticeSettingsChange {
                recipients: Some(Some(told)),
                ..NoticeSettingsChange::default()
            });
        });
        view! { <Tick label=one.name hint ticked fixed=Signal::stored(fixed) on_change=tick/> }
    } else {
        let (class, word) = if is_told { ("standing accepted", "") } else { ("standing", ", gets no mails") };
        view! {
            <div class=class>
                {one.name} <span class="quiet">{word}</span> <div class="quiet breakable">{who}</div>
            </div>
        }
    };
    let test = may.then(|| {
        view! {
            <button
                class="link"
                type="button"
                disabled=settings.testing.busy
                on:click=click(move |_| settings.test(Some(id)))
            >
                "Send test"
                <span class="unseen">{format!(" to {name}")}</span>
            </button>
        }
    });
    view! { <li>{words} {test}</li> }
}
