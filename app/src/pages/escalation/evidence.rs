//! What happened, in a sentence and in a table, with whether rules cover each person by now.

use std::sync::Arc;

use beckon_core::api::escalation::{EntityBody, EscalationDetailBody};
use beckon_core::api::rule::CoverageResponse;
use beckon_core::id::IdentityId;
use beckon_core::rule::coverage::{OpenIdentity, Origin, is_covered};
use beckon_core::time::Timestamp;
use leptos::prelude::*;

use crate::clock::use_clock;
use crate::components::people_table::{Covered, PeopleTable, PersonRow};
use crate::erased::dynamic;
use crate::remote::Remote;

/// The most people that are listed at first: below them stands the question, and it should be in sight.
const LISTED: usize = 8;

/// The section.
#[component]
pub fn Evidence(
    /// The escalation as it stands.
    current: Memo<Arc<EscalationDetailBody>>,
    /// The rules that there are.
    coverage: Remote<CoverageResponse>,
) -> impl IntoView {
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
    let more = Memo::new(move |_| {
        let current = current.read();
        current.entities.total_count.saturating_sub(current.entities.items.len() as u64)
    });
    let all = RwSignal::new(false);
    let table = move || {
        let mut people = people.get();
        let listed = if all.get() { people.len() } else { LISTED };
        let folded = people.len().saturating_sub(listed);
        people.truncate(listed);
        view! { <PeopleTable people folded on_unfold=Callback::new(move |()| all.set(true)) more=more.get()/> }
    };
    view! {
        <section aria-labelledby="happened">
            <h2 class="section-title" id="happened">"What happened"</h2>
            <p class="happened">{dynamic(move || current.read().what_happened.clone())}</p>
            {dynamic(table)}
        </section>
    }
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
