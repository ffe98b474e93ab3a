//! What others wrote into names and texts makes exactly one well-formed message, whatever it is.

use beckon_server::deliver::outcome::Failure;
use beckon_server::mail::settings::Security;
use beckon_server::mail::{MailSettings, Transport};

use crate::letters::{HOST, check_arrived, mail, settings, transport};
use crate::smtp::{Receiver, Step};

/// Texts that have broken mail programs.
pub(crate) fn hostile() -> Vec<String> {
    let smuggled =
        "MAIL FROM:<eve@evil.example>\r\nRCPT TO:<ada@contoso.example>\r\nDATA\r\nSubject: smuggled\r\n\r\nx";
    let mut texts: Vec<String> = ["\n.\n", "\r.\r", "\r\n.\r\n", "\n.\r\n", "\r\n.\n", "\r.\r\n", "\n.\r"]
        .into_iter()
        .flat_map(|end| {
            [end.to_owned(), format!("before{end}after"), format!("before{end}{smuggled}{end}QUIT\r\n")]
        })
        .collect();
    texts.extend(
        [
            ".",
            "..",
            ".\r\n",
            "a\r\nBcc: eve@evil.example",
            "a\nX-Injected: yes\n\nbody",
            "a\rX-Injected: yes",
            "a\u{0}b",
            "a\u{85}Bcc: eve@evil.example\u{2028}b",
            "\"Ada\" <eve@evil.example>, \\",
            "=?utf-8?q?Bcc:_eve=40evil.example?=",
            "=?utf-8?b?DQpCY2M6IGV2ZQ==?=",
            "--=_beckon_alternative\r\nContent-Type: text/html\r\n\r\nx\r\n--=_beckon_alternative--\r\n",
            "From here on",
            "Zoë 東京 👩‍👩‍👧‍👧 \u{202e}gpj.exe",
            "a@b, c@d; e: f; (g)",
            "",
        ]
        .map(str::to_owned),
    );
    let long = |piece: &str| piece.repeat(10_000 / piece.chars().count());
    texts.extend(
        ["a", "é", "a ", "東", "\"", "\\", "👩‍👩‍👧‍👧", "\r\n", ".\r\n", "e\u{301}", "=?utf-8?q?a?= "].map(long),
    );
    texts.push(format!("e{}", "\u{301}".repeat(10_000)));
    texts
}

#[tokio::test]
async fn each_is_one_message_and_nothing_else() {
    let receiver = Receiver::good().await;
    let transport = transport(&settings(receiver.port(), Security::None, None));
    let texts = hostile();
    for (number, text) in texts.iter().enumerate() {
        transport.send(&mail(number, text)).await.unwrap_or_else(|error| panic!("{text:?}: {error}"));
    }
    assert_eq!(receiver.offences(), Vec::<String>::new());
    let arrived = receiver.received();
    assert_eq!(arrived.len(), texts.len());
    for (number, (received, text)) in arrived.iter().zip(&texts).enumerate() {
        assert_eq!(
            (received.from.as_str(), &received.to[..]),
            ("beckon@soc.example", &["ada@contoso.example".to_owned()][..])
        );
        check_arrived(&received.raw, &mail(number, text));
    }
    assert_eq!(receiver.reached(Step::Connect), 1, "one connection carries them all");
}

#[tokio::test]
async fn without_a_server_each_is_one_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let settings = MailSettings { smtp: None, ..settings(25, Security::None, None) };
    let transport = Transport::new(&settings, folder.path()).expect("settings");
    for (number, text) in hostile().iter().enumerate() {
        let mail = mail(number, text);
        // Sent again, it is the same file.
        for _ in 0..2 {
            transport.send(&mail).await.unwrap_or_else(|error| panic!("{text:?}: {error}"));
        }
        let path = folder.path().join(format!("outbox/delivery-{number}@{HOST}.eml"));
        check_arrived(&std::fs::read(path).expect("a file"), &mail);
    }
    let files = std::fs::read_dir(folder.path().join("outbox")).expect("a folder").count();
    assert_eq!(files, hostile().len());
}

#[tokio::test]
async fn an_address_that_is_none_never_reaches_the_wire() {
    let receiver = Receiver::good().await;
    let transport = transport(&settings(receiver.port(), Security::None, None));
    let mut texts = hostile();
    texts.push("ada@contoso.example\r\nRCPT TO:<eve@evil.example>".to_owned());
    for text in texts {
        for address in [text.clone(), format!("{text}@contoso.example"), format!("ada@{text}")] {
            let mut mail = mail(1, "text");
            mail.to_address.clone_from(&address);
            // An odd local part that is one by the rules may go out, as one recipient.
            if let Err(failed) = transport.send(&mail).await {
                assert_eq!(failed.failure, Failure::Refused, "{address:?}");
            }
        }
    }
    assert_eq!(receiver.offences(), Vec::<String>::new());
    for received in receiver.received() {
        assert_eq!(received.to.len(), 1);
        assert!(received.to[0].is_ascii() && !received.to[0].contains(['\r', '\n']), "{:?}", received.to);
    }
}

#[tokio::test]
async fn an_id_that_is_none_never_reaches_the_wire() {
    let receiver = Receiver::good().await;
    let transport = transport(&settings(receiver.port(), Security::None, None));
    for bad in ["<a@b>\r\nBcc: <eve@evil.example>", "a@b", "", "<a b@c>"] {
        let mut mails = [mail(1, "text"), mail(1, "text")];
        bad.clone_into(&mut mails[0].message_id);
        bad.clone_into(&mut mails[1].thread_id);
        for mail in mails {
            assert_eq!(transport.send(&mail).await.expect_err(bad).failure, Failure::Refused);
        }
    }
    assert_eq!(receiver.reached(Step::Connect), 0);
}
