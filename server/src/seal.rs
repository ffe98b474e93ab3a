//! Secrets that Beckon has to use itself, such as the keys of a PSA: encrypted at rest, with a key that is not in the
//! database.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest as _, Sha256};

/// The name of the key's file in the data folder.
pub const FILE: &str = "secret.key";

/// Why something cannot be sealed or opened.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The key is not one.
    #[error(
        "expected 32 random bytes in base64 as the secret key, or several such keys, found something else"
    )]
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

/// Seals and opens secrets, each for one purpose. It seals with its first key, and opens what any of its keys sealed.
#[derive(Clone)]
pub struct Sealer(Vec<Key>);

/// A key with its name, which stands in front of what it sealed.
#[derive(Clone)]
struct Key {
    name: String,
    cipher: XChaCha20Poly1305,
}

impl std::fmt::Debug for Sealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sealer(…)")
    }
}

impl Key {
    fn of(text: &str) -> Result<Self, SealError> {
        let bytes = STANDARD.decode(text).map_err(|_| SealError::BadKey)?;
        let cipher = XChaCha20Poly1305::new_from_slice(&bytes).map_err(|_| SealError::BadKey)?;
        let digest = Sha256::digest(&bytes);
        Ok(Self {
            name: format!("{:02x}{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2], digest[3]),
            cipher,
        })
    }

    fn open(&self, purpose: &str, sealed: &str) -> Result<String, SealError> {
        let bytes = STANDARD.decode(sealed).map_err(|_| SealError::Closed)?;
        let (nonce, text) = bytes.split_at_checked(24).ok_or(SealError::Closed)?;
        let payload = Payload { msg: text, aad: purpose.as_bytes() };
        let opened =
            self.cipher.decrypt(XNonce::from_slice(nonce), payload).map_err(|_| SealError::Closed)?;
        String::from_utf8(opened).map_err(|_| SealError::Closed)
    }
}

/// For what things in the database are sealed, so that one cannot be put in the place of another.
pub mod purpose {
    use beckon_core::id::{IntegrationId, ProviderId, UserId, WebhookId};

    /// What the key is recognized by.
    pub const SAMPLE: &str = "sample of the key";
    /// The last part of a sign-in link on its way into a mail: until it leaves, nobody reads it.
    pub const LINK: &str = "sign-in link";

    /// The secrets of a PSA.
    pub fn integration(id: IntegrationId) -> String {
        format!("integration {id}")
    }

    /// The secrets of an endpoint.
    pub fn webhook(id: WebhookId) -> String {
        format!("webhook {id}")
    }

    /// The secret of an authenticator.
    pub fn second_factor(user: UserId) -> String {
        format!("second factor of user {user}")
    }

    /// The secret of a sign-in provider.
    pub fn sign_in_provider(id: ProviderId) -> String {
        format!("sign-in provider {id}")
    }

    /// What a sign-in by a provider needs when it comes back.
    pub fn flow(id: ProviderId) -> String {
        format!("sign-in by provider {id}")
    }

    /// That somebody signed in from a browser.
    pub fn device(user: UserId) -> String {
        format!("device of user {user}")
    }
}

impl Sealer {
    /// Takes the key that somebody chose: 32 bytes in base64. Behind it may stand, after spaces, commas or line ends, keys from
    /// before, with which is opened and no longer sealed.
    ///
    /// # Errors
    /// [`SealError::BadKey`].
    pub fn of(keys: &str) -> Result<Self, SealError> {
        let keys = keys.split(|c: char| c == ',' || c.is_whitespace()).filter(|key| !key.is_empty());
        let keys = keys.map(Key::of).collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(SealError::BadKey) } else { Ok(Self(keys)) }
    }

    /// Puts a new key in front of those in the data folder; those before stay, until [`Self::forget_old`].
    ///
    /// # Errors
    /// [`SealError`] where the file cannot be read or written, or holds something else.
    pub fn add_key(folder: &Path) -> Result<Self, SealError> {
        Self::in_folder(folder)?;
        let text = read(folder)?;
        write(folder, &format!("{}\n{text}", random_key()?))?;
        Self::in_folder(folder)
    }

    /// Forgets all keys in the data folder but the first.
    ///
    /// # Errors
    /// As [`Self::add_key`].
    pub fn forget_old(folder: &Path) -> Result<(), SealError> {
        let text = read(folder)?;
        write(folder, text.lines().next().unwrap_or_default())
    }

