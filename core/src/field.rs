//! Typed fields of an answer: paths, hashes, text, one of several options. The page checks with the same function while
//! somebody types.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr, VariantNames};

/// The longest value of a field, in characters.
pub const MAX_VALUE: usize = 2_000;

/// The longest path, in characters: what Windows takes at most without long paths switched on would be 260, with them 32 767.
pub const MAX_PATH: usize = 1_024;

/// What a field holds.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
    VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum FieldType {
    /// A whole path on Windows, with a drive or on a share.
    WindowsPath,
    /// A whole path on a share.
    UncPath,
    /// An MD5, SHA-1 or SHA-256 hash, in hexadecimal.
    Hash,
    /// A SHA-256 hash, in hexadecimal.
    Sha256,
    /// Any text.
    Text,
    /// One of the options.
    Choice,
}

/// A field that an answer has to fill in, or may.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldSpec {
    /// Names it in the answer.
    pub slug: String,
    /// For people.
    pub label: String,
    /// What it holds.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// Whether it must be filled in.
    #[serde(default)]
    pub required: bool,
    /// What can be chosen, where it is a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<OptionSpec>,
}

/// One option of a field that is a choice, or one choice of a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionSpec {
    /// Goes into the answer.
    pub slug: String,
    /// For people.
    pub label: String,
}

impl OptionSpec {
    /// Returns it with a label that is fit to stand among our words.
    #[must_use]
    pub fn plain(&self) -> Self {
        Self { slug: self.slug.clone(), label: crate::text::plain(&self.label) }
    }
}

impl FieldType {
    /// Returns what is expected, for people: `a whole path such as C:\Tools\agent.exe`.
    pub const fn expected(self) -> &'static str {
        match self {
            Self::WindowsPath => r"a whole path such as C:\Tools\agent.exe or \\server\share\agent.exe",
            Self::UncPath => r"a path on a share such as \\server\share\agent.exe",
            Self::Hash => "an MD5, SHA-1 or SHA-256 hash: 32, 40 or 64 hexadecimal digits",
            Self::Sha256 => "a SHA-256 hash: 64 hexadecimal digits",
            Self::Text => "text",
            Self::Choice => "one of the options",
        }
    }
}

impl FieldSpec {
    /// Returns it with labels that are fit to stand among our words.
    #[must_use]
    pub fn plain(&self) -> Self {
        let options = self.options.iter().map(OptionSpec::plain).collect();
        Self { label: crate::text::plain(&self.label), options, ..self.clone() }
    }

    /// Reads what somebody filled in. What surrounds it by habit is taken off: blanks, and the quotes with which
    /// Explorer copies a path. None where nothing is left.
    ///
    /// # Errors
    /// What was expected, and what is wrong.
    pub fn read(&self, value: &str) -> Result<Option<String>, String> {
        let value = value.trim();
        let value = match self.kind {
            FieldType::WindowsPath | FieldType::UncPath => unquoted(value),
            FieldType::Hash | FieldType::Sha256 | FieldType::Text | FieldType::Choice => value,
        };
        if value.is_empty() {
            return if self.required { Err("required, and missing".to_owned()) } else { Ok(None) };
        }
        let length = value.chars().count();
        if length > MAX_VALUE {
            return Err(format!("expected at most {MAX_VALUE} characters, found {length}"));
        }
        match self.problem(value) {
            Some(problem) => Err(format!("expected {}: {problem}", self.kind.expected())),
            None => Ok(Some(value.to_owned())),
        }
    }

    fn problem(&self, value: &str) -> Option<String> {
        match self.kind {
            FieldType::WindowsPath => windows_path(value),
            FieldType::UncPath if value.starts_with(r"\\") => windows_path(value),
            FieldType::UncPath => Some(r"it does not begin with \\".to_owned()),
            FieldType::Hash => hash(value, &[32, 40, 64]),
            FieldType::Sha256 => hash(value, &[64]),
            FieldType::Text => value
                .chars()
                .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
                .then(|| "there are control characters in it".to_owned()),
            FieldType::Choice => {
                let slugs: Vec<&str> = self.options.iter().map(|option| option.slug.as_str()).collect();
                (!slugs.contains(&value)).then(|| format!("expected {}", crate::text::join(&slugs, "or")))
            }
        }
    }
}

fn unquoted(value: &str) -> &str {
    value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).map_or(value, str::trim)
}

fn hash(value: &str, lengths: &[usize]) -> Option<String> {
    if let Some(odd) = value.chars().find(|c| !c.is_ascii_hexdigit()) {
        return Some(format!("`{odd}` is no hexadecimal digit"));
    }
    let length = value.len();
    (!lengths.contains(&length)).then(|| format!("it has {length} digits"))
}

