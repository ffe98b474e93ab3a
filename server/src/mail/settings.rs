//! How mail goes out: by option, by variable or by a line in the file; the command line wins, then the variable, then
//! the file.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context as _, bail};
use clap::{Args, ValueEnum};
use lettre::message::Mailbox;
use serde::Deserialize;

use super::{MAX_NAME, compose, safe};

/// How many messages go out a second, unless told.
const RATE: NonZeroU32 = NonZeroU32::new(50).expect("not zero");

/// How the connection to the server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Security {
    /// Begins in plain and must become TLS before anything is said
    Starttls,
    /// TLS from the first byte
    Tls,
    /// Plain text, to a loopback address only
    None,
}

impl Security {
    const fn port(self) -> u16 {
        match self {
            Self::Starttls => 587,
            Self::Tls => 465,
            Self::None => 25,
        }
    }
}

/// A password, which nothing prints.
#[derive(Clone, PartialEq, Eq, Deserialize)]
#[serde(transparent)]
pub struct Password(String);

impl Password {
    /// Returns the text, to sign in with it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl FromStr for Password {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl std::fmt::Debug for Password {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Password(…)")
    }
}

/// The options, as clap reads them from the command line and the variables.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Mail")]
pub struct MailArgs {
    /// The SMTP server that takes mail; without one, messages become files in `outbox` in the data folder
    #[arg(long, env = "BECKON_SMTP_HOST")]
    pub smtp_host: Option<String>,
    /// Its port [default: 587 for starttls, 465 for tls, 25 for none]
    #[arg(long, env = "BECKON_SMTP_PORT")]
    pub smtp_port: Option<u16>,
    /// How the connection is protected [default: starttls]
    #[arg(long, env = "BECKON_SMTP_SECURITY")]
    pub smtp_security: Option<Security>,
    /// The name to sign in with; without one, Beckon does not sign in
    #[arg(long, env = "BECKON_SMTP_USERNAME")]
    pub smtp_username: Option<String>,
    /// The password to sign in with; others on the machine can see it here, so prefer the variable or a file
    #[arg(long, env = "BECKON_SMTP_PASSWORD", hide_env_values = true)]
    pub smtp_password: Option<Password>,
    /// A file that holds the password
    #[arg(long, env = "BECKON_SMTP_PASSWORD_FILE")]
    pub smtp_password_file: Option<PathBuf>,
    /// Whom mail is from, such as `Beckon <beckon@soc.example>`
    #[arg(long, env = "BECKON_SMTP_FROM")]
    pub smtp_from: Option<String>,
    /// How many messages go out a second at most [default: 50]
    #[arg(long, env = "BECKON_SMTP_RATE")]
    pub smtp_rate: Option<NonZeroU32>,
    /// A file with certificates in PEM to trust beside the public ones, for a server with a private CA
    #[arg(long, env = "BECKON_SMTP_CA_FILE")]
    pub smtp_ca_file: Option<PathBuf>,
}

/// The table `[smtp]` of the file: the same options.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailFile {
    host: Option<String>,
    port: Option<u16>,
    security: Option<Security>,
    username: Option<String>,
    password: Option<Password>,
    password_file: Option<PathBuf>,
    from: Option<String>,
    rate: Option<NonZeroU32>,
    ca_file: Option<PathBuf>,
}

/// How mail goes out, decided.
#[derive(Clone, Debug)]
pub struct MailSettings {
    /// The server; none where messages become files.
    pub smtp: Option<SmtpSettings>,
    /// Whom mail is from.
    pub from: Mailbox,
    /// How many messages go out a second at most. Whoever sends them keeps to it.
    pub rate: NonZeroU32,
}

/// The server.
#[derive(Clone, Debug)]
pub struct SmtpSettings {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is protected.
    pub security: Security,
    /// How to sign in, where it wants that.
    pub login: Option<Login>,
    /// Certificates in PEM to trust beside the public ones.
    pub ca: Option<String>,
}

/// How to sign in.
#[derive(Clone, Debug)]
pub struct Login {
    /// The name.
    pub username: String,
    /// The password.
    pub password: Password,
}

