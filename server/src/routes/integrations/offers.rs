//! `GET /v1/integrations/{id}/offers?slot=board`: what can be chosen.

use axum::Json;
use axum::extract::State;
use beckon_core::api::integration::OffersResponse;
use beckon_core::error::Refusal;
use beckon_core::id::IntegrationId;
use beckon_core::permission::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::{Id, Params};

/// Reads from the PSA what can be chosen for a slot, given what is chosen for others.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<IntegrationId>,
    params: Params,
) -> Result<Json<OffersResponse>, ApiError> {
    let (integration, _) = super::load(&app, &caller, Action::Configure, id).await?;
    let slots = integration.vendor.slots();
    let slot = params.with("slot", |text| {
        let known = slots.iter().find(|slot| slot.slug == text);
        known
            .map(|slot| slot.slug)
            .ok_or_else(|| format!("{} knows nothing of that name", integration.vendor.name()))
    })?;
    let slot = slot.ok_or_else(|| Refusal::field("slot", "required, and missing"))?;
    let mut chosen = integration.choices.clone();
    for slot in slots {
        if let Some(id) = params.search(&format!("choice.{}", slot.slug)) {
            chosen.insert(slot.slug.to_owned(), id);
        }
    }
    let psa = super::client(&app, &integration).await?;
    let offers =
        psa.offers(slot, &chosen).await.map_err(|failed| super::refused(integration.vendor, &failed))?;
    Ok(Json(OffersResponse { offers }))
}
