//! `system_health.defender_disabled`.

use serde_json::{Value, json};

use super::{entity, minute, observation, standings, steps};
use crate::harness::{Harness, Who, fields};

fn status(id: &str, host: &str, observed_at: &str, on: bool) -> Value {
    let rest = json!({
        "endpoint": {"id": host.to_lowercase(), "hostname": host, "os": "Windows 11"},
        "managed_antivirus": "enforce", "real_time_protection": on,
    });
    observation(id, "defender_status", observed_at, &rest)
}

/// Raises the question about WS-01 and WS-02.
async fn raised(harness: &Harness) -> i64 {
    let outcomes = harness
        .report(&[
            status("a1", "WS-01", &minute(-180), false),
            status("b1", "WS-02", &minute(-181), false),
            status("a2", "WS-01", &minute(0), false),
            status("b2", "WS-02", &minute(0), false),
        ])
        .await;
    let words: Vec<&str> = outcomes.iter().map(|(outcome, _)| outcome.as_str()).collect();
    assert_eq!(words, ["pending", "pending", "raised", "joined"]);
    outcomes[2].1.expect("an escalation")
}

#[tokio::test]
async fn from_two_endpoints_off_to_each_ticked_off_and_resolved_by_itself() {
    let harness = Harness::new().await;
    let id = raised(&harness).await;
    let escalation = harness.escalation(id).await;
    assert_eq!(escalation["type"], "system_health.defender_disabled");
    assert_eq!(escalation["severity"], "high");
    assert_eq!(escalation["category"], "System Health");
    assert_eq!(escalation["organizations"], json!([]));
    assert_eq!(escalation["due_at"], "2026-11-26T08:00:00Z");
    assert_eq!(escalation["subject"], "Defender real-time protection off on 2 endpoints");
    assert_eq!(standings(&escalation), ["WS-01 waiting", "WS-02 waiting"]);
    assert_eq!(steps(&escalation), "evidence done, decide current, remedy upcoming, verify upcoming");

    let one = harness.report(&[status("a3", "WS-01", &minute(1), true)]).await;
    assert_eq!(one, [("recovered".to_owned(), Some(id))]);
    let escalation = harness.escalation(id).await;
    assert_eq!(standings(&escalation), ["WS-01 recovered", "WS-02 waiting"]);
    assert_eq!(escalation["status"], "open");

    harness.report(&[status("b3", "WS-02", &minute(1), true)]).await;
    let escalation = harness.escalation(id).await;
    assert_eq!(escalation["status"], "resolved");
    assert_eq!(escalation["resolution"]["method"], "recovered");
    let text = escalation["resolution"]["text"].as_str().expect("a text");
    assert!(text.contains("by itself") && text.contains("real-time protection is on"), "{text}");
    let late = harness.resolve(id, &json!({"answer": "turn_on"})).await;
    assert_eq!(late.status, 409);
    assert!(
        late.body["error"].as_str().is_some_and(|text| text.contains("resolved by itself")),
        "{}",
        late.body
    );
    harness.replays(id).await;
}

#[tokio::test]
async fn a_condition_waits_in_the_store_and_fires_without_a_new_observation() {
    let harness = Harness::new().await;
    harness.report(&[status("a1", "WS-01", &minute(0), false)]).await;
    harness.wait(119).await;
    harness.wait(1).await;
    assert_eq!(
        harness.get(Who::Admin, "/v1/escalations").await.body["escalations"],
        json!([]),
        "exactly 2 h"
    );
    harness.advance(1);
    harness.tick().await;
    let listed = harness.get(Who::Admin, "/v1/escalations").await.body["escalations"].clone();
    assert_eq!(listed[0]["type"], "system_health.defender_disabled");
    assert_eq!(listed[0]["due_at"], "2026-11-26T10:00:01Z");
    harness.wait(600).await;
    let again = harness.get(Who::Admin, "/v1/escalations").await.body["escalations"].clone();
    assert_eq!(again.as_array().map(Vec::len), Some(1), "a tick does it once");
}

