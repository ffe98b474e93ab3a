//! Beckon's page. Mounts the application; everything else lives in its modules.

#![expect(
    unreachable_pub,
    reason = "a binary exports nothing; `pub` says what a module offers to the others"
)]

mod api;
mod app;
mod clock;
mod components;
mod doing;
mod erased;
mod keyboard;
mod live;
mod memo;
mod navigation;
mod pages;
mod remote;
mod routes;
mod session;
mod words;

use leptos::prelude::*;

fn main() {
    std::panic::set_hook(Box::new(report_panic));
    mount_to_body(app::App);
}

/// Shows the reload message of `index.html`: after a panic nothing in the page answers any more.
fn report_panic(info: &std::panic::PanicHookInfo<'_>) {
    leptos::logging::error!("{info}");
    if let Some(message) = document().get_element_by_id("broken") {
        let _ = message.remove_attribute("hidden");
    }
}
