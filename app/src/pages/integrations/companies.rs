//! Which organization is which company in the PSA, and the company for what is not mapped.

use std::collections::BTreeSet;

use beckon_core::api::integration::{
    CompaniesResponse, CompanyBody, IntegrationPatch, MapCompaniesRequest, MapOrganization,
    MappedOrganizationBody,
};
use beckon_core::id::{IntegrationId, OrganizationId};
use leptos::prelude::*;

use super::Psa;
use crate::api;
use crate::components::card::Card;
use crate::components::dialog::Dialog;
use crate::components::grid::{grid, grid_row, two_lines};
use crate::components::picker::{Choice, Picker};
use crate::components::when::When;
use crate::doing::Doing;
use crate::erased::{click, dynamic, keyed, view};
use crate::memo::Memo;
use crate::pages::fetched::fetched;
use crate::remote::Remote;

/// The columns of the table.
const COLUMNS: &[&str] = &["Organization", "Company in the PSA", ""];

/// The most organizations that are listed at first.
const LISTED: usize = 25;

/// Whose company is being chosen.
#[derive(Clone, PartialEq, Eq)]
enum Whose {
    Default,
    Organization(OrganizationId, String),
}

#[derive(Clone, Copy)]
struct Mapping {
    id: IntegrationId,
    psa: Psa,
    remote: Remote<CompaniesResponse>,
    choosing: RwSignal<Option<Whose>>,
    doing: Doing,
}

/// The card.
pub(super) fn companies(id: IntegrationId, psa: Psa) -> AnyView {
    let remote = Remote::<CompaniesResponse>::at(move || api::integrations::companies(id));
    let mapping = Mapping { id, psa, remote, choosing: RwSignal::new(None), doing: Doing::new() };
    let default = move || {
        let company = psa.current.get().and_then(|one| one.default_company);
        company.map_or_else(|| "None chosen yet".to_owned(), |company| company.name)
    };
    view! {
        <Card id="companies-title" title="Companies">
            <div class="actions">
                <div class="grow">
                    <div>"Default company: " <span class="strong">{dynamic(default)}</span></div>
                    <div class="quiet">"For the whole account, and for organizations that are not mapped"</div>
                </div>
                {choose(mapping, Whose::Default, String::new())}
            </div>
            {fetched(remote, "companies", move || table(mapping))}
        </Card>
        {chooser(mapping)}
    }
}

/// The button that asks which company it is, for whoever may say.
fn choose(mapping: Mapping, whose: Whose, name: String) -> AnyView {
    let whose = StoredValue::new(whose);
    let ask = move |_| mapping.choosing.set(Some(whose.get_value()));
    view! {
        <When is=mapping.psa.may_change>
            <button class="link" type="button" on:click=click(ask)>
                "Choose"
                <span class="unseen">{format!(" the company of {name}")}</span>
            </button>
        </When>
    }
}

fn table(mapping: Mapping) -> AnyView {
    let all = RwSignal::new(false);
    let organizations = Memo::new(move |_| {
        let answer = mapping.remote.get();
        answer.map(|answer| answer.organizations.clone()).unwrap_or_default()
    });
    let number = Memo::new(move |_| organizations.read().len());
    let shown = move || {
        let listed = if all.get() { usize::MAX } else { LISTED };
        organizations.get().into_iter().take(listed).collect::<Vec<_>>()
    };
    let key = |one: &MappedOrganizationBody| {
        format!("{} {:?} {}", one.id, one.company.as_ref().map(|company| &company.id), one.by_hand)
    };
    let rows = keyed(shown, key, move |one| row(one, mapping));
    view! {
        {grid("companies", "Organizations and companies", COLUMNS, vec![rows])}
        <When is=Signal::derive(move || !all.get() && number.get() > LISTED)>
            <button class="link start" type="button" on:click=click(move |_| all.set(true))>
                {dynamic(move || format!("Show all {}", number.get()))}
            </button>
        </When>
    }
}

fn row(one: MappedOrganizationBody, mapping: Mapping) -> AnyView {
    let company = match (one.company, one.by_hand) {
        (Some(company), true) => two_lines(company.name, "chosen by hand"),
        (Some(company), false) => two_lines(company.name, "found by its exact name"),
        (None, _) => two_lines("Default company", "no company has this name"),
    };
    let whose = Whose::Organization(one.id, one.name.clone());
    let button = choose(mapping, whose, one.name.clone());
    grid_row(COLUMNS, vec![one.name.into_any(), company, button])
}

/// The dialog with all companies of the PSA.
fn chooser(mapping: Mapping) -> AnyView {
    let Mapping { choosing, doing, .. } = mapping;
    let open = Signal::derive(move || choosing.with(Option::is_some));
    let close = Callback::new(move |()| choosing.set(None));
    let title = move || match choosing.get() {
        Some(Whose::Organization(_, name)) => format!("Which company is {name}?"),
        Some(Whose::Default) | None => "Which company for everything else?".to_owned(),
    };
    let choices = Signal::derive(move || {
        let answer = mapping.remote.get();
        let companies = answer.iter().flat_map(|answer| &answer.companies);
        let by_name = Choice { hint: "automatic".to_owned(), ..Choice::new("", "By its exact name") };
        let by_name = (choosing.get() != Some(Whose::Default)).then_some(by_name);
        let choice = |company: &CompanyBody| Choice::new(&company.id, company.name.clone());
        by_name.into_iter().chain(companies.map(choice)).collect::<Vec<_>>()
    });
    let chosen = Signal::derive(move || {
        let mut chosen = BTreeSet::new();
        chosen.insert(current(mapping));
        chosen
    });
    let on_change = Callback::new(move |next: BTreeSet<String>| {
        if let (Some(whose), Some(company)) = (choosing.get_untracked(), next.into_iter().next()) {
            save(mapping, &whose, company);
        }
    });
    view! {
        <Dialog title=Signal::derive(title) open on_close=close>
            <Picker name="company" label="Company" choices chosen on_change/>
            {doing.complaint()}
            <div class="dialog-actions">
                <button class="button" type="button" on:click=click(move |_| choosing.set(None))>"Cancel"</button>
            </div>
        </Dialog>
    }
}

/// Returns the PSA's id of the company that counts now; empty where it goes by the name.
fn current(mapping: Mapping) -> String {
    let company = match mapping.choosing.get() {
        Some(Whose::Default) => mapping.psa.current.get().and_then(|one| one.default_company),
        Some(Whose::Organization(id, _)) => {
            let answer = mapping.remote.get();
            let mut all = answer.iter().flat_map(|answer| &answer.organizations);
            all.find(|one| one.id == id && one.by_hand).and_then(|one| one.company.clone())
        }
        None => None,
    };
    company.map(|company| company.id).unwrap_or_default()
}

fn save(mapping: Mapping, whose: &Whose, company: String) {
    match whose {
        Whose::Default => {
            let patch = IntegrationPatch { default_company_id: Some(company), ..IntegrationPatch::default() };
            mapping.psa.change(mapping.doing, &patch, "Saved");
            mapping.choosing.set(None);
        }
        Whose::Organization(id, _) => {
            let one = MapOrganization { id: *id, company_id: (!company.is_empty()).then_some(company) };
            let request = MapCompaniesRequest { organizations: vec![one] };
            mapping.doing.send(api::integrations::map(mapping.id, &request), move |answer| {
                mapping.choosing.set(None);
                mapping.remote.take(answer).map(|()| "Saved".to_owned())
            });
        }
    }
}
