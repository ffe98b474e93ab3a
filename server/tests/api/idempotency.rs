//! `Idempotency-Key`: the same request again answers what the first one answered.

use axum::body::Body;
use serde_json::{Value, json};

use crate::harness::{Answer, CONTOSO, Harness, Who, login};

pub(crate) async fn send(beckon: &Harness, who: Who, path: &str, key: &str, body: &Value) -> Answer {
    let request = Harness::request("POST", path, who)
        .header("content-type", "application/json")
        .header("idempotency-key", key)
        .body(Body::from(body.to_string()))
        .expect("a request");
    beckon.send(request).await
}

#[tokio::test]
async fn the_same_write_again_answers_the_same_and_does_nothing() {
    let beckon = Harness::new().await;
    let report = json!([login("a", CONTOSO, "joey", "UA")]);
    let first = send(&beckon, Who::Operator, "/v1/observations", "k0", &report).await;
    assert_eq!(send(&beckon, Who::Operator, "/v1/observations", "k0", &report).await.bytes, first.bytes);
    for (path, body) in [
        ("/v1/escalations/1/comments", json!({"text": "On it"})),
        ("/v1/escalations/1/resolution", json!({"determination": "expected", "scope": "organization"})),
        ("/v1/unwanted_access_rules", json!({"type": "expected", "country_code": "PL,DE"})),
    ] {
        let first = send(&beckon, Who::Admin, path, "k1", &body).await;
        let first =
            if first.status == 422 { send(&beckon, Who::Admin, path, path, &body).await } else { first };
        assert_eq!(first.status, 201, "{path} {}", first.body);
        let key = if path.ends_with("comments") { "k1" } else { path };
        let second = send(&beckon, Who::Admin, path, key, &body).await;
        assert_eq!((second.status, second.bytes), (first.status, first.bytes), "{path}");
    }
    let timeline = beckon.get(Who::Admin, "/v1/escalations/1/timeline?limit=100").await.body;
    let comments = timeline["timeline"].as_array().expect("a timeline").iter();
    assert_eq!(comments.filter(|entry| entry["event"] == "commented").count(), 1);
}

#[tokio::test]
async fn a_key_is_good_for_one_request_of_one_caller_for_a_day() {
    let beckon = Harness::new().await;
    beckon.report(&[login("a", CONTOSO, "joey", "UA")]).await;
    let path = "/v1/escalations/1/comments";
    assert_eq!(send(&beckon, Who::Admin, path, "k", &json!({"text": "one"})).await.status, 201);
    assert_eq!(send(&beckon, Who::Admin, path, "k", &json!({"text": "two"})).await.status, 422);
    assert_eq!(send(&beckon, Who::SecondAdmin, path, "k", &json!({"text": "two"})).await.status, 201);
    beckon.advance(24 * 60 * 60 + 1);
    assert_eq!(send(&beckon, Who::Admin, path, "k", &json!({"text": "two"})).await.status, 201);
    assert_eq!(send(&beckon, Who::Admin, path, "", &json!({"text": "three"})).await.status, 400);
}
