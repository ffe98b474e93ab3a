//! The country of an address, from MMDB files.

use std::net::IpAddr;
use std::path::{Path, PathBuf};

use beckon_core::country::CountryCode;
use maxminddb::{PathElement, Reader};

use super::exit::{Exit, Failure, why};

/// Knows in which country an address is.
pub trait Countries {
    /// Returns the country of `address`, if it is known.
    fn country(&self, address: IpAddr) -> Option<CountryCode>;

    /// Tells whether there is anything to ask.
    fn is_empty(&self) -> bool;
}

/// MMDB files; the first that knows an address tells.
pub struct Databases(Vec<Reader<Vec<u8>>>);

impl Databases {
    /// Opens the files, and the other half of each pair of which one is named. Returns the halves that were found.
    ///
    /// # Errors
    /// The first file that cannot be opened or is no such database.
    pub fn open(paths: &[PathBuf]) -> Result<(Self, Vec<PathBuf>), Failure> {
        let mut halves = Vec::new();
        for path in paths {
            halves.extend(other_half(path).filter(|half| !paths.contains(half) && half.is_file()));
        }
        halves.dedup();
        let readers = paths.iter().chain(&halves).map(|path| open(path)).collect::<Result<_, _>>()?;
        Ok((Self(readers), halves))
    }
}

impl Countries for Databases {
    fn country(&self, address: IpAddr) -> Option<CountryCode> {
        self.0.iter().find_map(|reader| {
            // An IPv6 address in an IPv4 database is an error to the reader, and "not known" to us.
            let found = reader.lookup(address).ok()?;
            let code = |path: &[PathElement<'_>]| found.decode_path::<String>(path).ok().flatten();
            let code = code(&[PathElement::Key("country_code")])
                .or_else(|| code(&[PathElement::Key("country"), PathElement::Key("iso_code")]))
                .or_else(|| code(&[PathElement::Key("country")]))?;
            CountryCode::parse(&code).ok()
        })
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

fn open(path: &Path) -> Result<Reader<Vec<u8>>, Failure> {
    let shown = path.display();
    let bytes = std::fs::read(path).map_err(|error| {
        Failure::new(
            Exit::NoInput,
            format!("cannot open the country database {shown}: {}: check --country-db", why(&error)),
        )
    })?;
    Reader::from_source(bytes).map_err(|_| {
        let message = format!("expected a database of countries (MMDB) in {shown}, found something else");
        Failure::new(Exit::NoInput, message)
    })
}

fn other_half(path: &Path) -> Option<PathBuf> {
    let name = path.file_name()?.to_str()?;
    let other = match name.strip_suffix("ipv4.mmdb") {
        Some(stem) => format!("{stem}ipv6.mmdb"),
        None => format!("{}ipv4.mmdb", name.strip_suffix("ipv6.mmdb")?),
    };
    Some(path.with_file_name(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_find_each_other() {
        let check = |name: &str, expected: Option<&str>| {
            assert_eq!(other_half(Path::new(name)).as_deref(), expected.map(Path::new), "{name}");
        };
        check("db/country-ipv4.mmdb", Some("db/country-ipv6.mmdb"));
        check("country-ipv6.mmdb", Some("country-ipv4.mmdb"));
        check("country.mmdb", None);
    }

    #[test]
    fn a_file_that_is_missing_or_no_database_is_named() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("x.mmdb");
        let check = |expected: &str| {
            let failure = Databases::open(std::slice::from_ref(&path)).err().expect("it cannot be opened");
            assert_eq!(failure.exit, Exit::NoInput);
            assert!(failure.message.contains("x.mmdb") && failure.message.contains(expected), "{failure}");
        };
        check("no such file");
        std::fs::write(&path, "no database").expect("a file");
        check("found something else");
    }
}
