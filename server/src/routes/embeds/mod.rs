//! `/v1/embeds`: the panels that an account shows in portals.

use beckon_core::api::embed::EmbedBody;
use beckon_core::permission::{Action, Permit};

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::store::Embed;

pub(super) mod add;
pub(super) mod list;
pub(super) mod one;

/// Checks that the caller may change embeds, and proved not long ago who it is: whoever is framed can be deceived.
fn permit(app: &App, caller: &Caller) -> Result<Permit, ApiError> {
    caller.permit_proved(Action::Configure, app.clock.now())
}

/// Returns where the page of an embed is.
pub(super) fn frame_url(app: &App, public_id: &str) -> String {
    format!("{}/embed/{public_id}", app.base_url)
}

fn body(app: &App, embed: Embed) -> EmbedBody {
    let frame_url = frame_url(app, &embed.public_id);
    let Embed { public_id, settings, created_at, last_launched_at, .. } = embed;
    EmbedBody {
        public_id,
        name: settings.name,
        origins: settings.origins.into_iter().map(String::from).collect(),
        mode: settings.mode,
        roles: settings.roles,
        respond_up_to: settings.respond_up_to,
        theme: settings.theme.body(),
        created_at,
        last_launched_at,
        frame_url,
    }
}
