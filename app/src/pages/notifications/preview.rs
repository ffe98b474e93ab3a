//! What each message says: the title, the document that mail programs show, and the plain text.

use beckon_core::api::notification::MessagePreviewResponse;
use beckon_core::notice::example::Sample;
use leptos::prelude::*;

use super::Settings;
use crate::api;
use crate::components::card::Card;
use crate::components::field::Field;
use crate::components::segmented::{Segment, Segmented};
use crate::components::select::select;
use crate::components::when::When;
use crate::erased::{dynamic, view};
use crate::remote::Remote;
use crate::routes::Route;
use crate::state::{Memo, Signal, State};

/// The card.
pub(super) fn preview(settings: Settings) -> AnyView {
    let kinds = Memo::new(move |_| {
        settings
            .with(|all| all.kinds.iter().map(|one| (one.kind.clone(), one.name.clone())).collect::<Vec<_>>())
    });
    let kind =
        State::new(kinds.with_untracked(|kinds| kinds.first().map(|one| one.0.clone()).unwrap_or_default()));
    let reason = State::new(<&str>::from(Sample::Raised).to_owned());
    let form = State::new("html".to_owned());
    let reasons = Sample::ALL.map(|one| (<&str>::from(one).to_owned(), one.label().to_owned())).to_vec();
    let remote = Remote::<MessagePreviewResponse>::at(move || {
        let [path, _] = api::notifications::preview(&kind.read(), &reason.read());
        path
    });
    let is_there = Memo::new(move |_| remote.get().is_some() && remote.failure().is_none());
    let text = Memo::new(move |_| remote.get().map(|shown| shown.text.clone()));
    // The mail itself follows once it is known that there is one.
    let document = Memo::new(move |_| {
        remote.get();
        let [_, document] = untrack(|| api::notifications::preview(&kind.read(), &reason.read()));
        document
    });
    let set_kind = Callback::new(move |value| kind.set(value));
    let set_reason = Callback::new(move |value| reason.set(value));
    let forms = vec![Segment::new("html", "As mail"), Segment::new("text", "As plain text")];
    view! {
        <Card id="preview-title" title="What a message says">
            <Field label="Question" control="preview-kind">
                {dynamic(move || select("preview-kind".to_owned(), kinds.get(), kind.get_untracked(), set_kind))}
            </Field>
            <Field label="Because" control="preview-reason">
                {select("preview-reason".to_owned(), reasons, reason.get_untracked(), set_reason)}
            </Field>
            <div>
                <Segmented name="form" label="Form" segments=forms value=form set=form/>
            </div>
            {dynamic(move || message(remote))}
            <When is=Signal::derive(move || is_there.get() && *form.read() == "html")>
                <iframe class="letter" title="The mail" sandbox="" src=document></iframe>
            </When>
            <When is=Signal::derive(move || is_there.get() && *form.read() == "text")>
                <pre class="letter plain" tabindex="0">{text}</pre>
            </When>
        </Card>
    }
}

/// The title, and what the message is about; or why there is none.
fn message(remote: Remote<MessagePreviewResponse>) -> Option<AnyView> {
    if let Some(failure) = remote.failure() {
        return Some(view! { <p class="quiet">{failure.text()}</p> });
    }
    let shown = remote.get()?;
    let title = shown.title.clone();
    let about = match &shown.escalation {
        Some(one) => {
            let href = Route::Escalation(one.id).path();
            view! { <p class="quiet">"About " <a href=href>{one.name.clone()}</a> ", the newest of its kind"</p> }
        }
        None => view! { <p class="quiet">"With an example: nothing of this kind was raised yet"</p> },
    };
    Some(view! {
        <p class="strong breakable">{title}</p>
        {about}
    })
}
