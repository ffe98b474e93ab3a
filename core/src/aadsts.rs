//! The AADSTS errors with which Microsoft refuses access to a tenant: what each means, who can mend it, and how.
//!
//! Source of codes and classes: Microsoft's reference of error codes, as of November 2026. Microsoft may change them; a
//! code that is not here gets the generic step and a link to what Microsoft says of it today.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, IntoStaticStr};

/// What a code means for whoever has to mend it.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, Display, EnumIter, IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Class {
    /// The tenant's consent to the application is missing or gone.
    Consent,
    /// The application is switched off, or not assigned, in the tenant.
    SwitchedOff,
    /// A licence or a service is missing.
    ServiceMissing,
    /// A policy of the tenant blocks the sign-in.
    Policy,
    /// A person has to sign in again.
    NeedsPerson,
    /// The wrong tenant is mapped.
    WrongTenant,
    /// The provider's own secret or certificate. The customer can do nothing.
    ProviderFault,
    /// It passes by itself, mostly.
    Passing,
    /// A code that is not in the table.
    Unknown,
}

/// One code of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The number after `AADSTS`.
    pub code: u32,
    /// What it means for whoever has to mend it.
    pub class: Class,
    /// What it means, as the end of a sentence: `the application is not in the tenant`.
    pub meaning: &'static str,
}

const fn entry(code: u32, class: Class, meaning: &'static str) -> Entry {
    Entry { code, class, meaning }
}

/// Every code that is known, in order.
#[rustfmt::skip]
#[expect(clippy::unreadable_literal, reason = "codes are written as Microsoft writes them")]
pub const TABLE: &[Entry] = &[
    entry(50001,   Class::ServiceMissing, "the resource is not in the tenant, or is disabled there"),
    entry(50020,   Class::NeedsPerson,    "the connecting user is not of this tenant"),
    entry(50033,   Class::Passing,        "Microsoft had an error of its own that can be retried"),
    entry(50034,   Class::NeedsPerson,    "the connecting user does not exist in the tenant"),
    entry(50057,   Class::NeedsPerson,    "the connecting user is disabled"),
    entry(50074,   Class::NeedsPerson,    "strong authentication is required"),
    entry(50076,   Class::NeedsPerson,    "multi-factor authentication is required"),
    entry(50079,   Class::NeedsPerson,    "the connecting user has to enrol for multi-factor authentication"),
    entry(50087,   Class::Passing,        "Microsoft had a passing error while signing in"),
    entry(50105,   Class::SwitchedOff,    "the connecting user is not assigned to the application"),
    entry(50158,   Class::NeedsPerson,    "another security check has to be passed by a person"),
    entry(50173,   Class::NeedsPerson,    "the grant was revoked, mostly by a changed password"),
    entry(51004,   Class::NeedsPerson,    "the connecting user's account is not in the tenant"),
    entry(53000,   Class::Policy,         "Conditional Access wants a compliant device"),
    entry(53001,   Class::Policy,         "Conditional Access wants a domain-joined device"),
    entry(53003,   Class::Policy,         "a Conditional Access policy blocks the sign-in"),
    entry(65001,   Class::Consent,        "nobody consented to the application"),
    entry(65005,   Class::Consent,        "the application asks for permissions that were not consented to"),
    entry(70001,   Class::SwitchedOff,    "the application is disabled or not found in the tenant"),
    entry(70008,   Class::NeedsPerson,    "the grant expired because it was not used"),
    entry(70043,   Class::NeedsPerson,    "the grant expired or was revoked by a sign-in frequency policy"),
    entry(90002,   Class::WrongTenant,    "there is no such tenant"),
    entry(90006,   Class::Passing,        "Microsoft's service is busy for the moment"),
    entry(90008,   Class::Consent,        "the application lacks the permission to read the directory"),
    entry(90012,   Class::Passing,        "the request timed out at Microsoft"),
    entry(90024,   Class::Passing,        "Microsoft throttles the requests of this tenant"),
    entry(90033,   Class::Passing,        "a service of Microsoft is not available for the moment"),
    entry(90038,   Class::WrongTenant,    "the tenant belongs to another national cloud"),
    entry(90055,   Class::Passing,        "Microsoft throttles requests for the moment"),
    entry(90090,   Class::Passing,        "Microsoft answered with a passing error"),
    entry(90094,   Class::Consent,        "an administrator has to consent"),
    entry(90099,   Class::Consent,        "the application is not authorized in the tenant"),
    entry(500011,  Class::ServiceMissing, "the resource is not in the tenant"),
    entry(500212,  Class::Policy,         "the tenant's cross-tenant access settings block outbound access"),
    entry(500213,  Class::Policy,         "the tenant's cross-tenant access settings block inbound access"),
    entry(530032,  Class::Policy,         "a security policy of the tenant blocks the sign-in"),
    entry(530034,  Class::Policy,         "delegated administration is blocked for this tenant"),
    entry(530035,  Class::Policy,         "security defaults block the sign-in"),
    entry(650052,  Class::ServiceMissing, "the tenant has no licence for the service, or has not enabled it"),
    entry(650054,  Class::ServiceMissing, "the application asks for a resource that was removed or is not there"),
    entry(650056,  Class::Consent,        "the application's permissions are not set up in the tenant"),
    entry(650057,  Class::Consent,        "the application does not list the resource that it asks for"),
    entry(700011,  Class::Consent,        "the application is not in the tenant"),
    entry(700016,  Class::Consent,        "the application is not in the tenant"),
    entry(700027,  Class::ProviderFault,  "the provider's certificate is not accepted"),
    entry(700082,  Class::NeedsPerson,    "the grant expired because it was not used"),
    entry(7000112, Class::SwitchedOff,    "the application is disabled in the tenant"),
    entry(7000215, Class::ProviderFault,  "the provider's client secret is wrong"),
    entry(7000222, Class::ProviderFault,  "the provider's client secret expired"),
];

