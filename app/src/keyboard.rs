//! Keys that work anywhere on a page, and never while somebody types.

use leptos::ev;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use crate::erased::listen;

/// Calls `handle` with each key that is pressed outside of fields, dialogs and menus, without a modifier.
/// `handle` tells whether it used the key. Stops with the component that called this.
pub fn on_key(handle: impl Fn(&str) -> bool + 'static) {
    let listener = listen(ev::keydown, move |event| {
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        if event.default_prevented() || event.repeat() && event.key() == "Escape" || modified || is_busy() {
            return;
        }
        if handle(&event.key()) {
            event.prevent_default();
        }
    });
    on_cleanup(move || listener.remove());
}

/// Calls `commit` on Ctrl+Enter and ⌘+Enter, wherever the focus is but in a dialog. Stops with the component.
pub fn on_commit(commit: impl Fn() + 'static) {
    let listener = listen(ev::keydown, move |event| {
        if event.key() == "Enter"
            && !event.default_prevented()
            && (event.ctrl_key() || event.meta_key())
            && !is_open("dialog[open]")
        {
            event.prevent_default();
            commit();
        }
    });
    on_cleanup(move || listener.remove());
}

/// Moves the focus to the element with `id`.
pub fn focus(id: &str) {
    if let Some(element) =
        document().get_element_by_id(id).and_then(|e| e.dyn_into::<web_sys::HtmlElement>().ok())
    {
        let _ = element.focus();
    }
}

/// Scrolls what matches `selector` into sight within the strip that holds it.
pub fn reveal(selector: &str) {
    if let Ok(Some(element)) = document().query_selector(selector) {
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_inline(web_sys::ScrollLogicalPosition::Center);
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        element.scroll_into_view_with_scroll_into_view_options(&options);
    }
}

/// Moves the focus by `step` among the elements that match `selector`.
pub fn focus_next(selector: &str, step: i32) {
    let Ok(rows) = document().query_selector_all(selector) else { return };
    let active = document().active_element();
    let current = (0..rows.length()).find(|index| {
        rows.item(*index)
            .is_some_and(|row| active.as_ref().is_some_and(|active| row.is_same_node(Some(active.as_ref()))))
    });
    let last = rows.length().saturating_sub(1);
    let next = match current {
        None => 0,
        Some(index) => index.saturating_add_signed(step).min(last),
    };
    if let Some(row) = rows.item(next).and_then(|row| row.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = row.focus();
    }
}

/// Tells whether keys belong to something else: a field, a dialog or a menu.
fn is_busy() -> bool {
    let field = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";
    let typing = document().active_element().is_some_and(|element| element.matches(field).unwrap_or(false));
    typing || is_open("dialog[open], [popover]:popover-open")
}

fn is_open(selector: &str) -> bool {
    document().query_selector(selector).ok().flatten().is_some()
}
