//! How one signs in oneself: the password, the second factor, where one is signed in, and the accounts.

mod second_factor;
mod sessions;

use beckon_core::api::access::{SessionsResponse, UserAccessBody};
use beckon_core::password::MIN;
use leptos::prelude::*;

use self::second_factor::second_factor;
use self::sessions::sessions;
use super::fetched::fetched;
use super::heading;
use crate::api;
use crate::components::card::Card;
use crate::components::field::Field;
use crate::components::select::select;
use crate::components::text_field::text_field;
use crate::doing::Doing;
use crate::erased::{dynamic, submit, view};
use crate::navigation;
use crate::remote::Remote;
use crate::session::use_session;
use crate::state::{Memo, State};

/// The person as it signs in, and what is being changed of that. Copies are the same person.
#[derive(Clone, Copy)]
struct Profile {
    user: Remote<UserAccessBody>,
    sessions: Remote<SessionsResponse>,
    doing: Doing,
}

impl Profile {
    /// Sends a change and fetches everything anew.
    fn send(self, change: api::Change, said: &'static str) {
        self.doing.send(change, move |_| {
            self.refetch();
            Ok(said.to_owned())
        });
    }

    fn refetch(self) {
        self.user.refetch();
        self.sessions.refetch();
    }
}

/// The page.
#[component]
pub fn ProfilePage() -> impl IntoView {
    let profile = Profile {
        user: Remote::part("user", || api::session::USER.to_owned()),
        sessions: Remote::at(|| api::session::SESSIONS.to_owned()),
        doing: Doing::new(),
    };
    view! {
        {heading("Profile", "How you sign in, and where you are signed in")}
        {fetched(profile.user, "profile", move || content(profile))}
    }
}

fn content(profile: Profile) -> AnyView {
    view! {
        <div class="column profile">
            {profile.doing.complaint()}
            {accounts(profile)}
            {password(profile)}
            {second_factor(profile)}
            {sessions(profile)}
        </div>
    }
}

/// The accounts to look at, for who has several.
fn accounts(profile: Profile) -> AnyView {
    let session = use_session();
    let accounts =
        Memo::new(move |_| profile.user.get().map(|user| user.accounts.clone()).unwrap_or_default());
    let switch = Callback::new(move |id: String| {
        let Ok(id) = id.parse() else { return };
        profile.doing.send(api::session::switch(id), |_| {
            navigation::load("/");
            Ok("Switched".to_owned())
        });
    });
    let shown = move || {
        let accounts = accounts.get();
        let current = session.me().map(|me| me.account.to_string()).unwrap_or_default();
        let options: Vec<(String, String)> =
            accounts.into_iter().map(|account| (account.id.to_string(), account.name)).collect();
        (options.len() > 1).then(|| {
            view! {
                <Card id="account-title" title="Account">
                    <Field label="Look at" control="account">{select("account".to_owned(), options, current, switch)}</Field>
                </Card>
            }
        })
    };
    dynamic(shown).into_any()
}

fn password(profile: Profile) -> AnyView {
    let password = State::new(String::new());
    let has_one = Memo::new(move |_| profile.user.get().is_some_and(|user| user.password));
    let send = submit(move || {
        let new = password.get_untracked();
        profile.doing.send(api::session::set_password(new), move |_| {
            password.set(String::new());
            profile.refetch();
            Ok("The password is set".to_owned())
        });
    });
    let about = move || {
        if has_one.get() {
            "You have one. Another one ends your other sessions."
        } else {
            "You have none: set one, and you need no more links."
        }
    };
    let word = move || if has_one.get() { "Change the password" } else { "Set the password" };
    let form = view! {
            <form class="dialog-body" on:submit=send>
    {text_field("New password", "new-password", "password", "new-password", password)}
                <p class="field-hint">
                    {format!("At least {MIN} characters. A few words that do not belong together are easy to keep.")}
                </p>
                <div class="links">
                <button class="button" type="submit" disabled=profile.doing.busy>{dynamic(word)}</button>
            </div>
            </form>
        };
    view! {
        <Card id="password-title" title="Password">
            <p class="quiet">{dynamic(about)}</p>
            {form}
        </Card>
    }
}
