//! `GET /v1/unwanted_access_rules/coverage`: the facts from which core computes a preview, here or in the browser.

use axum::Json;
use axum::extract::State;
use beckon_core::api::rule::CoverageResponse;
use beckon_core::country::CountryCode;
use beckon_core::error::Refusal;
use beckon_core::permission::Action;
use beckon_core::rule::Subject;
use beckon_core::vpn::VpnSlug;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::Params;

/// Shows the facts about one country or VPN, or about everything that is open.
pub(crate) async fn show(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<CoverageResponse>, ApiError> {
    let account = caller.account(Action::See, params.account()?)?;
    let country = params.with("country_code", CountryCode::parse)?;
    let vpn = params.with("vpn", VpnSlug::parse)?;
    let about = match (country, vpn) {
        (Some(country), None) => Some(Subject::Country { country }),
        (None, Some(vpn)) => Some(Subject::Vpn { vpn }),
        (None, None) => None,
        (Some(_), Some(_)) => {
            return Err(
                Refusal::field("vpn", "expected `country_code`, `vpn` or neither: leave one out").into()
            );
        }
    };
    Ok(Json(app.store.coverage(account, about, app.clock.now()).await?))
}
