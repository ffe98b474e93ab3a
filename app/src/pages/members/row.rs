//! One member.

use beckon_core::api::people::MembershipBody;
use leptos::prelude::*;

use super::removal::ask_to_remove;
use super::{COLUMNS, Draft, Members};
use crate::api;
use crate::clock::use_clock;
use crate::components::grid::{grid_row, two_lines};
use crate::components::when::When;
use crate::erased::{click, dynamic, view};
use crate::session::use_session;
use crate::state::Signal;
use crate::words::{dates, times};

/// The row.
pub(super) fn row(one: &MembershipBody, members: Members) -> AnyView {
    let (session, clock) = (use_session(), use_clock());
    let id = one.user_id;
    let is_me = Signal::derive(move || session.me().and_then(|me| me.user()) == Some(id));
    let organization = one.organization.as_ref().map(|organization| organization.name.clone());
    let factor = if one.second_factor { "Second factor" } else { "" };
    let last_here = one.last_sign_in_at;
    let here = move || last_here.map_or_else(|| "Never".to_owned(), |at| times::ago(at, clock.now()));
    let since = match last_here {
        Some(_) => format!("Member since {}", dates::moment(one.created_at)),
        None => format!("Invited {}", dates::moment(one.created_at)),
    };
    let cells = vec![
        view! {
            <div class="breakable">
                {one.name.clone()}
                <When is=is_me><span class="quiet">" · you"</span></When>
            </div>
            <div class="quiet breakable">{one.email.clone()}</div>
        },
        two_lines(one.role.label(), organization.as_deref().unwrap_or(factor)),
        view! {
            <div>{dynamic(here)}</div>
            <div class="quiet">{since}</div>
        },
        deeds(one, members),
    ];
    grid_row(COLUMNS, cells)
}

/// A button for each thing that can be done.
fn deeds(one: &MembershipBody, members: Members) -> AnyView {
    let name = format!(": {}", one.name);
    let button = |label: &'static str, does: fn(&MembershipBody, Members)| {
        let (one, name) = (one.clone(), name.clone());
        view! {
            <When is=members.may_change>
                <button class="link" type="button" on:click={
                    let one = one.clone();
                    click(move |_| does(&one, members))
                }>
                    {label}
                    <span class="unseen">{name.clone()}</span>
                </button>
            </When>
        }
    };
    view! {
        {button("Change", |one, members| members.draft.set(Some(Draft::of(one))))}
        {one.last_sign_in_at.is_none().then(|| button("Invite again", invite_again))}
        {button("Remove", ask_to_remove)}
    }
}

fn invite_again(one: &MembershipBody, members: Members) {
    let said =
        format!("{} gets another invitation. The link in the one before does not work any more", one.email);
    members.doing.send(api::members::invite_again(one.user_id), move |_| Ok(said));
}
