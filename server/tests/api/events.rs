//! `GET /v1/events`.

use axum::body::Body;
use futures_util::StreamExt as _;
use serde_json::json;

use crate::browser::Browser;
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

/// Opens a stream with a session's cookie or a key.
async fn opened(beckon: &Harness, header: (&str, String)) -> axum::body::BodyDataStream {
    let request = axum::http::Request::get("/v1/events").header(header.0, header.1);
    let response = beckon.open(request.body(Body::empty()).expect("a request")).await;
    assert_eq!(response.status(), 200);
    response.into_body().into_data_stream()
}

/// Reads a stream until it ends; by the clock of the test, which goes on whenever everybody waits.
async fn until_it_ends(mut stream: axum::body::BodyDataStream) {
    let end = async { while stream.next().await.is_some() {} };
    tokio::time::timeout(std::time::Duration::from_secs(10), end).await.expect("it ends within ten seconds");
}

#[tokio::test(start_paused = true)]
async fn a_stream_ends_soon_after_whoever_listens_may_not_any_more() {
    let beckon = Harness::new().await;
    let mut admin = Browser::signed_in(&beckon, "admin").await;
    let signed_out = Browser::signed_in(&beckon, "secondadmin").await;
    let demoted = Browser::signed_in(&beckon, "viewer").await;
    let cookie = |browser: &Browser<'_>| ("cookie", format!("beckon_session={}", browser.session()));
    let made = admin.post("/v1/keys", &json!({"name": "Script", "scope": "read_only"})).await.body;
    let secret = made["secret"].as_str().expect("a secret");
    let basic =
        format!("Basic {}", base64::Engine::encode(&base64::engine::general_purpose::STANDARD, secret));
    let mut stays = opened(&beckon, cookie(&admin)).await;
    let of_session = opened(&beckon, cookie(&signed_out)).await;
    let of_member = opened(&beckon, cookie(&demoted)).await;
    let of_key = opened(&beckon, ("authorization", basic)).await;

    let Browser { cookies, .. } = signed_out;
    let mut again = Browser::new(&beckon);
    again.cookies = cookies;
    assert_eq!(again.send("DELETE", "/v1/session", &serde_json::Value::Null).await.status, 204);
    let members = beckon.get(Who::Admin, "/v1/memberships?limit=100").await.body["memberships"].clone();
    let ines = members.as_array().expect("a list").iter().find(|one| one["name"] == "Ines Ferreira");
    let path = format!("/v1/memberships/{}", ines.expect("a member")["id"]);
    let demotion = json!({"role": "organization_user", "organization_id": 10});
    assert_eq!(beckon.write(Who::Admin, "PATCH", &path, &demotion).await.status, 200);
    let path = format!("/v1/keys/{}", made["key"]["key"].as_str().expect("a key"));
    assert_eq!(admin.send("DELETE", &path, &serde_json::Value::Null).await.status, 204);

    until_it_ends(of_session).await;
    until_it_ends(of_member).await;
    until_it_ends(of_key).await;
    // Looked at again and again, whoever still may goes on listening.
    let quiet = async { while stays.next().await.is_some() {} };
    assert!(tokio::time::timeout(std::time::Duration::from_mins(1), quiet).await.is_err(), "it goes on");
}
