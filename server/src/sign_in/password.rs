//! Passwords: hashed with Argon2id on blocking threads, few at a time, since each takes 19 MiB and some ten milliseconds.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use beckon_core::error::Refusal;
use tokio::sync::Semaphore;

use crate::store::StoreError;

/// How many are hashed at once. Others wait: guessing must not take the memory of everybody else.
static SLOTS: Semaphore = Semaphore::const_new(2);

/// The longest password whose hash is looked for; longer ones were never accepted.
const MAX_BYTES: usize = 4 * beckon_core::password::MAX;

/// How hard a password is to guess, from 0 to 4, as zxcvbn counts it: 3 stands up to an online attack and to a slow hash.
const LEAST_SCORE: u8 = 3;

/// Hashes a password, with the parameters that go with it.
///
/// # Errors
/// When the system has no memory or no random bytes for it.
pub async fn hash(password: String) -> Result<String, StoreError> {
    blocking(move || {
        Argon2::default()
            .hash_password(password.as_bytes())
            .map(|hash| hash.to_string())
            .map_err(|error| StoreError::Unavailable(format!("a password cannot be hashed: {error}")))
    })
    .await?
}

/// Tells whether a password has this hash. Where there is none, it takes as long to say no.
///
/// # Errors
/// When the server is about to stop.
pub async fn verify(hash: Option<String>, password: String) -> Result<bool, StoreError> {
    if password.len() > MAX_BYTES {
        return Ok(false);
    }
    blocking(move || {
        let argon2 = Argon2::default();
        let Some(hash) = hash else {
            drop(argon2.hash_password(password.as_bytes()));
            return false;
        };
        PasswordHash::new(&hash).is_ok_and(|hash| argon2.verify_password(password.as_bytes(), &hash).is_ok())
    })
    .await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StoreError> {
    let stopping = |error: String| StoreError::Unavailable(format!("passwords cannot be checked: {error}"));
    let slot = SLOTS.acquire().await.map_err(|error| stopping(error.to_string()))?;
    let done = tokio::task::spawn_blocking(work).await.map_err(|error| stopping(error.to_string()));
    drop(slot);
    done
}

/// Refuses a password that is among those tried first: common ones, names, dates, patterns of the keyboard.
///
/// # Errors
/// [`Refusal::Invalid`] on `password`.
pub fn check_common(password: &str, known: &[&str]) -> Result<(), Refusal> {
    let strength = zxcvbn::zxcvbn(password, known);
    if u8::from(strength.score()) >= LEAST_SCORE {
        return Ok(());
    }
    let text =
        "this is among the passwords that are guessed first: use a few words that do not belong together";
    Err(Refusal::field("password", text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_hash_fits_its_password_alone() {
        let hash = hash("correct horse battery".to_owned()).await.expect("memory");
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let fits = async |hash: Option<&str>, password: &str| {
            verify(hash.map(str::to_owned), password.to_owned()).await.expect("it runs")
        };
        assert!(fits(Some(&hash), "correct horse battery").await);
        assert!(!fits(Some(&hash), "correct horse batterx").await);
        assert!(!fits(None, "correct horse battery").await);
        assert!(!fits(Some("nonsense"), "correct horse battery").await);
        assert!(!fits(Some(&hash), &"x".repeat(MAX_BYTES + 1)).await);
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for common in ["password1234", "qwertyuiop12", "iloveyou2024", "111111111111", "letmeinletmein"] {
            assert!(check_common(common, &[]).is_err(), "{common}");
        }
        assert!(check_common("tulips under the viaduct", &[]).is_ok());
    }
}
