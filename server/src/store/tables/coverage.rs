//! What core needs to tell what a rule would do: rules, open questions, and the logins of the last 30 days that asked.

use beckon_core::api::Named;
use beckon_core::api::rule::CoverageResponse;
use beckon_core::escalation::{Escalation, Head};
use beckon_core::id::{AccountId, EscalationId, IdentityId, OrganizationId};
use beckon_core::rule::Subject;
use beckon_core::rule::coverage::{CoverageFacts, CoverageKeys, Origin, PastLogins};
use beckon_core::time::{Timestamp, days};
use beckon_core::vpn::VpnSlug;

use super::columns::{micros, parsed, state};
use super::{Result, escalations, rules};
use crate::store::sql::{Connection, Error, SqlResult, params};

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
    let keys = CoverageKeys::of(about);
    let found = open(connection, account, &keys)?;
    let names =
        found.iter().map(|(escalation, organization)| named(&escalation.head, organization)).collect();
    let facts = CoverageFacts {
        rules: rules::all(connection, account)?,
        open: found.iter().filter_map(|(escalation, _)| escalation.open_logins()).collect(),
        history: history(connection, account, &keys, now)?,
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
    keys: &CoverageKeys,
) -> Result<Vec<(Escalation, String)>> {
    let mut statement = connection.prepare_cached(
        "SELECT e.state, coalesce(o.name, '') AS organization_name FROM escalations e
         LEFT JOIN organizations o ON o.account_id = e.account_id AND o.id = e.organization_id
         WHERE e.account_id = ?1 AND e.open = 1 AND (e.subtype = ?2 OR e.kind = ?3 OR ?2 IS NULL)
         ORDER BY e.id",
    )?;
    let kind = keys.kind.map(|kind| kind.definition().slug());
    let heads: Vec<(Head, String)> = statement
        .query_map((account.0, &keys.subtype, kind), |row| {
            Ok((state(row, "state")?, row.get("organization_name")?))
        })?
        .collect::<SqlResult<_>>()?;
    let about_logins =
        heads.into_iter().filter(|(head, _)| head.kind.definition().rule_subject(head).is_some());
    about_logins
        .map(|(head, organization)| Ok((escalations::with_entities(connection, head)?, organization)))
        .collect()
}

fn history(
    connection: &Connection,
    account: AccountId,
    keys: &CoverageKeys,
    now: Timestamp,
) -> Result<Vec<PastLogins>> {
    let mut statement = connection.prepare_cached(
        "SELECT o.organization_id, o.identity_id, o.country, o.vpn, o.address, i.usage_location, count(*) AS logins
         FROM observations o JOIN identities i ON i.account_id = o.account_id AND i.id = o.identity_id
         WHERE o.account_id = ?1 AND o.escalation_id IS NOT NULL AND o.observed_at >= ?2
           AND (o.country = ?3 OR ?3 IS NULL) AND (o.vpn = ?4 OR ?4 IS NULL)
         GROUP BY o.organization_id, o.identity_id, o.country, o.vpn, o.address, i.usage_location",
    )?;
    let since = micros(now - days(HISTORY_DAYS));
    let country = keys.country.map(|country| country.to_string());
    let vpn = keys.vpn.as_ref().map(VpnSlug::as_str);
    let rows = statement.query_map(params![account.0, since, country, vpn], |row| {
        let address: Option<String> = row.get("address")?;
        let address = address.map(|text| text.parse()).transpose().map_err(|error| {
            let why = format!("{error}");
            Error::Unreadable { column: "address".to_owned(), why }
        })?;
        Ok(PastLogins {
            organization: OrganizationId(row.get("organization_id")?),
            identity: IdentityId(row.get("identity_id")?),
            usage_location: parsed(row, "usage_location")?,
            origin: Origin { country: parsed(row, "country")?, vpn: parsed(row, "vpn")?, address },
            logins: row.get("logins")?,
        })
    })?;
    Ok(rows.collect::<SqlResult<_>>()?)
}
