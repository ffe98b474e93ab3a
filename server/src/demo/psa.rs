//! The demo's ticketing system: an emulator beside the server, connected to one of the accounts, so that a visitor sees
//! tickets appear. It forgets its tickets when it ends, so each start connects it anew.

use anyhow::Context as _;
use beckon_core::api::integration::MapCompaniesRequest;
use beckon_core::id::AccountId;
use beckon_core::integration::{Choices, Settings, Vendor};
use beckon_core::permission::Action;
use beckon_emulators::{Emulator, Running};

use super::act::admin;
use crate::app::App;
use crate::psa::Psa;
use crate::store::Integration;

/// Who connected it, as the page says.
const CONNECTED_BY: &str = "the demo";

/// Starts an emulator on a port that the system chooses.
///
/// # Errors
/// When it cannot listen.
pub async fn start(vendor: Vendor) -> anyhow::Result<Running> {
    let emulator = Emulator::new(vendor);
    // The account itself, for what concerns all of it, and all of its organizations but one, so that one is left to map.
    let cast = super::cast::ACCOUNTS.last().context("the demo has accounts")?;
    let organizations = cast.organizations.iter().map(|organization| organization.name);
    emulator.change(|world| world.companies.clear());
    emulator
        .add_companies([cast.name].into_iter().chain(organizations.skip(1)).chain(["Seilbahnen Graubünden"]));
    emulator.listen(([127, 0, 0, 1], 0).into()).await.context("cannot start the demo's PSA")
}

/// Connects the emulator to the demo's last account, in place of the one before.
///
/// # Errors
/// When the demo has no such account, or the emulator does not answer.
pub async fn connect(app: &App, emulator: &Running) -> anyhow::Result<()> {
    let account = last_account(app).await?;
    let now = app.clock.now();
    if let Some(before) = app.store.integration_of(account).await? {
        // Whatever an admin connected stays.
        if before.created_by != CONNECTED_BY {
            return Ok(());
        }
        let permit = admin(app.store.as_ref(), account, 0, Action::Configure).await?;
        app.store.disconnect(permit, before.id, now).await?;
    }
    let vendor = emulator.vendor();
    let (shown, secrets) = vendor.part(emulator.settings(), Settings::new());
    let id = app.store.next_integration().await?;
    let mut integration = Integration {
        id,
        account,
        vendor,
        settings: shown,
        sealed: app.outlets.seal_integration(id, &secrets)?,
        secrets: secrets.into_keys().collect(),
        choices: Choices::new(),
        default_company: None,
        paused: false,
        created_at: now,
        created_by: CONNECTED_BY.to_owned(),
    };
    let unanswered = |failed: crate::deliver::outcome::Failed| anyhow::anyhow!("the demo's PSA: {failed}");
    let psa = app.outlets.psa(&integration).await.map_err(unanswered)?;
    integration.choices = choose(psa.as_ref(), vendor).await.map_err(unanswered)?;
    let companies = psa.companies().await.map_err(unanswered)?;
    integration.default_company = companies.into_iter().next();
    let permit = admin(app.store.as_ref(), account, 0, Action::Configure).await?;
    let kept = app.store.connect(permit.clone(), integration, None, now).await?;
    let mapped = crate::routes::map_companies(app, permit, &kept, &MapCompaniesRequest::default()).await;
    mapped.map(drop).map_err(|_| anyhow::anyhow!("the demo's PSA: its companies cannot be read"))
}

/// Chooses the first of everything, and priorities from the most pressing down.
async fn choose(psa: &dyn Psa, vendor: Vendor) -> Result<Choices, crate::deliver::outcome::Failed> {
    let mut choices = Choices::new();
    for slot in vendor.slots() {
        let offers = psa.offers(slot.slug, &choices).await?;
        let place = match slot.slug {
            "priority_high" => 1,
            "priority_low" => 2,
            _ => 0,
        };
        if let Some(offer) = offers.get(place).or(offers.last()) {
            choices.insert(slot.slug.to_owned(), offer.id.clone());
        }
    }
    Ok(choices)
}

/// Finds the account that has a PSA.
async fn last_account(app: &App) -> anyhow::Result<AccountId> {
    let page = crate::store::Cursor { after: None, limit: 500 };
    let organizations = app.store.organizations(None, page).await?.items;
    organizations.iter().map(|found| found.account_id).max().context("the demo has accounts")
}
