//! Webhooks: what endpoints hear of, and what happens to those that do not answer.

use beckon_server::deliver::outcome::{Failed, Failure};
use serde_json::{Value, json};

use super::{hours, question};
use crate::harness::{CONTOSO, FOREIGN, Harness, Who, fields, login};

async fn add(beckon: &Harness, who: Who, body: &Value) -> i64 {
    let answer = beckon.post(who, "/v1/webhooks", body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert!(answer.body["secret"].as_str().is_some_and(|secret| secret.starts_with("whsec_")));
    answer.body["webhook"]["id"].as_i64().expect("a number")
}

fn events(beckon: &Harness) -> Vec<String> {
    let hooks = std::mem::take(&mut *beckon.outlets.hooks.lock().expect("a lock"));
    hooks.iter().map(|hook| hook.body["event_type"].as_str().expect("an event").to_owned()).collect()
}

#[tokio::test]
async fn an_endpoint_hears_of_all_that_happens_in_its_account_and_of_nothing_else() {
    let beckon = Harness::new().await;
    add(&beckon, Who::Admin, &json!({ "url": "https://hooks.example/all" })).await;
    let id = beckon.ask(&question("critical", "Backup traffic")).await;
    beckon.report(&[login("x", FOREIGN, "joey", "UA")]).await;
    beckon.deliver().await;
    let hook = beckon.outlets.hooks.lock().expect("a lock")[0].clone();
    assert_eq!(hook.url, "https://hooks.example/all");
    assert!(hook.id.starts_with("msg_"), "{}", hook.id);
    let body = &hook.body;
    assert_eq!(body["api_url"], format!("http://beckon.test/v1/escalations/{id}"));
    assert_eq!((body["id"].as_i64(), body["type"].as_str()), (Some(id), Some("provider.question")));
    assert_eq!(body["organizations"], json!([{ "id": 10, "name": "Contoso" }]));
    assert_eq!(
        (body["total_organizations_impacted"].as_i64(), body["status"].as_str()),
        (Some(1), Some("open"))
    );
    assert_eq!(events(&beckon), ["escalation.created"]);
    beckon.pass(hours(12)).await;
    beckon.resolve(id, &json!({"answer": "yes"})).await;
    beckon.deliver().await;
    let mut heard = events(&beckon);
    heard.sort();
    assert_eq!(heard, ["escalation.answered", "escalation.closed", "escalation.overdue"]);
    let unauthorized = json!({ "determination": "unauthorized", "scope": "identity", "revoke_and_disable_identities": true });
    beckon.report(&[login("a", CONTOSO, "joey", "UA")]).await;
    beckon.resolve(id + 2, &unauthorized).await;
    beckon.report(&[login("b", CONTOSO, "joey", "UA")]).await;
    beckon.deliver().await;
    let mut heard = events(&beckon);
    heard.sort();
    assert_eq!(
        heard,
        [
            "escalation.answered",
            "escalation.closed",
            "escalation.created",
            "incident.suspected",
            "incident.suspected",
            "remedy.ordered"
        ]
    );
}

#[tokio::test]
async fn the_operators_own_endpoint_hears_of_every_account() {
    let beckon = Harness::new().await;
    let only = json!({ "url": "https://soc.example/beckon", "events": ["escalation.created"] });
    add(&beckon, Who::Operator, &only).await;
    beckon.report(&[login("x", FOREIGN, "joey", "UA"), login("a", CONTOSO, "joey", "UA")]).await;
    beckon.resolve(2, &json!({})).await;
    beckon.deliver().await;
    assert_eq!(events(&beckon), ["escalation.created", "escalation.created"]);
    assert_eq!(beckon.get(Who::Admin, "/v1/webhooks").await.body["webhooks"], json!([]));
    assert_eq!(beckon.deliveries("channel=webhook").await.len(), 0);
    let own = beckon.get(Who::Operator, "/v1/deliveries?channel=webhook").await.body;
    assert_eq!(own["deliveries"].as_array().map(Vec::len), Some(2), "{own}");
}

#[tokio::test]
async fn what_is_entered_is_checked_and_five_are_the_most() {
    let beckon = Harness::new().await;
    let check = async |body: Value, field: &str| {
        let answer = beckon.post(Who::Admin, "/v1/webhooks", &body).await;
        assert_eq!((answer.status.as_u16(), fields(&answer)), (400, vec![field]), "{}", answer.body);
    };
    check(json!({}), "url").await;
    check(json!({ "url": "http://hooks.example" }), "url").await;
    check(json!({ "url": "https://hooks.example", "events": [] }), "events").await;
    check(json!({ "url": "https://hooks.example", "events": ["escalation.exploded"] }), "events[0]").await;
    for number in 0..5 {
        add(&beckon, Who::Admin, &json!({ "url": format!("https://hooks.example/{number}") })).await;
    }
    // One more, twice under the same key, is one.
    let body = json!({ "url": "https://hooks.example/again" });
    let request = || {
        let request = Harness::request("POST", "/v1/webhooks", Who::Stranger)
            .header("content-type", "application/json")
            .header("idempotency-key", "k1");
        request.body(axum::body::Body::from(body.to_string())).expect("a request")
    };
    let (first, again) = (beckon.send(request()).await, beckon.send(request()).await);
    assert_eq!(first.body["webhook"]["id"], again.body["webhook"]["id"]);
    assert!(first.body["secret"].is_string() && again.body["secret"].is_null(), "{}", again.body);
    let sixth = beckon.post(Who::Admin, "/v1/webhooks", &json!({ "url": "https://hooks.example/6" })).await;
    assert_eq!(sixth.status, 409, "{}", sixth.body);
    add(&beckon, Who::Stranger, &json!({ "url": "https://hooks.example/other" })).await;
    assert_eq!(
        beckon.post(Who::Viewer, "/v1/webhooks", &json!({ "url": "https://h.example" })).await.status,
        403
    );
}

#[tokio::test]
async fn one_that_is_gone_is_switched_off_and_one_that_fails_is_tried_on_the_schedule() {
    let beckon = Harness::new().await;
    let id = add(&beckon, Who::Admin, &json!({ "url": "https://hooks.example/gone" })).await;
    let path = format!("/v1/webhooks/{id}");
    *beckon.outlets.hook_broken.lock().expect("a lock") =
        Some(Failed::new(Failure::NotNow { after: None }, Some(500), "broken"));
    assert_eq!(beckon.post(Who::Admin, &format!("{path}/test"), &json!({})).await.status, 202);
    let attempts = async || beckon.deliveries("channel=webhook").await[0]["attempts"].as_i64();
    beckon.deliver().await;
    assert_eq!(attempts().await, Some(1));
    beckon.pass(6).await;
    assert_eq!(attempts().await, Some(2));
    beckon.pass(60).await;
    assert_eq!(attempts().await, Some(2), "the third attempt is five minutes after the second");
    beckon.pass(5 * 60).await;
    assert_eq!(attempts().await, Some(3));
    *beckon.outlets.hook_broken.lock().expect("a lock") = Some(Failed::new(Failure::Gone, Some(410), "bye"));
    beckon.pass(hours(1)).await;
    let shown = beckon.get(Who::Viewer, "/v1/webhooks").await.body["webhooks"][0].clone();
    assert_eq!(shown["enabled"], false, "{shown}");
    assert!(shown["disabled_because"].as_str().is_some_and(|why| why.contains("410")), "{shown}");
    *beckon.outlets.hook_broken.lock().expect("a lock") = None;
    beckon.ask(&question("low", "Unheard")).await;
    beckon.deliver().await;
    assert!(events(&beckon).is_empty());
    let on = beckon.write(Who::Admin, "PATCH", &path, &json!({ "enabled": true })).await;
    assert_eq!((on.status.as_u16(), on.body["webhook"]["disabled_because"].clone()), (200, json!(null)));
    beckon.ask(&question("low", "Heard")).await;
    beckon.deliver().await;
    assert_eq!(events(&beckon), ["escalation.created"]);
    assert_eq!(beckon.write(Who::Admin, "DELETE", &path, &json!({})).await.status, 200);
    assert_eq!(beckon.write(Who::Admin, "DELETE", &path, &json!({})).await.status, 404);
}
