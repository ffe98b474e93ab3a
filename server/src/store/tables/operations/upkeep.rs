//! The operations of [`Upkeep`].

use async_trait::async_trait;
use beckon_core::id::AccountId;
use beckon_core::retention::Retention;
use beckon_core::time::Timestamp;
use chrono::Utc;

use crate::store::sql::OptionalExtension as _;
use crate::store::tables::access::sessions;
use crate::store::tables::columns::time;
use crate::store::tables::reach::Reach;
use crate::store::tables::{Database, Result, figures, retention};
use crate::store::{Figures, Upkeep};

#[async_trait]
impl Upkeep for Database {
    async fn figures(&self, now: Timestamp) -> Result<Figures> {
        self.read(Reach::Installation, move |connection| figures::figures(connection, now)).await
    }

    async fn retention(&self, account: AccountId) -> Result<Option<Retention>> {
        self.read(Reach::Account(account), move |connection| retention::of(connection, account)).await
    }

    async fn set_retention(&self, account: AccountId, kept: Retention) -> Result<bool> {
        self.write(Reach::Account(account), move |tx| retention::set(tx, account, kept)).await
    }

    async fn purge(&self, now: Timestamp) -> Result<bool> {
        let mut any = false;
        for account in self.read(Reach::Installation, retention::accounts).await? {
            any |= self.write(Reach::Account(account), move |tx| retention::purge(tx, account, now)).await?;
        }
        Ok(any)
    }

    async fn check(&self, now: Timestamp) -> Result<()> {
        self.write(Reach::Installation, move |tx| {
            tx.connection.execute(
                "INSERT INTO settings (name, value) VALUES ('checked_at', ?1)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [now.to_rfc3339()],
            )?;
            Ok(())
        })
        .await
    }

    async fn time(&self) -> Result<Timestamp> {
        if self.is_embedded() {
            return Ok(Utc::now());
        }
        self.read(Reach::Installation, |connection| {
            let sql = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT) AS at";
            Ok(connection.query_row(sql, (), |row| time(row, "at"))?)
        })
        .await
    }

    async fn clock_offset(&self) -> Result<i64> {
        self.read(Reach::Installation, |connection| {
            let sql = "SELECT CAST(value AS BIGINT) FROM settings WHERE name = 'clock_offset'";
            let offset: Option<i64> = connection.query_row(sql, (), |row| row.get(0)).optional()?;
            Ok(offset.unwrap_or(0))
        })
        .await
    }

    async fn set_clock_offset(&self, seconds: i64) -> Result<()> {
        self.write(Reach::Installation, move |tx| {
            let before: i64 = tx.connection.query_row(
                "SELECT coalesce(max(CAST(value AS BIGINT)), 0) FROM settings WHERE name = 'clock_offset'",
                (),
                |row| row.get(0),
            )?;
            tx.connection.execute(
                "INSERT INTO settings (name, value) VALUES ('clock_offset', ?1)
                     ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                [seconds.to_string()],
            )?;
            sessions::turn(tx, seconds - before)
        })
        .await
    }

    async fn is_empty(&self) -> Result<bool> {
        self.read(Reach::Installation, |connection| {
            Ok(connection.query_row("SELECT NOT EXISTS (SELECT 1 FROM accounts)", (), |row| row.get(0))?)
        })
        .await
    }
}
