//! The same for PostgreSQL: rows of a server's database, inserted into empty tables beside them by the driver alone, all
//! statements of a transaction on their way at once.

use anyhow::{Context as _, Result};
use futures_util::future::try_join_all;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, NoTls, Row};

/// Where the empty tables are.
const SCHEMA: &str = "raw_inserts";

/// A value as the driver takes it.
type Cell = Box<dyn ToSql + Sync + Send>;

/// Connects as the owner of the tables.
pub(crate) async fn connect(url: &str) -> Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    client.batch_execute("SET beckon.everything = 'on'; SET beckon.account = '0'").await?;
    Ok(client)
}

/// Inserts the rows of `tables` that fit their conditions into new tables of the same make, in `batches` transactions. Returns
/// the number of rows and how many seconds it took.
pub(crate) async fn insert(
    client: &Client,
    tables: &[(String, &'static str)],
    batches: usize,
) -> Result<(usize, f64)> {
    client.batch_execute(&format!("DROP SCHEMA IF EXISTS {SCHEMA} CASCADE; CREATE SCHEMA {SCHEMA}")).await?;
    let mut ready = Vec::new();
    for (table, condition) in tables {
        client
            .batch_execute(&format!("CREATE TABLE {SCHEMA}.{table} (LIKE public.{table} INCLUDING ALL)"))
            .await?;
        let rows = client.query(&format!("SELECT * FROM public.{table} WHERE {condition}"), &[]).await?;
        let Some(first) = rows.first() else { continue };
        let places: Vec<String> = (1..=first.len()).map(|at| format!("${at}")).collect();
        let sql = format!("INSERT INTO {SCHEMA}.{table} VALUES ({})", places.join(", "));
        let rows: Vec<Vec<Cell>> = rows.iter().map(cells).collect::<Result<_>>()?;
        ready.push((client.prepare(&sql).await?, rows));
    }
    let start = std::time::Instant::now();
    for batch in 0..batches {
        client.batch_execute("BEGIN").await?;
        for (statement, rows) in &ready {
            let inserts = super::share(rows, batch, batches).iter().map(|row| async move {
                let values: Vec<&(dyn ToSql + Sync)> = row.iter().map(|cell| &**cell as _).collect();
                client.execute(statement, &values).await
            });
            try_join_all(inserts).await?;
        }
        client.batch_execute("COMMIT").await?;
    }
    let seconds = start.elapsed().as_secs_f64();
    client.batch_execute(&format!("DROP SCHEMA {SCHEMA} CASCADE")).await?;
    Ok((ready.iter().map(|(_, rows)| rows.len()).sum(), seconds))
}

fn cells(row: &Row) -> Result<Vec<Cell>> {
    let cell = |at: usize| -> Result<Cell> {
        Ok(match *row.columns()[at].type_() {
            Type::INT8 => Box::new(row.try_get::<_, Option<i64>>(at)?),
            Type::TEXT => Box::new(row.try_get::<_, Option<String>>(at)?),
            Type::BYTEA => Box::new(row.try_get::<_, Option<Vec<u8>>>(at)?),
            ref other => return Err(anyhow::anyhow!("{other}")).context("a column of another type"),
        })
    };
    (0..row.len()).map(cell).collect()
}
