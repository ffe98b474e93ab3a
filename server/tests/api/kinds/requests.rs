//! The kinds that the operator asks: raised, answered, withdrawn.

use serde_json::{Value, json};

use super::steps;
use crate::harness::{Harness, Who, fields};

fn question() -> Value {
    json!({
        "type": "provider.question", "account_id": 1, "organization_id": null, "severity": "high",
        "subject": "Backup traffic at night", "question": "Is this transfer yours?",
        "choices": [{"slug": "yes", "label": "Yes, ours"}, {"slug": "no", "label": "No"}],
        "fields": [{"slug": "path", "label": "Where is the file?", "type": "windows_path", "required": true}],
        "evidence": [{"label": "Volume", "value": "40 GB"}],
    })
}

async fn raise(harness: &Harness, body: &Value) -> i64 {
    let answer = harness.post(Who::Operator, "/v1/escalations", body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body["escalation"]["id"].as_i64().expect("an id")
}

fn false_positive() -> Value {
    json!({
        "type": "potential_threat.false_positive", "account_id": 1, "organization_id": 10, "severity": "high",
        "subject": "RemoteAssist.exe", "evidence": [{"label": "SHA-256", "value": "a1".repeat(32)}],
    })
}

#[tokio::test]
async fn a_question_is_answered_in_two_steps_by_two_people() {
    let harness = Harness::new().await;
    let id = raise(&harness, &question()).await;
    let open = harness.escalation(id).await;
    assert_eq!(steps(&open), "evidence done, answer current, provide upcoming");
    assert_eq!(
        (open["question"].as_str(), open["category"].as_str()),
        (Some("Is this transfer yours?"), Some("Question"))
    );
    assert_eq!(open["evidence"], json!([{"label": "Volume", "value": "40 GB"}]));
    let step = |step: &str| format!("/v1/escalations/{id}/steps/{step}");

    let missing = harness.resolve(id, &json!({"answer": "yes"})).await;
    assert_eq!((missing.status.as_u16(), fields(&missing)), (400, vec!["fields.path"]));
    let early = harness.post(Who::Admin, &step("provide"), &json!({"fields": {"path": r"C:\a.exe"}})).await;
    assert_eq!(early.status, 409, "{}", early.body);
    let strange = harness.post(Who::Admin, &step("dance"), &json!({"answer": "yes"})).await;
    assert_eq!((strange.status.as_u16(), fields(&strange)), (400, vec!["step"]));
    let viewer = harness.post(Who::Viewer, &step("answer"), &json!({"answer": "yes"})).await;
    assert_eq!(viewer.status, 403);

    let note = json!({"answer": "yes", "note": "The new NAS"});
    let chosen = harness.post(Who::Admin, &step("answer"), &note).await;
    assert_eq!(chosen.status, 201, "{}", chosen.body);
    assert_eq!(steps(&chosen.body["escalation"]), "evidence done, answer done, provide current");
    let again = harness.post(Who::SecondAdmin, &step("answer"), &json!({"answer": "no"})).await;
    assert_eq!(again.status, 409);
    let wrong = harness.post(Who::SecondAdmin, &step("provide"), &json!({"fields": {"path": "a.exe"}})).await;
    assert_eq!((wrong.status.as_u16(), fields(&wrong)), (400, vec!["fields.path"]));
    let path = json!({"fields": {"path": r"\\files\it\a.exe"}});
    let done = harness.post(Who::SecondAdmin, &step("provide"), &path).await;
    assert_eq!(done.status, 201, "{}", done.body);
    let resolved = &done.body["escalation"];
    assert_eq!(done.body["resolution_method"], "direct");
    assert_eq!(resolved["answer"]["choice"], "yes");
    assert_eq!(resolved["answer"]["note"], "The new NAS");
    let who: Vec<&str> =
        [1, 2].iter().filter_map(|step: &usize| resolved["workflow"][*step]["by"]["name"].as_str()).collect();
    assert_eq!(who, ["Priya Raman", "Tom Meier"], "each step says who completed it");
    assert_eq!(resolved["answer"]["fields"]["path"], r"\\files\it\a.exe");
    harness.replays(id).await;
}

#[tokio::test]
async fn more_information_takes_values_and_nothing_else() {
    let harness = Harness::new().await;
    let mut body = question();
    body["type"] = json!("potential_threat.more_information");
    body["choices"] = json!([]);
    let id = raise(&harness, &body).await;
    let empty = harness.resolve(id, &json!({})).await;
    assert_eq!((empty.status.as_u16(), fields(&empty)), (400, vec!["fields.path"]));
    let number = harness.resolve(id, &json!({"fields": {"path": 7}})).await;
    assert_eq!((number.status.as_u16(), fields(&number)), (400, vec!["fields.path"]));
    let done =
        harness.resolve(id, &json!({"fields": {"path": "C:\\Tools\\a.exe"}, "note": "on FS-01"})).await;
    assert_eq!(done.status, 201, "{}", done.body);
    assert_eq!(done.body["escalation"]["status"], "resolved");
    harness.replays(id).await;
}

#[tokio::test]
async fn a_false_positive_is_allow_listed_when_the_remedy_is_carried_out() {
    let harness = Harness::new().await;
    let id = raise(&harness, &false_positive()).await;
    assert_eq!(harness.escalation(id).await["question"], "May we allow-list this application?");
    let missing = harness.resolve(id, &json!({"answer": "allow_list"})).await;
    assert_eq!((missing.status.as_u16(), fields(&missing)), (400, vec!["fields.scope"]));
    let answer = harness.resolve(id, &json!({"answer": "allow_list", "scope": "organization"})).await;
    assert_eq!((answer.status.as_u16(), answer.body["escalation"]["status"].as_str()), (201, Some("open")));
    let remedy = harness.get(Who::Operator, "/v1/remedies?status=ordered").await.body["remedies"][0].clone();
    assert_eq!(remedy["action"], "allow_list_application");
    assert_eq!(remedy["parameters"], json!({"scope": "organization"}));
    assert_eq!(remedy["organization"]["name"], "Contoso");
    let remedy = remedy["id"].as_i64().expect("an id");
    harness.outcome(remedy, &json!({"outcome": "failed", "message": "Policy is locked"})).await;
    let open = harness.escalation(id).await;
    assert_eq!(steps(&open), "evidence done, answer current, remedy upcoming");
    harness.resolve(id, &json!({"answer": "malicious"})).await;
    let ordered = harness.ordered(id).await;
    assert_eq!(ordered[0].0, "treat_as_malicious");
    harness.outcome(ordered[0].1, &json!({"outcome": "succeeded"})).await;
    let resolved = harness.escalation(id).await;
    assert_eq!(
        (resolved["status"].as_str(), resolved["resolution"]["method"].as_str()),
        (Some("resolved"), Some("direct"))
    );
    harness.replays(id).await;
}

#[tokio::test]
async fn the_operator_takes_back_and_says_why() {
    let harness = Harness::new().await;
    let id = raise(&harness, &question()).await;
    let path = format!("/v1/escalations/{id}/withdrawal");
    let check = async |who: Who, body: Value, status: u16| {
        let answer = harness.post(who, &path, &body).await;
        assert_eq!(answer.status.as_u16(), status, "{who:?} {body}: {}", answer.body);
        answer
    };
    check(Who::Admin, json!({"reason": "x"}), 403).await;
    check(Who::OrganizationUser, json!({"reason": "x"}), 403).await;
    check(Who::Stranger, json!({"reason": "x"}), 404).await;
    for body in
        [json!({}), json!({"reason": " "}), json!({"reason": "x".repeat(2_001)}), json!({"reason": 1})]
    {
        assert_eq!(fields(&check(Who::Operator, body, 400).await), ["reason"]);
    }
    let answer = check(Who::Operator, json!({"reason": "Found the answer in the logs"}), 201).await;
    assert_eq!(answer.body["escalation"]["resolution"]["method"], "withdrawn");
    assert_eq!(answer.body["escalation"]["what_happened"], "Your provider asked: “Is this transfer yours?”");
    check(Who::Operator, json!({"reason": "again"}), 409).await;
    let late = harness.resolve(id, &json!({"answer": "yes", "fields": {"path": r"C:\a"}})).await;
    assert_eq!(late.status, 409);
    harness.replays(id).await;
}

#[tokio::test]
async fn each_wrong_request_is_refused_whole() {
    let harness = Harness::new().await;
    let check = async |change: &dyn Fn(&mut Value), expected: &[&str]| {
        let mut body = question();
        change(&mut body);
        let answer = harness.post(Who::Operator, "/v1/escalations", &body).await;
        assert_eq!(
            (answer.status.as_u16(), fields(&answer)),
            (400, expected.to_vec()),
            "{body}: {}",
            answer.body
        );
    };
    check(&|body| body["type"] = json!("integration.tenant_inaccessible"), &["type"]).await;
    check(&|body| body["type"] = json!("nonsense"), &["type"]).await;
    check(&|body| body["severity"] = json!("urgent"), &["severity"]).await;
    check(&|body| body["severity"] = json!(5), &["severity"]).await;
    check(&|body| body["fields"][0]["type"] = json!(null), &["fields[0].type"]).await;
    check(&|body| body["account_id"] = json!(99), &["account_id"]).await;
    check(&|body| body["organization_id"] = json!(20), &["organization_id"]).await;
    check(&|body| body["subject"] = json!(""), &["subject"]).await;
    check(&|body| body["fields"][0]["type"] = json!("number"), &["fields[0].type"]).await;
    check(&|body| body["mood"] = json!("good"), &["mood"]).await;
    check(&|body| drop(body.as_object_mut().map(|body| body.remove("subject"))), &["subject"]).await;
    for who in [Who::Admin, Who::Viewer, Who::OrganizationUser] {
        assert_eq!(harness.post(who, "/v1/escalations", &question()).await.status, 403, "{who:?}");
    }
    assert_eq!(harness.get(Who::Admin, "/v1/escalations").await.body["escalations"], json!([]));
}

#[tokio::test]
async fn remedies_are_for_the_operator_alone() {
    let harness = Harness::new().await;
    let id = raise(&harness, &false_positive()).await;
    harness.resolve(id, &json!({"answer": "malicious"})).await;
    let (_, remedy) = harness.ordered(id).await[0].clone();
    for who in [Who::Admin, Who::Viewer, Who::OrganizationUser, Who::Stranger] {
        assert_eq!(harness.get(who, "/v1/remedies").await.status, 403, "{who:?}");
        let path = format!("/v1/remedies/{remedy}/outcome");
        assert_eq!(harness.post(who, &path, &json!({"outcome": "succeeded"})).await.status, 403, "{who:?}");
    }
    assert_eq!(harness.outcome(999, &json!({"outcome": "succeeded"})).await.status, 404);
    let wrong = harness.outcome(remedy, &json!({"outcome": "maybe"})).await;
    assert_eq!((wrong.status.as_u16(), fields(&wrong)), (400, vec!["outcome"]));
    let number = harness.outcome(remedy, &json!({"outcome": 5})).await;
    assert_eq!((number.status.as_u16(), fields(&number)), (400, vec!["outcome"]));
    let status = harness.get(Who::Operator, "/v1/remedies?status=lost").await;
    assert_eq!((status.status.as_u16(), fields(&status)), (400, vec!["status"]));
    harness.replays(id).await;
}
