//! What somebody reads who is told of an escalation: every kind for every reason, to be reviewed as snapshots, and what
//! holds for all of them whatever others wrote.

mod hostile;
mod world;

use std::fmt::Write as _;

use beckon_core::kinds::Kind;
use beckon_core::notice::Reason;
use beckon_core::notice::words::{message, note, test_message, title, title_within};
use world::{Foreign, reasons, sample};

/// As others mostly write.
const USUAL: Foreign<'_> = Foreign(None);

#[test]
fn titles_read_well() {
    let mut titles = String::new();
    for kind in Kind::ALL {
        for more in [0, 12] {
            let sample = sample(*kind, USUAL, more);
            let told = sample.told();
            titles += &title(told.head, told.entities, told.names);
            titles.push('\n');
        }
    }
    insta::assert_snapshot!("titles", titles);
}

#[test]
fn the_plain_text_of_every_kind_and_reason_reads_well() {
    for kind in Kind::ALL {
        let mut texts = String::new();
        for (name, reason) in reasons(USUAL) {
            let sample = sample(*kind, USUAL, if name == "raised" { 12 } else { 0 }).when(&reason);
            let message = message(&sample.told(), &reason);
            write!(texts, "======== {name}: {}\n\n{}\n", message.title, message.text).expect("a string");
        }
        insta::assert_snapshot!(format!("text__{kind}"), texts);
    }
}

#[test]
fn the_note_of_every_kind_and_reason_reads_well() {
    let mut notes = String::new();
    for kind in Kind::ALL {
        for (name, reason) in reasons(USUAL) {
            let sample = sample(*kind, USUAL, 0).when(&reason);
            let (line, text) = note(&sample.told(), &reason);
            write!(notes, "======== {kind}, {name}: {line}\n\n{text}\n").expect("a string");
        }
    }
    insta::assert_snapshot!("notes", notes);
}

#[test]
fn the_html_of_every_kind_is_as_reviewed() {
    for kind in Kind::ALL {
        let sample = sample(*kind, USUAL, 0);
        insta::assert_snapshot!(format!("html__{kind}"), message(&sample.told(), &Reason::Raised).html);
    }
}

#[test]
fn the_html_of_every_reason_is_as_reviewed() {
    let kind = Kind::IntegrationReportsUndeliverable;
    for (name, reason) in reasons(USUAL).into_iter().filter(|(_, reason)| *reason != Reason::Raised) {
        let sample = sample(kind, USUAL, 12).when(&reason);
        insta::assert_snapshot!(format!("html__reason_{name}"), message(&sample.told(), &reason).html);
    }
}

#[test]
fn a_test_message_says_that_it_is_one() {
    let sample = sample(Kind::ProviderQuestion, USUAL, 0);
    let told = sample.told();
    let message = test_message(told.names, "priya@northwind.example", told.now);
    insta::assert_snapshot!(
        "test_message",
        format!("{}\n\n{}\n{}", message.title, message.text, message.html)
    );
}

#[test]
fn every_message_says_what_it_must() {
    for kind in Kind::ALL {
        for (name, reason) in reasons(USUAL) {
            let sample = sample(*kind, USUAL, 12).when(&reason);
            let told = sample.told();
            let message = message(&told, &reason);
            let (_, note) = note(&told, &reason);
            let question = kind.definition().question(told.head);
            let due = told.head.due_at.format("%A %-d %B %Y, %H:%M UTC").to_string();
            let over = matches!(reason, Reason::Resolved { .. });
            for text in [&message.text, &message.html, &note] {
                assert!(text.contains(&question), "{kind}, {name}: no question in {text}");
                assert!(text.contains("https://beckon.example/escalations/1042"), "{kind}, {name}: no link");
                assert_eq!(text.contains(&due), !over, "{kind}, {name}: the deadline in {text}");
            }
            for text in [&message.text, &message.html] {
                assert!(text.contains("https://beckon.example/notifications"), "{kind}, {name}: no settings");
                assert_eq!(text.contains("Resolved"), over, "{kind}, {name}: {text}");
                assert!(!text.contains('!') || text.contains("<!DOCTYPE"), "{kind}, {name}: it shouts");
            }
            assert_eq!(message.title, title(told.head, told.entities, told.names));
        }
    }
}

#[test]
fn a_message_counts_what_it_does_not_name() {
    let all = sample(Kind::SystemHealthDefenderDisabled, USUAL, 19);
    let told = all.told();
    let first = beckon_core::notice::words::Told { entities: &told.entities[..10], ..told };
    for told in [told, first] {
        let text = message(&told, &Reason::Raised).text;
        assert_eq!(text.lines().filter(|line| line.contains("Off since")).count(), 5, "{text}");
        assert!(text.contains("- and 17 more\n"), "{text}");
    }
    let titles = [told, first].map(|told| title(told.head, told.entities, told.names));
    assert!(titles[0].ends_with("(Adatum, Contoso and 2 others)"), "{}", titles[0]);
    assert!(titles[1].ends_with("(Adatum, Contoso and others)"), "{}", titles[1]);
}

#[test]
fn a_short_title_keeps_whom_it_concerns() {
    let sample = sample(Kind::SystemHealthDefenderDisabled, USUAL, 0);
    let told = sample.told();
    let short = title_within(told.head, told.entities, told.names, 82);
    assert_eq!(short, "Beckon High Escalation | Defender real-time protection off o… (Adatum and Contoso)");
}

#[test]
fn a_reminder_says_what_is_missing() {
    use beckon_core::escalation::{EntityChoice, Happening};
    use beckon_core::id::EntityId;

    let reason = Reason::Reminder { number: 3 };
    let mut sample = sample(Kind::HostIsolationOrgWide, USUAL, 0).when(&reason);
    let choice = EntityChoice { entity: EntityId(1), choice: "keep_isolated".to_owned(), settles: true };
    sample.escalation.apply(&world::event(Happening::Answered {
        choice: String::new(),
        scope: None,
        schedule: beckon_core::rule::Schedule::default(),
        note: None,
        revoke_and_disable: false,
        fields: std::collections::BTreeMap::new(),
        entities: vec![choice],
        verify_until: None,
    }));
    let (line, _) = note(&sample.told(), &reason);
    assert_eq!(line, "Reminder 3: 2 of 3 endpoints still wait for a decision");
}