/// Who can mend an error of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MendedBy {
    /// An admin of the tenant, who is asked at once.
    Customer,
    /// An admin of the tenant, who is asked only when it lasts.
    CustomerWhenItLasts,
    /// The provider, who is told.
    Provider,
}

impl Class {
    /// Returns who can mend it.
    pub const fn mended_by(self) -> MendedBy {
        match self {
            Self::Consent
            | Self::SwitchedOff
            | Self::ServiceMissing
            | Self::Policy
            | Self::NeedsPerson
            | Self::WrongTenant
            | Self::Unknown => MendedBy::Customer,
            Self::Passing => MendedBy::CustomerWhenItLasts,
            Self::ProviderFault => MendedBy::Provider,
        }
    }

    /// Returns what the admin does, as an order.
    #[rustfmt::skip]
    pub const fn order(self) -> &'static str {
        match self {
            Self::Consent        => "Grant admin consent again",
            Self::SwitchedOff    => "Enable the application",
            Self::ServiceMissing => "License or enable the service",
            Self::Policy         => "Let the application through your policy",
            Self::NeedsPerson    => "Connect again with a live administrator",
            Self::WrongTenant    => "Correct the tenant",
            Self::ProviderFault  => "Nothing: the provider mends this",
            Self::Passing        => "Wait, or look into what Microsoft reports",
            Self::Unknown        => "Look up what Microsoft says of this error",
        }
    }

    /// Returns how the admin does it, one step a sentence.
    pub const fn steps(self) -> &'static [&'static str] {
        match self {
            Self::Consent => &[
                "Open the consent link below as a Global Administrator of this tenant, and accept.",
                "Check that the tenant named above is really the one of this organization.",
            ],
            Self::SwitchedOff => &[
                "In Microsoft Entra, open Enterprise applications and find the provider's application.",
                "Under Properties, set “Enabled for users to sign-in” to Yes.",
                "If “Assignment required” is Yes, assign the connecting user, or set it to No.",
            ],
            Self::ServiceMissing => &[
                "In the Microsoft 365 admin center, check that the tenant has a licence for the service.",
                "In Microsoft Entra, check under Enterprise applications that the service is there and enabled.",
            ],
            Self::Policy => &[
                "In Microsoft Entra, open the sign-in logs and find the failed sign-in: it names the policy.",
                "Exclude the provider's application from that policy, or allow the provider's tenant in the cross-tenant \
                 access settings.",
            ],
            Self::NeedsPerson => &[
                "Check that the connecting administrator's account is enabled and has multi-factor authentication set up.",
                "Connect Microsoft 365 again in the provider's portal, signed in as that administrator.",
            ],
            Self::WrongTenant => &[
                "Look up the tenant ID in Microsoft Entra under Overview.",
                "Tell your provider the right one, or correct it in the provider's portal.",
            ],
            Self::ProviderFault => &["The provider was told and mends it. There is nothing for you to do."],
            Self::Passing => &[
                "Look at the service health in the Microsoft 365 admin center.",
                "If Microsoft reports nothing, tell us, and we look into it together.",
            ],
            Self::Unknown => &[
                "Open the link below: Microsoft says there what this error means and how it is mended.",
                "Make that change in the tenant, signed in as an administrator.",
            ],
        }
    }
}