impl MailArgs {
    /// Decides: what is said here wins over what the file says.
    ///
    /// # Errors
    /// What was expected and what was found, where the options do not make sense together or name an unreadable file.
    pub fn settings(self, file: MailFile) -> anyhow::Result<MailSettings> {
        let password = password(self.smtp_password, self.smtp_password_file.as_deref())?;
        let password = match password {
            Some(password) => Some(password),
            None => self::password(file.password, file.password_file.as_deref())?,
        };
        // A variable that is set to nothing says nothing.
        let username = self.smtp_username.or(file.username).filter(|name| !name.is_empty());
        let from = self.smtp_from.or(file.from);
        let security = self.smtp_security.or(file.security);
        let port = self.smtp_port.or(file.port);
        let ca_file = self.smtp_ca_file.or(file.ca_file);
        let host = self.smtp_host.or(file.host).map(|host| host.trim().to_owned());
        let rate = self.smtp_rate.or(file.rate).unwrap_or(RATE);
        let Some(host) = host.filter(|host| !host.is_empty()) else {
            if security.is_some() || port.is_some() || ca_file.is_some() || username.is_some() {
                bail!(
                    "expected --smtp-host beside the other options of the SMTP server, found none: name the server"
                );
            }
            let from = from.as_deref().map_or_else(|| sender("beckon@localhost"), sender)?;
            return Ok(MailSettings { smtp: None, from, rate });
        };
        let security = security.unwrap_or(Security::Starttls);
        let login = match (username, password) {
            (Some(username), Some(password)) => Some(Login { username, password }),
            (None, None) => None,
            (Some(_), None) => bail!(
                "expected a password for --smtp-username, found none: set BECKON_SMTP_PASSWORD or --smtp-password-file"
            ),
            (None, Some(_)) => {
                bail!(
                    "expected --smtp-username for the SMTP password, found none: set it, or remove the password"
                )
            }
        };
        let from = from.as_deref().context(
            "expected --smtp-from beside --smtp-host, found none: name whom mail is from, such as \
             `Beckon <beckon@soc.example>`",
        )?;
        let smtp = SmtpSettings {
            port: port.unwrap_or_else(|| security.port()),
            security,
            login,
            ca: ca_file.as_deref().map(|path| read("certificates", path)).transpose()?,
            host: loopback_if_plain(host, security)?,
        };
        Ok(MailSettings { smtp: Some(smtp), from: sender(from)?, rate })
    }
}

/// Refuses an address beyond this machine for plain text. What a name stands for is checked when it is dialled.
fn loopback_if_plain(host: String, security: Security) -> anyhow::Result<String> {
    let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
    match (security, host.parse::<std::net::IpAddr>()) {
        (Security::None, Ok(address)) if !address.to_canonical().is_loopback() => bail!(
            "expected --smtp-security none for a loopback address only, found {host}: use starttls or tls"
        ),
        (Security::None | Security::Starttls | Security::Tls, _) => Ok(host),
    }
}

/// Returns the one password that is given.
fn password(given: Option<Password>, file: Option<&Path>) -> anyhow::Result<Option<Password>> {
    match (given, file) {
        (Some(_), Some(_)) => bail!("expected an SMTP password or a file with it, found both: remove one"),
        (Some(password), None) => Ok(Some(password).filter(|password| !password.0.is_empty())),
        (None, Some(path)) => {
            let text = read("the SMTP password", path)?;
            let password = text.trim_end_matches(['\r', '\n']);
            if password.is_empty() {
                bail!("expected the SMTP password in {}, found nothing", path.display());
            }
            Ok(Some(Password(password.to_owned())))
        }
        (None, None) => Ok(None),
    }
}

fn read(what: &str, path: &Path) -> anyhow::Result<String> {
    std::fs::read_to_string(path)
        .with_context(|| format!("expected {what} in {}, and cannot read it", path.display()))
}

/// Reads whom mail is from; an address alone gets Beckon's name.
fn sender(text: &str) -> anyhow::Result<Mailbox> {
    let expected = || format!("expected --smtp-from such as `Beckon <beckon@soc.example>`, found `{text}`");
    if text.chars().any(char::is_control) {
        bail!("expected --smtp-from without control characters, found some");
    }
    let mailbox: Mailbox = text.parse().with_context(expected)?;
    let address =
        compose::address(mailbox.email.as_ref()).map_err(anyhow::Error::msg).with_context(expected)?;
    if !AsRef::<str>::as_ref(&address).is_ascii() {
        bail!("expected --smtp-from with an ASCII address, found `{text}`");
    }
    let name = mailbox.name.map(|name| safe::line(&name, MAX_NAME)).filter(|name| !name.is_empty());
    Ok(Mailbox::new(Some(name.unwrap_or_else(|| "Beckon".to_owned())), address))
}

#[cfg(test)]
#[path = "settings/tests.rs"]
mod tests;
