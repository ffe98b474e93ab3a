//! The command line of `beckon import`.

use std::path::PathBuf;

use beckon_core::country::CountryCode;
use beckon_core::id::{AccountId, OrganizationId};
use beckon_core::observation::AntivirusPolicy;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use strum::VariantNames;

use crate::sources::Source;

/// Turns a real log into observations, and sends those that the server does not have yet
#[derive(Clone, Debug, Args)]
#[command(after_help = super::exit::HELP, subcommand_required = true, arg_required_else_help = true)]
pub struct ImportArgs {
    #[command(subcommand)]
    log: Log,
}

/// The logs that can be imported.
#[derive(Clone, Debug, Subcommand)]
enum Log {
    /// The Microsoft 365 unified audit log: JSON lines, one array, or pages
    #[command(after_help = super::exit::HELP)]
    M365Audit(LoginOptions),
    /// The Entra sign-in log, from Microsoft Graph, Azure Monitor or an Event Hub
    #[command(after_help = super::exit::HELP)]
    EntraSignIns(LoginOptions),
    /// Whether Defender's real-time protection is on: `windowsProtectionState` from Microsoft Graph, or the Windows
    /// event log of Defender as XML or EVTX
    ///
    /// Graph: managed devices with their `windowsProtectionState`, or the states alone, as pages, one array or JSON
    /// lines. Windows: the channel `Microsoft-Windows-Windows Defender/Operational`, as `wevtutil qe … /f:xml` prints
    /// it or as the file itself. The format is told by the content. Events 5000 and 5001 count, all others are ignored
    /// with a reason
    #[command(after_help = super::exit::HELP)]
    DefenderStatus(StatusOptions),
}

/// What every import is told.
#[derive(Clone, Debug, Args)]
pub struct Options {
    /// The log, plain or gzip; `-` reads standard input
    #[arg(value_name = "FILE")]
    pub file: PathBuf,

    /// The server, such as `http://127.0.0.1:8080`
    #[arg(long, env = "BECKON_URL", value_name = "URL")]
    pub url: String,

    /// An operator key, as `key:secret`; the variable keeps it out of the process list
    #[arg(long, env = "BECKON_KEY", value_name = "KEY", hide_env_values = true)]
    pub key: Key,

    /// The account whose log it is
    #[arg(long, value_name = "ID")]
    pub account: AccountId,

    /// The organization whose log it is
    #[arg(long, value_name = "ID")]
    pub organization: OrganizationId,

    /// Print the summary as JSON
    #[arg(long)]
    pub json: bool,
}

/// What an import of logins is told besides.
#[derive(Clone, Debug, Args)]
pub struct LoginOptions {
    /// What every import is told.
    #[command(flatten)]
    pub common: Options,

    /// The country, such as NL, where those people live for whom none is on record
    #[arg(long, value_name = "CODE", value_parser = |text: &str| CountryCode::parse(text))]
    pub usage_location: Option<CountryCode>,

    /// A database of countries by address (MMDB), for records that name no country; may be given several times. Of a
    /// pair `…ipv4.mmdb` and `…ipv6.mmdb` one is enough, the other is found beside it
    #[arg(long, value_name = "FILE")]
    pub country_db: Vec<PathBuf>,

    /// A list of the networks of VPN services: a line each, a network (`185.159.157.0/24`) or an autonomous system
    /// (`AS9009`), then the name of the service; `#` begins a comment. The most specific network tells
    #[arg(long, value_name = "FILE")]
    pub vpn_networks: Option<PathBuf>,
}

/// What an import of statuses is told besides.
#[derive(Clone, Debug, Args)]
pub(super) struct StatusOptions {
    /// What every import is told.
    #[command(flatten)]
    pub common: Options,

    /// What the managed antivirus asks of these endpoints, since the logs do not say
    #[arg(long, value_name = "POLICY", default_value = "enforce", value_parser = policy())]
    pub policy: AntivirusPolicy,
}

