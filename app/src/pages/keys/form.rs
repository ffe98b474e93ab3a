//! Making a key, and giving one another secret.

use beckon_core::actor::Scope;
use beckon_core::api::access::{KeyBody, KeyRequest};
use beckon_core::time::days;
use leptos::prelude::*;

use super::Keys;
use crate::api;
use crate::clock::use_clock;
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::components::segmented::{Segment, Segmented};
use crate::components::select::select;
use crate::components::text_field::text_field;
use crate::doing::Doing;
use crate::erased::{click, dynamic, submit, view};
use crate::session::Me;
use crate::state::{Signal, State};

/// For how long a key may work, in days; nothing for good.
const ENDS: [(&str, &str); 5] = [
    ("30", "In 30 days"),
    ("90", "In 90 days"),
    ("180", "In 180 days"),
    ("365", "In a year"),
    ("", "Never: until somebody ends it"),
];

/// For how many hours the secret before works too.
const OVERLAPS: [(&str, &str); 4] = [
    ("24", "For a day"),
    ("168", "For a week"),
    ("1", "For an hour"),
    ("0", "Not at all: it is known to somebody who should not have it"),
];

fn options(all: &[(&str, &str)]) -> Vec<(String, String)> {
    all.iter().map(|(value, label)| ((*value).to_owned(), (*label).to_owned())).collect()
}

/// Tells whether a key is that of whoever is signed in.
pub(super) fn is_own(key: &KeyBody, me: &Me) -> bool {
    key.user.as_ref().map(|user| user.id) == me.user()
}

/// The dialog in which a key is made.
pub(super) fn maker(keys: Keys) -> AnyView {
    let close = Callback::new(move |()| keys.making.set(false));
    view! {
        <Dialog title="Make a key" open=keys.making on_close=close>
            {make_form(keys)}
        </Dialog>
    }
}

fn make_form(keys: Keys) -> AnyView {
    let (name, doing, clock) = (State::new(String::new()), Doing::new(), use_clock());
    let scope = State::new(Scope::ReadOnly.to_string());
    let ends = State::new("90".to_owned());
    let send = submit(move || {
        let expires_at =
            ends.read_untracked().parse().ok().map(|all: u16| clock.now_untracked() + days(all.into()));
        let scope = scope.read_untracked().parse().unwrap_or(Scope::ReadOnly);
        let request = KeyRequest { name: name.get_untracked().trim().to_owned(), scope, expires_at };
        doing.send(api::keys::make(&request), move |answer| {
            keys.making.set(false);
            keys.remote.refetch();
            keys.secret.set(answer.read("secret")?);
            Ok("The key is made".to_owned())
        });
    });
    let scopes =
        vec![Segment::new(&Scope::ReadOnly, "Reads"), Segment::new(&Scope::ReadWrite, "Reads and writes")];
    let about = move || {
        if *scope.read() == Scope::ReadOnly.to_string() {
            "Sees what you see, and changes nothing."
        } else {
            "Does what you may do, but for keys and your own sign-in."
        }
    };
    view! {
        <form class="dialog-body" on:submit=send>
            {text_field("What it is for", "key-name", "text", "off", name)}
            <Field label="Allows">
                <Segmented name="key-scope" label="What it allows" segments=scopes value=scope set=scope/>
                <p class="field-hint">{dynamic(about)}</p>
            </Field>
            <Field label="It ends" control="key-ends">
                {select("key-ends".to_owned(), options(&ENDS), ends.get_untracked(), ends.into())}
            </Field>
            {doing.complaint()}
            <div class="dialog-actions">
                <button class="button primary" type="submit" disabled=doing.busy>"Make it and show its secret"</button>
                <button class="button" type="button" on:click=click(move |_| keys.making.set(false))>"Cancel"</button>
            </div>
        </form>
    }
}

/// The dialog in which a key gets another secret.
pub(super) fn rotator(keys: Keys) -> AnyView {
    let open = Signal::derive(move || keys.rotating.with(Option::is_some));
    let close = Callback::new(move |()| keys.rotating.set(None));
    view! {
        <Dialog title="Make a new secret?" open on_close=close>
            {keys.rotating.get_untracked().map(|key| rotate_form(key, keys))}
        </Dialog>
    }
}

fn rotate_form(key: KeyBody, keys: Keys) -> AnyView {
    let (overlap, doing) = (State::new("24".to_owned()), Doing::new());
    let about = format!(
        "“{}” keeps its name, what it allows and when it ends. Only its secret is another one.",
        key.name
    );
    let send = submit(move || {
        let hours = overlap.read_untracked().parse().unwrap_or(0);
        doing.send(api::keys::rotate(&key.key, hours), move |answer| {
            keys.rotating.set(None);
            keys.remote.refetch();
            keys.secret.set(answer.read("secret")?);
            Ok("A new secret was made".to_owned())
        });
    });
    view! {
        <form class="dialog-body" on:submit=send>
            <p>{about}</p>
            <Field label="The old secret still works" control="key-overlap">
                {select("key-overlap".to_owned(), options(&OVERLAPS), overlap.get_untracked(), overlap.into())}
            </Field>
            {doing.complaint()}
            <div class="dialog-actions">
                <button class="button primary" type="submit" disabled=doing.busy>"Make a new secret"</button>
                <button class="button" type="button" on:click=click(move |_| keys.rotating.set(None))>"Cancel"</button>
            </div>
        </form>
    }
}
