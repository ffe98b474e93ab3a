//! What each message says: the title, the document that mail programs show, and the plain text.

use beckon_core::api::notification::MessagePreviewResponse;
use leptos::prelude::*;

use super::Settings;
use crate::api;
use crate::components::card::Card;
use crate::components::field::Field;
use crate::components::segmented::{Segment, Segmented};
use crate::components::select::select;
use crate::erased::{dynamic, view};
use crate::remote::Remote;
use crate::routes::Route;
use crate::state::{Memo, State};

/// Why somebody is told.
const REASONS: [(&str, &str); 5] = [
    ("raised", "It was raised"),
    ("severity_raised", "It presses more than before"),
    ("overdue", "It became overdue"),
    ("reminder", "Nobody answered yet"),
    ("resolved", "It was resolved"),
];

/// The card.
pub(super) fn preview(settings: Settings) -> AnyView {
    let kinds = Memo::new(move |_| {
        settings
            .with(|all| all.kinds.iter().map(|one| (one.kind.clone(), one.name.clone())).collect::<Vec<_>>())
    });
    let kind =
        State::new(kinds.with_untracked(|kinds| kinds.first().map(|one| one.0.clone()).unwrap_or_default()));
    let reason = State::new(REASONS[0].0.to_owned());
    let form = State::new("html".to_owned());
    let reasons = REASONS.map(|(slug, label)| (slug.to_owned(), label.to_owned())).to_vec();
    let remote = Remote::<MessagePreviewResponse>::at(move || {
        let [path, _] = api::notifications::preview(&kind.read(), &reason.read());
        path
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
            {dynamic(move || message(remote, kind, reason, form))}
        </Card>
    }
}

fn message(
    remote: Remote<MessagePreviewResponse>,
    kind: State<String>,
    reason: State<String>,
    form: State<String>,
) -> Option<AnyView> {
    // Where nobody was asked such a thing yet, the server has nothing to show it with, and says so.
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
    let body = if *form.read() == "html" {
        let [_, document] = untrack(|| api::notifications::preview(&kind.read(), &reason.read()));
        view! { <iframe class="letter" title="The mail" sandbox="" src=document></iframe> }
    } else {
        view! { <pre class="letter plain" tabindex="0">{shown.text.clone()}</pre> }
    };
    Some(view! {
        <p class="strong breakable">{title}</p>
        {about}
        {body}
    })
}
