//! STARTTLS against somebody on the line who adds answers in plain text.

use beckon_server::deliver::outcome::Failure;
use beckon_server::mail::settings::Security;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use crate::letters::{mail, settings, transport};

/// Plays one dialogue up to STARTTLS, answers that so, and returns what the client says after it.
async fn after_starttls(listener: TcpListener, answer: &str) -> Vec<u8> {
    let (stream, _) = listener.accept().await.expect("a client");
    let mut stream = BufReader::new(stream);
    for say in ["220 receiver.test ESMTP\r\n", "250-receiver.test\r\n250 STARTTLS\r\n", answer] {
        stream.get_mut().write_all(say.as_bytes()).await.expect("said");
        if say != answer {
            stream.read_line(&mut String::new()).await.expect("a command");
        }
    }
    let mut said = vec![0; 1];
    let count = stream.read(&mut said).await.unwrap_or(0);
    said.truncate(count);
    said
}

async fn check(answer: &str, begins_tls: bool) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    let way = transport(&settings(port, Security::Starttls, Some(("ada", "correct horse"))));
    let message = mail(1, "text");
    let (sent, said) = tokio::join!(way.send(&message), after_starttls(listener, answer));
    let failed = sent.expect_err("nobody speaks TLS there");
    assert_eq!(failed.failure, Failure::NotNow { after: None }, "{failed}");
    assert_eq!(said == [0x16], begins_tls, "{said:?}, {failed}");
    assert_eq!(failed.detail.contains("somebody answered in plain text"), !begins_tls, "{failed}");
}

#[tokio::test]
async fn tls_begins_where_only_the_server_answered() {
    check("220 go on\r\n", true).await;
}

#[tokio::test]
async fn an_answer_from_before_tls_ends_the_attempt() {
    check("220 go on\r\n250-receiver.test\r\n250 AUTH PLAIN\r\n", false).await;
}
