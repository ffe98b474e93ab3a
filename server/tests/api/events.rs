//! `GET /v1/events`.

use axum::body::Body;
use futures_util::StreamExt as _;
use serde_json::json;

use crate::harness::{CONTOSO, FOREIGN, Harness, Who, login};

/// Opens the stream, lets `change` happen, reads `count` events, stops the server, and returns what was sent until the
/// stream ended.
async fn heard(
    beckon: &Harness,
    who: Who,
    last: Option<&str>,
    count: usize,
    change: impl AsyncFnOnce(),
) -> String {
    let mut request = Harness::request("GET", "/v1/events", who);
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    let response = beckon.open(request.body(Body::empty()).expect("a request")).await;
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut stream = response.into_body().into_data_stream();
    let hello = stream.next().await.expect("a greeting").expect("bytes");
    assert!(hello.starts_with(b": hello"), "{hello:?}");
    change().await;
    let mut text = String::new();
    while text.matches("\n\n").count() < count {
        let chunk = stream.next().await.expect("the stream goes on").expect("bytes");
        text.push_str(std::str::from_utf8(&chunk).expect("text"));
    }
    beckon.stop.pull();
    assert!(stream.next().await.is_none(), "the stream ends when the server stops");
    text
}

#[tokio::test]
async fn changes_arrive_with_their_number_and_those_of_others_do_not() {
    let beckon = Harness::new().await;
    // Whoever is told of it makes one more signal for each change: it belongs to the number before.
    let text = heard(&beckon, Who::Viewer, None, 5, async || {
        beckon.report(&[login("x", FOREIGN, "joey", "UA"), login("a", CONTOSO, "joey", "UA")]).await;
        beckon.post(Who::Admin, "/v1/escalations/2/resolution", &json!({})).await;
    })
    .await;
    let happened = [(1, "raised"), (2, "entity_added"), (2, "delivery"), (3, "answered"), (4, "resolved")];
    let expected: Vec<String> = happened
        .into_iter()
        .map(|(seq, event)| {
            let data = format!(r#"{{"seq":{seq},"escalation_id":2,"event":"{event}"}}"#);
            format!("id: {seq}\nevent: change\ndata: {data}\n\n")
        })
        .collect();
    assert_eq!(text, expected.concat());
}

#[tokio::test]
async fn who_comes_back_gets_what_was_missed_once() {
    let beckon = Harness::new().await;
    beckon.report(&[login("a", CONTOSO, "joey", "UA"), login("b", CONTOSO, "anouk", "UA")]).await;
    let text = heard(&beckon, Who::Viewer, Some("2"), 2, async || {
        beckon.report(&[login("c", CONTOSO, "joey", "UA")]).await;
    })
    .await;
    let numbers: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("id: ")).collect();
    assert_eq!(numbers, ["3", "4"]);
}

#[tokio::test]
async fn who_was_away_too_long_fetches_everything_again() {
    let beckon = Harness::new().await;
    let many: Vec<_> = (0..501).map(|n| login(&n.to_string(), CONTOSO, "joey", "UA")).collect();
    beckon.report(&many).await;
    let text = heard(&beckon, Who::Viewer, Some("1"), 1, async || {}).await;
    assert_eq!(text, "event: resync\ndata: {}\n\n");
}

#[tokio::test]
async fn who_turns_the_clock_makes_everybody_look_again() {
    let beckon = Harness::new().await;
    let text = heard(&beckon, Who::Viewer, None, 1, async || {
        beckon.post(Who::Operator, "/demo/clock", &json!({"advance_seconds": 60})).await;
    })
    .await;
    assert_eq!(text, "event: resync\ndata: {}\n\n");
}
