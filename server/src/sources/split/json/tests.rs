//! Everything a log file can be, in small.

use proptest::prelude::*;

use super::*;

/// Splits `text` and writes each piece as its line and text, or as its line and `!`.
fn split(text: &str, max: usize, step: usize) -> Vec<String> {
    let mut splitter = JsonSplitter::new(max);
    let mut pieces = Vec::new();
    for chunk in text.as_bytes().chunks(step) {
        splitter.push(chunk, &mut pieces);
    }
    splitter.finish(&mut pieces);
    pieces
        .into_iter()
        .map(|piece| match piece {
            Piece::Record { at: Position::Line(line), text } => {
                format!("{line} {}", String::from_utf8_lossy(&text))
            }
            Piece::Broken { at: Position::Line(line), .. } => format!("{line} !"),
            other => panic!("expected a line, found {other:?}"),
        })
        .collect()
}

fn check(text: &str, expected: &[&str]) {
    for step in [1, 7, 4_096] {
        assert_eq!(split(text, 64, step), expected, "{text:?}");
    }
}

#[test]
fn json_lines_with_all_that_editors_do_to_them() {
    check("{\"a\":1}\n{\"a\":2}\n", &["1 {\"a\":1}", "2 {\"a\":2}"]);
    check("\u{feff}{\"a\":1}\r\n\r\n  {\"a\":2}", &["1 {\"a\":1}", "3 {\"a\":2}"]);
    check("{\"a\":\"}{\\\"\\\\\"}\n{}", &["1 {\"a\":\"}{\\\"\\\\\"}", "2 {}"]);
    check("{\"a\":1},\n{\"a\":2},\n", &["1 {\"a\":1}", "2 {\"a\":2}"]);
    check("", &[]);
    check("\n \r\n", &[]);
}

#[test]
fn a_broken_line_costs_itself_only() {
    check("{\"a\":1}\n{\"a\":\"cut\n{\"a\":3}\n", &["1 {\"a\":1}", "2 !", "3 {\"a\":3}"]);
    check("{\"a\":1}\n{\"a\":[1\n{\"a\":3}\n", &["1 {\"a\":1}", "2 !", "3 {\"a\":3}"]);
    check("{\"a\":1}\n{\"a\":\nnoise\n{\"a\":4}", &["1 {\"a\":1}", "2 !", "3 !", "4 {\"a\":4}"]);
    check("{\"a\":1}\n{\"a\":[1}\n{\"a\":3}", &["1 {\"a\":1}", "2 !", "3 {\"a\":3}"]);
    check("{\"a\":1}\n{\"a\":1}}\n{\"a\":3}", &["1 {\"a\":1}", "2 {\"a\":1}", "2 !", "3 {\"a\":3}"]);
    check("{\"a\":1}\nnoise, \"more\n{\"a\":3}", &["1 {\"a\":1}", "2 !", "3 {\"a\":3}"]);
    check("{\"a\":1}\n[{\"a\":2},\n{\"a\":3}", &["1 {\"a\":1}", "2 {\"a\":2}", "2 !", "3 {\"a\":3}"]);
}

#[test]
fn a_broken_first_line_costs_itself_only() {
    check("{\"a\":\"cut\n{\"a\":2}\n", &["1 !", "2 {\"a\":2}"]);
    check("{\"a\":1\n{\"a\":2}\n", &["1 !", "2 {\"a\":2}"]);
    check("{\"a\":1,\n{\"a\":2}\n", &["1 !", "2 {\"a\":2}"]);
    check("noise\n{\"a\":2}\n", &["1 !", "2 {\"a\":2}"]);
}

#[test]
fn the_end_may_be_missing() {
    check("{\"a\":1}\n{\"a\":", &["1 {\"a\":1}", "2 !"]);
    check("[{\"a\":1},{\"a\"", &["1 {\"a\":1}", "1 !"]);
    check("[{\"a\":1},", &["1 {\"a\":1}", "1 !"]);
}

