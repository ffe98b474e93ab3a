//! `beckon key`: API keys of the operator and of members. A secret is shown once.

use beckon_core::actor::Scope;
use beckon_core::id::{AccountId, UserId};
use clap::{Args, Subcommand};

use super::{DataArgs, say};
use crate::clock::Clock;
use crate::store::{KeyOwner, NewKey, Secret, Store};

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
    },
}

pub(super) async fn run(args: KeyArgs) -> anyhow::Result<()> {
    let store = args.data.open()?;
    match args.command {
        Command::Add { name, account, member } => {
            let owner = match (account, member) {
                (Some(account), Some(member)) => KeyOwner::User(AccountId(account), UserId(member)),
                _ => KeyOwner::Operator,
            };
            say(make_key(&store, owner, &name, Clock::default().now()).await?);
        }
    }
    Ok(())
}

/// Makes a key and returns it as `key:secret`.
pub(crate) async fn make_key(
    store: &dyn Store,
    owner: KeyOwner,
    name: &str,
    now: beckon_core::time::Timestamp,
) -> anyhow::Result<String> {
    let (key, secret) = (Secret::random()?, Secret::random()?);
    let key: String = key.reveal().chars().filter(char::is_ascii_alphanumeric).take(20).collect();
    let prefix = match owner {
        KeyOwner::Operator => "op",
        KeyOwner::User(..) => "user",
    };
    let key = format!("beckon_{prefix}_{key}");
    let new = NewKey {
        owner,
        name: name.to_owned(),
        key: key.clone(),
        secret: secret.digest(),
        scope: Scope::ReadWrite,
        expires_at: None,
    };
    store.add_key(new, now).await?;
    Ok(format!("{key}:{}", secret.reveal()))
}