#[tokio::test]
async fn what_joins_in_the_round_in_which_time_is_up_stays() {
    let harness = Harness::new().await;
    let id = raised(&harness).await;
    harness.report(&[status("c1", "WS-03", &minute(0), false)]).await;
    // Nobody looked until both were due: the third endpoint, and the answer.
    harness.advance(48 * 60 * 60 + 1);
    harness.tick().await;
    let escalation = harness.escalation(id).await;
    assert_eq!(escalation["overdue"], true, "{escalation}");
    assert_eq!(escalation["subject"], "Defender real-time protection off on 3 endpoints");
    assert_eq!(standings(&escalation), ["WS-01 waiting", "WS-02 waiting", "WS-03 waiting"]);
    harness.replays(id).await;
}

#[tokio::test]
async fn one_answer_an_endpoint_and_nothing_resolves_by_a_click() {
    let harness = Harness::new().await;
    let id = raised(&harness).await;
    let before = harness.escalation(id).await;
    let first = entity(&before, "WS-01");

    let answer = harness.resolve(id, &json!({"entities": {&first: "turn_on"}})).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(answer.body["resolution_method"], Value::Null);
    let open = &answer.body["escalation"];
    assert_eq!(standings(open), ["WS-01 under_way", "WS-02 waiting"]);
    assert_eq!(steps(open), "evidence done, decide current, remedy upcoming, verify upcoming");

    let answer = harness.resolve(id, &json!({"answer": "exclude"})).await;
    assert_eq!((answer.status.as_u16(), fields(&answer)), (400, vec!["note"]));
    let (path, body) = (
        format!("/v1/escalations/{id}/steps/decide"),
        json!({"answer": "exclude", "note": "Runs another product"}),
    );
    let answer = harness.post(Who::SecondAdmin, &path, &body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    let open = &answer.body["escalation"];
    assert_eq!(standings(open), ["WS-01 under_way", "WS-02 accepted"]);
    assert_eq!(steps(open), "evidence done, decide done, remedy current, verify upcoming");
    assert_eq!(open["workflow"][1]["by"]["name"], "Tom Meier");

    let ordered = harness.ordered(id).await;
    assert_eq!(ordered.len(), 1);
    assert_eq!(ordered[0].0, "turn_on_protection");
    assert_eq!(harness.outcome(ordered[0].1, &json!({"outcome": "succeeded"})).await.status, 200);
    let open = harness.escalation(id).await;
    assert_eq!(open["status"], "open", "the endpoint has not said so yet");
    assert_eq!(steps(&open), "evidence done, decide done, remedy done, verify current");

    // Whoever excludes an endpoint is not asked about it again, whatever it says, until it has been on.
    let excluded = harness.report(&[status("b3", "WS-02", &minute(200), false)]).await;
    assert_eq!(excluded[0].0, "rejected", "in the future");
    harness.advance(200 * 60);
    let excluded = harness.report(&[status("b4", "WS-02", &minute(200), false)]).await;
    assert_eq!(excluded[0].0, "expected");
    let done = harness.report(&[status("a3", "WS-01", &minute(200), true)]).await;
    assert_eq!(done[0].0, "recovered");
    let resolved = harness.escalation(id).await;
    assert_eq!(resolved["status"], "resolved");
    assert_eq!(standings(&resolved), ["WS-01 recovered", "WS-02 accepted"]);
    harness.replays(id).await;
}

#[tokio::test]
async fn a_failed_remedy_reopens_its_step_and_a_silent_one_says_so() {
    let harness = Harness::new().await;
    let id = raised(&harness).await;
    harness.resolve(id, &json!({"answer": "turn_on"})).await;
    let ordered = harness.ordered(id).await;
    assert_eq!(ordered.len(), 2);
    let again = harness.resolve(id, &json!({"answer": "turn_on"})).await;
    assert_eq!(again.status, 409, "each is ordered once");
    let missing = harness.outcome(ordered[0].1, &json!({"outcome": "failed"})).await;
    assert_eq!((missing.status.as_u16(), fields(&missing)), (400, vec!["message"]));
    let failed = json!({"outcome": "failed", "message": "The agent is offline"});
    assert_eq!(harness.outcome(ordered[0].1, &failed).await.status, 200);
    assert_eq!(harness.outcome(ordered[0].1, &failed).await.status, 200, "the same outcome again");
    assert_eq!(harness.outcome(ordered[0].1, &json!({"outcome": "succeeded"})).await.status, 409);
    let open = harness.escalation(id).await;
    assert_eq!(standings(&open), ["WS-01 failed", "WS-02 under_way"]);
    assert_eq!(steps(&open), "evidence done, decide current, remedy upcoming, verify upcoming");
    let problem = open["workflow"][1]["problem"].as_str().expect("a problem");
    assert!(problem.contains("The agent is offline"), "{problem}");

    // The next answer orders the failed one anew, and leaves the other alone.
    harness.resolve(id, &json!({"answer": "turn_on"})).await;
    assert_eq!(harness.ordered(id).await.len(), 2);
    harness.wait(24 * 60).await;
    let open = harness.escalation(id).await;
    assert_eq!(standings(&open), ["WS-01 unheard", "WS-02 unheard"]);
    let problem = open["workflow"][1]["problem"].as_str().expect("a problem");
    assert!(problem.contains("Nothing was heard"), "{problem}");
    let events = harness.get(Who::Viewer, &format!("/v1/escalations/{id}/timeline?limit=100")).await.body;
    let events: Vec<&str> = events["timeline"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|entry| entry["event"].as_str())
        .collect();
    assert!(events.contains(&"remedy_failed") && events.ends_with(&["verification_unheard"]), "{events:?}");
    let answer = harness.resolve(id, &json!({"answer": "set_to_audit"})).await;
    assert_eq!(answer.status, 409, "turning on is still under way: {}", answer.body);
    harness.replays(id).await;
}

#[tokio::test]
async fn a_hundred_and_more_endpoints_are_listed_page_by_page_and_answered_at_once() {
    let harness = Harness::new().await;
    let reports = |round: i64, at: i64| -> Vec<Value> {
        let host = |n: i64| format!("WS-{n:03}");
        (0..150).map(|n| status(&format!("{round}-{n}"), &host(n), &minute(at), false)).collect()
    };
    harness.report(&reports(0, -180)).await;
    let outcomes = harness.report(&reports(1, 0)).await;
    let id = outcomes[0].1.expect("an escalation");
    let shown = harness.escalation(id).await;
    assert_eq!(
        (shown["entities"]["total_count"].as_i64(), shown["entities"]["has_more"].as_bool()),
        (Some(150), Some(true))
    );
    let first = harness.get(Who::Viewer, &format!("/v1/escalations/{id}/entities?limit=100")).await.body;
    let next = first["pagination"]["next_page_url"].as_str().expect("another page");
    let rest = harness.get(Who::Viewer, next.trim_start_matches("http://beckon.test")).await.body;
    let count = |page: &Value| page["entities"].as_array().map(Vec::len);
    assert_eq!((count(&first), count(&rest)), (Some(100), Some(50)));
    assert_eq!(harness.resolve(id, &json!({"answer": "turn_on"})).await.status, 201);
    let ordered = harness.get(Who::Operator, "/v1/remedies?status=ordered&limit=500").await.body;
    assert_eq!(ordered["remedies"].as_array().map(Vec::len), Some(150));
    harness.replays(id).await;
}

#[tokio::test]
async fn whoever_turns_the_clock_of_a_demo_finds_done_what_came_due() {
    let harness = Harness::new().await;
    harness.report(&[status("a1", "WS-01", &minute(0), false)]).await;
    let turned =
        harness.post(Who::Operator, "/demo/clock", &json!({"advance_seconds": 2 * 60 * 60 + 1})).await;
    assert_eq!(turned.status, 200, "{}", turned.body);
    let listed = harness.get(Who::Admin, "/v1/escalations").await.body["escalations"].clone();
    assert_eq!(listed[0]["type"], "system_health.defender_disabled");
}
