//! What an escalation lists beside people: endpoints, incident reports, tenants; since when each is in trouble, what was
//! answered by whoever refused it, and where it stands.

use std::sync::Arc;

use beckon_core::api::escalation::{EntityBody, EntityDetails, EntityStanding};
use beckon_core::observation::IsolatedBy;
use leptos::prelude::*;

use super::severity_mark::SeverityMark;
use super::when::When;
use crate::erased::{click, dynamic, view};
use crate::memo::Memo;
use crate::words::{self, dates};

/// The most rows that are listed at first: below them stands the question, and it should be in sight.
const LISTED: usize = 8;

/// Makes the control with which a row is decided about.
pub type Control = Arc<dyn Fn(Row) -> AnyView + Send + Sync>;

/// A row as it stands; none once it is gone.
pub type Row = Memo<Option<EntityBody>>;

/// What a table of one type of things says above its rows.
struct Words {
    caption: &'static str,
    name: &'static str,
    one: &'static str,
    many: &'static str,
}

impl Words {
    fn of(kind: &str) -> Self {
        let words = |caption, name, one, many| Self { caption, name, one, many };
        match kind {
            "report" => words("Reports", "Report, and what the PSA answered", "more report", "more reports"),
            "tenant" => {
                words("Tenants", "Tenant, and what Microsoft answered", "more tenant", "more tenants")
            }
            _ => words("Endpoints", "Endpoint", "more endpoint", "more endpoints"),
        }
    }
}

/// The table. Rows stay where they are while it is open, whatever happens to them.
#[component]
pub fn ThingsTable(
    /// All of one type.
    #[prop(into)]
    things: Signal<Vec<EntityBody>>,
    /// How many there are beyond those.
    #[prop(into)]
    more: Signal<u64>,
    /// Whether they belong to different organizations.
    mixed: bool,
    /// What decides about one; none where nothing can be decided.
    #[prop(optional_no_strip)]
    control: Option<Control>,
) -> impl IntoView {
    let kind =
        things.with_untracked(|things| things.first().map(|thing| thing.kind.clone())).unwrap_or_default();
    let words = Words::of(&kind);
    let severe = kind == "report";
    let mixed = mixed && kind != "tenant";
    let all = RwSignal::new(false);
    let ids = Memo::new(move |before: Option<&Vec<i64>>| {
        let things = things.read();
        let mut ids = before.cloned().unwrap_or_default();
        ids.retain(|id| things.iter().any(|thing| thing.id == *id));
        for thing in
            things.iter().filter(|thing| !ids.contains(&thing.id)).map(|thing| thing.id).collect::<Vec<_>>()
        {
            ids.push(thing);
        }
        ids
    });
    let last = if control.is_some() { "Decision" } else { "State" };
    let rows = move || {
        let listed = if all.get() { usize::MAX } else { LISTED };
        let row = |id: i64| {
            let own = Memo::new(move |_| things.read().iter().find(|thing| thing.id == id).cloned());
            let decision = control.as_ref().map(|control| control(own));
            let is_decided = decision.is_some();
            view! {
                <tr>
                    {dynamic(move || own.get().map(|thing| cells(thing.details, &thing.kind, mixed, severe)))}
                    <td data-label=last class="cell-standing">
                        {dynamic(move || own.get().and_then(|thing| standing(&thing.details, is_decided)))}
                        {decision}
                    </td>
                </tr>
            }
        };
        ids.get().into_iter().take(listed).map(row).collect_view()
    };
    let folded =
        Memo::new(move |_| if all.get() { 0 } else { ids.read().len().saturating_sub(LISTED) as u64 });
    let (one, many) = (words.one, words.many);
    view! {
        <div class="table-frame">
            <table class="table stacked things-table">
                <caption class="unseen">{words.caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">{words.name}</th>
                        {severe.then(|| view! { <th scope="col">"Severity"</th> })}
                        {mixed.then(|| view! { <th scope="col">"Organization"</th> })}
                        <th scope="col">"Since"</th>
                        <th scope="col">{last}</th>
                    </tr>
                </thead>
                <tbody>{dynamic(rows)}</tbody>
            </table>
            <When is=Signal::derive(move || folded.get() > 0)>
                <p class="table-more">
                    <button class="link" type="button" on:click=click(move |_| all.set(true))>
                        {dynamic(move || format!("Show {}", words::count(folded.get(), one, many)))}
                    </button>
                </p>
            </When>
            {dynamic(move || {
                let more = more.get();
                (more > 0)
                    .then(|| {
                        view! { <p class="table-more">{words::count(more, one, many)} ", not listed here"</p> }
                    })
            })}
        </div>
    }
}

fn cells(details: EntityDetails, kind: &str, mixed: bool, severe: bool) -> AnyView {
    let name_class = if kind == "tenant" { "code breakable" } else { "strong breakable" };
    let since = details.since.unwrap_or(details.first_seen_at);
    let by = details.isolated_by.map(|by| match by {
        IsolatedBy::Provider => "by the provider",
        IsolatedBy::AccountAdmin => "by an account admin",
    });
    let organization = details.organization.unwrap_or_else(|| "–".to_owned());
    view! {
        <th scope="row">
            <div class=name_class><bdi>{details.name}</bdi></div>
            {details.os.map(|os| view! { <div class="quiet"><bdi>{os}</bdi></div> })}
            {details.error.map(|error| view! { <div class="reply code">{error}</div> })}
        </th>
        {severe
            .then(|| {
                let mark = details.severity.map(|severity| view! { <SeverityMark severity/> });
                view! { <td data-label="Severity" class="cell-mark">{mark}</td> }
            })}
        {mixed.then(|| view! { <td data-label="Organization"><bdi>{organization}</bdi></td> })}
        <td data-label="Since" class="cell-seen">
            <div>{dates::moment(since)}</div>
            {by.map(|by| view! { <div class="quiet">{by}</div> })}
        </td>
    }
}

/// Where it stands. Beside a control there is nothing to say while nobody decided.
fn standing(details: &EntityDetails, is_decided: bool) -> Option<AnyView> {
    let state = details.state.as_ref()?;
    let by = match state.slug {
        EntityStanding::Waiting if is_decided => return None,
        EntityStanding::Waiting
        | EntityStanding::Recovered
        | EntityStanding::PolicyChanged
        | EntityStanding::Moved => None,
        EntityStanding::UnderWay
        | EntityStanding::Failed
        | EntityStanding::Unheard
        | EntityStanding::Accepted => details.decided_by.clone(),
    };
    let at = state.at.map(dates::moment);
    let parts = [at, by].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    Some(view! {
        <div class=format!("standing {}", state.slug)>{state.text.clone()}</div>
        <div class="quiet">{parts}</div>
    })
}
