//! `GET` and `PUT /v1/integrations/{id}/companies`: which organization is which company.

use axum::Json;
use axum::extract::State;
use beckon_core::api::integration::{CompaniesResponse, MapCompaniesRequest, MappedOrganizationBody};
use beckon_core::id::{IntegrationId, OrganizationId};
use beckon_core::integration::{Company, map_companies};
use beckon_core::permission::{Action, Permit};

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::{Id, Write};
use crate::store::{Cursor, Integration};

/// How many organizations are read at once.
const PAGE: usize = 500;

/// Shows the companies and which organization is which, after looking for new ones of the same name.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<IntegrationId>,
) -> Result<Json<CompaniesResponse>, ApiError> {
    let (integration, permit) = super::load(&app, &caller, Action::Configure, id).await?;
    map(&app, permit, &integration, &MapCompaniesRequest::default()).await.map(Json)
}

/// Maps organizations by hand.
pub(crate) async fn change(
    State(app): State<App>,
    Id(id): Id<IntegrationId>,
    write: Write,
) -> Result<Json<CompaniesResponse>, ApiError> {
    let (integration, permit) = super::load(&app, &write.caller, Action::Configure, id).await?;
    map(&app, permit, &integration, &write.body()?).await.map(Json)
}

/// Reads all companies of the PSA, by name.
pub(super) async fn read(app: &App, integration: &Integration) -> Result<Vec<Company>, ApiError> {
    let psa = super::client(app, integration).await?;
    let mut companies =
        psa.companies().await.map_err(|failed| super::refused(integration.vendor, &failed))?;
    companies.sort_by(|a, b| (a.name.to_lowercase(), &a.id).cmp(&(b.name.to_lowercase(), &b.id)));
    Ok(companies)
}

/// Lets core say which organization is which company, keeps that, and shows it.
pub(crate) async fn map(
    app: &App,
    permit: Permit,
    integration: &Integration,
    request: &MapCompaniesRequest,
) -> Result<CompaniesResponse, ApiError> {
    let companies = read(app, integration).await?;
    let organizations = organizations(app, integration).await?;
    let before = app.store.companies(integration.clone()).await?;
    let mapped = map_companies(&organizations, &companies, &before, request)?;
    let by_hand = !request.organizations.is_empty();
    let what = by_hand.then(|| format!("mapped organizations to companies of {}", integration.vendor.name()));
    app.store.map_companies(permit, integration.id, mapped.clone(), what, app.clock.now()).await?;
    let shown = organizations.into_iter().map(|(id, name)| {
        let found = mapped.iter().find(|one| one.organization == id);
        MappedOrganizationBody {
            id,
            name,
            company: found.map(|one| one.company.clone()),
            by_hand: found.is_some_and(|one| one.by_hand),
        }
    });
    Ok(CompaniesResponse { organizations: shown.collect(), companies })
}

async fn organizations(
    app: &App,
    integration: &Integration,
) -> Result<Vec<(OrganizationId, String)>, ApiError> {
    let mut all = Vec::new();
    let mut after = None;
    loop {
        let page = app.store.organizations(Some(integration.account), Cursor { after, limit: PAGE }).await?;
        all.extend(page.items.into_iter().map(|organization| (organization.id, organization.name)));
        after = page.next;
        if after.is_none() {
            return Ok(all);
        }
    }
}
