//! Integrations: connecting a PSA, choosing where tickets go, mapping organizations, and how it does.

mod companies;
mod connect;
mod connected;
mod connection;
mod slots;

use beckon_core::api::integration::{IntegrationBody, IntegrationPatch, IntegrationsResponse, VendorBody};
use beckon_core::permission::Action;
use leptos::prelude::*;

use self::connect::connect;
use self::connected::connected;
use super::fetched::fetched;
use crate::api;
use crate::components::confirm::{Confirm, Question};
use crate::doing::Doing;
use crate::erased::{dynamic, view};
use crate::live::use_live;
use crate::memo::Memo;
use crate::pages::heading;
use crate::remote::Remote;
use crate::session::use_session;

/// The integration as it is, and what is being done to it. Copies are the same integration.
#[derive(Clone, Copy)]
struct Psa {
    remote: Remote<IntegrationsResponse>,
    current: Memo<Option<IntegrationBody>>,
    may_change: Signal<bool>,
    asked: RwSignal<Option<Question>>,
    doing: Doing,
}

impl Psa {
    /// Returns what has to be entered and chosen for the vendor that is connected.
    fn vendor(self) -> Option<VendorBody> {
        let all = self.remote.get_untracked()?;
        let vendor = all.integrations.first()?.vendor;
        all.vendors.iter().find(|one| one.vendor == vendor).cloned()
    }

    /// Changes what was entered or chosen; `said` tells that it was done.
    fn change(self, doing: Doing, patch: &IntegrationPatch, said: &'static str) {
        let Some(id) = self.current.with_untracked(|one| one.as_ref().map(|one| one.id)) else { return };
        doing.send(api::integrations::change(id, patch), move |_| {
            self.asked.set(None);
            self.remote.refetch();
            Ok(said.to_owned())
        });
    }
}

/// The page.
#[component]
pub fn IntegrationsPage() -> impl IntoView {
    let (live, session) = (use_live(), use_session());
    let remote = Remote::<IntegrationsResponse>::at(move || {
        live.track();
        api::integrations::ALL.to_owned()
    });
    let psa = Psa {
        remote,
        current: Memo::new(move |_| remote.get().and_then(|all| all.integrations.first().cloned())),
        may_change: Signal::derive(move || session.may(Action::Configure)),
        asked: RwSignal::new(None),
        doing: Doing::new(),
    };
    let which = Memo::new(move |_| psa.current.with(|one| one.as_ref().map(|one| one.id)));
    let content = move || {
        let shown = move || which.get().map_or_else(|| connect(psa), |id| connected(id, psa));
        dynamic(shown).into_any()
    };
    view! {
        {heading("Integrations", "Questions as tickets in your PSA")}
        {fetched(remote, "integrations", content)}
        <Confirm asked=psa.asked on_cancel=Callback::new(move |()| psa.asked.set(None)) doing=psa.doing/>
    }
}
