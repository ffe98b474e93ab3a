//! Secrets: made of 256 random bits, shown once, kept as a digest.
//!
//! A digest without salt or stretching is enough for them: nobody guesses 256 random bits.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// How the secret of an API key begins.
pub const KEY_PREFIX: &str = "bks_";

/// The digits of a checksum.
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// The length of a checksum: 62⁶ is more than 2³².
const CHECKSUM: usize = 6;

/// Returns the CRC-32 of `text` as digits.
fn checksum(text: &str) -> String {
    let mut rest = usize::try_from(crc32fast::hash(text.as_bytes())).unwrap_or_default();
    let mut digits = [b'0'; CHECKSUM];
    for digit in digits.iter_mut().rev() {
        *digit = DIGITS[rest % DIGITS.len()];
        rest /= DIGITS.len();
    }
    digits.map(char::from).iter().collect()
}

/// Tells whether `secret` can be one at all. Those from before there were checksums can.
pub fn is_plausible(secret: &str) -> bool {
    if !secret.starts_with(KEY_PREFIX) {
        return true;
    }
    let body = secret.len().checked_sub(CHECKSUM).and_then(|at| secret.split_at_checked(at));
    body.is_some_and(|(body, sum)| checksum(body) == sum)
}

/// A secret as its owner holds it.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Makes a new one.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self(URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Makes a new one for an API key: it begins with [`KEY_PREFIX`], so that whoever finds it knows what it is, and ends
    /// with a checksum, so that a program knows it too.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn for_key() -> Result<Self, getrandom::Error> {
        let body = format!("{KEY_PREFIX}{}", Self::random()?.0);
        Ok(Self(format!("{body}{}", checksum(&body))))
    }

    /// Returns the text, to show it once.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Returns what is kept of it.
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A SHA-256 digest.
#[derive(Clone, Copy)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    /// Digests `bytes`.
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }
}

impl PartialEq for Digest {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for Digest {}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Digest(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_s_secret_shows_what_it_is_and_that_it_is_whole() {
        let secret = Secret::for_key().expect("random bytes");
        let text = secret.reveal();
        assert!(text.starts_with("bks_") && text.len() == 4 + 43 + 6, "{text}");
        assert!(is_plausible(text));
        for at in 4..text.len() {
            let mut changed = text.as_bytes().to_vec();
            changed[at] = if changed[at] == b'a' { b'b' } else { b'a' };
            let changed = String::from_utf8(changed).expect("text");
            assert!(!is_plausible(&changed), "{changed}");
        }
        assert!(!is_plausible(&text[..text.len() - 1]) && !is_plausible("bks_") && !is_plausible("bks_é"));
        assert!(is_plausible("made-before"));
    }
}
