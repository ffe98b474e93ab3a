//! Backups as files: a `tar.gz` of the database, the key with which its secrets are sealed, and what both are, encrypted with age. Whoever
//! has the identity opens one with the usual tools too: `age -d -i identity.txt backup.age | tar xz`.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use age::secrecy::{ExposeSecret as _, SecretString};
use age::x25519;
use anyhow::{Context as _, bail};
use beckon_core::time::Timestamp;
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::store::backup::Contents;
use crate::store::sqlite::FILE as DATABASE;

/// What the file says of itself, its first part.
const ABOUT: &str = "about.json";

/// The key with which secrets are sealed, as it stands in the data folder.
const KEY: &str = "secret.key";

/// The format of the file. A later one has another number.
const FORMAT: u32 = 1;

/// What a backup says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The format.
    pub format: u32,
    /// The release that made it.
    pub beckon: String,
    /// When it was begun: all that was acknowledged before is in it.
    pub made_at: Timestamp,
    /// `embedded` or `postgres`: where it comes from.
    pub from: String,
    /// What is in it, as it was checked.
    pub contents: Contents,
    /// The SHA-256 of the database's file.
    pub sha256: String,
}

/// Who can open a backup.
#[derive(Clone)]
pub enum Lock {
    /// Whoever has the identity of one of these.
    Recipients(Vec<x25519::Recipient>),
    /// Whoever knows this.
    Passphrase(SecretString),
}

/// What opens a backup.
pub enum Opener {
    /// Identities, of which one has to fit.
    Identities(Vec<x25519::Identity>),
    /// A passphrase.
    Passphrase(SecretString),
}

/// Reads recipients: `age1…`, as many as there are.
///
/// # Errors
/// What is none.
pub fn recipients<'t>(texts: impl IntoIterator<Item = &'t str>) -> anyhow::Result<Vec<x25519::Recipient>> {
    let read = |text: &str| {
        let wrong = |why| anyhow::anyhow!("expected a recipient such as age1…, found `{text}`: {why}");
        text.parse::<x25519::Recipient>().map_err(wrong)
    };
    texts.into_iter().map(read).collect()
}

/// Reads a file of identities, as `age-keygen` and [`make_identity`] write it.
///
/// # Errors
/// When it cannot be read, or holds none.
pub fn identities(path: &Path) -> anyhow::Result<Vec<x25519::Identity>> {
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let read = |line: &str| {
        let wrong =
            |why| anyhow::anyhow!("expected an identity, AGE-SECRET-KEY-1…, in {}: {why}", path.display());
        line.parse::<x25519::Identity>().map_err(wrong)
    };
    let found = lines.map(read).collect::<anyhow::Result<Vec<_>>>()?;
    anyhow::ensure!(
        !found.is_empty(),
        "expected an identity, AGE-SECRET-KEY-1…, in {}, found none",
        path.display()
    );
    Ok(found)
}

/// Makes an identity in a new file, for its owner's eyes alone, and returns its recipient.
///
/// # Errors
/// When the file is there already or cannot be written.
pub fn make_identity(path: &Path) -> anyhow::Result<String> {
    let identity = x25519::Identity::generate();
    let recipient = identity.to_public().to_string();
    let mut file = create(path).with_context(|| format!("cannot make {}", path.display()))?;
    writeln!(file, "# public key: {recipient}\n{}", identity.to_string().expose_secret())?;
    file.sync_all()?;
    Ok(recipient)
}

/// Makes a file that was not there, which its owner alone reads.
fn create(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Writes a backup of the database and the key in `folder` to `path`, which is there when all of it is on the disk, and not before.
///
/// # Errors
/// When it is there already, or cannot be written.
pub fn write(folder: &Path, about: &About, lock: &Lock, path: &Path) -> anyhow::Result<u64> {
    anyhow::ensure!(!path.exists(), "{} is there already: name another file with --to", path.display());
    let mut part = path.as_os_str().to_owned();
    part.push(format!(".part-{}", std::process::id()));
    let part = PathBuf::from(part);
    let done = write_to(folder, about, lock, &part).and_then(|bytes| {
        fs::rename(&part, path)?;
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            File::open(parent)?.sync_all()?;
        }
        Ok(bytes)
    });
    if done.is_err() {
        // It is of no use, and may not have come into being.
        drop(fs::remove_file(&part));
    }
    done.with_context(|| format!("cannot write {}", path.display()))
}

