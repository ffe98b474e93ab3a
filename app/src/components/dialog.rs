//! A modal dialog on the native `<dialog>`: focus goes in, stays in and comes back by itself, Esc closes it.

use leptos::html;
use leptos::prelude::*;

use crate::erased::{dynamic, view};

/// A dialog that is there while `open` is true.
#[component]
pub fn Dialog(
    /// Names it.
    #[prop(into)]
    title: Signal<String>,
    /// Whether it is open; the dialog sets it back when it is closed.
    open: RwSignal<bool>,
    /// What it holds, made anew each time it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if open.get() && !dialog.open() {
            let _ = dialog.show_modal();
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    view! {
        <dialog class="dialog" node_ref=dialog aria-label=title on:close=move |_| open.set(false)>
            {dynamic(move || {
                open.get()
                    .then(|| {
                        view! {
                            <h2 class="dialog-title">{title}</h2>
                            {children()}
                        }
                    })
            })}
        </dialog>
    }
}
