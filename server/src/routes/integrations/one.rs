//! `GET`, `PATCH` and `DELETE /v1/integrations/{id}`.

use axum::Json;
use axum::extract::State;
use beckon_core::api::integration::{IntegrationPatch, IntegrationResponse};
use beckon_core::error::{FieldError, Refusal};
use beckon_core::id::IntegrationId;
use beckon_core::integration::{Choices, Vendor};
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::{Id, Write};
use crate::store::Integration;

/// The longest id that a PSA gives anything, in characters.
const MAX_ID: usize = 100;

/// Shows an integration.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<IntegrationId>,
) -> Result<Json<IntegrationResponse>, ApiError> {
    let (integration, _) = super::load(&app, &caller, Action::See, id).await?;
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
        let kept = app.outlets.open_integration(&before)?;
        let (shown, secrets) = super::part(vendor, entered, kept);
        let all = shown.clone().into_iter().chain(secrets.clone()).collect();
        super::all_right(vendor.check_settings(&all))?;
        next.settings = shown;
        next.sealed = app.outlets.seal_integration(id, &secrets)?;
        next.secrets = secrets.into_keys().collect();
        what.push("the connection");
    }
    if let Some(choices) = choices {
        check_choices(vendor, &choices)?;
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

fn check_choices(vendor: Vendor, choices: &Choices) -> Result<(), Refusal> {
    let mut errors = Vec::new();
    for (slug, id) in choices {
        let field = format!("choices.{slug}");
        if !vendor.slots().iter().any(|slot| slot.slug == slug) {
            errors.push(FieldError::new(field, format!("{} knows nothing of that name", vendor.name())));
        } else if id.chars().count() > MAX_ID || id.chars().any(char::is_control) {
            errors.push(FieldError::new(field, "expected an id that the PSA offers"));
        }
    }
    if errors.is_empty() { Ok(()) } else { Err(Refusal::Invalid(errors)) }
}

/// Finds a company of the PSA by its id.
async fn company_of(app: &App, integration: &Integration, id: &str) -> Result<(String, String), ApiError> {
    let companies = super::companies::read(app, integration).await?;
    let found = companies.into_iter().find(|company| company.id == id);
    let missing =
        || Refusal::field("default_company_id", format!("expected a company of the PSA, found `{id}`"));
    Ok(found.map(|company| (company.id, company.name)).ok_or_else(missing)?)
}
