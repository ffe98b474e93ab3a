//! `GET` and `PUT /v1/integrations/{id}/companies`: which organization is which company.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use beckon_core::api::integration::{
    CompaniesResponse, CompanyBody, MapCompaniesRequest, MappedOrganizationBody,
};
use beckon_core::error::{FieldError, Refusal};
use beckon_core::id::{IntegrationId, OrganizationId};
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::{Id, Write};
use crate::psa::Company;
use crate::store::{Cursor, Integration, Mapped};

/// How many organizations are read at once.
const PAGE: usize = 500;

/// Shows the companies, and finds those of the same name as organizations.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<IntegrationId>,
) -> Result<Json<CompaniesResponse>, ApiError> {
    let (integration, _) = super::load(&app, &caller, Action::Configure, id).await?;
    map(&app, &integration, MapCompaniesRequest::default()).await
}

/// Maps organizations by hand.
pub(crate) async fn change(
    State(app): State<App>,
    Id(id): Id<IntegrationId>,
    write: Write,
) -> Result<Json<CompaniesResponse>, ApiError> {
    let (integration, _) = super::load(&app, &write.caller, Action::Configure, id).await?;
    map(&app, &integration, write.body()?).await
}

/// Reads all companies of the PSA, by name.
pub(super) async fn read(app: &App, integration: &Integration) -> Result<Vec<Company>, ApiError> {
    let psa = super::client(app, integration).await?;
    let mut companies =
        psa.companies().await.map_err(|failed| super::refused(integration.vendor, &failed))?;
    companies.sort_by(|a, b| (a.name.to_lowercase(), &a.id).cmp(&(b.name.to_lowercase(), &b.id)));
    Ok(companies)
}

/// Finds the companies of organizations: as `request` says, as somebody said before, or by their exact names; and keeps that.
pub(crate) async fn map(
    app: &App,
    integration: &Integration,
    request: MapCompaniesRequest,
) -> Result<Json<CompaniesResponse>, ApiError> {
    let companies = read(app, integration).await?;
    let organizations = organizations(app, integration).await?;
    let by_hand = chosen(&request, &companies, &organizations)?;
    let before = app.store.companies(integration.clone()).await?;
    let mut mapped = Vec::new();
    let mut shown = Vec::new();
    for (id, name) in organizations {
        let found = match by_hand.get(&id) {
            Some(Some(company)) => Some((*company, true)),
            Some(None) => by_name(&companies, &name).map(|company| (company, false)),
            None => kept(&before, id, &companies)
                .or_else(|| by_name(&companies, &name).map(|company| (company, false))),
        };
        if let Some((company, by_hand)) = found {
            let company = (company.id.clone(), company.name.clone());
            mapped.push(Mapped { organization: id, company, by_hand });
        }
        shown.push(MappedOrganizationBody {
            id,
            name,
            company: found.map(|(company, _)| body(company)),
            by_hand: found.is_some_and(|(_, by_hand)| by_hand),
        });
    }
    app.store.map_companies(integration.clone(), mapped).await?;
    Ok(Json(CompaniesResponse { companies: companies.iter().map(body).collect(), organizations: shown }))
}

fn body(company: &Company) -> CompanyBody {
    CompanyBody { id: company.id.clone(), name: company.name.clone() }
}

/// Finds what was chosen by hand before, as long as the PSA still has it.
fn kept<'c>(before: &[Mapped], id: OrganizationId, companies: &'c [Company]) -> Option<(&'c Company, bool)> {
    let known = before.iter().find(|one| one.organization == id && one.by_hand)?;
    companies.iter().find(|company| company.id == known.company.0).map(|company| (company, true))
}

/// Finds the company with exactly the name of an organization; none where several have it.
fn by_name<'c>(companies: &'c [Company], name: &str) -> Option<&'c Company> {
    let mut same = companies.iter().filter(|company| company.name.trim() == name.trim());
    same.next().filter(|_| same.next().is_none())
}

type Chosen<'c> = BTreeMap<OrganizationId, Option<&'c Company>>;

fn chosen<'c>(
    request: &MapCompaniesRequest,
    companies: &'c [Company],
    organizations: &[(OrganizationId, String)],
) -> Result<Chosen<'c>, Refusal> {
    let mut chosen = Chosen::new();
    let mut errors = Vec::new();
    for (index, one) in request.organizations.iter().enumerate() {
        let field = |name: &str| format!("organizations[{index}].{name}");
        if !organizations.iter().any(|(id, _)| *id == one.id) {
            let text = format!("expected an organization of the account, found {}", one.id);
            errors.push(FieldError::new(field("id"), text));
        }
        let company = one.company_id.as_ref().map(|id| companies.iter().find(|company| company.id == *id));
        if company == Some(None) {
            errors.push(FieldError::new(field("company_id"), "expected a company of the PSA"));
        }
        chosen.insert(one.id, company.flatten());
    }
    if errors.is_empty() { Ok(chosen) } else { Err(Refusal::Invalid(errors)) }
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
