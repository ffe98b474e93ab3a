//! Slow, greedy and patient clients on real sockets. Every limit is a parameter; nothing here waits for a fixed time.

use axum::body::Bytes;
use axum::response::sse::{Event, Sse};
use axum::routing::{get, post};
use futures_util::{StreamExt, stream};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::task::JoinHandle;

use super::*;

const LONG: Duration = Duration::from_mins(10);
const SHORT: Duration = Duration::from_millis(50);

const PATIENT: Limits = Limits {
    connections: 10,
    connections_per_address: 10,
    head: LONG,
    body: LONG,
    body_grace: LONG,
    body_rate: 1,
    stall: LONG,
    drain: LONG,
};

struct Server {
    address: SocketAddr,
    trigger: Trigger,
    task: JoinHandle<io::Result<()>>,
}

async fn start(limits: Limits) -> Server {
    let (trigger, drain) = Drain::new();
    let live = drain.clone();
    let events = move || {
        let first = stream::once(async { Ok::<_, axum::Error>(Event::default().data("hello")) });
        let events = first.chain(stream::pending()).take_until(Box::pin(live.clone().begun()));
        async move { Sse::new(events) }
    };
    let who = |ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() };
    let app = Router::new()
        .route("/who", get(who))
        .route("/echo", post(|body: Bytes| async move { body }))
        .route("/large", get(|| async { vec![b'x'; 64 << 20] }))
        .route("/events", get(events));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("it is bound");
    let task = tokio::spawn(serve(listener, app, limits, &[], drain.begun()));
    Server { address, trigger, task }
}

impl Server {
    async fn connect(&self, text: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.expect("it listens");
        stream.write_all(text.as_bytes()).await.expect("it is open");
        stream
    }

    async fn stop(self) {
        self.trigger.pull();
        self.task.await.expect("it does not panic").expect("it ends well");
    }
}

