//! The frame around every page: what lives as long as the page does, who may pass, and which page is shown.

use beckon_core::place::Part;
use leptos::prelude::*;

use crate::api::Failure;
use crate::clock::Clock;
use crate::components::announcer::{Announcer, LiveRegions};
use crate::components::notice::Notice;
use crate::erased::{click, dynamic, view};
use crate::live::Live;
use crate::navigation::Navigation;
use crate::pages::blocked::BlockedPage;
use crate::pages::escalations::memory::ListMemory;
use crate::pages::prove::prove;
use crate::pages::shell::Shell;
use crate::pages::sign_in::{SignInPage, SignedOutPage};
use crate::routes::Route;
use crate::session::{Gate, Session};
use crate::state::Memo;

/// Makes what lives as long as the page does, for whatever is in it.
pub fn provide(navigation: Navigation) -> (Session, Live) {
    let (clock, live) = (Clock::start(), Live::new());
    let session = Session::new(clock, live);
    provide_context(navigation);
    provide_context(clock);
    provide_context(live);
    provide_context(session);
    provide_context(Announcer::new());
    provide_context(ListMemory::new());
    (session, live)
}

/// The page.
#[component]
pub fn App(
    /// The part that this is, where it is not all.
    part: Option<Part>,
    /// Makes the page of a route.
    page: fn(&Route) -> AnyView,
) -> impl IntoView {
    let navigation = Navigation::start(part);
    let (session, _) = provide(navigation);

    let route = Memo::new(move |_| Route::parse(&navigation.place().path));
    let gate = Memo::new(move |_| session.gate());
    let token = Memo::new(move |_| match route.get() {
        Route::SignIn { token } => Some(token),
        _ => None,
    });
    // Whoever comes from a provider that said no is told so, signed in or not.
    let door = route.get_untracked() == Route::Door;
    if token.get_untracked().is_none() && !door {
        session.follow();
    }
    let content = move || match (token.get(), gate.get()) {
        (Some(token), _) => view! { <SignInPage token/> },
        _ if door => view! { <SignedOutPage/> },
        (None, Gate::SignedOut) => view! { <SignedOutPage/> },
        (None, Gate::Blocked(blocked)) => view! { <BlockedPage blocked=(*blocked).clone()/> },
        (None, Gate::Failed(failure)) => view! { <FailedPage failure session/> },
        (None, Gate::Open) => view! { <Shell route>{dynamic(move || page(&route.get()))}</Shell> },
    };
    view! {
        <LiveRegions/>
        {dynamic(content)}
        {prove()}
    }
}

#[component]
fn FailedPage(failure: Failure, session: Session) -> impl IntoView {
    view! {
        <main class="calm">
            <Notice title="Beckon does not answer" text=failure.text()>
                <button class="button" type="button" on:click=click(move |_| session.retry())>"Try again"</button>
            </Notice>
        </main>
    }
}