    /// Returns the name of the key that seals.
    pub fn name(&self) -> &str {
        &self.0[0].name
    }

    /// Seals anew, with the first key, what any of the keys sealed.
    ///
    /// # Errors
    /// [`SealError::Closed`], [`SealError::Random`].
    pub fn reseal(&self, purpose: &str, sealed: &str) -> Result<String, SealError> {
        self.seal(purpose, &self.open(purpose, sealed)?)
    }

    /// Takes the key in the data folder; makes one the first time, for its owner's eyes alone.
    ///
    /// # Errors
    /// [`SealError`] where the file cannot be read or made, or holds something else.
    pub fn in_folder(folder: &Path) -> Result<Self, SealError> {
        match read(folder) {
            Err(SealError::File { error, .. }) if error.kind() == std::io::ErrorKind::NotFound => {
                let text = random_key()?;
                write(folder, &text)?;
                Self::of(&text)
            }
            text => Self::of(&text?),
        }
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
        let key = &self.0[0];
        let sealed =
            key.cipher.encrypt(XNonce::from_slice(&nonce), payload).map_err(|_| SealError::Closed)?;
        Ok(format!("{}:{}", key.name, STANDARD.encode([&nonce[..], &sealed].concat())))
    }

    /// Opens what was sealed for `purpose`. What was sealed before keys had names is tried with each.
    ///
    /// # Errors
    /// [`SealError::Closed`].
    pub fn open(&self, purpose: &str, sealed: &str) -> Result<String, SealError> {
        let (name, text) = sealed.split_once(':').map_or((None, sealed), |(name, text)| (Some(name), text));
        let mut fitting = self.0.iter().filter(|key| name.is_none_or(|name| name == key.name));
        fitting.find_map(|key| key.open(purpose, text).ok()).ok_or(SealError::Closed)
    }
}

fn read(folder: &Path) -> Result<String, SealError> {
    let path = folder.join(FILE);
    std::fs::read_to_string(&path)
        .map_err(|error| SealError::File { path: path.display().to_string(), error })
}

/// Writes the keys whole or not at all: half a key would be taken for a wrong one for ever.
fn write(folder: &Path, text: &str) -> Result<(), SealError> {
    let path = folder.join(FILE);
    let making = folder.join(format!("{FILE}.new"));
    let written = write_private(&making, text).and_then(|()| std::fs::rename(&making, &path));
    written.map_err(|error| SealError::File { path: path.display().to_string(), error })
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
        let (name, text) = closed.split_once(':').expect("the name of the key");
        assert_eq!(name, sealer.name());
        let mut broken = STANDARD.decode(text).expect("base64");
        broken[30] ^= 1;
        assert!(again.open("integration 7", &format!("{name}:{}", STANDARD.encode(broken))).is_err());
        assert_eq!(again.open("integration 7", text).expect("sealed before keys had names"), "s3cret");
        assert!(again.open("integration 7", "short").is_err());
    }

    #[test]
    fn a_new_key_seals_and_the_old_one_opens_until_it_is_forgotten() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let old = Sealer::in_folder(folder.path()).expect("a key");
        let closed = old.seal("integration 7", "s3cret").expect("sealed");
        let both = Sealer::add_key(folder.path()).expect("another key");
        assert_ne!(both.name(), old.name());
        assert_eq!(both.open("integration 7", &closed).expect("opened"), "s3cret");
        let anew = both.reseal("integration 7", &closed).expect("sealed anew");
        assert!(anew.starts_with(both.name()), "{anew}");
        assert!(old.open("integration 7", &anew).is_err());
        Sealer::forget_old(folder.path()).expect("written");
        let new = Sealer::in_folder(folder.path()).expect("the new key");
        assert_eq!(new.open("integration 7", &anew).expect("opened"), "s3cret");
        assert!(new.open("integration 7", &closed).is_err());
    }

    #[test]
    fn a_file_that_holds_no_key_is_refused_and_kept() {
        let folder = tempfile::TempDir::new().expect("a folder");
        std::fs::write(folder.path().join(FILE), "no key").expect("written");
        assert!(matches!(Sealer::in_folder(folder.path()), Err(SealError::BadKey)));
        assert_eq!(std::fs::read_to_string(folder.path().join(FILE)).expect("read"), "no key");
    }
}
