//! `GET /v1/integrations`.

use axum::Json;
use axum::extract::State;
use beckon_core::api::integration::{IntegrationsResponse, SettingBody, SlotBody, VendorBody};
use beckon_core::integration::Vendor;
use beckon_core::permission::Action;
use strum::IntoEnumIterator as _;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::Params;

/// Shows the account's integration, and what can be connected.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<IntegrationsResponse>, ApiError> {
    let account = caller.account(Action::SeeSetup, params.account()?)?;
    let mut integrations = Vec::new();
    if let Some(integration) = app.store.integration_of(account).await? {
        integrations.push(super::body(&app, &integration).await?);
    }
    Ok(Json(IntegrationsResponse { integrations, vendors: Vendor::iter().map(vendor).collect() }))
}

fn vendor(vendor: Vendor) -> VendorBody {
    let settings = vendor.settings().iter().map(|setting| SettingBody {
        slug: setting.slug.to_owned(),
        label: setting.label.to_owned(),
        help: setting.help.to_owned(),
        secret: setting.secret,
        required: setting.required,
    });
    let slots = vendor.slots().iter().map(|slot| SlotBody {
        slug: slot.slug.to_owned(),
        label: slot.label.to_owned(),
        depends_on: slot.depends_on.map(str::to_owned),
        required: slot.required,
    });
    VendorBody {
        vendor,
        name: vendor.name().to_owned(),
        settings: settings.collect(),
        slots: slots.collect(),
    }
}
