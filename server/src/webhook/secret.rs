//! Secrets of an endpoint: what both sides know, and how one follows another.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use beckon_core::time::Timestamp;

/// What a secret's text begins with.
const PREFIX: &str = "whsec_";

/// How many bytes a secret may have.
const LENGTH: std::ops::RangeInclusive<usize> = 24..=64;

/// How many bytes those have that are made here.
const MADE: usize = 32;

/// A secret that signs: random bytes, written as `whsec_` and base64.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

impl Secret {
    /// Makes a new one.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = vec![0; MADE];
        getrandom::fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// Reads one from its text.
    ///
    /// # Errors
    /// What was expected; never what was found.
    pub fn parse(text: &str) -> Result<Self, String> {
        let bytes = text.strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok());
        bytes.filter(|bytes| LENGTH.contains(&bytes.len())).map(Self).ok_or_else(|| {
            let (least, most) = LENGTH.into_inner();
            format!(
                "expected a secret of {PREFIX} and {least} to {most} bytes in base64, found something else"
            )
        })
    }

    /// Returns its text, to show it to its owner or to keep it encrypted.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The secrets with which an endpoint's requests are signed.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// The one that counts.
    pub current: Secret,
    /// The one before it, and until when it signs too: so long the receiver has to change over.
    pub previous: Option<(Secret, Timestamp)>,
}

impl Secrets {
    /// Returns those that sign at `now`, the current one first.
    pub fn at(&self, now: Timestamp) -> impl Iterator<Item = &Secret> {
        let previous = self.previous.as_ref().filter(|(_, until)| now < *until);
        std::iter::once(&self.current).chain(previous.map(|(secret, _)| secret))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_as_it_was_written_and_shown_to_nobody_else() {
        let secret = Secret::random().expect("random bytes");
        assert_eq!(Secret::parse(&secret.reveal()), Ok(secret.clone()));
        assert_eq!(format!("{secret:?}"), "Secret(…)");
        for bad in ["", "whsec_", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_%%%"] {
            let error = Secret::parse(bad).expect_err(bad);
            assert!(error.contains("24 to 64 bytes") && (bad.len() < 7 || !error.contains(bad)), "{error}");
        }
    }

    #[test]
    fn the_previous_secret_signs_until_it_ends() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a literal");
        let (current, previous) =
            (Secret::random().expect("random bytes"), Secret::random().expect("random bytes"));
        let secrets = Secrets {
            current: current.clone(),
            previous: Some((previous.clone(), at("2026-11-25T00:00:00Z"))),
        };
        let signing = |now| secrets.at(at(now)).cloned().collect::<Vec<_>>();
        assert_eq!(signing("2026-11-24T23:59:59Z"), [current.clone(), previous]);
        assert_eq!(signing("2026-11-25T00:00:00Z"), [current]);
    }
}
