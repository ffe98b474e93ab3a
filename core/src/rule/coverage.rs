//! What rules do to the questions that are open, and what a new one would do.
//!
//! The server runs [`effect`] inside the transaction that makes a rule; the browser runs it while the admin is still
//! choosing. Both over the same [`CoverageFacts`], so the preview is what then happens.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{AccessRule, Login, Subject, Verdict, judge};
use crate::country::CountryCode;
use crate::id::{EscalationId, IdentityId, OrganizationId};
use crate::kinds::Kind;
use crate::time::Timestamp;
use crate::vpn::VpnSlug;

/// One identity of an open login escalation, as far as rules care.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenIdentity {
    /// Who logged in.
    pub identity: IdentityId,
    /// Where the person lives, if that is on record.
    pub usage_location: Option<CountryCode>,
    /// The countries and addresses from which the person logged in.
    pub origins: Vec<Origin>,
    /// Whether there are more origins than are listed; then rules for addresses cannot cover all of them.
    pub more_origins: bool,
}

/// Where logins came from.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// The country of the address, if known.
    pub country: Option<CountryCode>,
    /// The VPN, if any.
    pub vpn: Option<VpnSlug>,
    /// The address, if known.
    pub address: Option<IpAddr>,
}

/// An open login escalation, as far as rules care.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenLogins {
    /// Which one.
    pub escalation: EscalationId,
    /// The organization that it concerns.
    pub organization: OrganizationId,
    /// The people that it lists.
    pub identities: Vec<OpenIdentity>,
}

/// Logins of one identity from one origin in the last 30 days that nobody was spared: each asked, or joined a
/// question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PastLogins {
    /// The organization in which they happened.
    pub organization: OrganizationId,
    /// Who logged in.
    pub identity: IdentityId,
    /// Where the person lives, if that is on record.
    pub usage_location: Option<CountryCode>,
    /// Where they came from.
    pub origin: Origin,
    /// How many there were.
    pub logins: u64,
}

/// What must be loaded to tell what rules about one subject would do. The rules of the account are always needed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CoverageKeys {
    /// The [`subtype`](crate::escalation::Head::subtype) of the open escalations that they could concern; all where
    /// there is none.
    pub subtype: Option<String>,
    /// The kind of which they could concern every open escalation beside those.
    pub kind: Option<Kind>,
    /// The country of the past logins that they could concern; any where there is none.
    pub country: Option<CountryCode>,
    /// The VPN of the past logins that they could concern; any where there is none.
    pub vpn: Option<VpnSlug>,
}

impl CoverageKeys {
    /// Names what rules about `subject` need, and what any rule needs where there is none.
    pub fn of(subject: Option<&Subject>) -> Self {
        match subject {
            // The exits of a VPN are in any country, and an unauthorized rule for that country counts.
            Some(Subject::Country { country }) => Self {
                subtype: Some(country.to_string()),
                kind: Some(Kind::LoginUnexpectedVpn),
                country: Some(*country),
                vpn: None,
            },
            Some(Subject::Vpn { vpn }) => {
                Self { subtype: Some(vpn.to_string()), vpn: Some(vpn.clone()), ..Self::default() }
            }
            Some(
                Subject::IpAddress { .. } | Subject::Catchall { .. } | Subject::CatchallException { .. },
            )
            | None => Self::default(),
        }
    }
}

/// Everything that must be known to tell what a rule would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CoverageFacts {
    /// The rules that exist, active or not.
    pub rules: Vec<AccessRule>,
    /// The login escalations that are open and that the rule could concern.
    pub open: Vec<OpenLogins>,
    /// The logins of the last 30 days that asked somebody and that the rule could concern.
    pub history: Vec<PastLogins>,
}

/// An open escalation of which a rule covers some identities but not all: it stays open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partly {
    /// Which one.
    pub escalation: EscalationId,
    /// How many of its identities would be covered, by old rules and new.
    pub covered: usize,
    /// How many it lists.
    pub total: usize,
}

/// What new rules would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effect {
    /// The open escalations whose identities would all be covered, in the order of their ids.
    pub resolves: Vec<EscalationId>,
    /// Those that would stay open although some of their identities are newly covered.
    pub partly: Vec<Partly>,
    /// The identities with an open question or a recent login that the rules newly settle.
    pub covers: Vec<IdentityId>,
    /// How many logins of the last 30 days would have been expected and asked nobody.
    pub silenced_logins: u64,
    /// How many logins of the last 30 days would have been reported as unauthorized instead of asked about.
    pub reported_logins: u64,
}

/// Tells what `proposed` would do at `now` beside the rules that exist.
pub fn effect(proposed: &[AccessRule], facts: &CoverageFacts, now: Timestamp) -> Effect {
    let all = || facts.rules.iter().chain(proposed);
    let mut effect = Effect::default();
    let mut covers = BTreeSet::new();
    for open in &facts.open {
        let covered =
            open.identities.iter().filter(|identity| is_covered(open.organization, identity, all(), now));
        let newly: Vec<IdentityId> = covered
            .clone()
            .filter(|identity| !is_covered(open.organization, identity, facts.rules.iter(), now))
            .map(|identity| identity.identity)
            .collect();
        let (covered, total) = (covered.count(), open.identities.len());
        if covered == total && total > 0 {
            effect.resolves.push(open.escalation);
        } else if !newly.is_empty() {
            effect.partly.push(Partly { escalation: open.escalation, covered, total });
        }
        covers.extend(newly);
    }
    for past in &facts.history {
        let login = past.login();
        if judge(&login, &facts.rules, now).is_settled() {
            continue;
        }
        match judge(&login, all(), now) {
            Verdict::Expected(_) => effect.silenced_logins += past.logins,
            Verdict::Unauthorized(_) => effect.reported_logins += past.logins,
            Verdict::Ask => continue,
        }
        covers.insert(past.identity);
    }
    effect.resolves.sort_unstable();
    effect.covers = covers.into_iter().collect();
    effect
}

