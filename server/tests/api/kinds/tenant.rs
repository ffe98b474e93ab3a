//! `integration.tenant_inaccessible`.

use serde_json::{Value, json};

use super::{minute, observation, steps};
use crate::harness::{Harness, Who};

const APPLICATION: &str = "3f1c9a52-0b7e-4d7a-9a36-5a1c1f2f7d10";

fn access(id: &str, at: i64, error: Option<&str>) -> Value {
    observation(id, "tenant_access", &minute(at), &json!({"tenant_id": "0873aaaa", "error": error}))
}

fn missing() -> String {
    format!("AADSTS700016: Application with identifier '{APPLICATION}' was not found in the directory")
}

#[tokio::test]
async fn the_customer_says_it_is_done_and_it_ends_when_access_is_observed() {
    let harness = Harness::new().await;
    let outcomes = harness.report(&[access("a", 0, Some(&missing()))]).await;
    assert_eq!(outcomes[0].0, "raised");
    let id = outcomes[0].1.expect("an escalation");
    let open = harness.escalation(id).await;
    assert_eq!(
        (open["severity"].as_str(), open["subtype"].as_str()),
        (Some("critical"), Some("AADSTS700016"))
    );
    let guidance = open["guidance"].to_string();
    assert!(guidance.contains(&format!("0873aaaa/adminconsent?client_id={APPLICATION}")), "{guidance}");
    assert!(guidance.contains("https://login.microsoftonline.com/error?code=700016"), "{guidance}");

    let path = format!("/v1/escalations/{id}/steps/change");
    let answer = harness.post(Who::Admin, &path, &json!({"answer": "done"})).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(harness.resolve(id, &json!({"answer": "done"})).await.status, 409);
    let ordered = harness.ordered(id).await;
    assert_eq!(ordered[0].0, "verify_access");
    harness.outcome(ordered[0].1, &json!({"outcome": "succeeded"})).await;
    assert_eq!(harness.escalation(id).await["status"], "open", "nobody has observed it yet");
    assert_eq!(
        steps(&harness.escalation(id).await),
        "evidence done, change done, remedy done, verify current"
    );
    harness.wait(60).await;
    let silent = harness.escalation(id).await;
    assert_eq!(steps(&silent), "evidence done, change current, remedy done, verify upcoming");
    harness.resolve(id, &json!({"answer": "done"})).await;
    let back = harness.report(&[access("b", 61, None)]).await;
    assert_eq!(back[0].0, "recovered");
    let resolved = harness.escalation(id).await;
    assert_eq!(resolved["resolution"]["method"], "recovered");
    harness.replays(id).await;
}

#[tokio::test]
async fn the_error_decides_who_is_asked() {
    let harness = Harness::new().await;
    let passing = harness.report(&[access("a", 0, Some("AADSTS90033: A transient error"))]).await;
    assert_eq!(passing[0].0, "pending");
    harness.wait(60).await;
    assert_eq!(harness.get(Who::Admin, "/v1/escalations").await.body["escalations"], json!([]));
    harness.advance(1);
    harness.tick().await;
    let listed = harness.get(Who::Admin, "/v1/escalations").await.body["escalations"].clone();
    assert_eq!(listed[0]["subtype"], "AADSTS90033");
    let id = listed[0]["id"].as_i64().expect("an id");

    let changed =
        harness.report(&[access("b", 61, Some("AADSTS53003: blocked by Conditional Access"))]).await;
    assert_eq!(changed[0], ("updated".to_owned(), Some(id)));
    let open = harness.escalation(id).await;
    assert_eq!(open["subtype"], "AADSTS53003");
    assert!(open["summary"].as_str().is_some_and(|text| text.contains("policy")), "{open}");
    let filtered =
        harness.get(Who::Admin, "/v1/escalations?subtype=AADSTS53003").await.body["escalations"].clone();
    assert_eq!(filtered[0]["id"], id);

    // A fault of the provider's goes to the operator, and the customer is no longer asked.
    let fault = harness
        .post(
            Who::Operator,
            "/v1/observations",
            &access("c", 61, Some("AADSTS7000222: The secret is expired")),
        )
        .await;
    assert_eq!(fault.body["results"][0]["outcome"], "ignored");
    assert!(
        fault.body["results"][0]["errors"][0]["message"].to_string().contains("provider"),
        "{}",
        fault.body
    );
    assert_eq!(harness.escalation(id).await["status"], "resolved");
    let faults = harness.get(Who::Operator, "/v1/provider_faults").await.body["provider_faults"].clone();
    assert_eq!(
        (faults[0]["code"].as_str(), faults[0]["organization"]["name"].as_str()),
        (Some("AADSTS7000222"), Some("Contoso"))
    );
    assert_eq!(harness.get(Who::Admin, "/v1/provider_faults").await.status, 403);
    let strange = harness.report(&[access("d", 62, Some("503 Service Unavailable"))]).await;
    assert_eq!(strange[0].0, "ignored");
    let unknown = harness.report(&[access("e", 62, Some("AADSTS424242: new"))]).await;
    assert_eq!(unknown[0].0, "raised");
    let faults = harness.get(Who::Operator, "/v1/provider_faults").await.body["provider_faults"].clone();
    assert_eq!(faults, json!([]), "it is another error now");
    let next = harness.escalation(unknown[0].1.expect("an escalation")).await;
    assert_eq!(next["previous_id"], id);
    assert!(next["guidance"].to_string().contains("error?code=424242"));
    harness.replays(id).await;
}
