use std::net::IpAddr;
use std::sync::Mutex;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::super::Found;
use super::*;

const STRICT: Policy = Policy { allow_private: false };
const OPEN: Policy = Policy { allow_private: true };

/// A name server that answers with the next of its answers each time it is asked.
#[derive(Default)]
struct Script(Mutex<Vec<Vec<IpAddr>>>);

impl Script {
    fn of(answers: &[&[&str]]) -> Arc<Self> {
        let parse = |texts: &&[&str]| texts.iter().map(|text| text.parse().expect("a literal")).collect();
        Arc::new(Self(Mutex::new(answers.iter().rev().map(parse).collect())))
    }

    fn left(&self) -> usize {
        self.0.lock().expect("no panic").len()
    }
}

impl Lookup for Script {
    fn look_up(&self, _name: String) -> Found {
        let answer = self.0.lock().expect("no panic").pop().unwrap_or_default();
        Box::pin(async move { Ok(answer) })
    }
}

/// Answers each connection to one loopback address alone, and returns its port.
async fn listen(answer: &'static str) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut head = [0; 1_024];
            drop(stream.read(&mut head).await);
            drop(stream.write_all(answer.as_bytes()).await);
        }
    });
    port
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok";

fn client(policy: Policy, lookup: Arc<dyn Lookup>) -> Outbound {
    Outbound::with_lookup(policy, lookup, Duration::from_secs(20)).expect("a client")
}

async fn get(client: &Outbound, url: &str) -> Result<u16, String> {
    let sent = client.request(Method::GET, url)?.send().await;
    sent.map(|response| response.status().as_u16()).map_err(|error| why(&error))
}

#[tokio::test]
async fn a_name_that_stands_for_this_machine_is_refused_when_it_is_dialled() {
    let port = listen(OK).await;
    let client = client(STRICT, Arc::new(SystemLookup));
    // `request` refuses the name itself, so the dialling client is asked.
    let dialled = client.http.get(format!("https://localhost:{port}/")).send().await;
    let found = why(&dialled.expect_err("refused"));
    assert!(found.contains("found a loopback address"), "{found}");
}

#[tokio::test]
async fn the_name_is_fine_when_it_is_entered_and_refused_when_it_means_something_else_later() {
    let script = Script::of(&[&["10.0.0.5", "::1"]]);
    let client = client(STRICT, script.clone());
    let found = get(&client, "https://rebound.example/").await.expect_err("refused");
    assert!(
        found.contains("expected rebound.example to stand for an address on the public internet"),
        "{found}"
    );
    assert_eq!(script.left(), 0);
}

#[tokio::test]
async fn the_addresses_that_were_checked_are_those_that_are_dialled() {
    let port = listen(OK).await;
    // Asked again, the name would stand for an address where nobody listens.
    let script = Script::of(&[&["169.254.0.1", "127.0.0.1"], &["127.0.0.2"]]);
    let client = client(OPEN, script.clone());
    assert_eq!(get(&client, &format!("http://rebound.example:{port}/")).await, Ok(200));
    assert_eq!(script.left(), 1, "one dial asks once");
}

#[tokio::test]
async fn an_address_in_numbers_is_checked_too() {
    let port = listen(OK).await;
    let strict = client(STRICT, Script::of(&[]));
    let found = get(&strict, &format!("https://127.0.0.1:{port}/")).await.expect_err("refused");
    assert!(found.contains("a loopback address"), "{found}");
    let open = client(OPEN, Script::of(&[]));
    assert_eq!(get(&open, &format!("http://127.0.0.1:{port}/")).await, Ok(200));
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_an_order() {
    let port =
        listen("HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n").await;
    let open = client(OPEN, Script::of(&[]));
    assert_eq!(get(&open, &format!("http://127.0.0.1:{port}/")).await, Ok(302));
}

#[tokio::test]
async fn nobody_there_is_said_in_our_words() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
    let port = listener.local_addr().expect("bound").port();
    drop(listener);
    let open = client(OPEN, Script::of(&[]));
    let found = get(&open, &format!("http://127.0.0.1:{port}/")).await;
    assert_eq!(found, Err("nothing listens there".to_owned()));
}
