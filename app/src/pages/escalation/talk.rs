//! Comments: shows those of the timeline and sends new ones.

use beckon_core::api::escalation::TimelineEntryBody;
use beckon_core::id::EscalationId;
use beckon_core::permission::Action;
use leptos::prelude::*;

use crate::api;
use crate::components::announcer::use_announcer;
use crate::components::comments::Comments;
use crate::erased::{spawn, view};
use crate::memo::Memo;
use crate::remote::Remote;
use crate::session::use_session;

/// The section.
#[component]
pub fn Talk(
    /// Of which escalation.
    id: EscalationId,
    /// What happened to it; a new comment is added at once.
    timeline: Remote<Vec<TimelineEntryBody>>,
) -> impl IntoView {
    let (session, announcer) = (use_session(), use_announcer());
    let draft = RwSignal::new(String::new());
    let sending = RwSignal::new(false);
    let error = RwSignal::new(None::<String>);
    let comments = Memo::new(move |_| {
        let timeline = timeline.get();
        let entries = timeline.iter().flat_map(|entries| entries.iter());
        entries.filter(|entry| entry.event == "commented").cloned().collect::<Vec<_>>()
    });
    let send = Callback::new(move |()| {
        let text = draft.get_untracked().trim().to_owned();
        if text.is_empty() || sending.get_untracked() {
            return;
        }
        sending.set(true);
        error.set(None);
        spawn(async move {
            match api::escalations::comment(id, text).await {
                Ok(comment) => {
                    let _ = draft.try_set(String::new());
                    add(timeline, comment);
                    announcer.say("Comment added");
                }
                Err(failure) => drop(error.try_set(Some(failure.text()))),
            }
            let _ = sending.try_set(false);
        });
    });
    view! {
        <Comments
            comments
            may_comment=Signal::derive(move || session.may(Action::Comment))
            draft
            sending
            error
            on_send=send
        />
    }
}

/// Shows a comment before the live update brings it.
fn add(timeline: Remote<Vec<TimelineEntryBody>>, comment: TimelineEntryBody) {
    let mut entries = timeline.get_untracked().map(|entries| entries.to_vec()).unwrap_or_default();
    if entries.iter().all(|entry| entry.seq != comment.seq) {
        entries.push(comment);
        timeline.set(entries);
    }
}
