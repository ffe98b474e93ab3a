//! Mail without an SMTP server: each message is an `.eml` file in a folder, which any mail program opens.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

use crate::deliver::outcome::{Failed, Failure};

/// The longest name that is a message id as it is, in bytes.
const MAX_NAME: usize = 150;

/// A folder of messages.
#[derive(Clone, Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    pub(super) fn new(path: PathBuf) -> Self {
        Self(path)
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }

    /// Writes a message, whole or not at all. The same id is the same file.
    pub(super) async fn write(&self, message_id: &str, message: Vec<u8>) -> Result<String, Failed> {
        let (folder, name) = (self.0.clone(), file_name(message_id));
        let shown = folder.join(&name).display().to_string();
        let written = tokio::task::spawn_blocking(move || write(&folder, &name, &message)).await;
        let not_now = |why: String| {
            let detail = format!("cannot write {shown}: {why}: is there room, and may Beckon write there?");
            Failed::new(Failure::NotNow { after: None }, None, &detail)
        };
        match written {
            Ok(Ok(())) => Ok(format!("written to {shown}")),
            Ok(Err(error)) => Err(not_now(error.to_string())),
            Err(error) => Err(not_now(error.to_string())),
        }
    }
}

fn write(folder: &Path, name: &str, message: &[u8]) -> std::io::Result<()> {
    /// Two attempts at once each have a file of their own.
    static ATTEMPT: AtomicU64 = AtomicU64::new(0);
    std::fs::create_dir_all(folder)?;
    let attempt = ATTEMPT.fetch_add(1, Ordering::Relaxed);
    let temporary = folder.join(format!(".{name}.{}-{attempt}.tmp", std::process::id()));
    let written = File::create(&temporary)
        .and_then(|mut file| file.write_all(message).and_then(|()| file.sync_all()))
        .and_then(|()| std::fs::rename(&temporary, folder.join(name)));
    if written.is_err() {
        // What is half written helps nobody; where it cannot be removed either, the error below says why.
        drop(std::fs::remove_file(&temporary));
    }
    written?;
    // The name is on the disk only with its folder.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// Returns the name of a message's file: its id where that is a name, else what can be read of it and a digest.
fn file_name(message_id: &str) -> String {
    let id = message_id.trim_start_matches('<').trim_end_matches('>');
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "@-_.".contains(c);
    if id.len() <= MAX_NAME && !id.starts_with('.') && !id.is_empty() && id.chars().all(is_plain) {
        return format!("{id}.eml");
    }
    let readable: String = id.chars().map(|c| if is_plain(c) { c } else { '_' }).take(MAX_NAME / 2).collect();
    let digest = Sha256::digest(id.as_bytes());
    let digest = URL_SAFE_NO_PAD.encode(&digest[..12]);
    format!("{}-{digest}.eml", readable.trim_start_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_id_and_never_leaves_the_folder() {
        assert_eq!(file_name("<delivery-17@beckon.example>"), "delivery-17@beckon.example.eml");
        for hostile in ["<../../etc/passwd@x>", "<a/b@c>", "<a\\b@c>", "<.hidden@x>", ""] {
            let name = file_name(hostile);
            assert!(!name.contains(['/', '\\']) && !name.starts_with('.'), "{name}");
        }
        assert_ne!(file_name("<a/b@c>"), file_name("<a?b@c>"));
        assert!(file_name(&format!("<{}@b>", "a".repeat(10_000))).len() < 200);
    }

    #[tokio::test]
    async fn writing_again_replaces_and_leaves_nothing_beside() {
        let folder = tempfile::tempdir().expect("a folder");
        let outbox = Folder::new(folder.path().join("outbox"));
        for text in ["one", "two"] {
            outbox.write("<a@b>", text.into()).await.expect("written");
        }
        let names: Vec<_> = std::fs::read_dir(outbox.path()).expect("there").flatten().collect();
        assert_eq!(names.len(), 1);
        assert_eq!(std::fs::read(names[0].path()).expect("there"), b"two");
    }
}
