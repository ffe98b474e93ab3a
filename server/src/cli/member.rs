//! `beckon member`: people of an account, and the links by which they sign in.

use beckon_core::actor::{Actor, Role};
use beckon_core::api::people::MembershipPatch;
use beckon_core::id::{AccountId, OrganizationId, UserId};
use beckon_core::permission::{Action, Permit, permit};
use beckon_core::time::days;
use clap::{Args, Subcommand};

use super::database::DataArgs;
use super::say;
use crate::clock::Clock;
use crate::store::{Access as _, Cursor, Database, NewLink, NewMember, Secret, SignInChange, Store as _};

/// How long a sign-in link works, in days.
pub(super) const LINK_DAYS: i64 = 7;

/// The most members that are listed.
const MOST_LISTED: usize = 10_000;

#[derive(Debug, Args)]
pub(super) struct MemberArgs {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    data: DataArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a member and print the number
    Add {
        /// The person's name
        name: String,
        /// The person's address
        #[arg(long)]
        email: String,
        /// The account
        #[arg(long)]
        account: i64,
        /// `account_admin`, `account_user` or `organization_user`
        #[arg(long)]
        role: Role,
        /// The organization of an organization user
        #[arg(long)]
        organization: Option<i64>,
    },
    /// Change the name, the role or the organization of a member; another role ends the sessions in the account
    Change {
        /// The account
        #[arg(long)]
        account: i64,
        /// The member's number
        #[arg(long)]
        member: i64,
        /// Another name
        #[arg(long)]
        name: Option<String>,
        /// `account_admin`, `account_user` or `organization_user`
        #[arg(long)]
        role: Option<Role>,
        /// The organization, for who becomes an organization user
        #[arg(long)]
        organization: Option<i64>,
    },
    /// List the members of an account
    List {
        /// The account
        #[arg(long)]
        account: i64,
    },
    /// Let a member go, with keys, links and sessions; what was to be told to it is not sent any more
    Remove {
        /// The account
        #[arg(long)]
        account: i64,
        /// The member's number
        #[arg(long)]
        member: i64,
    },
    /// Turn off the second factor of a member who lost the authenticator and the recovery codes; make sure first who asks
    ResetSecondFactor {
        /// The account
        #[arg(long)]
        account: i64,
        /// The member's number
        #[arg(long)]
        member: i64,
    },
    /// Print a link that signs a member in, once, within seven days
    SignInLink {
        /// The account
        #[arg(long)]
        account: i64,
        /// The member's number
        #[arg(long)]
        member: i64,
        /// Where people find the server
        #[arg(long, env = "BECKON_BASE_URL", default_value = "http://127.0.0.1:8080")]
        base_url: String,
    },
}

pub(super) async fn run(mut args: MemberArgs) -> anyhow::Result<()> {
    let store = args.data.open().await?;
    let now = Clock::default().now();
    match args.command {
        Command::Add { name, email, account, role, organization } => {
            let organization = organization.map(OrganizationId);
            let member = NewMember { account: AccountId(account), name, email, role, organization };
            say(store.enroll(permitted(account)?, member, now).await?);
        }
        Command::Change { account, member, name, role, organization } => {
            let organization_id = organization.map(OrganizationId);
            let patch = MembershipPatch { name, role, organization_id };
            store.change_member(permitted(account)?, UserId(member), patch, None, now).await?;
        }
        Command::List { account } => {
            let page = Cursor { after: None, limit: MOST_LISTED };
            for member in store.members(AccountId(account), page).await?.items {
                let seen = member.last_sign_in_at.map_or_else(
                    || "never signed in".to_owned(),
                    |at| format!("signed in {}", at.format("%Y-%m-%d")),
                );
                let (id, name, email, role) = (member.id, member.name, member.email, member.role);
                say(format_args!("{id}\t{name}\t{email}\t{role}\t{seen}"));
            }
        }
        Command::Remove { account, member } => {
            store.remove_member(permitted(account)?, UserId(member), None, now).await?;
        }
        Command::ResetSecondFactor { account, member } => {
            let (account, user) = (AccountId(account), UserId(member));
            anyhow::ensure!(
                store.membership(account, user).await?.is_some(),
                "there is no member {user} in account {account}"
            );
            store.change_sign_in(user, SignInChange::DropSecondFactor, None, now).await?;
        }
        Command::SignInLink { account, member, base_url } => {
            say(sign_in_link(&store, Some(AccountId(account)), UserId(member), &base_url).await?);
        }
    }
    Ok(())
}

/// Returns what whoever has the data folder may do with members.
fn permitted(account: i64) -> anyhow::Result<Permit> {
    Ok(permit(&Actor::operator("the command line"), Action::Operate, AccountId(account))?)
}

/// Makes a link that signs somebody in, once: into an account, or as an operator.
pub(super) async fn sign_in_link(
    store: &Database,
    account: Option<AccountId>,
    user: UserId,
    base_url: &str,
) -> anyhow::Result<String> {
    let token = Secret::random()?;
    let expires_at = Clock::default().now() + days(LINK_DAYS);
    store.add_link(token.digest(), NewLink { account, user, expires_at, reusable: false }).await?;
    Ok(format!("{}/sign-in/{}", base_url.trim_end_matches('/'), token.reveal()))
}
