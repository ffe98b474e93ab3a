//! Coming in: the form for whoever is signed out, and the page behind a sign-in link.

use beckon_core::api::Proof;
use beckon_core::api::access::SessionRequest;
use beckon_core::api::provider::{Problem, SignInOption};
use leptos::prelude::*;

use super::set_title;
use crate::api;
use crate::components::mark::Mark;
use crate::components::notice::Notice;
use crate::components::text_field::text_field;
use crate::components::when::When;
use crate::doing::Doing;
use crate::erased::{change, click, dynamic, spawn, submit, view};
use crate::keyboard;
use crate::navigation::{self, Place, use_navigation};
use crate::routes::Route;
use crate::state::State;

/// What is filled in.
#[derive(Clone, Copy)]
struct Entry {
    email: State<String>,
    password: State<String>,
    code: State<String>,
    /// Whether the second factor is asked for.
    asks_code: State<bool>,
    busy: State<bool>,
    problem: State<Option<String>>,
    /// Has links sent.
    links: Doing,
    sent: State<bool>,
    /// The domain for which providers were looked up, and those.
    providers: State<(String, Vec<SignInOption>)>,
}

/// The form. Whoever gets in stays where it stands.
#[component]
pub fn SignedOutPage() -> impl IntoView {
    set_title("Sign in");
    let entry = Entry {
        email: State::new(String::new()),
        password: State::new(String::new()),
        code: State::new(String::new()),
        asks_code: State::new(false),
        busy: State::new(false),
        problem: State::new(None),
        links: Doing::new(),
        sent: State::new(false),
        providers: State::new(("-".to_owned(), Vec::new())),
    };
    look_up(entry);
    let typed = change(move |_| look_up(entry));
    view! {
        <main class="calm">
            <form class="notice entry" on:submit=submit(move || enter(entry)) on:change=typed>
                <Mark/>
                <h1 class="notice-title">"Sign in to Beckon"</h1>
                {problem()}
                {text_field("Email", "email", "email", "username", entry.email)}
                {text_field("Password", "password", "password", "current-password", entry.password)}
                <When is=entry.asks_code>
                    {text_field(CODE, "code", "text", "one-time-code", entry.code)}
                </When>
                {dynamic(move || entry.problem.get().map(|text| view! { <p class="card-error" role="alert">{text}</p> }))}
                <button class="button primary" type="submit" disabled=entry.busy>"Sign in"</button>
                {dynamic(move || entry.providers.get().1.into_iter().map(provider).collect_view())}
                <button class="link" type="button" on:click=click(move |_| send_link(entry))>
                    "Send me a sign-in link instead"
                </button>
                {entry.links.complaint()}
                <div class="quiet" role="status">{dynamic(move || entry.sent.get().then_some(SENT))}</div>
            </form>
        </main>
    }
}

/// What the second factor is called where it is asked for.
pub const CODE: &str = "Code of your authenticator, or a recovery code";

/// Says the same whether or not anybody has the address.
const SENT: &str = "If this address is known here, a link is on its way. It works once, within an hour.";

/// Says why a provider did not let somebody in, where that is why they are here.
fn problem() -> Option<AnyView> {
    let query = web_sys::UrlSearchParams::new_with_str(&use_navigation().place().query).ok()?;
    let problem: Problem = query.get("problem")?.parse().ok()?;
    Some(view! { <p class="card-error" role="alert">{problem.text()}</p> })
}

/// Looks up by which providers people of the domain that is entered sign in; at first, which are for everybody.
fn look_up(entry: Entry) {
    let email = entry.email.get_untracked();
    let domain = email.rsplit_once('@').map(|(_, domain)| domain.trim().to_owned()).unwrap_or_default();
    if entry.providers.read_untracked().0 == domain {
        return;
    }
    spawn(async move {
        // Where they cannot be looked up, the other ways are still there.
        let providers = api::session::options(email).await.unwrap_or_default();
        entry.providers.try_set((domain, providers));
    });
}

/// The way to a provider, and from there back to where one stands.
fn provider(one: SignInOption) -> AnyView {
    let Place { path, query } = use_navigation().place();
    let here = if path == Route::Door.path() { "/".to_owned() } else { format!("{path}?{query}") };
    let href = format!("{}?return={}", one.url, api::encode(here.trim_end_matches('?')));
    let whose = one.account.map(|account| format!(" ({account})")).unwrap_or_default();
    view! { <a class="button wide" href=href target="_self">{format!("Continue with {}{whose}", one.name)}</a> }
}

fn enter(entry: Entry) {
    if entry.busy.get_untracked() {
        return;
    }
    entry.busy.set(true);
    entry.problem.set(None);
    let at_door = use_navigation().place().path == Route::Door.path();
    let code = entry.code.get_untracked();
    let request = SessionRequest {
        email: Some(entry.email.get_untracked()),
        password: Some(entry.password.get_untracked()),
        code: Some(code).filter(|code| !code.is_empty()),
        token: None,
    };
    spawn(async move {
        match api::session::sign_in(&request).send().await {
            Ok(_) if at_door => return navigation::load("/"),
            Ok(_) => return navigation::reload(),
            Err(failure) if failure.prove() == Some(Proof::SecondFactor) => {
                entry.asks_code.try_set(true);
                request_animation_frame(|| keyboard::focus("code"));
            }
            Err(failure) => entry.problem.try_set(Some(failure.text())),
        }
        entry.busy.try_set(false);
    });
}

fn send_link(entry: Entry) {
    let email = entry.email.get_untracked();
    if email.trim().is_empty() {
        entry.problem.set(Some("Enter your email address first.".to_owned()));
        return keyboard::focus("email");
    }
    entry.links.send(api::session::send_link(email), move |_| {
        entry.sent.set(true);
        Ok(SENT.to_owned())
    });
}

/// Why a link mostly does not work.
const OVER: &str = "This sign-in link was used already, has expired, or is not complete.";

/// Trades the token of a link for a session, then shows the escalations.
#[component]
pub fn SignInPage(
    /// The last part of the link.
    token: String,
) -> impl IntoView {
    set_title("Signing in");
    let failed = State::new(None::<String>);
    let (code, asks_code) = (State::new(String::new()), State::new(false));
    let attempt = Callback::new(move |()| {
        failed.set(None);
        let code = Some(code.get_untracked()).filter(|code| !code.is_empty());
        let request = SessionRequest { token: Some(token.clone()), code, ..SessionRequest::default() };
        spawn(async move {
            let Err(failure) = api::session::sign_in(&request).send().await else {
                return navigation::load("/");
            };
            if failure.prove() == Some(Proof::SecondFactor) {
                asks_code.try_set(true);
            }
            let over = failure.is(401) && request.code.is_none();
            let text = if over { OVER.to_owned() } else { failure.text() };
            failed.try_set(Some(text));
        });
    });
    attempt.run(());
    view! {
        <main class="calm">
            {dynamic(move || match failed.get() {
                None => view! { <p class="patience" role="status">"Signing you in…"</p> },
                Some(text) => {
                    view! {
                        <Notice title="You are not signed in yet" text=text alert=true>
                            {asks_code
                                .get()
                                .then(|| text_field(CODE, "code", "text", "one-time-code", code))}
                            <button class="button" type="button" on:click=click(move |_| attempt.run(()))>
                                "Try again"
                            </button>
                            <a href="/">"Sign in another way, or get a new link"</a>
                        </Notice>
                    }
                }
            })}
        </main>
    }
}
