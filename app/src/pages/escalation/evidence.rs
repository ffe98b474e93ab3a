//! What happened and why that matters, what the operator knows, and what it concerns: people in a table, with whether
//! rules cover each of them by now, or things in another.

use std::sync::Arc;

use beckon_core::api::escalation::{EntityBody, EscalationDetailBody};
use beckon_core::api::rule::CoverageResponse;
use beckon_core::id::IdentityId;
use beckon_core::rule::coverage::{OpenIdentity, Origin, is_covered};
use beckon_core::time::Timestamp;
use leptos::prelude::*;

use crate::clock::use_clock;
use crate::components::facts::Facts;
use crate::components::people_table::{Covered, PeopleTable, PersonRow};
use crate::components::things_table::ThingsTable;
use crate::components::when::When;
use crate::erased::{dynamic, view};
use crate::memo::Memo;
use crate::remote::Remote;

/// The most people that are listed at first: below them stands the question, and it should be in sight.
const LISTED: usize = 8;

/// The section.
#[component]
pub fn Evidence(
    /// The escalation as it stands.
    current: Memo<Arc<EscalationDetailBody>>,
    /// The rules that there are; none where rules have no say.
    coverage: Option<Remote<CoverageResponse>>,
    /// Whether the things are shown here; where somebody decides about each of them, they stand with the answer.
    #[prop(into)]
    has_things: Signal<bool>,
) -> impl IntoView {
    let facts = Memo::new(move |_| {
        let current = current.read();
        let evidence = current.evidence.iter();
        evidence.map(|one| (one.label.clone(), one.value.clone())).collect::<Vec<_>>()
    });
    let why = Memo::new(move |_| Some(current.read().why.clone()).filter(|why| !why.is_empty()));
    let concerns = match coverage {
        Some(coverage) => view! { <Persons current coverage/> },
        None => view! {
            <When is=has_things>
                <Things current/>
            </When>
        },
    };
    view! {
        <section aria-labelledby="happened">
            <h2 class="section-title" id="happened">"What happened"</h2>
            <p class="happened">{dynamic(move || current.read().what_happened.clone())}</p>
            {dynamic(move || why.get().map(|why| view! { <p class="why">{why}</p> }))}
            {dynamic(move || view! { <Facts facts=facts.get()/> })}
            {concerns}
        </section>
    }
}

/// Returns how many there are beyond those that are listed.
pub fn unlisted(current: Memo<Arc<EscalationDetailBody>>) -> Signal<u64> {
    Signal::derive(move || {
        let entities = &current.read().entities;
        entities.total_count.saturating_sub(entities.items.len() as u64)
    })
}

/// Endpoints, reports or tenants; nothing where the escalation lists none.
#[component]
fn Things(current: Memo<Arc<EscalationDetailBody>>) -> impl IntoView {
    let any = Memo::new(move |_| !current.read().entities.items.is_empty());
    let mixed = current.with_untracked(|one| one.escalation.organizations.is_empty());
    let things = Signal::derive(move || current.read().entities.items.clone());
    view! {
        <When is=any>
            <ThingsTable things more=unlisted(current) mixed control=None/>
        </When>
    }
}

/// Those who logged in.
#[component]
fn Persons(current: Memo<Arc<EscalationDetailBody>>, coverage: Remote<CoverageResponse>) -> impl IntoView {
    let clock = use_clock();
    let people = Memo::new(move |_| {
        let (current, coverage) = (current.read(), coverage.get());
        let now = clock.now();
        let row = |entity: &EntityBody| PersonRow {
            details: entity.details.clone(),
            covered: covered(&current, entity, coverage.as_deref(), now),
        };
        current.entities.items.iter().map(row).collect::<Vec<_>>()
    });
    let more = unlisted(current);
    let all = RwSignal::new(false);
    let table = move || {
        let mut people = people.get();
        let listed = if all.get() { people.len() } else { LISTED };
        let folded = people.len().saturating_sub(listed);
        people.truncate(listed);
        view! { <PeopleTable people folded on_unfold=Callback::new(move |()| all.set(true)) more=more.get()/> }
    };
    dynamic(table)
}

/// Asks core whether the rules that there are settle every login of one person.
fn covered(
    escalation: &EscalationDetailBody,
    entity: &EntityBody,
    coverage: Option<&CoverageResponse>,
    now: Timestamp,
) -> Covered {
    let (Some(coverage), Some(organization)) = (coverage, escalation.escalation.organizations.first()) else {
        return Covered::Unknown;
    };
    let details = &entity.details;
    let identity = OpenIdentity {
        identity: IdentityId(entity.id),
        usage_location: details.usage_location,
        origins: details
            .origins
            .iter()
            .map(|origin| Origin {
                country: origin.country,
                vpn: origin.vpn.clone(),
                address: origin.ip_address,
            })
            .collect(),
        more_origins: details.more_origins,
    };
    if is_covered(organization.id, &identity, coverage.coverage.rules.iter(), now) {
        Covered::Yes
    } else {
        Covered::No
    }
}
