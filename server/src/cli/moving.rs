//! `beckon migrate-to-postgres`: an embedded database becomes one of a server.

use std::path::PathBuf;

use clap::Args;

use super::database::{DatabaseArgs, DatabaseFile};
use super::{say, serve};
use crate::store::postgres::moving::{Move, Moved};
use crate::store::sqlite;

#[derive(Debug, Args)]
pub(super) struct MoveArgs {
    /// The folder of the embedded database; it stays as it is
    #[arg(long, env = "BECKON_DATA", default_value = "./data")]
    data: PathBuf,
    #[command(flatten)]
    database: DatabaseArgs,
}

pub(super) async fn run(args: MoveArgs) -> anyhow::Result<()> {
    let Some(options) = args.database.options(DatabaseFile::default()) else {
        anyhow::bail!("expected where to move it, such as --database postgres://user:password@host/name");
    };
    anyhow::ensure!(
        args.data.join(sqlite::FILE).exists(),
        "expected a database in {}, found none: name its folder with --data",
        args.data.display()
    );
    // What a server still writes would be missing.
    let _lock = serve::lock(&args.data)?;
    let moving = Move::begin(&args.data, &options).await?;
    let tables = moving.tables();
    for (number, table) in tables.iter().enumerate() {
        let moved = match moving.table(table).await? {
            Moved::Now(rows) => format!("{rows} rows"),
            Moved::Before => "moved before".to_owned(),
        };
        say(format_args!("{:>2}/{} {table}: {moved}", number + 1, tables.len()));
    }
    let events = moving.finish().await?;
    say(format_args!("All rows are there, and the logs with their {events} events are whole."));
    say(format_args!(
        "Start servers with --database, and with the secret.key of {} in their data folders or as --secret-key.",
        args.data.display()
    ));
    Ok(())
}
