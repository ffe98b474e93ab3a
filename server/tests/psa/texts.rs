//! Titles and names that nobody would choose: long, invisible, full of marks. The emulators refuse what is too long.

use crate::{VENDORS, a_company, client, note, start, ticket};

/// Texts that break what is careless.
fn hostile() -> Vec<String> {
    let mut texts: Vec<String> =
        ["👩‍👩‍👧‍👦", "e\u{301}", "\u{202e}evil\u{2066}", "漢", "<b>&amp;", "\"'\\", "a\r\nb\0\u{7}"]
            .iter()
            .map(|piece| piece.repeat(10_000 / piece.chars().count()))
            .collect();
    texts.push(format!("a{}", "\u{301}".repeat(10_000)));
    texts.push("\u{200b}\u{202e}".to_owned());
    texts
}

#[tokio::test]
async fn every_title_makes_one_ticket_with_a_title_that_reads() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let psa = client(&emulator);
        let company = a_company(&*psa).await;
        for (text, n) in hostile().into_iter().zip(1..) {
            let key = format!("beckon-{n}");
            let mut new = ticket(&key, &company);
            (new.title, new.text) = (text.clone(), text.clone());
            new.html = String::new();
            let id = psa.create_ticket(&new).await.unwrap();
            assert_eq!(psa.find_ticket(&key).await.unwrap(), Some(id.clone()), "{vendor} {n}");
            let mut added = note(&format!("note-{n}"));
            (added.title, added.text) = (text.clone(), text);
            psa.add_note(&id, &added).await.unwrap();
            assert!(psa.has_note(&id, &added.key).await.unwrap(), "{vendor} {n}");
        }
        for made in emulator.tickets() {
            let invisible = |c: char| {
                c.is_control() || matches!(c, '\u{200b}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
            };
            assert!(
                !made.summary.contains(invisible) && !made.summary.trim().is_empty(),
                "{:?}",
                made.summary
            );
            // What is cut is cut between what a reader sees as characters.
            let cut = made.summary.split('…').next().unwrap();
            assert!(!cut.ends_with('\u{200d}'), "{cut:?}");
            assert!(!made.summary.contains("e…"), "{:?}", made.summary);
        }
        assert_eq!(emulator.tickets().len(), hostile().len());
    }
}

#[tokio::test]
async fn a_short_title_is_left_as_it_is() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let psa = client(&emulator);
        let new = ticket("k", &a_company(&*psa).await);
        psa.create_ticket(&new).await.unwrap();
        let made = emulator.tickets().remove(0);
        assert!(made.summary.starts_with(&new.title), "{vendor}: {}", made.summary);
    }
}
