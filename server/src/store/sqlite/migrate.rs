//! Numbered migrations: each runs once, in order, all or nothing.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::{Result, StoreError};

/// In order; the number of the last one is the version of the schema.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_first.sql"),
    include_str!("migrations/0002_things.sql"),
    include_str!("migrations/0003_notices.sql"),
    include_str!("migrations/0004_access.sql"),
    include_str!("migrations/0005_providers.sql"),
    include_str!("migrations/0006_embeds.sql"),
    include_str!("migrations/0007_members.sql"),
    include_str!("migrations/0008_outbox.sql"),
    include_str!("migrations/0009_counts.sql"),
    include_str!("migrations/0010_pace.sql"),
    include_str!("migrations/0011_filters.sql"),
];

/// Brings the schema up to date.
///
/// # Errors
/// [`StoreError::Unavailable`] when the database was written by a newer Beckon or does not take writes.
pub(in crate::store) fn migrate(connection: &mut Connection) -> Result<()> {
    let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    for migration in &MIGRATIONS[version(&tx)?..] {
        tx.execute_batch(migration)?;
    }
    tx.pragma_update(None, "user_version", u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX))?;
    tx.commit()?;
    Ok(())
}

/// Returns the version of a database's schema; 0 for an empty one.
fn version(connection: &Connection) -> Result<usize> {
    let version: u32 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let (version, known) = (version as usize, MIGRATIONS.len());
    if version > known {
        return Err(StoreError::Unavailable(format!(
            "expected a database of schema {known} or older, found {version}: it was written by a newer Beckon, use that"
        )));
    }
    Ok(version)
}

/// Looks at the database in a file without changing it, and returns the version of its schema.
///
/// # Errors
/// [`StoreError::Unavailable`] when it is no database of Beckon's, or was written by a newer one.
pub fn schema(path: &Path) -> Result<usize> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    match version(&Connection::open_with_flags(path, flags)?)? {
        0 => Err(StoreError::Unavailable("expected a database of Beckon's, found another".to_owned())),
        version => Ok(version),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn migrating_twice_is_migrating_once_and_a_newer_schema_is_refused() {
        let mut connection = Connection::open_in_memory().expect("memory");
        migrate(&mut connection).expect("an empty database");
        migrate(&mut connection).expect("an up-to-date database");
        connection.pragma_update(None, "user_version", 99).expect("memory");
        assert!(
            matches!(migrate(&mut connection), Err(StoreError::Unavailable(text)) if text.contains("newer Beckon"))
        );
    }
}