/// Looks a code up. One that is not in the table is [`Class::Unknown`].
pub fn look_up(code: u32) -> Entry {
    match TABLE.binary_search_by_key(&code, |entry| entry.code) {
        Ok(index) => TABLE[index],
        Err(_) => {
            entry(code, Class::Unknown, "Microsoft refuses access for a reason that is not in our list")
        }
    }
}

/// Returns the code as people write it: `AADSTS700016`.
pub fn name(code: u32) -> String {
    format!("AADSTS{code}")
}

/// Returns where Microsoft explains a code.
pub fn link(code: u32) -> String {
    format!("https://login.microsoftonline.com/error?code={code}")
}

/// Finds the first code in what Microsoft answered, whatever the text around it: `AADSTS700016: Application with
/// identifier …`, `invalid_grant: AADSTS50076 …`, `{"error_codes":[65001]}`.
pub fn find(text: &str) -> Option<u32> {
    const PREFIX: &str = "AADSTS";
    let upper = text.to_ascii_uppercase();
    let named = upper.match_indices(PREFIX).find_map(|(at, _)| number(&upper[at + PREFIX.len()..]));
    named.or_else(|| {
        let (_, rest) = text.split_once("error_codes")?;
        number(rest.trim_start_matches(['"', ':', '[', ' ']))
    })
}

/// Reads the number that a text begins with. A code has five to seven digits.
fn number(text: &str) -> Option<u32> {
    let text = text.trim_start_matches([' ', ':', '-']);
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    text[..digits].parse().ok().filter(|_| (4..=8).contains(&digits))
}

/// Finds the application that an answer of Microsoft names, by its id.
pub fn application(text: &str) -> Option<&str> {
    const LENGTH: usize = 36;
    let is_id = |id: &str| {
        id.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    };
    let after = text.to_ascii_lowercase().find("application")?;
    (after..text.len()).find_map(|start| text.get(start..start + LENGTH).filter(|id| is_id(id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_and_knows_each_code_once() {
        assert!(TABLE.is_sorted_by(|a, b| a.code < b.code));
    }

    #[test]
    fn a_code_is_found_in_any_of_the_usual_texts() {
        let check = |text: &str, expected: Option<u32>| assert_eq!(find(text), expected, "{text}");
        check("AADSTS700016: Application with identifier 'x' was not found", Some(700_016));
        check("invalid_grant: AADSTS50076: Due to a configuration change", Some(50_076));
        check(
            r#"{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client"}"#,
            Some(7_000_215),
        );
        check(r#"{"error":"invalid_grant","error_codes":[65001]}"#, Some(65_001));
        check("aadsts90094 admin consent", Some(90_094));
        check("AADSTS 53003", Some(53_003));
        check("AADSTS is down; AADSTS90033: A transient error", Some(90_033));
        check("AADSTSé", None);
        check("503 Service Unavailable", None);
        check("", None);
    }

    #[test]
    fn an_unknown_code_gets_the_generic_step() {
        assert_eq!(look_up(123_456).class, Class::Unknown);
        assert_eq!(look_up(7_000_222).class.mended_by(), MendedBy::Provider);
        assert_eq!(look_up(50_033).class.mended_by(), MendedBy::CustomerWhenItLasts);
        assert_eq!(look_up(65_001).class.mended_by(), MendedBy::Customer);
    }

    #[test]
    fn the_application_is_the_id_after_its_name() {
        let id = "3f1c9a52-0b7e-4d7a-9a36-5a1c1f2f7d10";
        let text =
            format!("AADSTS700016: Application with identifier '{id}' was not found in the directory é");
        assert_eq!(application(&text), Some(id));
        assert_eq!(application(&format!("Trace ID: {id}")), None);
        assert_eq!(application("application é"), None);
    }
}
