//! `beckon provider`: sign-in providers of the whole installation. Those of an account are its admins' own.

use std::path::PathBuf;

use anyhow::Context as _;
use beckon_core::id::{AccountId, OrganizationId, ProviderId};
use beckon_core::provider::{Grant, GrantedRole, RoleRule, Settings};
use clap::{Args, Subcommand};

use super::database::DataArgs;
use super::say;
use crate::clock::Clock;
use crate::outbound::{OutboundArgs, check_url};
use crate::seal::{Sealer, purpose};
use crate::sign_in::provider::check_issuer;
use crate::store::{Provider, Providers as _};

#[derive(Debug, Args)]
pub(super) struct ProviderArgs {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    data: DataArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add an OpenID Connect provider by which people of all accounts can sign in, and print its number
    Add(Box<AddArgs>),
    /// List them: number, name, issuer
    List,
    /// Remove one; the sessions that began by it end
    Remove {
        /// The provider's number
        id: i64,
    },
}

#[derive(Debug, Args)]
struct AddArgs {
    /// What people read: `Continue with …`
    name: String,
    /// The provider's address, under which `/.well-known/openid-configuration` is
    #[arg(long)]
    issuer: String,
    /// How the provider knows Beckon
    #[arg(long)]
    client_id: String,
    /// A file with the secret that the provider gave
    #[arg(long)]
    client_secret_file: Option<PathBuf>,
    /// A domain for whose addresses the provider speaks; as often as there are any
    #[arg(long = "email-domain", required = true)]
    email_domains: Vec<String>,
    /// What is asked for beside `openid` [default: email and profile]
    #[arg(long = "scope")]
    scopes: Vec<String>,
    /// The claim that says what a person is, such as `groups`
    #[arg(long)]
    role_claim: Option<String>,
    /// What a value of that claim grants, the first that fits in each account: `VALUE=operator`, `VALUE=account_admin@ACCOUNT`,
    /// `VALUE=account_user@ACCOUNT` or `VALUE=organization_user@ACCOUNT/ORGANIZATION`
    #[arg(long = "role", value_parser = rule)]
    roles: Vec<RoleRule>,
    /// What everybody else is granted, written as the second half of a role
    #[arg(long, value_parser = grant)]
    default_role: Option<Grant>,
    /// Make whoever is granted something a member at the first sign-in
    #[arg(long)]
    just_in_time: bool,
    /// Take the provider at its word about addresses, since it never says that it verified one
    #[arg(long)]
    trust_unverified_email: bool,
    /// The key with which secrets are kept [default: the one in the data folder]
    #[arg(long, env = "BECKON_SECRET_KEY", hide_env_values = true)]
    secret_key: Option<String>,
    #[command(flatten)]
    outbound: OutboundArgs,
}

pub(super) async fn run(mut args: ProviderArgs) -> anyhow::Result<()> {
    let store = args.data.open().await?;
    let now = Clock::default().now();
    match args.command {
        Command::Add(add) => {
            let secret = add.secret()?;
            let key = match &add.secret_key {
                Some(key) => Sealer::of(key)?,
                None => Sealer::in_folder(&args.data.data)?,
            };
            let settings = add.settings()?;
            let id = store.next_provider().await?;
            let sealed =
                secret.map(|secret| key.seal(&purpose::sign_in_provider(id), &secret)).transpose()?;
            let provider = Provider { id, account: None, settings, enabled: true, sealed, created_at: now };
            say(store.add_provider(None, provider, None, now).await?);
        }
        Command::List => {
            for Provider { id, settings, enabled, .. } in store.providers(None).await? {
                let off = if enabled { "" } else { " (switched off)" };
                say(format_args!("{id}\t{}{off}\t{}", settings.name, settings.issuer));
            }
        }
        Command::Remove { id } => {
            let found = store.provider(ProviderId(id)).await?.filter(|found| found.account.is_none());
            let found =
                found.with_context(|| format!("there is no provider {id} of the whole installation"))?;
            store.remove_provider(None, found, now).await?;
        }
    }
    Ok(())
}

impl AddArgs {
    fn secret(&self) -> anyhow::Result<Option<String>> {
        let Some(path) = &self.client_secret_file else { return Ok(None) };
        let text = std::fs::read_to_string(path)
            .with_context(|| format!("expected a secret in {}, and cannot read it", path.display()))?;
        Ok(Some(text.trim().to_owned()).filter(|text| !text.is_empty()))
    }

    fn settings(self: Box<Self>) -> anyhow::Result<Settings> {
        let policy = self.outbound.policy(None);
        let scopes = Some(self.scopes).filter(|scopes| !scopes.is_empty());
        let settings = Settings {
            name: self.name,
            issuer: self.issuer,
            client_id: self.client_id,
            scopes: scopes.unwrap_or_else(Settings::usual_scopes),
            role_claim: self.role_claim,
            roles: self.roles,
            default_grant: self.default_role,
            just_in_time: self.just_in_time,
            email_domains: self.email_domains,
            require_verified_email: !self.trust_unverified_email,
        };
        settings.check(None)?;
        check_issuer(&settings.issuer, |url| check_url(url, policy).map(|url| url.to_string()))?;
        Ok(settings)
    }
}

/// Reads `VALUE=ROLE@ACCOUNT`. A value may have `=` in it: the last one counts.
fn rule(text: &str) -> Result<RoleRule, String> {
    let (value, granted) = text.rsplit_once('=').ok_or("expected VALUE=ROLE, found no =")?;
    Ok(RoleRule { value: value.to_owned(), grant: grant(granted)? })
}

/// Reads `ROLE`, `ROLE@ACCOUNT` or `ROLE@ACCOUNT/ORGANIZATION`.
fn grant(text: &str) -> Result<Grant, String> {
    let (role, place) = text.split_once('@').map_or((text, None), |(role, place)| (role, Some(place)));
    let role: GrantedRole = role.parse().map_err(|_| {
        format!("expected operator, account_admin, account_user or organization_user, found `{role}`")
    })?;
    let number = |text: &str| text.parse().map_err(|_| format!("expected a number, found `{text}`"));
    let (account, organization) = match place.map(|place| place.split_once('/').unwrap_or((place, ""))) {
        None => (None, None),
        Some((account, "")) => (Some(number(account)?), None),
        Some((account, organization)) => (Some(number(account)?), Some(number(organization)?)),
    };
    Ok(Grant { role, account_id: account.map(AccountId), organization_id: organization.map(OrganizationId) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_read_as_they_are_written() {
        let check = |text: &str, value: &str, role, account, organization| {
            let grant = Grant { role, account_id: account, organization_id: organization };
            assert_eq!(rule(text), Ok(RoleRule { value: value.to_owned(), grant }));
        };
        let (one, ten) = (Some(AccountId(1)), Some(OrganizationId(10)));
        check("soc=operator", "soc", GrantedRole::Operator, None, None);
        check("cn=a,dc=b=account_admin@1", "cn=a,dc=b", GrantedRole::AccountAdmin, one, None);
        check("c=organization_user@1/10", "c", GrantedRole::OrganizationUser, one, ten);
        for wrong in ["soc", "soc=boss", "soc=account_user@x", "soc=organization_user@1/x"] {
            assert!(rule(wrong).is_err(), "{wrong}");
        }
    }
}
