//! Secrets that Beckon has to use itself, such as the keys of a PSA: encrypted at rest, with a key that is not in the
//! database.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};

/// The name of the key's file in the data folder.
pub const FILE: &str = "secret.key";

/// Why something cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The key is not one.
    #[error("expected 32 random bytes in base64 as the secret key, found something else")]
    BadKey,
    /// What is sealed was sealed with another key, or for another purpose.
    #[error("a secret cannot be opened: it was sealed with another key (see --secret-key)")]
    Closed,
    /// The file of the key cannot be read or made.
    #[error("the secret key cannot be kept in {path}: {error}")]
    File {
        /// Where.
        path: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The operating system gives no random bytes.
    #[error("the system gives no random bytes: {0}")]
    Random(getrandom::Error),
}

/// Seals and opens secrets, each for one purpose.
#[derive(Clone)]
pub struct Sealer(XChaCha20Poly1305);

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(…)")
    }
}

impl Sealer {
    /// Takes the key that somebody chose: 32 bytes in base64.
    ///
    /// # Errors
    /// [`SealError::BadKey`].
    pub fn of(key: &str) -> Result<Self, SealError> {
        let bytes = STANDARD.decode(key.trim()).map_err(|_| SealError::BadKey)?;
        XChaCha20Poly1305::new_from_slice(&bytes).map(Self).map_err(|_| SealError::BadKey)
    }

    /// Takes the key in the data folder; makes one the first time, for its owner's eyes alone.
    ///
    /// # Errors
    /// [`SealError`] where the file cannot be read or made, or holds something else.
    pub fn in_folder(folder: &Path) -> Result<Self, SealError> {
        let path = folder.join(FILE);
        let failed = |error| SealError::File { path: path.display().to_string(), error };
        match std::fs::read_to_string(&path) {
            Ok(text) => return Self::of(&text),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(failed(error)),
        }
        let text = random_key()?;
        // Whole or not at all: half a key would be taken for a wrong one for ever.
        let making = folder.join(format!("{FILE}.new"));
        write_private(&making, &text).and_then(|()| std::fs::rename(&making, &path)).map_err(failed)?;
        Self::of(&text)
    }

    /// Makes a key that is forgotten with the process: for tests.
    ///
    /// # Errors
    /// [`SealError::Random`].
    pub fn passing() -> Result<Self, SealError> {
        Self::of(&random_key()?)
    }

    /// Seals `secret` for `purpose`, such as `integration 7`: with another one it does not open.
    ///
    /// # Errors
    /// [`SealError::Random`].
    pub fn seal(&self, purpose: &str, secret: &str) -> Result<String, SealError> {
        let mut nonce = [0; 24];
        getrandom::fill(&mut nonce).map_err(SealError::Random)?;
        let payload = Payload { msg: secret.as_bytes(), aad: purpose.as_bytes() };
        let sealed = self.0.encrypt(XNonce::from_slice(&nonce), payload).map_err(|_| SealError::Closed)?;
        Ok(STANDARD.encode([&nonce[..], &sealed].concat()))
    }

    /// Opens what was sealed for `purpose`.
    ///
    /// # Errors
    /// [`SealError::Closed`].
    pub fn open(&self, purpose: &str, sealed: &str) -> Result<String, SealError> {
        let bytes = STANDARD.decode(sealed).map_err(|_| SealError::Closed)?;
        let (nonce, text) = bytes.split_at_checked(24).ok_or(SealError::Closed)?;
        let payload = Payload { msg: text, aad: purpose.as_bytes() };
        let opened = self.0.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| SealError::Closed)?;
        String::from_utf8(opened).map_err(|_| SealError::Closed)
    }
}

fn random_key() -> Result<String, SealError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(SealError::Random)?;
    Ok(STANDARD.encode(bytes))
}

#[cfg(unix)]
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut file =
        std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(not(unix))]
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    std::fs::write(path, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_the_same_key_for_the_same_purpose_alone() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let sealer = Sealer::in_folder(folder.path()).expect("a key");
        let closed = sealer.seal("integration 7", "s3cret").expect("sealed");
        assert!(!closed.contains("s3cret"));
        let again = Sealer::in_folder(folder.path()).expect("the same key");
        assert_eq!(again.open("integration 7", &closed).expect("opened"), "s3cret");
        assert!(again.open("integration 8", &closed).is_err());
        assert!(Sealer::passing().expect("a key").open("integration 7", &closed).is_err());
        let mut broken = STANDARD.decode(&closed).expect("base64");
        broken[30] ^= 1;
        assert!(again.open("integration 7", &STANDARD.encode(broken)).is_err());
        assert!(again.open("integration 7", "short").is_err());
    }

    #[test]
    fn a_file_that_holds_no_key_is_refused_and_kept() {
        let folder = tempfile::TempDir::new().expect("a folder");
        std::fs::write(folder.path().join(FILE), "no key").expect("written");
        assert!(matches!(Sealer::in_folder(folder.path()), Err(SealError::BadKey)));
        assert_eq!(std::fs::read_to_string(folder.path().join(FILE)).expect("read"), "no key");
    }
}
