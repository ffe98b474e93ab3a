//! VPN services by slug, as the compatible API names them.

use serde::{Deserialize, Serialize};

use crate::error::Invalid;

/// Names a VPN service: upper-case letters, digits and underscores, such as `NORD_VPN`. Assigned by this catalogue
/// for the services it knows, by the detector for others.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VpnSlug(String);

/// The longest slug that is accepted, in characters.
pub const MAX_SLUG: usize = 64;

/// Slug and name of the services that Beckon knows by name.
#[rustfmt::skip]
pub const KNOWN_VPNS: &[(&str, &str)] = &[
    ("APPLE_PRIVATE_RELAY",     "Apple iCloud Private Relay"),
    ("ATLAS_VPN",               "Atlas VPN"),
    ("AVAST_SECURELINE",        "Avast SecureLine VPN"),
    ("AVG_SECURE_VPN",          "AVG Secure VPN"),
    ("AZIRE_VPN",               "AzireVPN"),
    ("BETTERNET",               "Betternet"),
    ("BITDEFENDER_VPN",         "Bitdefender VPN"),
    ("CACTUS_VPN",              "CactusVPN"),
    ("CLOUDFLARE_WARP",         "Cloudflare WARP"),
    ("CRYPTOSTORM",             "Cryptostorm"),
    ("CYBERGHOST_VPN",          "CyberGhost VPN"),
    ("EXPRESS_VPN",             "ExpressVPN"),
    ("GOOGLE_ONE_VPN",          "VPN by Google"),
    ("HIDE_ME",                 "hide.me VPN"),
    ("HIDE_MY_ASS",             "HMA VPN"),
    ("HOLA_VPN",                "Hola VPN"),
    ("HOTSPOT_SHIELD",          "Hotspot Shield"),
    ("IP_VANISH",               "IPVanish"),
    ("IVPN",                    "IVPN"),
    ("KASPERSKY_VPN",           "Kaspersky VPN"),
    ("MICROSOFT_EDGE_SECURE",   "Microsoft Edge Secure Network"),
    ("MOZILLA_VPN",             "Mozilla VPN"),
    ("MULLVAD_VPN",             "Mullvad VPN"),
    ("NORD_VPN",                "NordVPN"),
    ("NORTON_VPN",              "Norton VPN"),
    ("OPERA_VPN",               "Opera VPN"),
    ("PRIVATE_INTERNET_ACCESS", "Private Internet Access"),
    ("PRIVATE_VPN",             "PrivateVPN"),
    ("PROTON_VPN",              "Proton VPN"),
    ("PSIPHON",                 "Psiphon"),
    ("PURE_VPN",                "PureVPN"),
    ("SURFSHARK",               "Surfshark"),
    ("TOR",                     "Tor"),
    ("TORGUARD",                "TorGuard"),
    ("TUNNEL_BEAR",             "TunnelBear"),
    ("UNKNOWN_VPN",             "an unknown VPN"),
    ("URBAN_VPN",               "Urban VPN"),
    ("VPN_UNLIMITED",           "VPN Unlimited"),
    ("VYPR_VPN",                "VyprVPN"),
    ("WINDSCRIBE",              "Windscribe"),
    ("ZENMATE",                 "ZenMate"),
];

impl VpnSlug {
    /// Reads a slug or a known name, in any case; spaces and dashes count as underscores.
    ///
    /// # Errors
    /// [`Invalid`] when what remains is empty, too long, or holds other characters than letters, digits and `_`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        if let Some((slug, _)) = KNOWN_VPNS.iter().find(|(_, name)| name.eq_ignore_ascii_case(text)) {
            return Ok(Self((*slug).to_owned()));
        }
        let slug: String = text
            .chars()
            .map(|c| if matches!(c, ' ' | '-' | '.') { '_' } else { c.to_ascii_uppercase() })
            .collect();
        let fits = !slug.is_empty()
            && slug.chars().count() <= MAX_SLUG
            && slug.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        if fits {
            return Ok(Self(slug));
        }
        Err(Invalid::new("a VPN slug such as NORD_VPN (letters, digits and _, at most 64)", text))
    }

    /// Returns the slug itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the service's name for people, or the slug when the service is not known by name.
    pub fn name(&self) -> &str {
        KNOWN_VPNS.iter().find(|(slug, _)| *slug == self.0).map_or(&self.0, |(_, name)| name)
    }
}

impl TryFrom<String> for VpnSlug {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<VpnSlug> for String {
    fn from(slug: VpnSlug) -> Self {
        slug.0
    }
}

impl std::fmt::Display for VpnSlug {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: Option<&str>) {
        assert_eq!(VpnSlug::parse(input).ok().as_ref().map(VpnSlug::as_str), expected, "{input:?}");
    }

    #[test]
    fn slugs_and_names_are_read() {
        check("NORD_VPN", Some("NORD_VPN"));
        check(" nord vpn ", Some("NORD_VPN"));
        check("NordVPN", Some("NORD_VPN"));
        check("some-new-service", Some("SOME_NEW_SERVICE"));
        check("", None);
        check("a/b", None);
        check(&"x".repeat(65), None);
    }

    #[test]
    fn the_catalogue_is_sorted_and_well_formed() {
        assert!(KNOWN_VPNS.is_sorted_by_key(|(slug, _)| *slug));
        for (slug, _) in KNOWN_VPNS {
            check(slug, Some(slug));
        }
    }
}
