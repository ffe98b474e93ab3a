//! Comments on an escalation, and a field for one more where that is permitted.

use beckon_core::api::escalation::TimelineEntryBody;
use leptos::prelude::*;

use super::when::When;
use crate::erased::{dynamic, keyed, view, written};
use crate::words::{self, dates};

/// The comments, oldest first.
#[component]
pub fn Comments(
    /// The comments among the timeline.
    #[prop(into)]
    comments: Signal<Vec<TimelineEntryBody>>,
    /// Whether the reader may add one.
    #[prop(into)]
    may_comment: Signal<bool>,
    /// The text that is being written; whoever sends it empties it.
    draft: RwSignal<String>,
    /// Whether it is being sent.
    #[prop(into)]
    sending: Signal<bool>,
    /// What went wrong with sending it.
    #[prop(into)]
    error: Signal<Option<String>>,
    /// Sends it.
    on_send: Callback<()>,
) -> impl IntoView {
    let anything = move || may_comment.get() || !comments.with(Vec::is_empty);
    view! {
        <section class="comments" aria-labelledby="comments-title" hidden=Signal::derive(move || !anything())>
            <h2 class="section-title" id="comments-title">"Comments"</h2>
            <ol class="comment-list" hidden=Signal::derive(move || comments.with(Vec::is_empty))>
                {keyed(move || comments.get(), |comment| comment.seq.to_string(), comment)}
            </ol>
            <When is=may_comment>
                <form
                    class="comment-form"
                    on:submit=move |event| {
                        event.prevent_default();
                        on_send.run(());
                    }
                >
                    <label class="unseen" for="comment">"Comment"</label>
                    <textarea
                        class="input"
                        id="comment"
                        rows="2"
                        maxlength="10000"
                        placeholder="Say something to the others"
                        prop:value=draft
                        on:input=written(draft)
                        on:keydown=move |event| {
                            if event.key() == "Enter" && (event.ctrl_key() || event.meta_key()) {
                                event.prevent_default();
                                on_send.run(());
                            }
                        }
                    ></textarea>
                    <button class="button" type="submit" disabled=sending>"Add comment"</button>
                    {dynamic(move || error.get().map(|text| view! { <p class="field-error" role="alert">{text}</p> }))}
                </form>
            </When>
        </section>
    }
}

fn comment(comment: TimelineEntryBody) -> AnyView {
    view! {
        <li class="comment">
            <span class="avatar" aria-hidden="true">{words::initials(comment.by.name())}</span>
            <div>
                <div>
                    <span class="strong">{comment.by.name().to_owned()}</span>
                    " "
                    <span class="quiet">{dates::moment(comment.at)}</span>
                </div>
                <p class="comment-text">{comment.note.unwrap_or(comment.text)}</p>
            </div>
        </li>
    }
}
