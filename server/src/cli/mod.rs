//! The command line: `beckon serve`, and what an operator does beside it.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

mod account;
mod audit;
mod backup;
mod database;
mod doctor;
mod emulate;
pub(crate) mod key;
mod log;
mod member;
mod moving;
mod operator;
mod organization;
mod provider;
mod secrets;
mod serve;

/// Asks the customers of a security provider what only they can answer.
#[derive(Debug, Parser)]
#[command(name = "beckon", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a data folder with its first operator, and print how to get in
    Init(operator::InitArgs),
    /// Run the server
    Serve(Box<serve::ServeArgs>),
    /// Turn a real log into observations and report them to a running server
    Import(crate::import::ImportArgs),
    /// Make and list accounts
    Account(account::AccountArgs),
    /// Make organizations
    Organization(organization::OrganizationArgs),
    /// Make operators, and sign-in links for them
    Operator(operator::OperatorArgs),
    /// Make members, and sign-in links for them
    Member(member::MemberArgs),
    /// Add, list and remove sign-in providers of the whole installation
    Provider(provider::ProviderArgs),
    /// Make, list, rotate and end API keys
    Key(key::KeyArgs),
    /// Change the key with which secrets are kept
    Secrets(secrets::SecretsArgs),
    /// Check the logs of accounts
    Audit(audit::AuditArgs),
    /// Move the embedded database to PostgreSQL; broken off, it goes on where it was
    MigrateToPostgres(moving::MoveArgs),
    /// Put all that is kept at this moment into an encrypted file; a server may run meanwhile
    Backup(backup::BackupArgs),
    /// Make a data folder, or fill a PostgreSQL database, from a backup
    Restore(backup::RestoreArgs),
    /// Run a ticketing system that is none, to try Beckon with
    Emulate(emulate::EmulateArgs),
    /// Check that the server can work: its data folder, its database, its way out for mail
    Doctor(doctor::DoctorArgs),
}

impl Cli {
    /// Does what the command line says.
    pub async fn run(self) -> ExitCode {
        let done = match self.command {
            Command::Import(args) => return crate::import::run(args).await,
            Command::Init(args) => operator::init(args).await,
            Command::Operator(args) => operator::run(args).await,
            Command::Serve(args) => serve::run(*args).await,
            Command::Account(args) => account::run(args).await,
            Command::Organization(args) => organization::run(args).await,
            Command::Member(args) => member::run(args).await,
            Command::Provider(args) => provider::run(args).await,
            Command::Key(args) => key::run(args).await,
            Command::Secrets(args) => secrets::run(args).await,
            Command::Audit(args) => audit::run(args).await,
            Command::MigrateToPostgres(args) => moving::run(args).await,
            Command::Backup(args) => backup::backup(args).await,
            Command::Restore(args) => backup::restore(args).await,
            Command::Emulate(args) => emulate::run(args).await,
            Command::Doctor(args) => return doctor::run(args).await,
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                complain(&error);
                ExitCode::FAILURE
            }
        }
    }
}

#[expect(clippy::print_stderr, reason = "a command line tells its user what went wrong")]
fn complain(error: &anyhow::Error) {
    eprintln!("beckon: {error:#}");
}

/// Prints what a command has to say.
#[expect(clippy::print_stdout, reason = "a command line answers its user")]
fn say(text: impl std::fmt::Display) {
    println!("{text}");
}
