//! Identities: found and listed. They come into being with the observations that name them.

use beckon_core::api::Named;
use beckon_core::api::people::IdentityBody;
use beckon_core::id::{AccountId, IdentityId, OrganizationId};
use beckon_core::text::plain;

use super::Result;
use super::columns::{parsed, time};
use super::log::limit;
use crate::store::sql::{Connection, OptionalExtension as _, Row, SqlResult};
use crate::store::{Cursor, IdentityQuery, PageOf};

const IDENTITY: &str = "SELECT i.account_id, i.id, i.organization_id, i.external_id, i.username, i.name,
       i.usage_location, i.created_at, i.updated_at, a.name AS account_name, o.name AS organization_name
  FROM identities i
  JOIN accounts a ON a.id = i.account_id
  JOIN organizations o ON o.account_id = i.account_id AND o.id = i.organization_id";

fn read_identity(row: &Row<'_>) -> SqlResult<IdentityBody> {
    let username: String = row.get("username")?;
    Ok(IdentityBody {
        id: IdentityId(row.get("id")?),
        account: Named { id: AccountId(row.get("account_id")?), name: row.get("account_name")? },
        organization: Named {
            id: OrganizationId(row.get("organization_id")?),
            name: row.get("organization_name")?,
        },
        external_id: row.get("external_id")?,
        name: plain(row.get::<_, Option<String>>("name")?.as_deref().unwrap_or(&username)),
        username: plain(&username),
        usage_location: parsed(row, "usage_location")?,
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
    })
}

pub(super) fn identity(connection: &Connection, id: IdentityId) -> Result<Option<IdentityBody>> {
    let mut statement = connection.prepare_cached(&format!("{IDENTITY} WHERE i.id = ?1"))?;
    Ok(statement.query_row([id.0], read_identity).optional()?)
}

pub(super) fn identities(
    connection: &Connection,
    query: IdentityQuery,
    page: Cursor,
) -> Result<PageOf<IdentityBody>> {
    let sql = format!(
        "{IDENTITY} WHERE (i.account_id = ?1 OR ?1 IS NULL) AND (i.organization_id = ?2 OR ?2 IS NULL)
           AND (EXISTS (SELECT 1 FROM entities e WHERE e.account_id = i.account_id
                          AND e.escalation_id = ?3 AND e.entity_id = i.id) OR ?3 IS NULL)
           AND i.id > ?4 ORDER BY i.id LIMIT ?5"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let bounds = (
        query.account.map(|id| id.0),
        query.organization.map(|id| id.0),
        query.escalation.map(|id| id.0),
        page.after.unwrap_or(0),
        limit(page),
    );
    let rows = statement.query_map(bounds, |row| read_identity(row).map(|body| (body.id.0, body)))?;
    Ok(PageOf::cut(rows.collect::<SqlResult<_>>()?, page.limit))
}
