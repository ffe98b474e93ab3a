//! Beckon's page. Its two binaries, `beckon-app` and `beckon-account`, are the parts that browsers load one at a time;
//! each says which pages it has.

#![expect(
    unreachable_pub,
    reason = "the binaries need two names; elsewhere `pub` says what a module offers to the others"
)]

mod api;
mod app;
mod asking;
mod clock;
mod components;
mod doing;
mod erased;
mod keyboard;
mod live;
mod navigation;
mod pages;
mod panel;
mod remote;
mod routes;
mod session;
mod state;
mod words;

use beckon_core::place::Part;
use leptos::prelude::*;

pub use crate::pages::{account, not_found, questions};
pub use crate::routes::Route;

/// Shows the page. `part` says which paths this binary has pages for, where it has not all of them; `page` makes them.
pub fn start(part: Option<Part>, page: fn(&Route) -> AnyView) {
    std::panic::set_hook(Box::new(report_panic));
    mount_to_body(move || view! { <app::App part page/> });
}

/// Shows the panel in a portal, where that is what this is, and tells whether it is. It is the part that shows questions with
/// another frame around it.
pub fn start_panel(page: fn(&Route) -> AnyView) -> bool {
    let Some(known) = panel::known() else { return false };
    std::panic::set_hook(Box::new(report_panic));
    mount_to_body(move || view! { <panel::app::PanelApp known page/> });
    true
}

/// Shows the reload message of `index.html`: after a panic nothing in the page answers any more.
fn report_panic(info: &std::panic::PanicHookInfo<'_>) {
    leptos::logging::error!("{info}");
    if let Some(message) = document().get_element_by_id("broken") {
        let _ = message.remove_attribute("hidden");
    }
}
