//! `GET /v1/known_vpns`.

use axum::Json;
use beckon_core::api::{KnownVpn, KnownVpnsResponse};
use beckon_core::permission::Action;
use beckon_core::vpn::{KNOWN_VPNS, VpnSlug};

use crate::auth::Caller;
use crate::error::ApiError;

/// Lists the VPN services that Beckon knows by name.
pub(super) async fn list(caller: Caller) -> Result<Json<KnownVpnsResponse>, ApiError> {
    caller.permit_anywhere(Action::See)?;
    let known_vpns = KNOWN_VPNS
        .iter()
        .filter_map(|(slug, name)| {
            Some(KnownVpn { name: (*name).to_owned(), slug: VpnSlug::parse(slug).ok()? })
        })
        .collect();
    Ok(Json(KnownVpnsResponse { known_vpns }))
}
