//! `beckon import`: reads a real log, turns what it says into observations and sends them to a server.
//!
//! An import is one more client of the public API: it may run on another machine than the server, and it may be run
//! again at any time, since it asks first what the server has. It keeps one batch and the hashes of the ids that it
//! met, whatever the size of the log.

use std::io::{self, Write};
use std::process::ExitCode;

pub use args::ImportArgs;

mod args;
pub mod client;
pub mod countries;
mod drafts;
pub mod exit;
pub mod input;
pub mod networks;
mod people;
mod session;
pub mod summary;

use client::{Client, Patience};
use countries::{Countries, Databases};
use drafts::{Drafts, Knowledge};
use exit::{Exit, Failure};
use input::Input;
use networks::VpnNetworks;
use people::People;
use session::Session;
use summary::Summary;

/// Imports a log, writes a summary to standard output and what went wrong to standard error.
pub async fn run(args: ImportArgs) -> ExitCode {
    // A pipe that nobody reads any more must not change what the import did.
    execute(&args, Patience::default(), &mut io::stdout(), &mut io::stderr()).await.into()
}

/// Does what [`run`] does, with the patience and the outputs given.
pub async fn execute(
    args: &ImportArgs,
    patience: Patience,
    out: &mut impl Write,
    err: &mut impl Write,
) -> Exit {
    match import(args, patience, err).await {
        Ok((summary, exit)) => {
            let _ = report(&summary, args, out, err);
            exit
        }
        Err(failure) => {
            let _ = writeln!(err, "error: {failure}");
            failure.exit
        }
    }
}

/// Checks everything that can be checked before anything is sent, then imports.
async fn import(
    args: &ImportArgs,
    patience: Patience,
    err: &mut impl Write,
) -> Result<(Summary, Exit), Failure> {
    let (source, options) = args.source_and_options();
    let client = Client::new(options, patience)?;
    let logins = args.logins();
    let networks = VpnNetworks::open(logins.and_then(|logins| logins.vpn_networks.as_deref()))?;
    let (countries, halves) = Databases::open(logins.map_or(&[], |logins| &logins.country_db))?;
    for half in halves {
        let _ = writeln!(err, "note: using {} too, the other half of the country database", half.display());
    }
    let mut input = Input::open(&options.file, source)?;
    client.check_key().await?;
    client.organization(options.account, options.organization).await?;
    let mut people = People::new(logins.and_then(|logins| logins.usage_location));
    if logins.is_some() {
        for identity in client.identities(options.account, options.organization).await? {
            people.learn(&identity);
        }
    }
    let has_countries = !countries.is_empty();
    let drafts = Drafts::new(options, Knowledge { countries, networks, people, policy: args.policy() });
    let (summary, exit) = Session::new(source, options, &client, drafts).run(&mut input).await;
    let unknown = summary.ignored.get(&crate::sources::Reason::UnknownCountry);
    if let Some(count) = unknown.filter(|_| !has_countries) {
        let _ = writeln!(
            err,
            "note: {count} logins name no country and were left out: give a database of countries with --country-db"
        );
    }
    Ok((summary, exit))
}

fn report(
    summary: &Summary,
    args: &ImportArgs,
    out: &mut impl Write,
    err: &mut impl Write,
) -> io::Result<()> {
    let (_, options) = args.source_and_options();
    if options.json {
        writeln!(out, "{}", serde_json::to_string_pretty(summary).map_err(io::Error::other)?)?;
    } else {
        write!(out, "{summary}")?;
    }
    if let Some(error) = &summary.error {
        writeln!(err, "error: {error}")?;
    }
    Ok(())
}
