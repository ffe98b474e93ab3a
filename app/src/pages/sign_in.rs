//! Coming in: the landing for whoever is signed out, and the page behind a sign-in link.

use leptos::prelude::*;

use super::set_title;
use crate::api;
use crate::components::notice::Notice;
use crate::erased::{click, dynamic, spawn, view};
use crate::navigation;

/// Says how to sign in.
#[component]
pub fn SignedOutPage() -> impl IntoView {
    set_title("Sign in");
    view! {
        <main class="calm">
            <Notice
                title="Sign in to Beckon"
                text="Open the sign-in link that you were sent. It works once; ask an account admin for a new one."
            />
        </main>
    }
}

/// Trades the token of a link for a session, then shows the escalations.
#[component]
pub fn SignInPage(
    /// The last part of the link.
    token: String,
) -> impl IntoView {
    set_title("Signing in");
    let failed = RwSignal::new(None::<(&'static str, String)>);
    let attempt = Callback::new(move |()| {
        failed.set(None);
        let token = token.clone();
        spawn(async move {
            match api::session::sign_in(token).await {
                Ok(()) => navigation::load("/"),
                Err(failure) if failure.is(401) || failure.is(400) => {
                    let text = "It was used already, has expired, or is not complete. Ask for a new link.";
                    drop(failed.try_set(Some(("This sign-in link does not work", text.to_owned()))));
                }
                Err(failure) => {
                    drop(failed.try_set(Some(("Signing in did not work", failure.text()))));
                }
            }
        });
    });
    attempt.run(());
    view! {
        <main class="calm">
            {dynamic(move || match failed.get() {
                None => view! { <p class="patience" role="status">"Signing you in…"</p> },
                Some((title, text)) => {
                    view! {
                        <Notice title=title text=text alert=true>
                            <button class="button" type="button" on:click=click(move |_| attempt.run(()))>
                                "Try again"
                            </button>
                        </Notice>
                    }
                }
            })}
        </main>
    }
}