impl PastLogins {
    fn login(&self) -> Login<'_> {
        Login {
            organization: self.organization,
            identity: self.identity,
            usage_location: self.usage_location,
            country: self.origin.country,
            vpn: self.origin.vpn.as_ref(),
            address: self.origin.address,
        }
    }
}

/// Tells whether rules settle every login of `identity` that the escalation of `organization` lists.
pub fn is_covered<'r>(
    organization: OrganizationId,
    identity: &OpenIdentity,
    rules: impl Iterator<Item = &'r AccessRule> + Clone,
    now: Timestamp,
) -> bool {
    let login = |origin: &Origin, address: Option<IpAddr>| {
        let login = Login {
            organization,
            identity: identity.identity,
            usage_location: identity.usage_location,
            country: origin.country,
            vpn: origin.vpn.as_ref(),
            address,
        };
        judge(&login, rules.clone(), now).is_settled()
    };
    let listed = identity.origins.iter().all(|origin| login(origin, origin.address));
    // What is not listed came from the same country or VPN but from addresses that nobody remembers.
    let unlisted = !identity.more_origins || identity.origins.iter().all(|origin| login(origin, None));
    !identity.origins.is_empty() && listed && unlisted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id::RuleId;
    use crate::rule::{Determination, Level};
    use crate::testing::{at, country, rule};

    const NOW: &str = "2026-11-24T08:00:00Z";
    const ORGANIZATION: OrganizationId = OrganizationId(2);

    fn origin(address: &str) -> Origin {
        Origin { country: Some(country("UA")), vpn: None, address: address.parse().ok() }
    }

    fn person(id: i64, addresses: &[&str]) -> OpenIdentity {
        OpenIdentity {
            identity: IdentityId(id),
            usage_location: Some(country("NL")),
            origins: addresses.iter().map(|address| origin(address)).collect(),
            more_origins: false,
        }
    }

    fn facts(identities: Vec<OpenIdentity>) -> CoverageFacts {
        let history = identities
            .iter()
            .map(|identity| PastLogins {
                organization: ORGANIZATION,
                identity: identity.identity,
                usage_location: identity.usage_location,
                origin: identity.origins[0].clone(),
                logins: 10,
            })
            .collect();
        let open = vec![OpenLogins { escalation: EscalationId(17), organization: ORGANIZATION, identities }];
        CoverageFacts { rules: Vec::new(), open, history }
    }

    fn for_identity(id: i64, determination: Determination) -> AccessRule {
        let level = Level::Identity { identity: IdentityId(id), organization: ORGANIZATION };
        AccessRule {
            id: RuleId::PROPOSED,
            ..rule(0, level, Subject::Country { country: country("UA") }, determination)
        }
    }

    #[test]
    fn a_rule_for_half_of_the_identities_leaves_the_question_open() {
        let facts = facts(vec![person(1, &["62.149.20.10"]), person(2, &["62.149.20.10"])]);
        let effect = effect(&[for_identity(1, Determination::Expected)], &facts, at(NOW));
        assert_eq!(effect.resolves, []);
        assert_eq!(effect.partly, [Partly { escalation: EscalationId(17), covered: 1, total: 2 }]);
        assert_eq!(effect.covers, [IdentityId(1)]);
        assert_eq!((effect.silenced_logins, effect.reported_logins), (10, 0));
    }

    #[test]
    fn old_rules_and_new_ones_cover_together() {
        let mut facts = facts(vec![person(1, &["62.149.20.10"]), person(2, &["62.149.20.10"])]);
        facts.rules.push(AccessRule { id: RuleId(5), ..for_identity(1, Determination::Expected) });
        let effect = effect(&[for_identity(2, Determination::Unauthorized)], &facts, at(NOW));
        assert_eq!(effect.resolves, [EscalationId(17)]);
        assert_eq!(effect.covers, [IdentityId(2)]);
        assert_eq!((effect.silenced_logins, effect.reported_logins), (0, 10));
    }

    #[test]
    fn an_address_rule_covers_only_who_came_from_there_alone() {
        let network = crate::network::Network::parse("62.149.20.0/24").expect("a literal");
        let rule = rule(0, Level::Account, Subject::IpAddress { network }, Determination::Expected);
        let resolves = |identity: OpenIdentity| {
            !effect(std::slice::from_ref(&rule), &facts(vec![identity]), at(NOW)).resolves.is_empty()
        };
        assert!(resolves(person(1, &["62.149.20.10", "62.149.20.11"])));
        assert!(!resolves(person(1, &["62.149.20.10", "198.51.100.1"])));
        assert!(!resolves(OpenIdentity { more_origins: true, ..person(1, &["62.149.20.10"]) }));
    }
}
