//! How one login is judged by all rules together.
//!
//! Standard rules first: the most specific level wins, and unauthorized wins within a level. Then the usage location,
//! which is expected without a rule. Then the catch-alls. Nothing left: the account is asked.

use std::net::IpAddr;

use super::{AccessRule, Category, Determination, Level, RuleStatus, Subject};
use crate::country::CountryCode;
use crate::id::{IdentityId, OrganizationId, RuleId};
use crate::time::Timestamp;
use crate::vpn::VpnSlug;

/// What matters of a login when it is judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login<'a> {
    /// The organization in which it happened.
    pub organization: OrganizationId,
    /// Who logged in.
    pub identity: IdentityId,
    /// Where the person lives, if that is on record.
    pub usage_location: Option<CountryCode>,
    /// The country of the address, if known.
    pub country: Option<CountryCode>,
    /// The VPN it came through, if any.
    pub vpn: Option<&'a VpnSlug>,
    /// The address, if known.
    pub address: Option<IpAddr>,
}

/// What the rules say of a login.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Nobody is asked; the rule that says so, or none where the usage location does.
    Expected(Option<RuleId>),
    /// The provider acts; the rule that says so.
    Unauthorized(RuleId),
    /// No rule covers it.
    Ask,
}

impl Verdict {
    /// Tells whether nobody needs to be asked.
    pub fn is_settled(self) -> bool {
        self != Self::Ask
    }
}

/// Judges `login` by those of `rules` that count at `now`.
pub fn judge<'r>(
    login: &Login<'_>,
    rules: impl IntoIterator<Item = &'r AccessRule, IntoIter: Clone>,
    now: Timestamp,
) -> Verdict {
    let relevant = rules
        .into_iter()
        .filter(|rule| rule.level.includes(login.organization, login.identity))
        .filter(|rule| rule.status(now) == RuleStatus::Active);
    let strongest = relevant.clone().filter(|rule| matches(login, rule)).max_by_key(|rule| {
        (rule.level.scope(), rule.determination == Determination::Unauthorized, std::cmp::Reverse(rule.id))
    });
    if let Some(rule) = strongest {
        return match rule.determination {
            Determination::Expected => Verdict::Expected(Some(rule.id)),
            Determination::Unauthorized => Verdict::Unauthorized(rule.id),
        };
    }
    if login.vpn.is_none() && login.country.is_some() && login.country == login.usage_location {
        return Verdict::Expected(None);
    }
    catchall(login, relevant).map_or(Verdict::Ask, Verdict::Unauthorized)
}

/// Tells whether a standard rule is about this login. A login through a VPN says nothing about the person's country,
/// so there a country counts only against it.
fn matches(login: &Login<'_>, rule: &AccessRule) -> bool {
    match &rule.subject {
        Subject::Country { country } => {
            login.country == Some(*country)
                && (login.vpn.is_none() || rule.determination == Determination::Unauthorized)
        }
        Subject::Vpn { vpn } => login.vpn == Some(vpn),
        Subject::IpAddress { network } => login.address.is_some_and(|ip| network.contains(ip)),
        Subject::Catchall { .. } | Subject::CatchallException { .. } => false,
    }
}

