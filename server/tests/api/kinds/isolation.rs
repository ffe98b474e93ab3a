//! `host_isolation.org_wide`.

use serde_json::{Value, json};

use super::{entity, minute, observation, standings, steps};
use crate::harness::{Harness, fields};

fn isolation(id: &str, host: &str, at: i64, isolated: bool) -> Value {
    let rest = json!({
        "endpoint": {"id": host.to_lowercase(), "hostname": host}, "incident": {"id": "i1", "title": "Ransomware"},
        "isolated": isolated, "by": "provider",
    });
    observation(id, "isolation", &minute(at), &rest)
}

fn elsewhere(mut body: Value, organization: i64) -> Value {
    body["organization_id"] = json!(organization);
    body
}

async fn raised(harness: &Harness) -> i64 {
    let outcomes =
        harness.report(&[isolation("a", "WS-01", -9, true), isolation("b", "WS-02", -8, true)]).await;
    assert_eq!(outcomes[0].0, "pending");
    assert_eq!(outcomes[1].0, "raised");
    outcomes[1].1.expect("an escalation")
}

#[tokio::test]
async fn keep_one_release_the_other_and_it_ends_when_the_release_is_observed() {
    let harness = Harness::new().await;
    let id = raised(&harness).await;
    let open = harness.escalation(id).await;
    assert_eq!(
        (open["severity"].as_str(), open["category"].as_str()),
        (Some("critical"), Some("Host Isolation"))
    );
    assert_eq!(open["subject"], "2 endpoints isolated: Ransomware");
    assert_eq!(open["organizations"][0]["name"], "Contoso");
    let entities = json!({entity(&open, "WS-01"): "keep_isolated", entity(&open, "WS-02"): "release"});
    let answer = harness.resolve(id, &json!({"entities": entities})).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(standings(&answer.body["escalation"]), ["WS-01 accepted", "WS-02 under_way"]);
    let ordered = harness.ordered(id).await;
    assert_eq!(ordered[0].0, "release_host");
    harness.outcome(ordered[0].1, &json!({"status": "succeeded"})).await;
    let open = harness.escalation(id).await;
    assert_eq!(steps(&open), "evidence done, decide done, remedy done, verify current");
    let released = harness.report(&[isolation("b2", "WS-02", 1, false)]).await;
    assert_eq!(released[0].0, "recovered");
    assert_eq!(harness.escalation(id).await["status"], "resolved");

    // The one that was kept says again that it is isolated: nobody is asked twice.
    let kept = harness.report(&[isolation("a2", "WS-01", 2, true)]).await;
    assert_eq!(kept[0].0, "expected");
    let third = harness.report(&[isolation("c", "WS-03", 2, true)]).await;
    assert_eq!(third[0].0, "raised");
    let next = harness.escalation(third[0].1.expect("an escalation")).await;
    assert_eq!(next["previous_id"], id);
    assert_eq!(standings(&next), ["WS-03 waiting"]);
    harness.replays(id).await;
}

#[tokio::test]
async fn to_keep_all_is_an_answer_that_is_done_at_once() {
    let harness = Harness::new().await;
    let id = raised(&harness).await;
    let answer = harness.resolve(id, &json!({"answer": "keep_isolated"})).await;
    assert_eq!(answer.body["resolution_method"], "direct", "{}", answer.body);
    assert_eq!(answer.body["escalation"]["status"], "resolved");
    harness.replays(id).await;
}

#[tokio::test]
async fn the_same_incident_in_two_organizations_is_two_questions() {
    let harness = Harness::new().await;
    let outcomes = harness
        .report(&[
            isolation("a", "WS-01", -9, true),
            elsewhere(isolation("b", "WS-02", -8, true), 11),
            elsewhere(isolation("c", "WS-03", -7, true), 11),
        ])
        .await;
    let words: Vec<&str> = outcomes.iter().map(|(outcome, _)| outcome.as_str()).collect();
    assert_eq!(words, ["pending", "pending", "raised"]);
}

#[tokio::test]
async fn an_endpoint_that_moves_is_ticked_off_where_it_was() {
    let harness = Harness::new().await;
    let id = raised(&harness).await;
    let moved = harness.report(&[elsewhere(isolation("b2", "WS-02", 0, true), 11)]).await;
    assert_eq!(moved[0].0, "pending", "it is the first one there");
    assert_eq!(standings(&harness.escalation(id).await), ["WS-01 waiting", "WS-02 moved"]);
    harness.replays(id).await;
}

#[tokio::test]
async fn each_wrong_answer_is_named() {
    let harness = Harness::new().await;
    let id = raised(&harness).await;
    let first = entity(&harness.escalation(id).await, "WS-01");
    let check = async |body: Value, status: u16, expected: &[&str]| {
        let answer = harness.resolve(id, &body).await;
        assert_eq!(
            (answer.status.as_u16(), fields(&answer)),
            (status, expected.to_vec()),
            "{body}: {}",
            answer.body
        );
    };
    check(json!({}), 422, &["answer"]).await;
    check(json!({"determination": "expected", "scope": "account"}), 422, &["determination", "scope"]).await;
    check(json!({"answer": "burn"}), 400, &["answer"]).await;
    check(json!({"answer": "release", "fields": {"x": "y"}}), 400, &["fields.x"]).await;
    check(json!({"entities": {"999999": "release"}}), 400, &["entities.999999"]).await;
    check(json!({"entities": {first.as_str(): "burn"}}), 400, &[format!("entities.{first}").as_str()]).await;
    check(json!({"answer": "release", "note": "x".repeat(2_001)}), 400, &["note"]).await;
    check(json!({"answer": "release", "mood": 1}), 400, &["mood"]).await;
    assert_eq!(
        standings(&harness.escalation(id).await),
        ["WS-01 waiting", "WS-02 waiting"],
        "nothing is half done"
    );
    harness.replays(id).await;
}
