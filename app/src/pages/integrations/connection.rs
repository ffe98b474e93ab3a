//! How the PSA is reached: what was entered, a test of it, and entering it anew.

use beckon_core::api::integration::{ConnectionTestResponse, IntegrationBody, IntegrationPatch, VendorBody};
use beckon_core::id::IntegrationId;
use leptos::prelude::*;

use super::Psa;
use super::connect::{entries, fields, filled};
use crate::api;
use crate::components::card::Card;
use crate::components::facts::Facts;
use crate::components::when::When;
use crate::doing::Doing;
use crate::erased::{click, dynamic, submit, view};
use crate::words::{dates, times};

/// The card.
pub(super) fn connection(id: IntegrationId, vendor: VendorBody, psa: Psa) -> AnyView {
    let editing = RwSignal::new(false);
    let result = RwSignal::new(None::<ConnectionTestResponse>);
    let doing = Doing::new();
    let test = move |_| {
        result.set(None);
        doing.send(api::integrations::test(id), move |answer| {
            let tested = answer.read::<ConnectionTestResponse>()?;
            let said = if tested.works { "The connection works" } else { "The connection does not work" };
            result.set(Some(tested));
            Ok(said.to_owned())
        });
    };
    let content = move || {
        let one = psa.current.get()?;
        if editing.get() {
            return Some(form(one, vendor.clone(), psa, editing));
        }
        Some(view! {
            <Facts facts=facts(&one, &vendor)/>
            <When is=psa.may_change>
                <div class="actions">
                    <button class="button small" type="button" disabled=doing.busy on:click=click(test)>
                        "Test the connection"
                    </button>
                    <button class="button small" type="button" on:click=click(move |_| editing.set(true))>
                        "Change"
                    </button>
                </div>
            </When>
        })
    };
    view! {
        <Card id="connection-title" title="Connection">
            {dynamic(content)}
            {doing.complaint()}
            <div role="status">{dynamic(move || result.get().map(|tested| outcome(&tested)))}</div>
        </Card>
    }
}

fn outcome(tested: &ConnectionTestResponse) -> AnyView {
    let took = times::took(tested.duration_ms);
    if tested.works {
        return view! { <p class="standing recovered">{format!("It works: the PSA answered in {took}")}</p> };
    }
    let said = tested.error.clone().unwrap_or_default();
    view! {
        <p class="standing failed">{format!("It does not work, after {took}")}</p>
        <p class="quote code">{said}</p>
    }
}

/// What was entered. Of secrets, only that they are kept.
fn facts(one: &IntegrationBody, vendor: &VendorBody) -> Vec<(String, String)> {
    let mut facts = Vec::new();
    for setting in &vendor.settings {
        let value = if setting.secret {
            one.secrets.contains(&setting.slug).then(|| "Kept, encrypted".to_owned())
        } else {
            one.settings.get(&setting.slug).filter(|value| !value.is_empty()).cloned()
        };
        facts.push((setting.label.clone(), value.unwrap_or_else(|| "–".to_owned())));
    }
    facts.push(("Connected".to_owned(), format!("{}, by {}", dates::moment(one.created_at), one.created_by)));
    facts
}

fn form(one: IntegrationBody, vendor: VendorBody, psa: Psa, editing: RwSignal<bool>) -> AnyView {
    let entries = entries(&vendor.settings, &one.settings);
    let fields = fields(&vendor.settings, &one.secrets, &entries);
    let doing = Doing::new();
    let send = submit(move || {
        let patch = IntegrationPatch { settings: Some(filled(&entries)), ..IntegrationPatch::default() };
        doing.send(api::integrations::change(one.id, &patch), move |_| {
            editing.set(false);
            psa.remote.refetch();
            Ok("Saved".to_owned())
        });
    });
    view! {
        <form class="form" on:submit=send>
            {fields}
            {doing.complaint()}
            <div class="actions">
                <button class="button primary" type="submit" disabled=doing.busy>"Test and save"</button>
                <button class="button" type="button" on:click=click(move |_| editing.set(false))>"Cancel"</button>
            </div>
        </form>
    }
}
