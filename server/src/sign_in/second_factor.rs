//! The second factor: codes of an authenticator (RFC 6238: SHA-1, six digits, 30 seconds, which is what all of them take in),
//! and recovery codes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use beckon_core::api::access::SecondFactorResponse;
use beckon_core::time::Timestamp;
use qrcode::QrCode;
use qrcode::render::svg;
use totp_rs::{Algorithm, Builder, Secret, Totp};

use crate::store::{Digest, StoreError};

/// The length of a secret, in bytes: as long as a SHA-1 hash.
const SECRET_BYTES: usize = 20;

/// How many recovery codes there are at first.
const CODES: usize = 10;

/// The letters of a recovery code: none that is mistaken for another.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

/// Makes a secret, in base 32.
///
/// # Errors
/// When the operating system gives no random bytes.
pub fn new_secret() -> Result<String, StoreError> {
    let mut bytes = [0; SECRET_BYTES];
    random(&mut bytes)?;
    Ok(Secret::from(bytes.to_vec()).to_base32())
}

/// Shows a secret in all the ways in which an authenticator takes it in.
///
/// # Errors
/// When the address of its owner cannot stand in it.
pub fn shown(secret: &str, email: &str) -> Result<SecondFactorResponse, StoreError> {
    let unfit = |error: String| StoreError::Unavailable(format!("a second factor cannot be shown: {error}"));
    let email = email.replace(':', "");
    let url = totp(secret, &email).and_then(|totp| totp.to_url().ok());
    let url = url.ok_or_else(|| unfit(format!("expected an address, found {email}")))?;
    let code = QrCode::new(&url).map_err(|error| unfit(error.to_string()))?;
    let picture = code.render::<svg::Color<'_>>().min_dimensions(200, 200).build();
    let picture = format!("data:image/svg+xml;base64,{}", STANDARD.encode(picture));
    Ok(SecondFactorResponse { secret: secret.to_owned(), url, picture })
}

/// Returns the time step whose code this is: the present one, or one beside it for clocks that are not quite right.
pub fn step(secret: &str, code: &str, now: Timestamp) -> Option<i64> {
    let seconds = u64::try_from(now.timestamp()).ok()?;
    let step = totp(secret, "")?.check(&plain_code(code), seconds)?;
    i64::try_from(step).ok()
}

/// Returns the code of a moment. For tests and tools.
pub fn code_at(secret: &str, now: Timestamp) -> Option<String> {
    Some(totp(secret, "")?.generate(u64::try_from(now.timestamp()).ok()?).to_string())
}

fn totp(secret: &str, email: &str) -> Option<Totp> {
    let secret = Secret::try_from_base32(secret).ok()?;
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_secret(secret)
        .with_issuer(Some("Beckon"))
        .with_account_name(if email.is_empty() { "Beckon" } else { email })
        .build()
        .ok()
}

/// Makes recovery codes, as they are shown once, and what is kept of them.
///
/// # Errors
/// When the operating system gives no random bytes.
pub fn new_codes() -> Result<(Vec<String>, Vec<Digest>), StoreError> {
    let mut bytes = [0; 10 * CODES];
    random(&mut bytes)?;
    let code = |bytes: &[u8]| {
        let letters: String = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
        format!("{}-{}", &letters[..5], &letters[5..])
    };
    let codes: Vec<String> = bytes.chunks(10).map(code).collect();
    let digests = codes.iter().map(|code| Digest::of(plain_code(code).as_bytes())).collect();
    Ok((codes, digests))
}

/// Returns a code as it is compared: people put spaces and dashes into it, and capitals.
pub fn plain_code(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_lowercase()).collect()
}

fn random(bytes: &mut [u8]) -> Result<(), StoreError> {
    getrandom::fill(bytes).map_err(|error| StoreError::Unavailable(format!("no random bytes: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The seed of RFC 6238's test vectors for SHA-1, in base 32.
    const SEED: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn at(seconds: i64) -> Timestamp {
        chrono::DateTime::from_timestamp(seconds, 0).expect("a time")
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        for (seconds, code) in [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924")] {
            assert_eq!(step(SEED, code, at(seconds)), Some(seconds / 30), "{seconds}");
        }
        assert_eq!(step(SEED, "287 082", at(59 + 30)), Some(1), "a clock may be a step behind");
        assert_eq!(step(SEED, "287082", at(59 + 90)), None);
        assert_eq!(step(SEED, "", at(59)), None);
    }

    #[test]
    fn what_is_shown_is_what_is_kept() {
        let secret = new_secret().expect("random bytes");
        let shown = shown(&secret, "priya@northwind.example").expect("an address");
        assert!(shown.url.starts_with("otpauth://totp/Beckon:priya%40northwind.example?"), "{}", shown.url);
        assert!(shown.url.contains(&format!("secret={secret}")), "{}", shown.url);
        assert!(shown.picture.starts_with("data:image/svg+xml;base64,"));
        let (codes, digests) = new_codes().expect("random bytes");
        assert_eq!(codes.iter().collect::<std::collections::BTreeSet<_>>().len(), CODES);
        assert_eq!(digests[0], Digest::of(plain_code(&codes[0].to_uppercase()).as_bytes()));
    }
}
