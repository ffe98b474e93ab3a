//! Where one is signed in.

use beckon_core::api::access::SessionBody;
use leptos::prelude::*;

use super::Profile;
use crate::api;
use crate::clock::use_clock;
use crate::components::card::Card;
use crate::erased::{click, dynamic, view};
use crate::words::times;

pub(super) fn sessions(profile: Profile) -> AnyView {
    let rows = move || {
        let all = profile.sessions.get();
        let rows = all.iter().flat_map(|all| &all.sessions).map(|one| row(one, profile));
        rows.collect_view()
    };
    let several = move || profile.sessions.get().is_some_and(|all| all.sessions.len() > 1);
    let end_others = move |_| profile.send(api::session::end(None), "All others are ended");
    let all = move || {
        several().then(|| {
            view! { <button class="button" type="button" on:click=click(end_others)>"End all others"</button> }
        })
    };
    view! {
        <Card id="sessions-title" title="Where you are signed in">
            <ul class="team tiles">{dynamic(rows)}</ul>
            <div class="links">{dynamic(all)}</div>
        </Card>
    }
}

fn row(one: &SessionBody, profile: Profile) -> AnyView {
    let clock = use_clock();
    let (id, seen_at) = (one.id, one.seen_at);
    let end = (!one.current).then(|| {
        let end = move |_| profile.send(api::session::end(Some(id)), "It is ended");
        view! { <button class="link" type="button" on:click=click(end)>"End"</button> }
    });
    let place = format!("{}, {}", one.address, one.method.label());
    let here = one.current.then_some("This one · ");
    view! {
        <li>
            <div>
                <div class="strong">{device(&one.device)}</div>
                <div class="quiet">{here} {place} ", " {dynamic(move || times::ago(seen_at, clock.now()))}</div>
            </div>
            {end}
        </li>
    }
}

/// Says what people call a browser and its system, from what it calls itself.
fn device(agent: &str) -> String {
    let known = |names: &[&'static str]| names.iter().copied().find(|name| agent.contains(name));
    let browser = if agent.contains("Edg/") { Some("Edge") } else { known(&["Firefox", "Chrome", "Safari"]) };
    let system = known(&["Android", "iPhone", "iPad", "Windows", "Mac OS", "Linux"]);
    let (browser, system) = (browser.unwrap_or("A browser"), system.unwrap_or("a device"));
    format!("{browser} on {system}")
}
