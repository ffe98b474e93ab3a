//! What stands around the pages: the account, the way to each page, the person, and what the network does.

use beckon_core::permission::Action;
use leptos::prelude::*;

use crate::api;
use crate::components::announcer::use_announcer;
use crate::components::help::Help;
use crate::components::mark::Mark;
use crate::components::when::When;
use crate::erased::{dynamic, spawn, view};
use crate::keyboard;
use crate::live::{Flow, use_live};
use crate::navigation;
use crate::routes::Route;
use crate::session::use_session;
use crate::state::{Signal, State};
use crate::words;

/// The sidebar and the main column.
#[component]
pub fn Shell(
    /// The page that is shown.
    #[prop(into)]
    route: Signal<Route>,
    /// It.
    children: Children,
) -> impl IntoView {
    let help = State::new(false);
    keyboard::on_key(move |key| {
        if key == "?" {
            help.set(true);
        }
        key == "?"
    });
    let announcer = use_announcer();
    Effect::new(move |before: Option<Route>| {
        let now = route.get();
        request_animation_frame(|| keyboard::reveal(".pages [aria-current]"));
        if before.is_some_and(|before| before != now) {
            keyboard::focus("main");
            request_animation_frame(move || announcer.say(document().title()));
        }
        now
    });
    view! {
        <div class="shell">
            <header class="side">
                <a class="skip" href="#main">"Skip to content"</a>
                <a class="brand" href=Route::Escalations.path()>
                    <Mark/>
                    "Beckon"
                </a>
                <AccountBox/>
                <Pages route/>
                <PersonBox/>
            </header>
            <main class="main" id="main" tabindex="-1">
                <NetworkBar/>
                {children()}
            </main>
        </div>
        <Help open=help/>
    }
}

#[component]
fn AccountBox() -> impl IntoView {
    let session = use_session();
    let name = move || session.account().map(|account| account.name.clone());
    let size = move || {
        let account = session.account()?;
        Some(words::count(account.organizations_count, "organization", "organizations"))
    };
    view! {
        <div class="account">
            <div class="account-name">{dynamic(name)}</div>
            <div class="account-size">{dynamic(size)}</div>
        </div>
    }
}

#[component]
fn Pages(#[prop(into)] route: Signal<Route>) -> impl IntoView {
    let session = use_session();
    let open = move || session.account().map(|account| words::grouped(account.counts.open));
    let rules = move || session.account().map(|account| words::grouped(account.counts.rules));
    let link = move |to, name, count| link(route, to, name, count);
    view! {
        <nav class="pages" aria-label="Pages">
            <div class="page-group">
                {link(Route::Escalations, "Escalations", Some(dynamic(open)))}
                {link(Route::Rules, "Access rules", Some(dynamic(rules)))}
                {link(Route::Deliveries, "Deliveries", None)}
                {link(Route::Activity, "Activity", None)}
            </div>
            <p class="page-heading" id="settings-title">"Settings"</p>
            <div class="page-group" role="group" aria-labelledby="settings-title">
                {link(Route::Notifications, "Notifications", None)}
                {link(Route::Integrations, "Integrations", None)}
                {link(Route::Webhooks, "Webhooks", None)}
                {link(Route::Embeds, "Embeds", None)}
                {link(Route::Members, "Members", None)}
                <When is=Signal::derive(move || session.may(Action::ManageKeys))>{link(Route::Keys, "API keys", None)}</When>
            </div>
        </nav>
    }
}

/// A number that changes.
type Count = Box<dyn FnMut() -> AnyView + Send>;

/// A link to a page, with a number beside its name.
fn link(route: Signal<Route>, to: Route, name: &'static str, count: Option<Count>) -> AnyView {
    let href = to.path();
    let current = Signal::derive(move || (section(&route.get()) == to).then_some("page"));
    let count = count.map(|count| view! { <span class="count">{count}</span> });
    view! { <a href=href aria-current=current>{name} {count}</a> }
}

/// The page in the list of pages to which another one belongs.
fn section(route: &Route) -> Route {
    match route {
        Route::Escalation(_) => Route::Escalations,
        Route::NewRule => Route::Rules,
        Route::NewEmbed | Route::Embed(_) => Route::Embeds,
        other => other.clone(),
    }
}

#[component]
fn PersonBox() -> impl IntoView {
    let session = use_session();
    let announcer = use_announcer();
    let sign_out = move |_| {
        spawn(async move {
            match api::session::sign_out().await {
                Ok(()) => navigation::load("/"),
                Err(failure) => announcer.warn(failure.text()),
            }
        });
    };
    view! {
        <div class="person">
            {dynamic(move || {
                session
                    .me()
                    .map(|me| {
                        view! {
                            <span class="avatar" aria-hidden="true">{words::initials(&me.name)}</span>
                            <a class="person-words" href=Route::Profile.path()>
                                <span class="person-name">{me.name.clone()}</span>
                                <span class="person-role">{me.role}</span>
                            </a>
                            <button class="link" type="button" on:click=sign_out>"Sign out"</button>
                        }
                    })
            })}
        </div>
    }
}

/// Speaks only when something is wrong.
#[component]
fn NetworkBar() -> impl IntoView {
    let live = use_live();
    let text = move || {
        (live.flow() == Flow::Offline).then_some(
            "You are offline. What you see may be old; it is brought up to date when you are back.",
        )
    };
    view! { <div role="status">{dynamic(move || text().map(|text| view! { <p class="bar-note">{text}</p> }))}</div> }
}