/// Reads until `end` was seen.
async fn until(stream: &mut TcpStream, end: &str) -> String {
    let mut text = String::new();
    while !text.contains(end) {
        let mut buffer = [0; 1_024];
        let read = stream.read(&mut buffer).await.expect("it is readable");
        assert!(read > 0, "closed after {text:?}");
        text.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    text
}

/// Reads until the server closes.
async fn rest(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    // A reset is as much an end as a close.
    let _ = stream.read_to_end(&mut bytes).await;
    String::from_utf8_lossy(&bytes).into_owned()
}

const WHO: &str = "GET /who HTTP/1.1\r\nhost: x\r\n\r\n";

#[tokio::test]
async fn a_connection_is_kept_and_knows_its_peer() {
    let server = start(PATIENT).await;
    let mut stream = server.connect(WHO).await;
    until(&mut stream, "127.0.0.1").await;
    stream.write_all(WHO.as_bytes()).await.expect("it is open");
    until(&mut stream, "127.0.0.1").await;
    server.stop().await;
    assert_eq!(rest(&mut stream).await, "", "an idle connection ends with the server");
}

#[tokio::test]
async fn whoever_sends_no_head_in_time_is_dropped() {
    let server = start(Limits { head: SHORT, ..PATIENT }).await;
    for beginning in ["", "P", "GET /who HTTP/1.1\r\nhost: x\r\n"] {
        let mut stream = server.connect(beginning).await;
        let last = rest(&mut stream).await;
        assert!(last.is_empty() || last.starts_with("HTTP/1.1 4"), "{beginning:?}: {last}");
    }
    server.stop().await;
}

#[tokio::test]
async fn whoever_idles_between_requests_is_dropped() {
    let server = start(Limits { head: SHORT, ..PATIENT }).await;
    let mut stream = server.connect(WHO).await;
    assert!(rest(&mut stream).await.ends_with("127.0.0.1"));
    server.stop().await;
}

#[tokio::test]
async fn whoever_dribbles_a_body_is_dropped() {
    let server = start(Limits { body: SHORT, ..PATIENT }).await;
    let mut stream = server.connect("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\nabc").await;
    let answer = rest(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn whoever_dribbles_a_body_for_ever_is_dropped_although_something_comes() {
    // So much has to come each second that no client of this test is quick enough.
    let server = start(Limits { body_grace: SHORT, body_rate: u64::MAX, ..PATIENT }).await;
    let mut stream =
        server.connect("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n").await;
    let mut other = server.connect("").await;
    let mut answer = [0; 64];
    // A byte for each request that somebody else makes meanwhile.
    while stream.write_all(b"x").await.is_ok() {
        other.write_all(WHO.as_bytes()).await.expect("it is open");
        until(&mut other, "127.0.0.1").await;
        match stream.try_read(&mut answer) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Ok(read) => {
                assert!(answer[..read].starts_with(b"HTTP/1.1 400"), "{:?}", &answer[..read]);
                break;
            }
            // A reset is as much an end as an answer.
            Err(_) => break,
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn whoever_sends_a_body_quickly_enough_may_take_longer() {
    let server = start(Limits { body_grace: SHORT, ..PATIENT }).await;
    let mut slow = server.connect("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1001\r\n\r\n").await;
    slow.write_all(&[b'y'; 1_000]).await.expect("it is open");
    // By the time that this one is dropped, the grace has passed for the other too.
    let mut idle = server.connect("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n").await;
    assert!(rest(&mut idle).await.starts_with("HTTP/1.1 400"));
    slow.write_all(b"z").await.expect("it is open");
    assert!(until(&mut slow, "yz").await.starts_with("HTTP/1.1 200"));
    server.stop().await;
}

#[tokio::test]
async fn live_updates_outlast_every_limit_and_end_with_the_server() {
    let server = start(Limits { head: SHORT, body: SHORT, stall: SHORT, ..PATIENT }).await;
    let mut live = server.connect("GET /events HTTP/1.1\r\nhost: x\r\n\r\n").await;
    until(&mut live, "data: hello").await;
    // By the time that the server dropped this one, the limit has passed for the other too.
    let mut idle = server.connect("").await;
    rest(&mut idle).await;
    let mut byte = [0];
    let silent = tokio::time::timeout(SHORT, live.read(&mut byte)).await;
    assert!(silent.is_err(), "it is open and silent");
    server.stop().await;
    assert!(rest(&mut live).await.contains("0\r\n\r\n"), "the stream was ended in order");
}

#[tokio::test]
async fn one_connection_too_many_waits_for_another_to_end() {
    let server = start(Limits { connections: 1, ..PATIENT }).await;
    let mut first = server.connect(WHO).await;
    until(&mut first, "127.0.0.1").await;
    let mut second = server.connect(WHO).await;
    let mut byte = [0];
    assert!(tokio::time::timeout(SHORT, second.read(&mut byte)).await.is_err(), "it waits");
    drop(first);
    until(&mut second, "127.0.0.1").await;
    server.stop().await;
}

#[tokio::test]
async fn what_does_not_end_is_cut_off() {
    let server = start(Limits { drain: SHORT, ..PATIENT }).await;
    let mut stream = server
        .connect("POST /echo HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 9\r\n\r\n")
        .await;
    until(&mut stream, "100 Continue").await;
    server.stop().await;
}

#[tokio::test]
async fn a_head_that_is_too_large_is_refused() {
    let server = start(PATIENT).await;
    let head = format!("GET /who HTTP/1.1\r\nhost: x\r\nx-filler: {}\r\n\r\n", "x".repeat(2 * MAX_HEAD));
    let mut stream = TcpStream::connect(server.address).await.expect("it listens");
    // The server may close before all of it is written.
    let _ = stream.write_all(head.as_bytes()).await;
    let answer = rest(&mut stream).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    server.stop().await;
}

#[tokio::test]
async fn whoever_leaves_an_answer_unread_is_dropped() {
    let server = start(Limits { stall: SHORT, connections: 1, ..PATIENT }).await;
    let unread = server.connect("GET /large HTTP/1.1\r\nhost: x\r\n\r\n").await;
    let mut next = server.connect(WHO).await;
    until(&mut next, "127.0.0.1").await;
    drop(unread);
    server.stop().await;
}

#[test]
fn an_address_has_so_many_connections_and_others_have_theirs() {
    let peers = Arc::new(Peers::default());
    let take = |address: &str| peers.take(network(address.parse().expect("an address")), 2);
    let (first, second) = (take("192.0.2.1").expect("a seat"), take("192.0.2.1").expect("a seat"));
    assert!(take("192.0.2.1").is_none());
    let other = take("192.0.2.2").expect("a seat");
    // A customer of a provider has a whole /64.
    let six = (take("2001:db8::1"), take("2001:db8::2"));
    assert!(take("2001:db8::3").is_none() && take("2001:db8:0:1::1").is_some());
    drop(first);
    let third = take("192.0.2.1").expect("a seat");
    assert!(take("192.0.2.1").is_none());
    drop((second, third, other, six));
    assert!(peers.0.lock().expect("nobody panicked").is_empty());
}
