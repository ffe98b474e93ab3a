//! Which server this is among those of one database: a random number in the data folder. What the one before held, who died with
//! this number, can be given back when it starts again.

use std::fs;
use std::io;
use std::path::Path;

/// The file in the data folder.
const FILE: &str = "node";

/// Reads the number of the server whose data folder this is, or makes one. A folder that was copied is another server's.
///
/// # Errors
/// When the file cannot be read or written, or the system gives no random bytes.
pub fn of(folder: &Path) -> io::Result<i64> {
    let (path, place) = (folder.join(FILE), place(folder)?);
    let kept = match fs::read_to_string(&path) {
        Ok(kept) => kept,
        Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
        Err(error) => return Err(error),
    };
    if let Some((number, known)) = kept.trim().split_once(' ')
        && known == place
        && let Ok(number) = number.parse()
    {
        return Ok(number);
    }
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    // From 1 on: whoever has no number has 0.
    let number = (i64::from_be_bytes(bytes) & i64::MAX).max(1);
    fs::write(path, format!("{number} {place}\n"))?;
    Ok(number)
}

/// What tells a folder from its copies.
#[cfg(unix)]
fn place(folder: &Path) -> io::Result<String> {
    use std::os::unix::fs::MetadataExt as _;

    let about = fs::metadata(folder)?;
    Ok(format!("{}:{}", about.dev(), about.ino()))
}

/// What tells a folder from its copies.
#[cfg(not(unix))]
fn place(folder: &Path) -> io::Result<String> {
    Ok(fs::canonicalize(folder)?.to_string_lossy().replace(' ', "_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_keeps_its_number_and_a_copy_gets_another() {
        let (folder, copy) = (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
        let number = of(folder.path()).expect("a number");
        assert!(number > 0);
        assert_eq!(of(folder.path()).expect("a number"), number);
        fs::copy(folder.path().join(FILE), copy.path().join(FILE)).expect("a copy");
        assert_ne!(of(copy.path()).expect("a number"), number);
        fs::write(folder.path().join(FILE), "nonsense").expect("room");
        assert_ne!(of(folder.path()).expect("a number"), number);
    }
}
