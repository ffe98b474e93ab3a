//! The evidence: who logged in, from where, how often, against the usage location, and whether a rule covers it now.

use beckon_core::api::escalation::{EntityDetails, OriginBody};
use leptos::prelude::*;

use crate::erased::{click, view};
use crate::words::{self, dates};

/// Whether rules cover a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covered {
    /// They do.
    Yes,
    /// They do not.
    No,
    /// Nobody knows yet.
    Unknown,
}

/// One row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRow {
    /// What is known.
    pub details: EntityDetails,
    /// Whether rules cover it.
    pub covered: Covered,
}

/// The table.
#[component]
pub fn PeopleTable(
    /// Those seen last come first.
    people: Vec<PersonRow>,
    /// How many of them are folded away.
    folded: usize,
    /// Asks for those too.
    on_unfold: Callback<()>,
    /// How many there are beyond all those.
    more: u64,
) -> impl IntoView {
    view! {
        <div class="table-frame">
            <table class="table people-table">
                <caption class="unseen">"People who logged in"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Person"</th>
                        <th scope="col">"Usage location"</th>
                        <th scope="col">"From"</th>
                        <th scope="col" class="number">"Logins"</th>
                        <th scope="col">"First and last seen"</th>
                        <th scope="col">"Rule"</th>
                    </tr>
                </thead>
                <tbody>{people.into_iter().map(row).collect_view()}</tbody>
            </table>
            {(folded > 0)
                .then(|| {
                    let text = format!("Show {}", words::count(folded as u64, "more person", "more people"));
                    view! {
                        <p class="table-more">
                            <button class="link" type="button" on:click=click(move |_| on_unfold.run(()))>{text}</button>
                        </p>
                    }
                })}
            {(more > 0)
                .then(|| {
                    let text = words::count(more, "more person is", "more people are");
                    view! { <p class="table-more">{text} " not listed here."</p> }
                })}
        </div>
    }
}

fn row(PersonRow { details, covered }: PersonRow) -> AnyView {
    let name = details.name.clone();
    let username = details.username.filter(|username| *username != name);
    let location = details.usage_location.map_or("Not on record", |country| country.name());
    let more = details.more_origins.then(|| view! { <div class="quiet">"and others"</div> });
    view! {
        <tr>
            <th scope="row">
                <div class="strong breakable">{name}</div>
                {username.map(breakable)}
            </th>
            <td data-label="Usage location">{location}</td>
            <td data-label="From" class="cell-from">{details.origins.into_iter().map(origin).collect_view()} {more}</td>
            <td data-label="Logins" class="number">{words::grouped(details.sightings)}</td>
            <td data-label="First and last seen" class="cell-seen">
                <div>{dates::moment(details.first_seen_at)}</div>
                <div class="quiet">{dates::moment(details.last_seen_at)}</div>
            </td>
            <td data-label="Rule">{chip(covered)}</td>
        </tr>
    }
}

/// Lets a username break before its domain.
fn breakable(username: String) -> AnyView {
    let at = username.find('@').unwrap_or(username.len());
    let (name, domain) = (username[..at].to_owned(), username[at..].to_owned());
    view! { <div class="quiet breakable">{name} <wbr/> {domain}</div> }
}

fn origin(origin: OriginBody) -> AnyView {
    let address = origin.ip_address.map_or_else(|| "unknown address".to_owned(), |ip| ip.to_string());
    let country = origin.country.map(|country| country.name().to_owned());
    let vpn = origin.vpn.map(|vpn| format!("through {}", vpn.name()));
    let place: Vec<String> = country.into_iter().chain(vpn).collect();
    view! {
        <div class="origin">
            <span class="code">{address}</span>
            <span class="quiet">{place.join(", ")}</span>
        </div>
    }
}

fn chip(covered: Covered) -> Option<AnyView> {
    let (class, word) = match covered {
        Covered::Yes => ("chip good", "Covered"),
        Covered::No => ("chip low", "No rule"),
        Covered::Unknown => return None,
    };
    Some(view! { <span class=class>{word}</span> })
}
