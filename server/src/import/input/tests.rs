//! Files as people have them.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory takes bytes");
    encoder.finish().expect("memory takes bytes")
}

/// Text that does not shrink to nothing, so that cutting its gzip file cuts the text.
fn lines(count: u32) -> Vec<u8> {
    let mut state = 1_u32;
    let mut text = Vec::new();
    for _ in 0..count {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        writeln!(text, "{{\"n\":{state}}}").expect("memory takes bytes");
    }
    text
}

fn open(bytes: Vec<u8>) -> Result<Input, Failure> {
    Input::new("log".to_owned(), Cursor::new(bytes), ProgressBar::hidden(), Source::M365Audit)
}

fn read(bytes: Vec<u8>) -> (Vec<u8>, Option<Failure>) {
    let mut input = open(bytes).expect("it may be a log");
    let mut text = Vec::new();
    let mut buffer = [0; 1_000];
    loop {
        match input.read(&mut buffer) {
            Ok(0) => return (text, None),
            Ok(read) => text.extend(&buffer[..read]),
            Err(failure) => return (text, Some(failure)),
        }
    }
}

#[test]
fn plain_and_gzip_of_one_or_several_members_read_alike() {
    let text = lines(20_000);
    assert_eq!(read(text.clone()), (text.clone(), None));
    assert_eq!(read(gzip(&text)), (text.clone(), None));
    let (first, second) = text.split_at(text.len() / 3);
    assert_eq!(read([gzip(first), gzip(second)].concat()), (text, None));
}

#[test]
fn a_gzip_file_that_is_cut_gives_what_it_has_and_then_says_so() {
    let text = lines(20_000);
    let whole = gzip(&text);
    for keep in [whole.len() - 1, whole.len() / 2, 1_000] {
        let (read, failure) = read(whole[..keep].to_vec());
        assert!(text.starts_with(&read), "{keep}");
        assert!(keep < 2_000 || read.len() > text.len() / 3, "{keep}: {}", read.len());
        let failure = failure.expect("it is cut");
        assert_eq!(failure.exit, Exit::Data);
        assert!(failure.message.contains("cut off"), "{failure}");
    }
}

#[test]
fn a_gzip_file_that_is_damaged_says_so() {
    let mut bytes = gzip(&lines(20_000));
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].fill(0xff);
    let (_, failure) = read(bytes);
    assert!(failure.is_some_and(|failure| failure.exit == Exit::Data));
}

#[test]
fn what_is_no_json_is_refused_at_once() {
    let check = |bytes: &[u8], expected: Option<&str>| {
        let failure = open(bytes.to_vec()).err();
        assert_eq!(failure.as_ref().map(|failure| failure.exit), expected.map(|_| Exit::Data));
        let message = failure.map(|failure| failure.message).unwrap_or_default();
        assert!(message.contains(expected.unwrap_or_default()), "{message}");
    };
    check(b"", Some("no records"));
    check(b" \r\n\n", Some("no records"));
    check(&gzip(b""), Some("no records"));
    check(b"Id,CreationTime,Operation\r\n1,2026-03-24,UserLoggedIn\r\n", Some("CSV"));
    check(&gzip(b"\xef\xbb\xbf\"Id\";\"Operation\"\n"), Some("CSV"));
    check(b"words", Some("text that is no JSON"));
    check(b"<Events/>", Some("XML of Windows events: is it one for `beckon import defender-status`?"));
    check(b"ElfFile\0", Some("EVTX"));
    check(b"PK\x03\x04rest", Some("ZIP"));
    check(b"\xff\xfe<\0", Some("XML"));
    check(b"noise, noise\n{\"a\":1}\n", None);
    check(b"\xef\xbb\xbf\n[{}]", None);
    check(&vec![b'x'; 2 * HEAD], None);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = tempfile::tempdir().expect("a folder");
    for path in [folder.path().join("none.jsonl"), folder.path().to_owned()] {
        let failure = Input::open(&path, Source::M365Audit).err().expect("it is no file");
        assert_eq!(failure.exit, Exit::NoInput);
        assert!(failure.message.contains(&path.display().to_string()), "{failure}");
    }
}

#[test]
fn utf16_of_either_order_reads_like_utf8() {
    let text = String::from_utf8(lines(20_000)).expect("ASCII") + "{\"name\":\"Zoë 😀\"}\n";
    let encode = |order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(order).collect()
    };
    for bytes in [encode(u16::to_le_bytes), encode(u16::to_be_bytes), gzip(&encode(u16::to_le_bytes))] {
        let (read, failure) = read(bytes);
        assert_eq!(failure, None);
        assert_eq!(String::from_utf8(read).expect("UTF-8").trim_start_matches('\u{feff}'), text);
    }
    let cut = gzip(&encode(u16::to_le_bytes));
    let (_, failure) = read(cut[..cut.len() / 2].to_vec());
    assert!(failure.is_some_and(|failure| failure.exit == Exit::Data));
}
