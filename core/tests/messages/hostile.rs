//! Whatever others write, a title is one line, a text is text, and HTML holds no markup but ours.

use beckon_core::api::show::Names;
use beckon_core::kinds::Kind;
use beckon_core::notice::Message;
use beckon_core::notice::words::{MAX_TEXT, MAX_TITLE, message, note, test_message};
use proptest::prelude::*;

use crate::world::{Foreign, reasons, sample};

/// What is looked for in what comes out.
const MARK: &str = "q7x";

/// What Gmail shows of a message before it cuts it.
const MAX_HTML: usize = 102_000;

fn piece() -> impl Strategy<Value = String> {
    const NASTY: &[&str] = &[
        "<script>q7x()</script>",
        "\"q7x",
        "'q7x",
        "&q7x;",
        "</td></table><q7x>",
        "<!--q7x-->",
        "\n.\n",
        "\r.\r",
        "\r\n.\r\nBcc: q7x",
        "\u{202e}q7x\u{2066}",
        "\u{0}\u{7}\u{1b}[31m\u{85}\u{2028}",
        "{q7x} {} %s",
        "e\u{301}\u{301}\u{301}",
        "👩‍👩‍👧‍👦",
        "قرصنة",
        " ",
        "",
    ];
    prop_oneof![
        8 => prop::sample::select(NASTY).prop_map(str::to_owned),
        2 => "\\PC{0,40}",
        1 => any::<char>().prop_map(|c| c.to_string().repeat(10_000)),
    ]
}

fn foreign() -> impl Strategy<Value = String> {
    prop::collection::vec(piece(), 0..12).prop_map(|pieces| pieces.concat())
}

#[track_caller]
fn check_line(line: &str) {
    assert!(!line.chars().any(is_odd), "{line:?}");
    assert!(line.chars().count() <= MAX_TITLE && !line.is_empty(), "{line:?}");
}

#[track_caller]
fn check_lines(text: &str) {
    assert!(!text.chars().any(|c| c != '\n' && is_odd(c)), "{text:?}");
    assert!(text.encode_utf16().count() <= MAX_TEXT, "{} in {text}", text.len());
}

#[track_caller]
fn check_html(html: &str) {
    assert!(!html.chars().any(|c| c != '\n' && is_odd(c)), "{html:?}");
    assert!(html.len() < MAX_HTML, "{} bytes", html.len());
    for opening in ["<", "<!--", "\"", "'", "&", "</table><"] {
        assert!(!html.contains(&format!("{opening}{MARK}")), "{opening} in {html}");
    }
    assert!(!html.contains("<script"), "{html}");
    assert_eq!(html.matches("<table").count(), html.matches("</table>").count(), "{html}");
}

#[track_caller]
fn check(message: &Message) {
    check_line(&message.title);
    assert!(message.title.starts_with("Beckon ") && message.title.ends_with(')'), "{}", message.title);
    check_lines(&message.text);
    check_html(&message.html);
}

fn is_odd(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn nothing_of_others_becomes_markup_or_another_line(text in foreign(), more in 0_i64..12) {
        let foreign = Foreign(Some(&text));
        for kind in Kind::ALL {
            for (_, reason) in reasons(foreign) {
                let sample = sample(*kind, foreign, more).when(&reason);
                let told = sample.told();
                let message = message(&told, &reason);
                check(&message);
                prop_assert!(message.text.contains("https://beckon.example/escalations/1042\n"));
                let (line, text) = note(&told, &reason);
                check_line(&line);
                check_lines(&text);
            }
        }
        let names = Names { account: &text, organization: None, base_url: "https://beckon.example" };
        check(&test_message(names, &text, crate::world::raised_at()));
    }
}

#[test]
fn a_request_as_large_as_they_come_still_fits_and_keeps_the_link() {
    let text = format!("{}\n", "Long ".repeat(60)).repeat(10);
    let foreign = Foreign(Some(&text));
    let mut sample = sample(Kind::ProviderQuestion, foreign, 0);
    if let beckon_core::escalation::Matter::Request(request) = &mut sample.escalation.head.matter {
        request.evidence = vec![request.evidence[0].clone(); 20];
        request.choices = vec![request.choices[0].clone(); 20];
        request.fields = vec![request.fields[0].clone(); 20];
    }
    let message = message(&sample.told(), &beckon_core::notice::Reason::Raised);
    check(&message);
    assert!(message.text.encode_utf16().count() > MAX_TEXT - 700, "it is cut no further than it has to be");
    assert!(message.text.contains("more\n"), "{}", message.text);
    assert!(message.text.contains("https://beckon.example/escalations/1042\n"));
}
