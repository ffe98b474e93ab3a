//! `GET`, `PATCH` and `DELETE /v1/integrations/{id}`.

use axum::Json;
use axum::extract::State;
use beckon_core::api::integration::{IntegrationPatch, IntegrationResponse};
use beckon_core::error::Refusal;
use beckon_core::id::IntegrationId;
use beckon_core::integration::Company;
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::{Id, Write};
use crate::store::Integration;

/// Shows an integration.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<IntegrationId>,
) -> Result<Json<IntegrationResponse>, ApiError> {
    let (integration, _) = super::load(&app, &caller, Action::SeeSetup, id).await?;
    Ok(Json(IntegrationResponse { integration: super::body(&app, &integration).await? }))
}

/// Changes an integration. What was entered anew is tested first.
pub(crate) async fn change(
    State(app): State<App>,
    Id(id): Id<IntegrationId>,
    write: Write,
) -> Result<Json<IntegrationResponse>, ApiError> {
    let (before, permit) = super::load(&app, &write.caller, Action::Configure, id).await?;
    let IntegrationPatch { settings, choices, default_company_id, paused } = write.body()?;
    let (vendor, mut next, mut what) = (before.vendor, before.clone(), Vec::new());
    if let Some(entered) = settings {
        write.caller.is_proved(app.clock.now())?;
        let kept = app.outlets.open_integration(&before)?;
        let (shown, secrets) = vendor.part(entered, kept);
        let all = shown.clone().into_iter().chain(secrets.clone()).collect();
        super::all_right("settings", vendor.check_settings(&all))?;
        next.settings = shown;
        next.sealed = app.outlets.seal_integration(id, &secrets)?;
        next.secrets = secrets.into_keys().collect();
        what.push("the connection");
    }
    if let Some(choices) = choices {
        super::all_right("choices", vendor.check_choices(&choices))?;
        next.choices = choices;
        what.push("what tickets are made of");
    }
    if what.contains(&"the connection") {
        let psa = super::client(&app, &next).await?;
        psa.test().await.map_err(|failed| super::refused(vendor, &failed))?;
    }
    if let Some(company) = default_company_id {
        next.default_company = Some(company_of(&app, &next, &company).await?);
        what.push("the company for what is not mapped");
    }
    let what = match paused {
        Some(paused) if paused != before.paused => {
            next.paused = paused;
            format!("{} {}", if paused { "paused" } else { "resumed" }, vendor.name())
        }
        _ => format!("changed {} of {}", beckon_core::text::join(&what, "and"), vendor.name()),
    };
    let kept = app.store.change_integration(permit, next, what, app.clock.now()).await?;
    Ok(Json(IntegrationResponse { integration: super::body(&app, &kept).await? }))
}

/// Disconnects, and returns the integration as it was.
pub(crate) async fn disconnect(
    State(app): State<App>,
    Id(id): Id<IntegrationId>,
    write: Write,
) -> Result<Json<IntegrationResponse>, ApiError> {
    let (integration, permit) = super::load(&app, &write.caller, Action::Configure, id).await?;
    let body = super::body(&app, &integration).await?;
    app.store.disconnect(permit, id, app.clock.now()).await?;
    Ok(Json(IntegrationResponse { integration: body }))
}

/// Finds a company of the PSA by its id.
async fn company_of(app: &App, integration: &Integration, id: &str) -> Result<Company, ApiError> {
    let companies = super::companies::read(app, integration).await?;
    let found = companies.into_iter().find(|company| company.id == id);
    let missing =
        || Refusal::field("default_company_id", format!("expected a company of the PSA, found `{id}`"));
    Ok(found.ok_or_else(missing)?)
}
