//! A modal dialog on the native `<dialog>`: focus goes in, stays in and comes back by itself, Esc closes it.

use leptos::ev::Event;
use leptos::html;
use leptos::prelude::*;
use web_sys::{HtmlDialogElement, ScrollIntoViewOptions, ScrollLogicalPosition};

use crate::erased::{dynamic, effect, view};
use crate::state::{Memo, Signal};

/// A dialog that is there while `open` is true.
#[component]
pub fn Dialog(
    /// Names it.
    #[prop(into)]
    title: Signal<String>,
    /// Whether it is open.
    #[prop(into)]
    open: Signal<bool>,
    /// Called when it was closed, however that happened.
    on_close: Callback<()>,
    /// What it holds, made anew each time it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let dialog = NodeRef::<html::Dialog>::new();
    let open = Memo::new(move |_| open.get());
    effect(move || {
        let Some(dialog) = dialog.get() else { return };
        if open.get() && !dialog.open() {
            let _ = dialog.show_modal();
            bring_into_sight(&dialog);
        } else if !open.get() && dialog.open() {
            dialog.close();
        }
    });
    let closed: Box<dyn FnMut(Event)> = Box::new(move |_| on_close.run(()));
    let content = move || {
        open.get().then(|| {
            view! {
                <h2 class="dialog-title">{title}</h2>
                {children()}
            }
        })
    };
    view! {
        <dialog class="dialog" node_ref=dialog aria-label=title on:close=closed>
            {dynamic(content)}
        </dialog>
    }
}

/// In a frame that is higher than the window around it, the middle can be out of sight.
fn bring_into_sight(dialog: &HtmlDialogElement) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    dialog.scroll_into_view_with_scroll_into_view_options(&options);
}
