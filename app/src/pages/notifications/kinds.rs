//! Which question goes where: a row for each kind, with a switch where the account decides.

use beckon_core::api::notification::{KindRouteBody, PsaBody};
use beckon_core::notice::NoticeSettingsChange;
use leptos::prelude::*;

use super::Settings;
use crate::components::card::Card;
use crate::components::grid::{grid, grid_row, two_lines};
use crate::components::tick::Tick;
use crate::erased::{dynamic, view};
use crate::routes::Route;
use crate::state::{Memo, Signal};

/// The columns of the table.
const COLUMNS: &[&str] = &["Question", "Email", "PSA"];

/// The card.
pub(super) fn kinds(settings: Settings) -> AnyView {
    let kinds = Memo::new(move |_| settings.with(|all| all.kinds.clone()));
    let psa = Memo::new(move |_| settings.with(|all| all.psa.clone()));
    let table = move || {
        let (kinds, psa) = (kinds.get(), psa.get());
        let name = psa.map_or_else(|| "the PSA".to_owned(), |psa| psa.name);
        grid("kinds", "Which question goes where", COLUMNS, rows(settings, kinds, &name))
    };
    let both = Signal::derive(move || {
        settings.doing.track_refusals();
        settings.with(|all| all.psa_and_email)
    });
    let set_both = Callback::new(move |on: bool| {
        settings.change(&NoticeSettingsChange { psa_and_email: Some(on), ..NoticeSettingsChange::default() });
    });
    let logins = move || {
        if settings.may_change.get() {
            view! {
                <Tick
                    label="PSA and email for logins"
                    hint="Off, a question about a login is told once: in the PSA where one is connected, else by email."
                    ticked=both
                    switch=true
                    on_change=set_both
                />
            }
        } else {
            let says = move || {
                if both.get() {
                    "Questions about logins go to the PSA and by email."
                } else {
                    "Questions about logins go to the PSA where one is connected, else by email."
                }
            };
            view! { <p class="quiet">{dynamic(says)}</p> }
        }
    };
    view! {
        <Card id="kinds-title" title="What goes where">
            {dynamic(move || note(psa.get()))}
            {dynamic(table)}
            {dynamic(logins)}
        </Card>
    }
}

/// Says what the PSA does to all of it.
fn note(psa: Option<PsaBody>) -> AnyView {
    let (text, link) = match psa {
        None => ("No PSA is connected, so everything goes by email. ".to_owned(), "Connect a PSA"),
        Some(psa) if psa.paused => {
            (format!("{} takes no tickets now: what would go there goes by email. ", psa.name), "See why")
        }
        Some(psa) => (format!("{} is connected. ", psa.name), "Integration"),
    };
    view! { <p class="quiet">{text} <a href=Route::Integrations.path()>{link}</a></p> }
}

/// The rows, those of a category together.
fn rows(settings: Settings, kinds: Vec<KindRouteBody>, psa: &str) -> Vec<AnyView> {
    let wanted: Vec<String> =
        kinds.iter().filter(|one| one.psa_wanted && one.psa_optional).map(|one| one.kind.clone()).collect();
    let row = |one: KindRouteBody| {
        let email = if one.email { "Yes" } else { "No" };
        let there = if one.psa_optional {
            optional(settings, &one, wanted.clone(), psa)
        } else {
            let now = if one.psa { format!("{psa} now") } else { "By email now".to_owned() };
            two_lines("In the PSA, else by email", now)
        };
        grid_row(COLUMNS, vec![two_lines(one.name, one.category), email.into_any(), there])
    };
    kinds.into_iter().map(row).collect()
}

/// The switch with which the account decides, or what it decided.
fn optional(settings: Settings, one: &KindRouteBody, wanted: Vec<String>, psa: &str) -> AnyView {
    let (kind, is_wanted, active) = (one.kind.clone(), one.psa_wanted, one.psa);
    if !settings.may_change.get() {
        return match (is_wanted, active) {
            (true, true) => "Yes",
            (true, false) => "As soon as it takes tickets",
            (false, _) => "No",
        }
        .into_any();
    }
    let ticked = Signal::derive(move || {
        settings.doing.track_refusals();
        is_wanted
    });
    let hint = if is_wanted && !active { "as soon as it takes tickets" } else { "" };
    let set = Callback::new(move |on: bool| {
        let mut kinds = wanted.clone();
        kinds.retain(|own| *own != kind);
        kinds.extend(on.then(|| kind.clone()));
        settings.change(&NoticeSettingsChange { psa_kinds: Some(kinds), ..NoticeSettingsChange::default() });
    });
    let name = format!("In {psa} too");
    view! { <Tick label=name hint ticked switch=true on_change=set/> }
}
