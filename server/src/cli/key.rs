//! `beckon key`: API keys of the operator and of members. A secret is shown once.

use beckon_core::actor::{Actor, Scope};
use beckon_core::api::access::KeyBody;
use beckon_core::id::{AccountId, UserId};
use beckon_core::permission::{Action, Permit, permit};
use beckon_core::time::{Timestamp, days};
use clap::{Args, Subcommand};

use super::database::DataArgs;
use super::say;
use crate::clock::Clock;
use crate::store::{Access as _, KeyOwner, NewKey, Secret, Store, StoreError};

#[derive(Debug, Args)]
pub(super) struct KeyArgs {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    data: DataArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a key and print it as `key:secret`; the secret is not shown again
    Add {
        /// What the key is for
        name: String,
        /// The account of the member whose key it is; without it, the key is the operator's
        #[arg(long, requires = "member")]
        account: Option<i64>,
        /// The member whose key it is
        #[arg(long, requires = "account")]
        member: Option<i64>,
        /// What it allows: `read_write` or `read_only`
        #[arg(long, default_value = "read_write")]
        scope: Scope,
        /// In how many days it ends by itself, 1 to 366
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..=366))]
        expires_in_days: Option<i64>,
    },
    /// List the operator's keys, or those of an account
    List {
        /// The account
        #[arg(long)]
        account: Option<i64>,
    },
    /// Give a key another secret and print it; the one before works for a while
    Rotate {
        /// The key: what stands before the colon
        key: String,
        /// The account; without it, the key is the operator's
        #[arg(long)]
        account: Option<i64>,
        /// For how many hours the secret before works too, 0 to 168
        #[arg(long, default_value_t = 24)]
        overlap_hours: u32,
    },
    /// End a key at once
    Revoke {
        /// The key: what stands before the colon
        key: String,
        /// The account; without it, the key is the operator's
        #[arg(long)]
        account: Option<i64>,
    },
}

pub(super) async fn run(mut args: KeyArgs) -> anyhow::Result<()> {
    let store = args.data.open().await?;
    let now = Clock::default().now();
    match args.command {
        Command::Add { name, account, member, scope, expires_in_days } => {
            let owner = match (account, member) {
                (Some(account), Some(member)) => KeyOwner::User(AccountId(account), UserId(member)),
                _ => KeyOwner::Operator,
            };
            let (key, secret) = (new_key_id(owner)?, Secret::for_key()?);
            let expires_at = expires_in_days.map(|count| now + days(count));
            let shown = format!("{key}:{}", secret.reveal());
            let new = NewKey { owner, name, key, secret: secret.digest(), scope, expires_at };
            store.make_key(permitted(account)?, new, None, now).await?;
            say(shown);
        }
        Command::List { account } => {
            for key in store.keys(account.map(AccountId), now).await? {
                say(line(&key));
            }
        }
        Command::Rotate { key, account, overlap_hours } => {
            let secret = Secret::for_key()?;
            let until = now + beckon_core::key::overlap(Some(overlap_hours))?;
            store.rotate_key(permitted(account)?, &key, secret.digest(), until, None, now).await?;
            say(format_args!("{key}:{}", secret.reveal()));
        }
        Command::Revoke { key, account } => store.revoke_key(permitted(account)?, &key, None, now).await?,
    }
    Ok(())
}

/// Whoever works on the data folder is the operator, and manages the keys of every account.
fn permitted(account: Option<i64>) -> anyhow::Result<Permit> {
    let operator = Actor::operator("the command line");
    Ok(permit(&operator, Action::ManageKeys, AccountId(account.unwrap_or(0)))?)
}

fn line(key: &KeyBody) -> String {
    let day = |at: Option<Timestamp>, never: &str| {
        at.map_or_else(|| never.to_owned(), |at| at.format("%Y-%m-%d").to_string())
    };
    let owner = key.user.as_ref().map_or("operator", |user| user.name.as_str());
    let (ends, used) = (day(key.expires_at, "never"), day(key.last_used_at, "never"));
    format!("{}\t{}\t{owner}\t{}\tends {ends}\tused {used}", key.key, key.name, key.scope)
}

/// Makes what tells a key from others: no secret, and its beginning says whose it is.
pub(crate) fn new_key_id(owner: KeyOwner) -> Result<String, StoreError> {
    let random =
        Secret::random().map_err(|error| StoreError::Unavailable(format!("no random bytes: {error}")))?;
    let id: String = random.reveal().chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    let whose = match owner {
        KeyOwner::Operator => "op",
        KeyOwner::User(..) => "user",
    };
    Ok(format!("beckon_{whose}_{id}"))
}

/// Makes a key for everything that its owner may do, and returns it as `key:secret`.
pub(crate) async fn make_key(
    store: &dyn Store,
    owner: KeyOwner,
    name: &str,
    now: Timestamp,
) -> anyhow::Result<String> {
    let (key, secret) = (new_key_id(owner)?, Secret::for_key()?);
    let shown = format!("{key}:{}", secret.reveal());
    let (name, scope) = (name.to_owned(), Scope::ReadWrite);
    store.add_key(NewKey { owner, name, key, secret: secret.digest(), scope, expires_at: None }, now).await?;
    Ok(shown)
}