/// Reads a policy by its name.
fn policy() -> impl TypedValueParser<Value = AntivirusPolicy> {
    PossibleValuesParser::new(AntivirusPolicy::VARIANTS)
        .map(|name| name.parse().expect("one of the names that are possible"))
}

/// A key and its secret. Any text is taken here and checked later, so that no message repeats a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Key(String);

impl ImportArgs {
    /// Returns which log is imported, and how.
    pub fn source_and_options(&self) -> (Source, &Options) {
        match &self.log {
            Log::M365Audit(options) => (Source::M365Audit, &options.common),
            Log::EntraSignIns(options) => (Source::EntraSignIns, &options.common),
            Log::DefenderStatus(options) => (Source::DefenderStatus, &options.common),
        }
    }

    /// Returns what an import of logins is told besides.
    pub fn logins(&self) -> Option<&LoginOptions> {
        match &self.log {
            Log::M365Audit(options) | Log::EntraSignIns(options) => Some(options),
            Log::DefenderStatus(_) => None,
        }
    }

    /// Returns what the managed antivirus asks of the endpoints; a log that is not about endpoints asks nothing.
    pub fn policy(&self) -> AntivirusPolicy {
        match &self.log {
            Log::M365Audit(_) | Log::EntraSignIns(_) => AntivirusPolicy::Off,
            Log::DefenderStatus(options) => options.policy,
        }
    }
}

impl Key {
    /// Returns key and secret; none when the text is not `key:secret`.
    pub fn parts(&self) -> Option<(&str, &str)> {
        self.0.trim().split_once(':').filter(|(key, secret)| !key.is_empty() && !secret.is_empty())
    }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key(…)")
    }
}

impl From<String> for Key {
    fn from(text: String) -> Self {
        Self(text)
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Command {
        #[command(flatten)]
        args: ImportArgs,
    }

    #[test]
    fn both_logs_take_the_same_options() {
        for (log, source) in [("m365-audit", Source::M365Audit), ("entra-sign-ins", Source::EntraSignIns)] {
            let words = [
                "import",
                log,
                "log.gz",
                "--url",
                "http://h",
                "--key",
                "k:s",
                "--account",
                "1",
                "--organization",
                "2",
                "--usage-location",
                "nl",
                "--vpn-networks",
                "vpns.txt",
                "--country-db",
                "a",
                "--country-db",
                "b",
                "--json",
            ];
            let command = Command::try_parse_from(words).unwrap_or_else(|error| panic!("{error}"));
            let (found, options) = command.args.source_and_options();
            assert_eq!(found, source);
            assert_eq!(options.key.parts(), Some(("k", "s")));
            let logins = command.args.logins().expect("a log of logins");
            assert_eq!(logins.country_db.len(), 2);
            assert!(logins.vpn_networks.is_some());
            assert_eq!(logins.usage_location.map(|country| country.to_string()).as_deref(), Some("NL"));
        }
    }

    #[test]
    fn the_policy_is_one_of_three_and_enforce_unless_told() {
        let check = |policy: &[&str], expected: Option<AntivirusPolicy>| {
            let words = ["import", "defender-status", "log.evtx", "--url", "http://h", "--key", "k:s"];
            let words = words.iter().chain(&["--account", "1", "--organization", "2"]).chain(policy);
            let found = Command::try_parse_from(words).ok().map(|command| command.args.policy());
            assert_eq!(found, expected, "{policy:?}");
        };
        check(&[], Some(AntivirusPolicy::Enforce));
        check(&["--policy", "audit"], Some(AntivirusPolicy::Audit));
        check(&["--policy", "off"], Some(AntivirusPolicy::Off));
        check(&["--policy", "strict"], None);
        check(&["--vpn-networks", "x"], None);
    }

    #[test]
    fn a_key_shows_itself_to_nobody() {
        let key = Key("k1:hunter2".to_owned());
        assert!(!format!("{key:?}").contains("hunter2"));
        for text in ["", "k1", ":s", "k:"] {
            assert_eq!(Key(text.to_owned()).parts(), None, "{text}");
        }
    }
}
