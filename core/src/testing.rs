//! Small makers for tests.

use chrono::DateTime;

use crate::country::CountryCode;
use crate::id::{AccountId, RuleId};
use crate::rule::{AccessRule, Determination, Level, Schedule, Subject};
use crate::time::Timestamp;
use crate::vpn::VpnSlug;

pub(crate) fn at(text: &str) -> Timestamp {
    DateTime::parse_from_rfc3339(text).expect("a literal").to_utc()
}

pub(crate) fn country(code: &str) -> CountryCode {
    CountryCode::parse(code).expect("a literal")
}

pub(crate) fn vpn(slug: &str) -> VpnSlug {
    VpnSlug::parse(slug).expect("a literal")
}

pub(crate) fn rule(id: i64, level: Level, subject: Subject, determination: Determination) -> AccessRule {
    AccessRule {
        id: RuleId(id),
        account: AccountId(1),
        level,
        subject,
        determination,
        schedule: Schedule::default(),
        note: None,
        created_by: "Priya Raman".to_owned(),
        created_at: at("2026-11-01T00:00:00Z"),
        updated_at: at("2026-11-01T00:00:00Z"),
    }
}
