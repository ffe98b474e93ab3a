//! What stands where something of the server's is shown: its shape while it is on its way, what went wrong, or itself.

use leptos::prelude::*;

use crate::api::Failure;
use crate::components::notice::Notice;
use crate::components::skeleton::Skeleton;
use crate::erased::{click, dynamic, view};
use crate::memo::Memo;
use crate::remote::{Remote, Shape};

/// Shows `content` once `remote` is there. `what` names it after "the".
pub fn fetched<T: Send + Sync + 'static>(
    remote: Remote<T>,
    what: &'static str,
    content: impl Fn() -> AnyView + Send + 'static,
) -> AnyView {
    shaped(remote.shape(), what, Callback::new(move |()| remote.refetch()), Box::new(content))
}

fn shaped(
    shape: Memo<Shape>,
    what: &'static str,
    again: Callback<()>,
    content: Box<dyn Fn() -> AnyView + Send>,
) -> AnyView {
    let shown = move || match shape.get() {
        Shape::Loading => view! { <Skeleton rows=6/> },
        Shape::Failed(failure) => failed(what, &failure, again),
        Shape::Content => content(),
    };
    dynamic(shown).into_any()
}

fn failed(what: &str, failure: &Failure, again: Callback<()>) -> AnyView {
    view! {
        <Notice title=format!("The {what} could not be fetched") text=failure.text() alert=true>
            <button class="button" type="button" on:click=click(move |_| again.run(()))>"Try again"</button>
        </Notice>
    }
}