/// Finds the catch-all that applies: the organization's own, or the account's where the organization is not opted out.
fn catchall<'r>(login: &Login<'_>, rules: impl Iterator<Item = &'r AccessRule> + Clone) -> Option<RuleId> {
    let category = match (login.vpn, login.country) {
        (Some(_), _) => Category::Vpn,
        (None, Some(_)) => Category::Country,
        (None, None) => return None,
    };
    let find = |subject: Subject, own: bool| {
        rules
            .clone()
            .filter(|rule| rule.subject == subject && matches!(rule.level, Level::Organization { .. }) == own)
            .map(|rule| rule.id)
            .min()
    };
    let own = find(Subject::Catchall { category }, true);
    let excepted = find(Subject::CatchallException { category }, true).is_some();
    own.or_else(|| if excepted { None } else { find(Subject::Catchall { category }, false) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rule::Schedule;
    use crate::testing::{at, country, rule, vpn};

    const ORGANIZATION: OrganizationId = OrganizationId(2);
    const JOEY: IdentityId = IdentityId(7);
    const ACCOUNT_WIDE: Level = Level::Account;
    const ORGANIZATION_WIDE: Level = Level::Organization { organization: ORGANIZATION };
    const FOR_JOEY: Level = Level::Identity { identity: JOEY, organization: ORGANIZATION };

    fn from(code: &str) -> Login<'static> {
        Login {
            organization: ORGANIZATION,
            identity: JOEY,
            usage_location: Some(country("NL")),
            country: Some(country(code)),
            vpn: None,
            address: Some("62.149.20.10".parse().expect("a literal")),
        }
    }

    fn ukraine() -> Subject {
        Subject::Country { country: country("UA") }
    }

    fn check(login: &Login<'_>, rules: &[(Level, Subject, Determination)], expected: Verdict) {
        let rules: Vec<AccessRule> = (1..)
            .zip(rules.iter().cloned())
            .map(|(id, (level, subject, determination))| rule(id, level, subject, determination))
            .collect();
        assert_eq!(judge(login, &rules, at("2026-11-24T08:00:00Z")), expected, "{rules:#?}");
    }

    #[test]
    fn without_rules_only_the_usage_location_is_expected() {
        check(&from("NL"), &[], Verdict::Expected(None));
        check(&from("UA"), &[], Verdict::Ask);
        check(&Login { usage_location: None, ..from("NL") }, &[], Verdict::Ask);
    }

    #[test]
    fn the_most_specific_level_wins_and_unauthorized_within_a_level() {
        use Determination::{Expected, Unauthorized};
        let identity = (FOR_JOEY, ukraine(), Expected);
        let organization = (ORGANIZATION_WIDE, ukraine(), Unauthorized);
        let account = (ACCOUNT_WIDE, ukraine(), Expected);
        check(&from("UA"), std::slice::from_ref(&account), Verdict::Expected(Some(RuleId(1))));
        check(&from("UA"), &[account.clone(), organization.clone()], Verdict::Unauthorized(RuleId(2)));
        check(&from("UA"), &[account.clone(), organization, identity], Verdict::Expected(Some(RuleId(3))));
        check(
            &from("UA"),
            &[account, (ACCOUNT_WIDE, ukraine(), Unauthorized)],
            Verdict::Unauthorized(RuleId(2)),
        );
    }

    #[test]
    fn rules_of_others_do_not_count() {
        let other = Level::Organization { organization: OrganizationId(3) };
        let somebody = Level::Identity { identity: IdentityId(8), organization: ORGANIZATION };
        for level in [other, somebody] {
            check(&from("UA"), &[(level, ukraine(), Determination::Expected)], Verdict::Ask);
        }
    }

    #[test]
    fn a_vpn_login_is_judged_as_one() {
        let nord = vpn("NORD_VPN");
        let through = Login { vpn: Some(&nord), ..from("UA") };
        let at_home = Login { vpn: Some(&nord), ..from("NL") };
        check(&at_home, &[], Verdict::Ask);
        check(&through, &[(ACCOUNT_WIDE, ukraine(), Determination::Expected)], Verdict::Ask);
        check(
            &through,
            &[(ACCOUNT_WIDE, ukraine(), Determination::Unauthorized)],
            Verdict::Unauthorized(RuleId(1)),
        );
        let expected = (ACCOUNT_WIDE, Subject::Vpn { vpn: nord.clone() }, Determination::Expected);
        check(&through, &[expected], Verdict::Expected(Some(RuleId(1))));
    }

    #[test]
    fn an_address_range_counts() {
        let network = crate::network::Network::parse("62.149.20.0/24").expect("a literal");
        let office = (ORGANIZATION_WIDE, Subject::IpAddress { network }, Determination::Expected);
        check(&from("UA"), std::slice::from_ref(&office), Verdict::Expected(Some(RuleId(1))));
        let elsewhere = Login { address: Some("198.51.100.1".parse().expect("a literal")), ..from("UA") };
        check(&elsewhere, std::slice::from_ref(&office), Verdict::Ask);
        check(&Login { address: None, ..from("UA") }, &[office], Verdict::Ask);
    }

    #[test]
    fn a_catchall_takes_what_is_not_expected_unless_the_organization_is_excepted() {
        let category = Category::Country;
        let catchall = (ACCOUNT_WIDE, Subject::Catchall { category }, Determination::Unauthorized);
        let exception = (ORGANIZATION_WIDE, Subject::CatchallException { category }, Determination::Expected);
        let own = (ORGANIZATION_WIDE, Subject::Catchall { category }, Determination::Unauthorized);
        check(&from("UA"), std::slice::from_ref(&catchall), Verdict::Unauthorized(RuleId(1)));
        check(&from("NL"), std::slice::from_ref(&catchall), Verdict::Expected(None));
        let expected = (ACCOUNT_WIDE, ukraine(), Determination::Expected);
        check(&from("UA"), &[catchall.clone(), expected], Verdict::Expected(Some(RuleId(2))));
        check(&from("UA"), &[catchall.clone(), exception.clone()], Verdict::Ask);
        check(&from("UA"), &[catchall.clone(), exception, own], Verdict::Unauthorized(RuleId(3)));
        let nord = vpn("NORD_VPN");
        check(&Login { vpn: Some(&nord), ..from("UA") }, &[catchall], Verdict::Ask);
    }

    #[test]
    fn scheduled_and_expired_rules_do_not_count() {
        let now = at("2026-11-24T23:59:59Z");
        let judged = |starts_at: Option<&str>, expires_at: Option<&str>| {
            let day = |text: &str| text.parse().expect("a literal");
            let schedule = Schedule { starts_at: starts_at.map(day), expires_at: expires_at.map(day) };
            let rule = AccessRule { schedule, ..rule(1, ACCOUNT_WIDE, ukraine(), Determination::Expected) };
            judge(&from("UA"), [&rule], now).is_settled()
        };
        assert!(judged(Some("2026-11-24"), Some("2026-11-24")));
        assert!(!judged(Some("2026-11-25"), None));
        assert!(!judged(None, Some("2026-11-23")));
    }
}
