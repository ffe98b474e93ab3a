//! `/v1/sign_in_providers`: by which providers people sign in, to an account or to the whole installation.

use beckon_core::api::provider::ProviderBody;
use beckon_core::error::Refusal;
use beckon_core::id::{AccountId, ProviderId};
use beckon_core::permission::{Action, Permit};
use beckon_core::provider::Settings;

use crate::app::App;
use crate::auth::Caller;
use crate::error::ApiError;
use crate::seal::purpose;
use crate::sign_in::provider::{check_issuer, redirect_uri};
use crate::store::Provider;

pub(super) mod add;
pub(super) mod list;
pub(super) mod one;
pub(super) mod test;

/// Checks that the caller may change providers, and proved not long ago who it is: an admin those of the account, the operator
/// those of the whole installation, without a permit of any account.
fn permit(app: &App, caller: &Caller) -> Result<Option<Permit>, ApiError> {
    let permit = match caller.actor.account() {
        Some(_) => caller.permit_own(Action::Configure).map(Some),
        None => caller.permit_anywhere(Action::Operate).map(|()| None),
    }?;
    caller.is_proved(app.clock.now())?;
    Ok(permit)
}

/// Loads a provider that the caller may change. One of somebody else is not there.
async fn load(app: &App, caller: &Caller, id: ProviderId) -> Result<(Provider, Option<Permit>), ApiError> {
    let permit = permit(app, caller)?;
    let account = permit.as_ref().map(Permit::account);
    let found = app.store.provider(id).await?.filter(|found| found.account == account);
    Ok((found.ok_or(Refusal::Invisible)?, permit))
}

/// Checks what was entered.
fn check(app: &App, settings: &Settings, account: Option<AccountId>) -> Result<(), Refusal> {
    settings.check(account)?;
    check_issuer(&settings.issuer, |url| app.outlets.check_url(url))
}

/// Seals a secret; an empty one is none.
fn seal(app: &App, id: ProviderId, secret: Option<&str>) -> Result<Option<String>, ApiError> {
    let secret = secret.map(str::trim).filter(|secret| !secret.is_empty());
    Ok(secret.map(|secret| app.outlets.seal(&purpose::sign_in_provider(id), secret)).transpose()?)
}

fn body(app: &App, provider: Provider) -> ProviderBody {
    ProviderBody {
        id: provider.id,
        account_id: provider.account,
        has_secret: provider.sealed.is_some(),
        settings: provider.settings,
        enabled: provider.enabled,
        redirect_uri: redirect_uri(app),
        created_at: provider.created_at,
    }
}
