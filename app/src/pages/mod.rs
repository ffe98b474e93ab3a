//! The pages: each fetches what it shows and owns its state.

pub mod activity;
pub mod blocked;
pub mod deliveries;
pub mod embeds;
pub mod escalation;
pub mod escalations;
mod fetched;
pub mod integrations;
pub mod keys;
pub mod members;
pub mod not_found;
pub mod notifications;
pub mod profile;
pub mod prove;
mod query;
pub mod rules;
pub mod shell;
pub mod sign_in;
pub mod webhooks;

use beckon_core::permission::Action;
use leptos::prelude::*;

use self::activity::ActivityPage;
use self::deliveries::DeliveriesPage;
use self::embeds::EmbedsPage;
use self::embeds::edit::EmbedPage;
use self::escalation::EscalationPage;
use self::escalations::EscalationsPage;
use self::integrations::IntegrationsPage;
use self::keys::KeysPage;
use self::members::MembersPage;
use self::not_found::NotFoundPage;
use self::notifications::NotificationsPage;
use self::profile::ProfilePage;
use self::rules::RulesPage;
use self::rules::new::NewRulePage;
use self::webhooks::WebhooksPage;
use crate::components::notice::Notice;
use crate::erased::{dynamic, view};
use crate::routes::Route;
use crate::session::use_session;
use crate::words;

/// Makes a page of [`beckon_core::place::Part::Questions`].
pub fn questions(route: &Route) -> AnyView {
    match route {
        Route::Escalations => view! { <EscalationsPage/> },
        Route::Escalation(id) => view! { <EscalationPage id=*id/> },
        Route::Rules => view! { <RulesPage/> },
        Route::NewRule => view! { <NewRulePage/> },
        // Those of the account, and what is no page.
        Route::Deliveries
        | Route::Notifications
        | Route::Integrations
        | Route::Webhooks
        | Route::Embeds
        | Route::NewEmbed
        | Route::Embed(_)
        | Route::Members
        | Route::Keys
        | Route::Activity
        | Route::Profile
        | Route::Door
        | Route::SignIn { .. }
        | Route::NotFound => not_found(),
    }
}

/// Makes a page of [`beckon_core::place::Part::Account`]; nothing where the route is none of its.
pub fn account(route: &Route) -> Option<AnyView> {
    let page = match route {
        Route::Deliveries => view! { <DeliveriesPage/> },
        Route::Notifications => view! { <NotificationsPage/> },
        Route::Integrations => view! { <IntegrationsPage/> },
        Route::Webhooks => view! { <WebhooksPage/> },
        Route::Members => view! { <MembersPage/> },
        Route::Keys => view! { <KeysPage/> },
        Route::Activity => view! { <ActivityPage/> },
        Route::Embeds => view! { <EmbedsPage/> },
        Route::NewEmbed => view! { <EmbedPage id=None/> },
        Route::Embed(id) => view! { <EmbedPage id=Some(id.clone())/> },
        Route::Profile => view! { <ProfilePage/> },
        _ => return None,
    };
    Some(page)
}

/// Says that there is no such page.
pub fn not_found() -> AnyView {
    view! { <NotFoundPage/> }
}

/// Sets the title of the document.
pub fn set_title(title: &str) {
    document().set_title(&format!("{title} · Beckon"));
}

/// What stands above a page of settings: its name, and what it is for.
fn heading(title: &'static str, line: &'static str) -> AnyView {
    set_title(title);
    view! {
        <div class="heading">
            <h1>{title}</h1>
            <p class="heading-line">{line}</p>
        </div>
    }
}

/// Says who can change what a page shows, to whoever cannot.
/// Instead of a page that only account admins can use: who they are, and a way back.
fn only_admins(title: &'static str, back: Route, back_text: &'static str) -> AnyView {
    let session = use_session();
    let admins = move || {
        let account = session.account();
        let names: Vec<String> =
            account.iter().flat_map(|account| &account.admins).map(|admin| admin.name.clone()).collect();
        format!("Ask {}.", words::join(&names, "or"))
    };
    view! {
        <Notice title text=admins()>
            <a class="button" href=back.path()>{back_text}</a>
        </Notice>
    }
}

fn who_may_change() -> AnyView {
    let session = use_session();
    let note = move || {
        session.me().filter(|_| !session.may(Action::Configure))?;
        let account = session.account()?;
        let names: Vec<&str> = account.admins.iter().map(|admin| admin.name.as_str()).collect();
        let text = format!("Only account admins can change this: {}.", words::join(&names, "or"));
        Some(view! { <p class="bar-note">{text}</p> })
    };
    dynamic(note).into_any()
}
