//! What lists are asked: filters, order and the place where a page begins.

use beckon_core::country::CountryCode;
use beckon_core::id::{AccountId, EscalationId, IdentityId, OrganizationId, UserId};
use beckon_core::kinds::Kind;
use beckon_core::network::Network;
use beckon_core::remedy::RemedyStatus;
use beckon_core::rule::{Category, Determination, Logic, RuleStatus, Scope};
use beckon_core::severity::Severity;
use beckon_core::time::Timestamp;
use beckon_core::vpn::VpnSlug;

/// Where a page begins, in a list that is ordered by one number, and how long it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The number of the last row of the page before.
    pub after: Option<i64>,
    /// The most rows.
    pub limit: usize,
}

/// One page of a list that is ordered by one number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageOf<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The number of the last one, when there is another page.
    pub next: Option<i64>,
}

impl<T> PageOf<T> {
    /// Cuts `rows`, of which one more than `limit` was asked for.
    pub fn cut(mut rows: Vec<(i64, T)>, limit: usize) -> Self {
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().map(|(number, _)| *number).filter(|_| more);
        Self { items: rows.into_iter().map(|(_, row)| row).collect(), next }
    }
}

/// One page of escalations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// The rows.
    pub items: Vec<T>,
    /// The place of the last one, when there is another page.
    pub next: Option<SortPlace>,
    /// How many match in all, at most [`MAX_COUNTED`].
    pub total: u64,
}

/// The most that are counted.
pub const MAX_COUNTED: u64 = 10_000;

/// A place in an ordered list of escalations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortPlace {
    /// What it is ordered by.
    pub value: i64,
    /// Among equals.
    pub id: i64,
}

/// Filters and order of escalations.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EscalationQuery {
    /// Only of this account.
    pub account: Option<AccountId>,
    /// Only these.
    pub status: Option<StatusFilter>,
    /// Only these; all when empty.
    pub severities: Vec<Severity>,
    /// Only these; all when empty.
    pub kinds: Vec<Kind>,
    /// Only these; all when empty.
    pub organizations: Vec<OrganizationId>,
    /// Only with this subtype.
    pub subtype: Option<String>,
    /// Only with this text in subject, organization or people.
    pub search: Option<String>,
    /// What it is ordered by.
    pub sort: SortField,
    /// Whether the smallest comes first.
    pub ascending: bool,
    /// The last row of the page before.
    pub after: Option<SortPlace>,
    /// The most rows.
    pub limit: usize,
}

impl EscalationQuery {
    /// Finds the newest of an account; of some of them, once it is narrowed.
    pub const fn newest(account: AccountId) -> Self {
        Self {
            account: Some(account),
            status: None,
            severities: Vec::new(),
            kinds: Vec::new(),
            organizations: Vec::new(),
            subtype: None,
            search: None,
            sort: SortField::Id,
            ascending: false,
            after: None,
            limit: 1,
        }
    }
}

/// What escalations are filtered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum StatusFilter {
    /// They wait, overdue or not.
    Open,
    /// They wait, and their response window has passed.
    Overdue,
    /// They do not wait.
    Resolved,
}

/// What escalations are ordered by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum SortField {
    /// By number.
    #[default]
    Id,
    /// By severity.
    Severity,
    /// By deadline.
    DueAt,
    /// By when they were raised.
    CreatedAt,
    /// By when anything last happened.
    UpdatedAt,
}

/// Filters of remedies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RemedyQuery {
    /// Only with this status.
    pub status: Option<RemedyStatus>,
    /// Only of this account.
    pub account: Option<AccountId>,
    /// Only of this escalation.
    pub escalation: Option<EscalationId>,
}

/// Filters of identities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IdentityQuery {
    /// Only of this account.
    pub account: Option<AccountId>,
    /// Only of this organization.
    pub organization: Option<OrganizationId>,
    /// Only those that this escalation lists.
    pub escalation: Option<EscalationId>,
}

/// Filters of access rules.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleQuery {
    /// Only of this account.
    pub account: Option<AccountId>,
    /// Only of this organization, its identities included.
    pub organization: Option<OrganizationId>,
    /// Only of this identity.
    pub identity: Option<IdentityId>,
    /// Only with this determination.
    pub determination: Option<Determination>,
    /// Only with this status.
    pub status: Option<RuleStatus>,
    /// Only of this level.
    pub scope: Option<Scope>,
    /// Only about this kind of attribute.
    pub category: Option<Category>,
    /// Only about this country.
    pub country: Option<CountryCode>,
    /// Only about this VPN.
    pub vpn: Option<VpnSlug>,
    /// Only about this address or range.
    pub network: Option<Network>,
    /// Only matching in this way.
    pub logic: Option<Logic>,
}

/// Filters of an account's log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ActivityQuery {
    /// Only events of this name, such as `configured`.
    pub event: Option<String>,
    /// Only of this escalation.
    pub escalation: Option<EscalationId>,
    /// Only what this person did.
    pub user: Option<UserId>,
    /// Only at this time or later.
    pub since: Option<Timestamp>,
    /// Only before this time.
    pub until: Option<Timestamp>,
}
