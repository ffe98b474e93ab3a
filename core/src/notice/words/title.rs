//! The title: one line, the same on every channel and for every reason.

use super::clip::line;
use crate::api::show::Names;
use crate::escalation::{Entity, EntityState, Head};
use crate::text::{cut_graphemes, join, length, plain};

/// The longest title, in UTF-16 code units.
pub const MAX_TITLE: usize = 250;

/// The most organizations that are named for a question about the whole account. Where there are more, one less.
const MAX_ORGANIZATIONS: usize = 3;

/// Returns the title of every message about an escalation: `Beckon High Escalation | Logins from Ukraine (Contoso)`.
///
/// A question about the whole account names the organizations of those `entities` that still need somebody, so that a
/// ticket can be matched to a customer; where none has one, it names the account.
pub fn title(head: &Head, entities: &[EntityState], names: Names<'_>) -> String {
    title_within(head, entities, names, MAX_TITLE)
}

/// Returns the same for a channel that takes at most `most` UTF-16 code units. The subject is cut, and whom it concerns
/// stays.
pub fn title_within(head: &Head, entities: &[EntityState], names: Names<'_>, most: usize) -> String {
    let before = format!("Beckon {} Escalation | ", head.severity.label());
    let after = format!(" ({})", cut_graphemes(&whom(head, entities, names), most / 2));
    let room = most.saturating_sub(length(&before) + length(&after));
    let subject = line(&head.kind.definition().subject(head), room);
    format!("{before}{subject}{after}")
}

/// Returns whom an escalation concerns: an organization, several, or the account.
pub(super) fn whom(head: &Head, entities: &[EntityState], names: Names<'_>) -> String {
    let organization = names.organization.filter(|_| head.organization.is_some()).map(plain);
    let organizations = head.organization.is_none().then(|| organizations(head, entities));
    let candidates = [organization, organizations, Some(plain(names.account))];
    let first = candidates.into_iter().flatten().find(|name| !name.is_empty());
    first.map_or_else(|| format!("account {}", head.account), |name| cut_graphemes(&name, MAX_TITLE / 2))
}

/// `Contoso`, `Contoso and Fabrikam`, `Contoso, Fabrikam and 3 others`.
fn organizations(head: &Head, entities: &[EntityState]) -> String {
    let mut found: Vec<String> = Vec::new();
    // What needs nobody any more is not what the title counts while the question is open.
    let open = head.is_open() && entities.iter().any(|state| state.settled.is_none());
    for state in entities.iter().filter(|state| !open || state.settled.is_none()) {
        let name = match &state.entity {
            Entity::Endpoint(endpoint) => plain(&endpoint.organization_name),
            Entity::Report(report) => report.organization_name.as_deref().map(plain).unwrap_or_default(),
            Entity::Identity(_) | Entity::Tenant(_) => String::new(),
        };
        if !name.is_empty() && !found.contains(&name) {
            found.push(name);
        }
    }
    found.sort();
    let named = if found.len() > MAX_ORGANIZATIONS { MAX_ORGANIZATIONS - 1 } else { found.len() };
    let mut shown: Vec<String> =
        found.iter().take(named).map(|name| cut_graphemes(name, MAX_TITLE / 8)).collect();
    let is_whole = entities.len() >= head.entity_count as usize;
    match found.len() - named {
        0 => {}
        others if is_whole => shown.push(format!("{others} others")),
        _ => shown.push("others".to_owned()),
    }
    join(&shown, "and")
}
