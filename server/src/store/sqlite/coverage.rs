//! What core needs to tell what a rule would do: rules, open questions, and the logins of the last 30 days that asked.

use beckon_core::api::Named;
use beckon_core::api::rule::CoverageResponse;
use beckon_core::escalation::{Escalation, Head};
use beckon_core::id::{AccountId, EscalationId, IdentityId, OrganizationId};
use beckon_core::rule::Subject;
use beckon_core::rule::coverage::{CoverageFacts, Origin, PastLogins};
use beckon_core::time::{Timestamp, days};
use rusqlite::types::Type;
use rusqlite::{Connection, params};

use super::columns::{micros, parsed, state};
use super::{Result, escalations, rules};

/// How far back the preview counts logins.
const HISTORY_DAYS: i64 = 30;

/// Loads the facts about one country or VPN, or about everything that is open.
pub(super) fn facts(
    connection: &Connection,
    account: AccountId,
    about: Option<&Subject>,
    now: Timestamp,
) -> Result<CoverageFacts> {
    load(connection, account, about, now).map(|(facts, _)| facts)
}

/// The same with the names of the open escalations.
pub(super) fn response(
    connection: &Connection,
    account: AccountId,
    about: Option<&Subject>,
    now: Timestamp,
) -> Result<CoverageResponse> {
    let (coverage, escalations) = load(connection, account, about, now)?;
    Ok(CoverageResponse { coverage, escalations })
}

type Loaded = (CoverageFacts, Vec<Named<EscalationId>>);

fn load(
    connection: &Connection,
    account: AccountId,
    about: Option<&Subject>,
    now: Timestamp,
) -> Result<Loaded> {
    let (country, vpn) = match about {
        Some(Subject::Country { country }) => (Some(country.to_string()), None),
        Some(Subject::Vpn { vpn }) => (None, Some(vpn.to_string())),
        Some(Subject::IpAddress { .. } | Subject::Catchall { .. } | Subject::CatchallException { .. })
        | None => (None, None),
    };
    let rules = match about {
        Some(Subject::Country { country }) => rules::for_login(connection, account, Some(*country), None)?,
        // The exits of a VPN are in any country, and an unauthorized rule for that one counts.
        _ => rules::all(connection, account)?,
    };
    let found = open(connection, account, country.as_deref().or(vpn.as_deref()))?;
    let names =
        found.iter().map(|(escalation, organization)| named(&escalation.head, organization)).collect();
    let facts = CoverageFacts {
        rules,
        open: found.iter().filter_map(|(escalation, _)| escalation.open_logins()).collect(),
        history: history(connection, account, country, vpn, now)?,
    };
    Ok((facts, names))
}

fn named(head: &Head, organization: &str) -> Named<EscalationId> {
    let subject = head.kind.definition().subject(head);
    Named { id: head.id, name: format!("{subject} ({organization})") }
}

fn open(
    connection: &Connection,
    account: AccountId,
    subtype: Option<&str>,
) -> Result<Vec<(Escalation, String)>> {
    let mut statement = connection.prepare_cached(
        "SELECT e.state, coalesce(o.name, '') AS organization_name FROM escalations e
         LEFT JOIN organizations o ON o.account_id = e.account_id AND o.id = e.organization_id
         WHERE e.account_id = ?1 AND e.open = 1 AND (?2 IS NULL OR e.subtype = ?2) ORDER BY e.id",
    )?;
    let heads: Vec<(Head, String)> = statement
        .query_map((account.0, subtype), |row| Ok((state(row, "state")?, row.get("organization_name")?)))?
        .collect::<rusqlite::Result<_>>()?;
    let about_logins =
        heads.into_iter().filter(|(head, _)| head.kind.definition().rule_subject(head).is_some());
    about_logins
        .map(|(head, organization)| Ok((escalations::with_entities(connection, head)?, organization)))
        .collect()
}

fn history(
    connection: &Connection,
    account: AccountId,
    country: Option<String>,
    vpn: Option<String>,
    now: Timestamp,
) -> Result<Vec<PastLogins>> {
    let mut statement = connection.prepare_cached(
        "SELECT o.organization_id, o.identity_id, o.country, o.vpn, o.address, i.usage_location, count(*) AS logins
         FROM observations o JOIN identities i ON i.account_id = o.account_id AND i.id = o.identity_id
         WHERE o.account_id = ?1 AND o.escalation_id IS NOT NULL AND o.observed_at >= ?2
           AND (?3 IS NULL OR o.country = ?3) AND (?4 IS NULL OR o.vpn = ?4)
         GROUP BY o.organization_id, o.identity_id, o.country, o.vpn, o.address",
    )?;
    let since = micros(now - days(HISTORY_DAYS));
    let rows = statement.query_map(params![account.0, since, country, vpn], |row| {
        let address: Option<String> = row.get("address")?;
        let address = address.map(|text| text.parse()).transpose().map_err(|error| {
            rusqlite::Error::FromSqlConversionFailure(
                4,
                Type::Text,
                Box::<dyn std::error::Error + Send + Sync>::from(error),
            )
        })?;
        Ok(PastLogins {
            organization: OrganizationId(row.get("organization_id")?),
            identity: IdentityId(row.get("identity_id")?),
            usage_location: parsed(row, "usage_location")?,
            origin: Origin { country: parsed(row, "country")?, vpn: parsed(row, "vpn")?, address },
            logins: row.get("logins")?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}
