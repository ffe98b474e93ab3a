//! Before something sensitive is changed: whoever is signed in proves once more who it is.

use std::cell::RefCell;

use beckon_core::api::Proof;
use beckon_core::api::access::AuthenticationRequest;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use crate::api;
use crate::components::dialog::Dialog;
use crate::components::text_field::text_field;
use crate::components::when::When;
use crate::doing::Doing;
use crate::erased::{click, spawn, submit, view};
use crate::session::Session;
use crate::state::State;

thread_local! {
    /// Who waits for the proof.
    static WAITING: RefCell<Option<js_sys::Function>> = const { RefCell::new(None) };
}

/// Tells whoever waits whether it was proved.
fn answer(proved: bool) {
    if let Some(waiting) = WAITING.take() {
        let _ = waiting.call1(&JsValue::NULL, &JsValue::from_bool(proved));
    }
}

/// The dialog; it opens when the server wants to know once more who is signed in.
pub fn prove(session: Session) -> AnyView {
    let open = State::new(false);
    api::on_unproved(move |waiting| {
        answer(false);
        WAITING.set(Some(waiting));
        open.set(true);
    });
    let close = Callback::new(move |()| {
        open.set(false);
        answer(false);
    });
    view! {
        <Dialog title="Is it still you?" open on_close=close>
            {form(session, open, close)}
        </Dialog>
    }
}

/// What to do with the link.
const SENT: &str = "The link is on its way. Open it in this browser, then come back here and try again.";

fn form(session: Session, open: State<bool>, close: Callback<()>) -> AnyView {
    let (password, code, doing) = (State::new(String::new()), State::new(String::new()), Doing::new());
    let asks_code = State::new(false);
    let send = submit(move || {
        let code = code.get_untracked();
        let code = Some(code).filter(|code| !code.is_empty());
        let request = AuthenticationRequest { password: password.get_untracked(), code };
        spawn(async move {
            match api::session::prove(&request).send().await {
                Ok(_) => {
                    answer(true);
                    open.try_set(false);
                }
                Err(failure) if failure.prove() == Some(Proof::SecondFactor) => asks_code.try_set(true),
                Err(failure) => doing.error.try_set(Some(failure.text())),
            }
        });
    });
    let mailed = State::new(false);
    let by_link = move |_| {
        let email = session.me().and_then(|me| me.actor.as_member().map(|member| member.email.clone()));
        doing.send(api::session::send_link(email.unwrap_or_default()), move |_| {
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
                <button class="button" type="button" on:click=click(move |_| close.run(()))>"Cancel"</button>
                <button class="link" type="button" on:click=click(by_link)>"I have no password: send me a link"</button>
            </div>
        </form>
    }
}
