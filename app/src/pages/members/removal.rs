//! Letting a member go: what it means is said before.

use beckon_core::api::people::{MembershipBody, RemovalBody};
use leptos::prelude::*;

use super::Members;
use crate::api;
use crate::components::confirm::Question;
use crate::erased::spawn;
use crate::words;

/// Fetches what it would mean and asks; says why not where it is refused.
pub(super) fn ask_to_remove(one: &MembershipBody, members: Members) {
    let one = one.clone();
    members.doing.error.set(None);
    spawn(async move {
        let removal = match api::members::removal(one.user_id).await {
            Ok(removal) => removal,
            Err(failure) => return members.doing.error.try_set(Some(failure.text())),
        };
        if let Some(why) = removal.refused {
            return members.doing.error.try_set(Some(format!("{} cannot be removed: {why}.", one.name)));
        }
        members.asked.try_set(Some(question(&one, &removal, members)));
    });
}

fn question(one: &MembershipBody, removal: &RemovalBody, members: Members) -> Question {
    let id = one.user_id;
    let does = Callback::new(move |()| {
        members.doing.send(api::members::remove(id), move |_| {
            members.asked.set(None);
            members.remote.refetch();
            Ok("Removed".to_owned())
        });
    });
    Question {
        title: format!("Remove {}?", one.name),
        lines: consequences(one, removal),
        word: None,
        button: "Remove the member".to_owned(),
        does,
    }
}

fn consequences(one: &MembershipBody, removal: &RemovalBody) -> Vec<String> {
    let mut lines = vec![format!("{} can see nothing of this account any more, at once", one.name)];
    if removal.sessions > 0 || removal.keys > 0 {
        let mut ended = Vec::new();
        if removal.sessions > 0 {
            ended.push(words::count(removal.sessions, "session", "sessions"));
        }
        if removal.keys > 0 {
            ended.push(words::count(removal.keys, "API key", "API keys"));
        }
        let verb = if removal.sessions + removal.keys == 1 { "ends" } else { "end" };
        lines.push(format!("{} {verb}", words::join(&ended, "and")));
    }
    let after = words::join(&removal.recipients_after, "and");
    if removal.falls_back {
        lines
            .push(format!("Nobody else was chosen to get the mails: they go to all account admins, {after}"));
    } else if removal.recipients_after != removal.recipients_before {
        lines.push(format!("The mails go to {after}"));
    }
    lines.push("What was answered and made stays, with the name".to_owned());
    lines
}
