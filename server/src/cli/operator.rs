//! `beckon init` and `beckon operator`: the provider's own people, who sign in and look at every account.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::database::{self, DataArgs, DatabaseArgs, DatabaseFile};
use super::key::make_key;
use super::member::{LINK_DAYS, sign_in_link};
use super::say;
use crate::clock::Clock;
use crate::seal::Sealer;
use crate::store::{Access as _, Database, KeyOwner};

#[derive(Debug, Args)]
pub(super) struct InitArgs {
    /// The name of the first operator
    #[arg(long)]
    name: String,
    /// The address of the first operator
    #[arg(long)]
    email: String,
    /// The folder to make
    #[arg(long, env = "BECKON_DATA", default_value = "./data")]
    data: PathBuf,
    #[command(flatten)]
    database: DatabaseArgs,
    /// Where people will find the server
    #[arg(long, env = "BECKON_BASE_URL", default_value = "http://127.0.0.1:8080")]
    base_url: String,
}

/// Makes a data folder, the first operator, and a key; prints once how to get in.
pub(super) async fn init(args: InitArgs) -> anyhow::Result<()> {
    std::fs::create_dir_all(&args.data)?;
    let options = args.database.options(DatabaseFile::default());
    let store = database::open(options.as_ref(), &args.data).await?;
    let operators = store.operators().await?;
    anyhow::ensure!(
        operators.is_empty(),
        "there is an operator already, {}: make others with `beckon operator add`",
        operators.iter().map(|operator| operator.email.as_str()).collect::<Vec<_>>().join(", ")
    );
    Sealer::in_folder(&args.data)?;
    let now = Clock::default().now();
    let user = store.add_operator(&args.name, &args.email, now).await?;
    let key = make_key(&store, KeyOwner::Operator, "The first key", now).await?;
    say(format_args!("{} is made, with {} as its first operator.\n", args.data.display(), args.name.trim()));
    say(format_args!("  Start it     beckon serve --data {}", args.data.display()));
    say(format_args!("  Sign in      {}", sign_in_link(&store, None, user, &args.base_url).await?));
    say(format_args!("               (once, within {LINK_DAYS} days; set a password then)"));
    say(format_args!("  API key      {key}\n"));
    say("Neither is shown again.");
    Ok(())
}

#[derive(Debug, Args)]
pub(super) struct OperatorArgs {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    data: DataArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make an operator and print the number
    Add {
        /// The person's name
        name: String,
        /// The person's address
        #[arg(long)]
        email: String,
    },
    /// List the operators
    List,
    /// Let an operator go, with its sessions and links
    Remove {
        /// The address
        #[arg(long)]
        email: String,
    },
    /// Print a link that signs an operator in, once, within seven days
    SignInLink {
        /// The address
        #[arg(long)]
        email: String,
        /// Where people find the server
        #[arg(long, env = "BECKON_BASE_URL", default_value = "http://127.0.0.1:8080")]
        base_url: String,
    },
}

pub(super) async fn run(mut args: OperatorArgs) -> anyhow::Result<()> {
    let store = args.data.open().await?;
    match args.command {
        Command::Add { name, email } => {
            say(store.add_operator(&name, &email, Clock::default().now()).await?);
        }
        Command::List => {
            for operator in store.operators().await? {
                say(format_args!("{}\t{}\t{}", operator.user, operator.name, operator.email));
            }
        }
        Command::Remove { email } => {
            let operator = find(&store, &email).await?;
            store.remove_operator(operator).await?;
        }
        Command::SignInLink { email, base_url } => {
            let operator = find(&store, &email).await?;
            say(sign_in_link(&store, None, operator, &base_url).await?);
        }
    }
    Ok(())
}

async fn find(store: &Database, email: &str) -> anyhow::Result<beckon_core::id::UserId> {
    let found = store.person_by_login(email).await?.filter(|person| person.operator);
    let found = found.ok_or_else(|| anyhow::anyhow!("expected the address of an operator, found {email}"))?;
    Ok(found.user)
}
