//! Notifications: who hears of what, by which channel, whether mails arrive, and what each message says.

mod kinds;
mod preview;
mod recipients;

use std::sync::Arc;

use beckon_core::api::delivery::DeliveryBody;
use beckon_core::api::notification::{
    NotificationSettingsBody, NotificationSettingsResponse, QueuedResponse,
};
use beckon_core::id::UserId;
use beckon_core::notice::NoticeSettingsChange;
use beckon_core::permission::Action;
use leptos::prelude::*;

use self::kinds::kinds;
use self::preview::preview;
use self::recipients::recipients;
use super::deliveries::outcome::outcome;
use super::fetched::fetched;
use crate::api;
use crate::clock::use_clock;
use crate::components::card::Card;
use crate::components::health::health;
use crate::components::when::When;
use crate::doing::Doing;
use crate::erased::{click, dynamic, view};
use crate::live::use_live;
use crate::memo::Memo;
use crate::pages::heading;
use crate::remote::Remote;
use crate::routes::Route;
use crate::session::use_session;
use crate::words;

/// The settings as they are, and what changes them. Copies are the same settings.
#[derive(Clone, Copy)]
struct Settings {
    remote: Remote<NotificationSettingsResponse>,
    current: Memo<Option<Arc<NotificationSettingsResponse>>>,
    may_change: Signal<bool>,
    doing: Doing,
    testing: Doing,
    tested: RwSignal<Vec<DeliveryBody>>,
}

impl Settings {
    /// Looks at the settings and subscribes to them.
    fn with<R: Default>(self, look: impl FnOnce(&NotificationSettingsBody) -> R) -> R {
        self.current.read().as_ref().as_ref().map(|all| look(&all.notification_settings)).unwrap_or_default()
    }

    fn change(self, change: &NoticeSettingsChange) {
        self.doing.send(api::notifications::change(change), move |answer| {
            self.remote.take(answer).map(|()| "Saved".to_owned())
        });
    }

    /// Sends a test message to one person, or to everybody who gets the mails.
    fn test(self, user: Option<UserId>) {
        self.testing.send(api::notifications::test(user), move |answer| {
            self.tested.set(answer.read::<QueuedResponse>()?.deliveries);
            Ok("Queued".to_owned())
        });
    }
}

/// The page.
#[component]
pub fn NotificationsPage() -> impl IntoView {
    let (live, session) = (use_live(), use_session());
    let remote = Remote::<NotificationSettingsResponse>::at(move || {
        live.track();
        api::notifications::SETTINGS.to_owned()
    });
    let settings = Settings {
        remote,
        current: Memo::new(move |_| remote.get()),
        may_change: Signal::derive(move || session.may(Action::Configure)),
        doing: Doing::new(),
        testing: Doing::new(),
        tested: RwSignal::new(Vec::new()),
    };
    view! {
        {heading("Notifications", "Who hears of what, and by which channel")}
        {fetched(remote, "settings", move || content(settings))}
    }
}

fn content(settings: Settings) -> AnyView {
    let session = use_session();
    let admins = move || {
        let names = session
            .account()
            .map(|account| account.admins.iter().map(|admin| admin.name.clone()).collect::<Vec<_>>());
        names.map(|names| format!("Only account admins can change this: {}.", words::join(&names, "or")))
    };
    view! {
        <div class="columns">
            <div class="column">
                <When is=Signal::derive(move || session.me().is_some() && !settings.may_change.get())>
                    <p class="bar-note">{dynamic(admins)}</p>
                </When>
                {settings.doing.complaint()}
                {recipients(settings)}
                {kinds(settings)}
                {preview(settings)}
            </div>
            <aside class="rail" aria-label="Whether mails arrive">
                {mail(settings)}
            </aside>
        </div>
    }
}

/// Whether mails arrive, and a test of it.
fn mail(settings: Settings) -> AnyView {
    let clock = use_clock();
    let state = move || {
        settings.with(|all| {
            let files = (all.mail.transport == "files").then(|| {
                view! { <p class="quiet">"No mail server is set up: mails are written to a folder of the server."</p> }
            });
            Some(view! { {health(&all.mail.health, clock.now())} {files} })
        })
    };
    let number = move || settings.with(|all| all.team.iter().filter(|one| one.told).count() as u64);
    let label = move || format!("Send a test to {}", words::count(number(), "person", "people"));
    let log = format!("{}?channel=email", Route::Deliveries.path());
    view! {
        <Card id="mail-title" title="Email">
            {dynamic(state)}
            <When is=settings.may_change>
                <div>
                    <button
                        class="button small"
                        type="button"
                        disabled=settings.testing.busy
                        on:click=click(move |_| settings.test(None))
                    >
                        {dynamic(label)}
                    </button>
                </div>
            </When>
            {settings.testing.complaint()}
            {outcome(settings.tested)}
            <a class="start" href=log>"Mails that were sent"</a>
        </Card>
    }
}