fn write_to(folder: &Path, about: &About, lock: &Lock, path: &Path) -> anyhow::Result<u64> {
    let encryptor = match lock {
        Lock::Passphrase(phrase) => age::Encryptor::with_user_passphrase(phrase.clone()),
        Lock::Recipients(recipients) => {
            age::Encryptor::with_recipients(recipients.iter().map(|one| one as &dyn age::Recipient))?
        }
    };
    let sealed = encryptor.wrap_output(BufWriter::new(create(path)?))?;
    let mut archive = tar::Builder::new(GzEncoder::new(sealed, Compression::fast()));
    let text = serde_json::to_vec_pretty(about)?;
    append(&mut archive, ABOUT, text.len() as u64, text.as_slice())?;
    for name in [DATABASE, KEY] {
        let file = File::open(folder.join(name)).with_context(|| format!("cannot read {name}"))?;
        append(&mut archive, name, file.metadata()?.len(), BufReader::new(file))?;
    }
    let file = archive.into_inner()?.finish()?.finish()?.into_inner()?;
    file.sync_all()?;
    Ok(file.metadata()?.len())
}

fn append(archive: &mut tar::Builder<impl Write>, name: &str, size: u64, from: impl Read) -> io::Result<()> {
    let mut header = tar::Header::new_gnu();
    header.set_size(size);
    header.set_mode(0o600);
    archive.append_data(&mut header, name, from)
}

/// Opens a backup and puts what is in it into the empty folder `into`. What comes out is what went in: it is encrypted in a way that no
/// byte can be changed or left out, and the sum of the database fits.
///
/// # Errors
/// When nothing fits, or the file is not whole or no backup.
pub fn read(path: &Path, opener: &Opener, into: &Path) -> anyhow::Result<About> {
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let broken = || format!("{} is no backup, or not whole", path.display());
    let decryptor = age::Decryptor::new_buffered(BufReader::new(file)).with_context(broken)?;
    let plain = match opener {
        Opener::Identities(identities) => {
            decryptor.decrypt(identities.iter().map(|one| one as &dyn age::Identity))
        }
        Opener::Passphrase(phrase) => {
            let identity = age::scrypt::Identity::new(phrase.clone());
            decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity))
        }
    };
    let plain = plain.with_context(|| format!("{} cannot be opened with that", path.display()))?;
    let mut archive = tar::Archive::new(GzDecoder::new(plain));
    let mut about = None;
    for entry in archive.entries().with_context(broken)? {
        let mut entry = entry.with_context(broken)?;
        let name = entry.path().with_context(broken)?.to_string_lossy().into_owned();
        if ![ABOUT, DATABASE, KEY].contains(&name.as_str()) {
            bail!("expected a backup of Beckon's, found `{name}` in {}", path.display());
        }
        let mut bytes = BufWriter::new(create(&into.join(&name))?);
        io::copy(&mut entry, &mut bytes).with_context(broken)?;
        bytes.into_inner()?.sync_all()?;
        if name == ABOUT {
            about = Some(serde_json::from_slice::<About>(&fs::read(into.join(ABOUT))?).with_context(broken)?);
        }
    }
    // What is behind the last part has to be there too: only then is nothing cut off.
    io::copy(&mut archive.into_inner(), &mut io::sink()).with_context(broken)?;
    let about = about.with_context(broken)?;
    if about.format > FORMAT {
        bail!(
            "expected a backup of format {FORMAT}, found {}: use Beckon {} or newer",
            about.format,
            about.beckon
        );
    }
    if sha256(&into.join(DATABASE)).with_context(broken)? != about.sha256 {
        bail!("the database in {} is not the one that was put there", path.display());
    }
    Ok(about)
}

/// Says what a backup of the database in `folder` is.
///
/// # Errors
/// When the file cannot be read.
pub fn about(folder: &Path, from: &str, made_at: Timestamp, contents: Contents) -> anyhow::Result<About> {
    Ok(About {
        format: FORMAT,
        beckon: env!("CARGO_PKG_VERSION").to_owned(),
        made_at,
        from: from.to_owned(),
        contents,
        sha256: sha256(&folder.join(DATABASE))?,
    })
}

/// The sum of a file, in hexadecimal.
fn sha256(path: &Path) -> io::Result<String> {
    let mut sum = Sha256::new();
    let mut file = BufReader::with_capacity(1 << 20, File::open(path)?);
    let mut bytes = vec![0; 1 << 16];
    loop {
        match file.read(&mut bytes)? {
            0 => return Ok(hex(&sum.finalize())),
            count => sum.update(&bytes[..count]),
        }
    }
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
