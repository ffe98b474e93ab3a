//! A real SMTP server: what is handed to postfix lies in its maildir, over each kind of connection.

use std::collections::HashMap;

use beckon_server::deliver::outcome::Failure;
use beckon_server::mail::MailSettings;
use beckon_server::mail::settings::Security;
use mail_parser::MessageParser;

use crate::hostile::hostile;
use crate::letters::{check_arrived, mail, settings, transport};
use crate::postfix::{DOMAIN, Postfix};

/// Settings for TLS, which wants the server's name and its private CA.
fn tls_settings(port: u16, security: Security, ca: Option<String>) -> MailSettings {
    let mut settings = settings(port, security, None);
    let smtp = settings.smtp.as_mut().expect("a server");
    "localhost".clone_into(&mut smtp.host);
    smtp.ca = ca;
    settings
}

#[tokio::test]
async fn hostile_and_ordinary_messages_arrive_once_each_over_every_kind_of_connection() {
    let postfix = Postfix::start();
    let ca = std::fs::read_to_string(postfix.ca_file()).expect("a CA");
    let ways = [
        settings(postfix.port, Security::None, None),
        tls_settings(postfix.port, Security::Starttls, Some(ca.clone())),
        tls_settings(postfix.tls_port, Security::Tls, Some(ca)),
    ]
    .map(|settings| transport(&settings));
    let mut texts = hostile();
    texts.extend(
        ["Logins from Ukraine (Contoso)", "Real-time protection off on 3 endpoints"].map(str::to_owned),
    );
    let sent: Vec<_> = texts.iter().enumerate().map(|(number, text)| mail(number, text)).collect();
    for (mail, way) in sent.iter().zip(ways.iter().cycle()) {
        let said = way.send(mail).await.unwrap_or_else(|error| panic!("{mail:?}: {error}"));
        assert!(said.contains("250") && said.contains("queued as"), "{said}");
    }
    let arrived = postfix.inbox(sent.len());
    assert_eq!(arrived.len(), sent.len());
    let mut by_id: HashMap<_, _> = arrived
        .iter()
        .map(|raw| {
            let message = MessageParser::default().parse(raw).expect("a message");
            (format!("<{}>", message.message_id().expect("an id")), raw)
        })
        .collect();
    for mail in &sent {
        check_arrived(by_id.remove(&mail.message_id).expect("it arrived"), mail);
    }
    let probed = ways[1].probe().await.expect("it answers");
    assert!(probed.contains("mail.beckon.test") && probed.contains("over TLS"), "{probed}");
}

#[tokio::test]
async fn a_certificate_of_nobody_we_trust_is_no_server_and_a_foreign_domain_no_recipient() {
    let postfix = Postfix::start();
    for (port, security) in [(postfix.port, Security::Starttls), (postfix.tls_port, Security::Tls)] {
        let failed = transport(&tls_settings(port, security, None)).send(&mail(1, "text")).await;
        let failed = failed.expect_err("an unknown CA");
        assert_eq!(failed.failure, Failure::NotNow { after: None }, "{failed}");
        assert!(failed.detail.contains("certificate"), "{failed}");
    }
    let mut foreign = mail(2, "text");
    "ada@elsewhere.example".clone_into(&mut foreign.to_address);
    let failed =
        transport(&settings(postfix.port, Security::None, None)).send(&foreign).await.expect_err(DOMAIN);
    assert_eq!((failed.failure, failed.code), (Failure::Refused, Some(554)), "{failed}");
}
