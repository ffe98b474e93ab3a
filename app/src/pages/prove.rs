//! Before something sensitive is changed: whoever is signed in proves once more who it is.

use beckon_core::api::Proof;
use beckon_core::api::access::{AuthenticationRequest, UserAccessBody};
use leptos::prelude::*;

use crate::api;
use crate::asking::{Answer, dialog};
use crate::components::text_field::text_field;
use crate::components::when::When;
use crate::doing::Doing;
use crate::erased::{click, dynamic, spawn, submit, view};
use crate::remote::Remote;
use crate::state::{Signal, State};

/// The dialog; it opens when the server wants to know once more who is signed in.
pub fn prove() -> AnyView {
    dialog(&api::PROOF, "Is it still you?", form)
}

/// What to do with the link.
const SENT: &str = "The link is on its way. Open it in this browser, then come back here and try again.";

fn form(answer: Answer) -> AnyView {
    let (password, code, doing) = (State::new(String::new()), State::new(String::new()), Doing::new());
    let asks_code = State::new(false);
    let send = submit(move || {
        let code = code.get_untracked();
        let code = Some(code).filter(|code| !code.is_empty());
        let request = AuthenticationRequest { password: password.get_untracked(), code };
        spawn(async move {
            match api::session::prove(&request).send().await {
                Ok(_) => answer.say(true),
                Err(failure) if failure.prove() == Some(Proof::SecondFactor) => asks_code.try_set(true),
                Err(failure) => doing.error.try_set(Some(failure.text())),
            }
        });
    });
    let user = Remote::<UserAccessBody>::part("user", || api::session::USER.to_owned());
    let provider = move || {
        let id = user.get()?.provider_id?;
        let here = window().location().pathname().unwrap_or_default();
        let href = format!("/sign-in/provider/{id}?again=1&return={}", api::encode(&here));
        Some(view! {
            <a class="button" href=href target="_self">"Prove it where you signed in"</a>
        })
    };
    let mailed = State::new(false);
    let has_email = Signal::derive(move || user.get().is_some());
    let by_link = move |_| {
        let Some(user) = user.get_untracked() else { return };
        doing.send(api::session::send_link(user.email.clone()), move |_| {
            mailed.set(true);
            Ok(SENT.to_owned())
        });
    };
    view! {
        <form class="dialog-body" on:submit=send>
            <p>"This is sensitive, and you signed in a while ago."</p>
            {text_field("Password", "prove-password", "password", "current-password", password)}
            <When is=asks_code>
                {text_field(super::sign_in::CODE, "prove-code", "text", "one-time-code", code)}
            </When>
            {doing.complaint()}
            <When is=mailed><p class="bar-note">{SENT}</p></When>
            <div class="dialog-actions">
                <button class="button primary" type="submit" disabled=doing.busy>"It is me"</button>
                <button class="button" type="button" on:click=click(move |_| answer.say(false))>"Cancel"</button>
                {dynamic(provider)}
                <When is=has_email>
                    <button class="link" type="button" on:click=click(by_link)>"I have no password: send me a link"</button>
                </When>
            </div>
        </form>
    }
}