#[test]
fn arrays_and_pages_are_unwrapped() {
    check("[]", &[]);
    check("[{\"a\":1},{\"a\":2}]", &["1 {\"a\":1}", "1 {\"a\":2}"]);
    check("[\n  {\n\"a\": 1\n  },\n{}\n]\n", &["2 {\n\"a\": 1\n  }", "5 {}"]);
    check("{\"value\":[{\"a\":1},{}],\"next\":\"x}]\"}", &["1 {\"a\":1}", "1 {}"]);
    check("{\n \"@context\": \"x\",\n \"value\" : [\n {\"a\":1}\n ]\n}", &["4 {\"a\":1}"]);
    check("{\"records\":[{\"a\":1}]}\n{\"records\":[{\"a\":2}]}", &["1 {\"a\":1}", "2 {\"a\":2}"]);
    check(
        "[{\"records\":[{\"a\":1}], \"b\":{}},{\"records\":[]}, {\"c\":1}]",
        &["1 {\"a\":1}", "1 {\"c\":1}"],
    );
    check("[{\"a\":{\"value\":[1]}}]", &["1 {\"a\":{\"value\":[1]}}"]);
    check("{\"a\":\"value\",\"b\":[1]}", &["1 {\"a\":\"value\",\"b\":[1]}"]);
}

#[test]
fn damage_in_an_array_costs_as_little_as_possible() {
    check("[1, \"x,]\", {\"a\":1}, null]", &["1 !", "1 !", "1 {\"a\":1}", "1 !"]);
    check("[\n{\"a\":1},\n{\"a\":\"cut\n{\"a\":3}\n]", &["2 {\"a\":1}", "3 !", "4 {\"a\":3}"]);
    check("[\n{\"a\":1},\n{\"a\":2,\n{\"a\":3}\n]", &["2 {\"a\":1}", "3 !", "4 {\"a\":3}"]);
}

#[test]
fn a_long_record_is_named_and_not_kept() {
    let long = "x".repeat(10_000);
    check(&format!("{{\"a\":1}}\n{{\"a\":\"{long}\"}}\n{{}}"), &["1 {\"a\":1}", "2 !", "3 {}"]);
    check(&format!("{{\"a\":\"{long}\n{{}}"), &["1 !", "2 {}"]);
    check(&format!("{long}\n{{}}"), &["1 !", "2 {}"]);
    check(&format!("[{{\"a\":\"{long}\"}},{{}}]"), &["1 !", "1 {}"]);
    check(&format!("{{}}\n{}\n{{}}", "[".repeat(10_000)), &["1 {}", "2 !", "2 !", "3 {}"]);
    check(&format!("{{}}\n{{\"a\":{}\n{{}}", "[".repeat(10_000)), &["1 {}", "2 !", "3 {}"]);
}

proptest! {
    /// No bytes make it panic, keep more than one record, or depend on how they are cut into chunks.
    #[test]
    fn any_bytes(text in "[\\[\\]{}\",:a\\\\\n 1]{0,120}", step in 1_usize..9) {
        prop_assert_eq!(split(&text, 32, step), split(&text, 32, 4_096));
    }

    /// Lines that are cut anywhere never cost another line.
    #[test]
    fn cut_lines(cuts in proptest::collection::vec(1_usize..=20, 1..8)) {
        let whole = "{\"a\":[1,{\"b\":\"x\"}]} "; // 20 bytes with the blank
        let mut text = String::from("{}\n");
        for cut in &cuts {
            text.push_str(&whole[..*cut]);
            text.push('\n');
        }
        let pieces = split(&text, 64, 4_096);
        for (index, cut) in cuts.iter().enumerate() {
            let line = index + 2;
            let expected =
                if *cut >= 19 { format!("{line} {}", whole.trim_end()) } else { format!("{line} !") };
            prop_assert!(pieces.contains(&expected), "{}: {:?}", expected, pieces);
        }
    }
}