/// Says what is wrong with a path by the rules of Windows for names of files.
fn windows_path(path: &str) -> Option<String> {
    if path.chars().count() > MAX_PATH {
        return Some(format!("it is longer than {MAX_PATH} characters"));
    }
    if path.contains('/') {
        return Some(r"write \ instead of /".to_owned());
    }
    let plain = path.strip_prefix(r"\\?\UNC\").map(|rest| format!(r"\\{rest}"));
    let plain = plain.as_deref().or_else(|| path.strip_prefix(r"\\?\")).unwrap_or(path);
    let names = if let Some(share) = plain.strip_prefix(r"\\") {
        if share.split('\\').filter(|name| !name.is_empty()).count() < 2 {
            return Some("the server or the share is missing".to_owned());
        }
        share
    } else {
        let mut characters = plain.chars();
        let drive = characters.next().filter(char::is_ascii_alphabetic);
        if drive.is_none() || characters.next() != Some(':') || characters.next() != Some('\\') {
            return Some(r"it does not begin with a drive such as C:\, or with \\".to_owned());
        }
        &plain[3..]
    };
    let names = names.strip_suffix('\\').unwrap_or(names);
    if names.is_empty() { None } else { names.split('\\').find_map(file_name) }
}

fn file_name(name: &str) -> Option<String> {
    const RESERVED: [&str; 4] = ["CON", "PRN", "AUX", "NUL"];
    if name.is_empty() {
        return Some(r"a name between two \ is missing".to_owned());
    }
    if matches!(name, "." | "..") {
        return Some(format!("`{name}` is no name: write the whole path"));
    }
    if let Some(odd) =
        name.chars().find(|c| matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') || c.is_control())
    {
        return Some(format!("`{}` cannot be in a name", odd.escape_default()));
    }
    if name.ends_with(['.', ' ']) {
        return Some(format!("`{name}` ends with a dot or a blank"));
    }
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered = |device: &str| {
        stem.strip_prefix(device)
            .is_some_and(|rest| rest.len() == 1 && matches!(rest.as_bytes()[0], b'1'..=b'9'))
    };
    (RESERVED.contains(&stem.as_str()) || numbered("COM") || numbered("LPT"))
        .then(|| format!("`{name}` is a device of Windows, not a file"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(kind: FieldType, value: &str, expected: Result<Option<&str>, &str>) {
        let options = ["organization", "account"]
            .map(|slug| OptionSpec { slug: slug.to_owned(), label: slug.to_owned() })
            .to_vec();
        let field = FieldSpec { slug: "f".to_owned(), label: "F".to_owned(), kind, required: false, options };
        match (field.read(value), expected) {
            (Ok(read), Ok(expected)) => assert_eq!(read.as_deref(), expected, "{value}"),
            (Err(text), Err(expected)) => assert!(text.contains(expected), "{value}: {text}"),
            (found, expected) => panic!("{value}: expected {expected:?}, found {found:?}"),
        }
    }

    #[test]
    fn windows_paths_are_whole() {
        let ok = |path: &str| check(FieldType::WindowsPath, path, Ok(Some(path)));
        let not = |path: &str, why: &str| check(FieldType::WindowsPath, path, Err(why));
        for path in [
            r"C:\Tools\agent.exe",
            r"d:\",
            r"C:\Program Files (x86)\Überweisung & Söhne\a.b.c",
            r"\\files01\it$\tools\agent.exe",
            r"\\?\C:\very\long",
            r"\\?\UNC\server\share\x",
            r"C:\.config\x",
            r"C:\Tools\",
        ] {
            ok(path);
        }
        check(FieldType::WindowsPath, " \"C:\\Tools\\a.exe\" ", Ok(Some(r"C:\Tools\a.exe")));
        check(FieldType::WindowsPath, "  ", Ok(None));
        not("agent.exe", "begin with a drive");
        not(r"C:agent.exe", "begin with a drive");
        not(r"%APPDATA%\x.exe", "begin with a drive");
        not("C:/Tools/agent.exe", "instead of /");
        not("/usr/bin/agent", "instead of /");
        not(r"C:\a|b.exe", "cannot be in a name");
        not("C:\\a\u{7}b", "cannot be in a name");
        not(r"C:\a\\b", "is missing");
        not(r"C:\a\..\b", "whole path");
        not(r"C:\a \b", "dot or a blank");
        not(r"C:\nul.txt", "device");
        not(r"C:\com1", "device");
        not(r"\\server", "share is missing");
        not(&format!(r"C:\{}", "x".repeat(MAX_PATH)), "longer");
        not(&format!(r"C:\{}", "x".repeat(MAX_VALUE)), "at most");
    }

    #[test]
    fn shares_hashes_and_choices_are_read() {
        check(FieldType::UncPath, r"\\server\share\x", Ok(Some(r"\\server\share\x")));
        check(FieldType::UncPath, r"C:\x", Err(r"begin with \\"));
        check(FieldType::Hash, &"a1".repeat(32), Ok(Some(&"a1".repeat(32))));
        check(FieldType::Hash, &"A1".repeat(16), Ok(Some(&"A1".repeat(16))));
        check(FieldType::Hash, "a1", Err("2 digits"));
        check(FieldType::Sha256, &"a1".repeat(20), Err("40 digits"));
        check(FieldType::Sha256, &"g1".repeat(32), Err("no hexadecimal digit"));
        check(FieldType::Text, "=HYPERLINK(\"x\")", Ok(Some("=HYPERLINK(\"x\")")));
        check(FieldType::Text, "a\u{0}", Err("control"));
        check(FieldType::Choice, "account", Ok(Some("account")));
        check(FieldType::Choice, "planet", Err("organization or account"));
    }
}
