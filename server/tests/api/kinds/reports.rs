//! `integration.reports_undeliverable`.

use serde_json::{Value, json};

use super::{minute, observation, standings, steps};
use crate::harness::{Harness, Who};

fn delivery(id: &str, report: &str, severity: &str, integration: &str, error: Option<&str>) -> Value {
    let rest = json!({
        "report": {"id": report, "title": format!("Report {report}"), "severity": severity},
        "integration": integration, "error": error,
    });
    let mut body = observation(id, "report_delivery", &minute(0), &rest);
    if error.is_none() {
        body["observed_at"] = json!(minute(1));
    }
    body
}

const REFUSED: Option<&str> = Some("401 Unauthorized");

async fn raised(harness: &Harness) -> i64 {
    let outcomes = harness.report(&[delivery("a", "r1", "low", "connectwise", REFUSED)]).await;
    assert_eq!(outcomes[0].0, "raised");
    outcomes[0].1.expect("an escalation")
}

#[tokio::test]
async fn severity_follows_the_most_pressing_report_and_the_deadline_with_it() {
    let harness = Harness::new().await;
    let id = raised(&harness).await;
    let open = harness.escalation(id).await;
    assert_eq!(
        (open["severity"].as_str(), open["due_at"].as_str()),
        (Some("low"), Some("2026-12-01T08:00:00Z"))
    );
    harness.advance(3600);
    let joined = harness.report(&[delivery("b", "r2", "critical", "connectwise", REFUSED)]).await;
    assert_eq!(joined[0], ("joined".to_owned(), Some(id)));
    let open = harness.escalation(id).await;
    assert_eq!(
        (open["severity"].as_str(), open["due_at"].as_str()),
        (Some("critical"), Some("2026-11-24T21:00:00Z"))
    );
    let other = harness.report(&[delivery("c", "r3", "low", "autotask", REFUSED)]).await;
    assert_eq!(other[0].0, "raised", "another integration is another question");
    harness.replays(id).await;
}

#[tokio::test]
async fn repaired_tests_the_connection_sends_again_and_ends_when_every_report_has_gone_out() {
    let harness = Harness::new().await;
    let id = raised(&harness).await;
    harness.report(&[delivery("b", "r2", "low", "connectwise", REFUSED)]).await;
    assert_eq!(harness.resolve(id, &json!({"answer": "repaired"})).await.status, 201);
    let test = harness.ordered(id).await;
    assert_eq!(test.iter().map(|(action, _)| action.as_str()).collect::<Vec<_>>(), ["test_connection"]);
    harness.outcome(test[0].1, &json!({"outcome": "failed", "message": "401 again"})).await;
    let open = harness.escalation(id).await;
    assert_eq!(steps(&open), "evidence done, repair current, test upcoming, send upcoming, verify upcoming");
    assert_eq!(harness.resolve(id, &json!({"answer": "repaired"})).await.status, 201);
    let test = harness.ordered(id).await;
    harness.outcome(test[0].1, &json!({"outcome": "succeeded"})).await;
    let send = harness.ordered(id).await;
    assert_eq!(send.iter().map(|(action, _)| action.as_str()).collect::<Vec<_>>(), ["send_reports"]);
    harness.outcome(send[0].1, &json!({"outcome": "succeeded"})).await;
    let open = harness.escalation(id).await;
    assert_eq!(steps(&open), "evidence done, repair done, test done, send done, verify current");
    harness.report(&[delivery("c", "r1", "low", "connectwise", None)]).await;
    assert_eq!(standings(&harness.escalation(id).await), ["Report r1 recovered", "Report r2 waiting"]);
    harness.report(&[delivery("d", "r2", "low", "connectwise", None)]).await;
    let resolved = harness.escalation(id).await;
    assert_eq!(resolved["resolution"]["method"], "recovered");
    let said = resolved["resolution"]["text"].as_str().expect("a text");
    assert!(said.contains("ConnectWise PSA delivers again"), "{said}");
    harness.replays(id).await;
}

#[tokio::test]
async fn by_email_they_go_out_another_way() {
    let harness = Harness::new().await;
    let id = raised(&harness).await;
    // Gone out by another way without that answer, the integration is still broken.
    assert_eq!(harness.resolve(id, &json!({"answer": "send_by_email"})).await.status, 201);
    let ordered = harness.ordered(id).await;
    assert_eq!(ordered[0].0, "send_reports_by_email");
    let sent = harness.report(&[delivery("b", "r1", "low", "email", None)]).await;
    assert_eq!(sent[0], ("recovered".to_owned(), Some(id)));
    assert_eq!(harness.escalation(id).await["status"], "resolved");
    harness.replays(id).await;
}

#[tokio::test]
async fn gone_out_another_way_the_integration_has_to_deliver_again_first() {
    let harness = Harness::new().await;
    let id = raised(&harness).await;
    harness.report(&[delivery("b", "r1", "low", "email", None)]).await;
    assert_eq!(harness.escalation(id).await["status"], "open");
    harness.report(&[delivery("c", "r9", "low", "connectwise", None)]).await;
    assert_eq!(harness.escalation(id).await["status"], "resolved");
    harness.replays(id).await;
}

#[tokio::test]
async fn a_report_that_goes_out_before_anybody_answers_ends_it() {
    let harness = Harness::new().await;
    let id = raised(&harness).await;
    harness.report(&[delivery("b", "r1", "low", "connectwise", None)]).await;
    assert_eq!(harness.escalation(id).await["status"], "resolved");
    assert_eq!(harness.resolve(id, &json!({"answer": "repaired"})).await.status, 409);
    let again = harness.report(&[delivery("b", "r1", "low", "connectwise", None)]).await;
    assert_eq!(again[0].0, "duplicate");
    let events = harness.get(Who::Admin, &format!("/v1/escalations/{id}/timeline?limit=100")).await.body;
    assert_eq!(
        events["timeline"].as_array().and_then(|all| all.last()).map(|last| &last["event"]),
        Some(&json!("resolved"))
    );
    harness.replays(id).await;
}
