//! What each failure of a server means: not now, in doubt, or never.

use std::time::Duration;

use beckon_server::deliver::outcome::{Failed, Failure};
use beckon_server::mail::settings::Security;
use tokio::net::TcpListener;

use crate::letters::{mail, settings, transport, within};
use crate::smtp::{Deed, Receiver, Step};

const NOT_NOW: Failure = Failure::NotNow { after: None };

/// How long a test waits for what never comes.
const SHORT: Duration = Duration::from_millis(300);

/// Sends one message to a receiver that does `deed` at `step`, and returns what became of it and how many were kept.
async fn attempt(step: Step, deed: Deed) -> (Result<String, Failed>, usize) {
    let receiver = Receiver::start(move |at, _| if at == step { deed } else { Deed::Go }).await;
    let patience = if deed == Deed::Silence { SHORT } else { Duration::from_mins(1) };
    let transport = within(&settings(receiver.port(), Security::None, None), patience);
    let sent = transport.send(&mail(1, "text")).await;
    assert_eq!(receiver.offences(), Vec::<String>::new());
    (sent, receiver.received().len())
}

async fn check(step: Step, deed: Deed, failure: Failure, code: Option<u16>) {
    let (sent, kept) = attempt(step, deed).await;
    let failed = sent.expect_err("a failure");
    assert_eq!((failed.failure, failed.code), (failure, code), "{step:?} {deed:?}: {failed}");
    assert_eq!(kept, usize::from(deed == Deed::KeepAndHangUp));
    if let Some(code) = code {
        assert!(
            failed.detail.contains(&code.to_string()) && failed.detail.contains("on purpose"),
            "{failed}"
        );
    }
}

const BEFORE: [Step; 5] = [Step::Connect, Step::Ehlo, Step::Mail, Step::Rcpt, Step::Data];

#[tokio::test]
async fn what_passes_is_not_now() {
    for step in [Step::Connect, Step::Ehlo, Step::Mail, Step::Rcpt, Step::Data, Step::Taken] {
        for code in [421, 450, 451, 452] {
            check(step, Deed::Reply(code), NOT_NOW, Some(code)).await;
        }
    }
}

#[tokio::test]
async fn what_ends_before_the_message_is_sent_is_not_now() {
    for step in BEFORE {
        check(step, Deed::HangUp, NOT_NOW, None).await;
        check(step, Deed::Silence, NOT_NOW, None).await;
    }
}

#[tokio::test]
async fn what_ends_after_the_message_began_is_in_doubt() {
    for deed in [Deed::HangUp, Deed::Silence] {
        check(Step::Body, deed, Failure::Doubt, None).await;
        check(Step::Taken, deed, Failure::Doubt, None).await;
    }
    check(Step::Taken, Deed::KeepAndHangUp, Failure::Doubt, None).await;
}

#[tokio::test]
async fn a_refusal_of_this_message_is_final_and_one_of_all_waits_for_the_operator() {
    for code in [550, 551, 552, 553, 554] {
        check(Step::Connect, Deed::Reply(code), NOT_NOW, Some(code)).await;
        check(Step::Mail, Deed::Reply(code), NOT_NOW, Some(code)).await;
        check(Step::Rcpt, Deed::Reply(code), Failure::Refused, Some(code)).await;
        check(Step::Data, Deed::Reply(code), Failure::Refused, Some(code)).await;
        check(Step::Taken, Deed::Reply(code), Failure::Refused, Some(code)).await;
    }
    check(Step::Rcpt, Deed::Reply(530), NOT_NOW, Some(530)).await;
}

#[tokio::test]
async fn nobody_there_is_not_now() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    drop(listener);
    let failed =
        transport(&settings(port, Security::None, None)).send(&mail(1, "text")).await.expect_err("nobody");
    assert_eq!((failed.failure, failed.code), (NOT_NOW, None));
    assert!(failed.detail.starts_with("cannot reach the SMTP server"), "{failed}");
}

#[tokio::test]
async fn a_server_without_tls_gets_no_message_where_tls_is_asked_for() {
    let receiver = Receiver::good().await;
    for security in [Security::Starttls, Security::Tls] {
        let transport = within(&settings(receiver.port(), security, None), SHORT);
        let failed = transport.send(&mail(1, "text")).await.expect_err("no TLS");
        assert_eq!(failed.failure, NOT_NOW, "{failed}");
    }
    assert_eq!(receiver.received().len(), 0);
    assert_eq!(receiver.reached(Step::Mail), 0);
}

#[tokio::test]
async fn plain_text_leaves_this_machine_for_nobody() {
    let mut settings = settings(25, Security::None, None);
    settings.smtp.as_mut().expect("a server").host = "192.0.2.1".to_owned();
    let failed = transport(&settings).send(&mail(1, "text")).await.expect_err("not loopback");
    assert_eq!(failed.failure, NOT_NOW);
    assert!(failed.detail.contains("for a loopback address only"), "{failed}");
}

#[tokio::test]
async fn the_login_is_used_and_its_password_never_told() {
    let receiver = Receiver::start_with(Some(("ada", "correct horse")), |_, _| Deed::Go).await;
    let to = |login| transport(&settings(receiver.port(), Security::None, login));
    to(Some(("ada", "correct horse"))).send(&mail(1, "text")).await.expect("sent");

    let failed =
        to(Some(("ada", "wrong battery"))).send(&mail(2, "text")).await.expect_err("a wrong password");
    assert_eq!((failed.failure, failed.code), (NOT_NOW, Some(535)));
    assert!(failed.detail.contains("--smtp-username"), "{failed}");
    // The receiver repeats what it was told: `\0ada\0wrong battery` in base64.
    assert!(!failed.detail.contains("battery") && !failed.detail.contains("AGFkYQB3cm9uZ"), "{failed}");

    let failed = to(None).send(&mail(3, "text")).await.expect_err("no login");
    assert_eq!((failed.failure, failed.code), (NOT_NOW, Some(530)));
    assert_eq!(receiver.received().len(), 1);
}

#[tokio::test]
async fn a_connection_that_the_server_ended_meanwhile_costs_no_message() {
    // After each message the server hangs up at the first thing that it is asked.
    let receiver = Receiver::start(|step, before| match step {
        Step::Mail if before % 2 == 1 => Deed::HangUp,
        _ => Deed::Go,
    })
    .await;
    let transport = transport(&settings(receiver.port(), Security::None, None));
    transport.send(&mail(1, "text")).await.expect("sent");
    let failed = transport.send(&mail(2, "text")).await.expect_err("hung up");
    assert_eq!(failed.failure, NOT_NOW);
    transport.send(&mail(2, "text")).await.expect("sent on a new connection");
    assert_eq!((receiver.received().len(), receiver.reached(Step::Connect)), (2, 2));
}

#[tokio::test]
async fn a_repeated_message_carries_the_same_id() {
    let receiver = Receiver::start(|step, before| match step {
        Step::Taken if before == 0 => Deed::KeepAndHangUp,
        _ => Deed::Go,
    })
    .await;
    let transport = transport(&settings(receiver.port(), Security::None, None));
    assert_eq!(transport.send(&mail(7, "text")).await.expect_err("in doubt").failure, Failure::Doubt);
    transport.send(&mail(7, "text")).await.expect("sent");
    let both = receiver.received();
    assert_eq!(both.len(), 2);
    assert_eq!(both[0].raw, both[1].raw);
}
