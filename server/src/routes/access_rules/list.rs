//! `GET /v1/unwanted_access_rules`.

use axum::Json;
use axum::extract::State;
use beckon_core::api::rule::RulesResponse;
use beckon_core::country::CountryCode;
use beckon_core::error::Refusal;
use beckon_core::network::Network;
use beckon_core::permission::Action;
use beckon_core::vpn::VpnSlug;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::extract::Params;
use crate::store::RuleQuery;

/// Lists rules, newest first.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
    params: Params,
) -> Result<Json<RulesResponse>, ApiError> {
    let query = query(&caller, &params)?;
    let page = app.store.rules(query, params.cursor()?, app.clock.now()).await?;
    let pagination = params.pagination(&app, page.next);
    Ok(Json(RulesResponse { unwanted_access_rules: page.items, pagination }))
}

fn query(caller: &Caller, params: &Params) -> Result<RuleQuery, Refusal> {
    Ok(RuleQuery {
        account: caller.sees(Action::See, params.account()?)?,
        organization: params.one("organization_id", "an organization's number")?,
        identity: params.one("identity_id", "an identity's number")?,
        determination: params.one("type", "`expected` or `unauthorized`")?,
        status: params.one("status", "`active`, `scheduled` or `expired`")?,
        scope: params.one("scope", "`account`, `organization` or `identity`")?,
        category: params.one("category", "`country`, `vpn` or `ip_address`")?,
        country: params.with("country_code", CountryCode::parse)?,
        vpn: params.with("vpn", VpnSlug::parse)?,
        network: params.with("ip_address", Network::parse)?,
        logic: params.one("logic", "`standard`, `catchall` or `catchall_exception`")?,
    })
}
