//! `POST /v1/escalations/{id}/resolution` and `/comments`.

use axum::body::Body;
use serde_json::{Value, json};

use crate::harness::{CONTOSO, FABRIKAM, Harness, Who, fields, ids, login, vpn_login};

const RESOLUTION: &str = "/v1/escalations/1/resolution";

async fn two_people() -> Harness {
    let beckon = Harness::new().await;
    beckon.report(&[login("a", CONTOSO, "joey", "UA"), login("b", CONTOSO, "anouk", "UA")]).await;
    beckon
}

#[tokio::test]
async fn expected_for_the_people_makes_a_rule_each_and_the_next_login_asks_nobody() {
    let beckon = two_people().await;
    let body = json!({"determination": "expected", "scope": "identity", "expiration_date": "2026-12-06",
                      "note": "Kyiv office", "revision": 3});
    let answer = beckon.post(Who::Admin, RESOLUTION, &body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(answer.body["resolution_method"], "rule");
    let escalation = &answer.body["escalation"];
    assert_eq!(escalation["status"], "resolved");
    assert_eq!(escalation["answer"]["by"], json!({"type": "user", "id": 1, "name": "Priya Raman"}));
    let text = escalation["resolution"]["text"].as_str().expect("a text");
    assert_eq!(
        text,
        "Priya Raman answered: Logins from Ukraine are expected for 2 people until 6 December 2026. The next login like \
         this asks nobody."
    );
    let rules = beckon.get(Who::Viewer, "/v1/unwanted_access_rules").await.body;
    assert_eq!(rules["unwanted_access_rules"].as_array().map(Vec::len), Some(2));
    assert_eq!(rules["unwanted_access_rules"][0]["scope"], "identity");

    let later = beckon
        .report(&[
            login("c", CONTOSO, "joey", "UA"),
            login("d", CONTOSO, "sanne", "UA"),
            login("e", CONTOSO, "joey", "PL"),
        ])
        .await;
    assert_eq!(later[0], ("expected".to_owned(), None));
    assert_eq!(later[1], ("raised".to_owned(), Some(2)), "somebody else is asked about");
    assert_eq!(later[2], ("raised".to_owned(), Some(3)));
    assert_eq!(beckon.get(Who::Admin, "/v1/escalations/2").await.body["escalation"]["previous_id"], 1);

    beckon.advance(13 * 24 * 60 * 60);
    let expired = beckon.report(&[login("f", CONTOSO, "joey", "UA")]).await;
    assert_eq!(expired[0].0, "joined", "after 6 December the rule does not count");
}

#[tokio::test]
async fn unauthorized_for_the_organization_reports_incidents_and_orders_the_remedy_only_when_told() {
    let beckon = two_people().await;
    beckon.report(&[login("x", FABRIKAM, "pat", "UA")]).await;
    let body = json!({"determination": "unauthorized", "scope": "organization", "revoke_and_disable_identities": true});
    assert_eq!(beckon.post(Who::Admin, RESOLUTION, &body).await.status, 201);
    let timeline = beckon.get(Who::Viewer, "/v1/escalations/1/timeline?limit=100").await.body;
    let events: Vec<&str> = timeline["timeline"]
        .as_array()
        .expect("a timeline")
        .iter()
        .map(|entry| entry["event"].as_str().expect("an event"))
        .collect();
    assert_eq!(
        events,
        [
            "raised",
            "entity_added",
            "entity_added",
            "answered",
            "remedy_ordered",
            "incident_suspected",
            "resolved"
        ]
    );
    let suspected = beckon.report(&[login("c", CONTOSO, "joey", "UA")]).await;
    assert_eq!(suspected[0], ("suspected".to_owned(), None));
    let other = beckon.get(Who::Admin, "/v1/escalations/2").await.body;
    assert_eq!(other["escalation"]["status"], "open", "another organization is not concerned");
}

#[tokio::test]
async fn a_rule_for_the_account_resolves_the_same_question_of_other_organizations() {
    let beckon = two_people().await;
    beckon.report(&[login("x", FABRIKAM, "pat", "UA"), vpn_login("y", FABRIKAM, "pat", "NORD_VPN")]).await;
    let body = json!({"determination": "expected", "scope": "account"});
    let answer = beckon.post(Who::Admin, RESOLUTION, &body).await;
    assert_eq!(answer.body["also_resolved"], json!([2]));
    let open = beckon.get(Who::Admin, "/v1/escalations?status=open").await.body;
    assert_eq!(ids(&open["escalations"]), [3]);
    let other = beckon.get(Who::Admin, "/v1/escalations/2").await.body;
    assert_eq!(other["escalation"]["answer"], Value::Null);
    assert_eq!(other["escalation"]["resolution"]["method"], "rule");
}

#[tokio::test]
async fn an_empty_body_without_content_type_dismisses_and_the_next_login_asks_again() {
    let beckon = two_people().await;
    let request = Harness::request("POST", RESOLUTION, Who::Admin).body(Body::empty()).expect("a request");
    let answer = beckon.send(request).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert_eq!(answer.body["resolution_method"], "dismiss");
    assert_eq!(beckon.report(&[login("c", CONTOSO, "joey", "UA")]).await, [("raised".to_owned(), Some(2))]);
}

#[tokio::test]
async fn two_admins_at_once_one_wins_and_the_other_is_told_who_did_what() {
    let beckon = two_people().await;
    let expected = json!({"determination": "expected", "scope": "organization", "revision": 3});
    let unauthorized = json!({"determination": "unauthorized", "scope": "account", "revision": 3});
    let (first, second) = tokio::join!(
        beckon.post(Who::Admin, RESOLUTION, &expected),
        beckon.post(Who::SecondAdmin, RESOLUTION, &unauthorized)
    );
    let (won, lost, winner) =
        if first.status == 201 { (first, second, "Priya Raman") } else { (second, first, "Tom Meier") };
    assert_eq!((won.status.as_u16(), lost.status.as_u16()), (201, 409));
    let told = lost.body["error"].as_str().expect("an error");
    assert!(told.starts_with(&format!("{winner} already answered this")), "{told}");
    let rules = beckon.get(Who::Admin, "/v1/unwanted_access_rules").await.body;
    assert_eq!(rules["unwanted_access_rules"].as_array().map(Vec::len), Some(1), "the loser made no rule");
    assert_eq!(rules["unwanted_access_rules"][0]["created_by"], winner);
}

#[tokio::test]
async fn an_answer_to_something_that_grew_is_refused() {
    let beckon = two_people().await;
    let seen = beckon.get(Who::Admin, "/v1/escalations/1").await.body["escalation"]["revision"].clone();
    beckon.report(&[login("c", CONTOSO, "joey", "UA")]).await;
    beckon.report(&[login("d", CONTOSO, "sanne", "UA")]).await;
    let body = json!({"determination": "expected", "scope": "organization", "revision": seen});
    let answer = beckon.post(Who::Admin, RESOLUTION, &body).await;
    assert_eq!(answer.status, 409);
    assert!(answer.body["error"].as_str().is_some_and(|text| text.contains("3 people")), "{}", answer.body);
}

#[tokio::test]
async fn wrong_answers_name_the_field_and_change_nothing() {
    let beckon = two_people().await;
    let cases = [
        (json!({"determination": "expected"}), 400, "scope"),
        (json!({"scope": "account"}), 400, "determination"),
        (json!({"determination": "maybe", "scope": "account"}), 400, "determination"),
        (json!({"determination": "expected", "scope": "galaxy"}), 400, "scope"),
        (json!({"determination": "expected", "scope": "account", "mood": 1}), 400, "mood"),
        (
            json!({"determination": "expected", "scope": "account", "expiration_date": "2026-11-23"}),
            400,
            "expiration_date",
        ),
        (
            json!({"determination": "expected", "scope": "account", "expiration_date": "soon"}),
            400,
            "expiration_date",
        ),
        (
            json!({"determination": "expected", "scope": "account", "start_date": "2026-11-25"}),
            400,
            "start_date",
        ),
        (
            json!({"determination": "unauthorized", "scope": "account", "expiration_date": "2026-12-06"}),
            400,
            "expiration_date",
        ),
        (
            json!({"determination": "expected", "scope": "account", "revoke_and_disable_identities": true}),
            400,
            "revoke_and_disable_identities",
        ),
        (json!({"note": "x".repeat(2_001)}), 400, "note"),
        (json!({"expiration_date": "2026-12-06"}), 400, "expiration_date"),
    ];
    for (body, status, field) in cases {
        let answer = beckon.post(Who::Admin, RESOLUTION, &body).await;
        assert_eq!(answer.status, status, "{body} {}", answer.body);
        assert_eq!(fields(&answer), [field], "{body} {}", answer.body);
    }
    assert_eq!(beckon.post(Who::Admin, RESOLUTION, &json!({"answer": "yes"})).await.status, 422);
    assert_eq!(beckon.get(Who::Admin, "/v1/escalations/1").await.body["escalation"]["status"], "open");
}

#[tokio::test]
async fn who_may_not_answer_is_told_who_can_and_nothing_changes() {
    let beckon = two_people().await;
    for (who, status) in [
        (Who::Nobody, 401),
        (Who::Operator, 403),
        (Who::Viewer, 403),
        (Who::OrganizationUser, 403),
        (Who::Stranger, 404),
    ] {
        let answer = beckon.post(who, RESOLUTION, &json!({})).await;
        assert_eq!(answer.status, status, "{who:?}");
        assert!(answer.body["error"].is_string(), "{who:?}");
    }
    assert_eq!(beckon.get(Who::Admin, "/v1/escalations/1").await.body["escalation"]["status"], "open");
}

#[tokio::test]
async fn admins_and_the_operator_comment() {
    let beckon = two_people().await;
    let path = "/v1/escalations/1/comments";
    for (who, status) in [(Who::Admin, 201), (Who::Operator, 201), (Who::Viewer, 403), (Who::Stranger, 404)] {
        assert_eq!(beckon.post(who, path, &json!({"text": "On <b>it</b>"})).await.status, status, "{who:?}");
    }
    assert_eq!(fields(&beckon.post(Who::Admin, path, &json!({"text": "  "})).await), ["text"]);
    assert_eq!(fields(&beckon.post(Who::Admin, path, &json!({})).await), ["text"]);
    let timeline = beckon.get(Who::Viewer, "/v1/escalations/1/timeline?limit=500").await.body;
    let notes: Vec<&Value> = timeline["timeline"]
        .as_array()
        .expect("a timeline")
        .iter()
        .filter(|entry| entry["event"] == "commented")
        .map(|entry| &entry["note"])
        .collect();
    assert_eq!(notes, ["On <b>it</b>", "On <b>it</b>"]);
}

#[tokio::test]
async fn a_body_that_is_no_object_answers_nothing() {
    let beckon = Harness::new().await;
    beckon.report(&[login("a", CONTOSO, "joey", "UA")]).await;
    let path = "/v1/escalations/1/resolution";
    for (body, field) in [
        ("[]", ""),
        ("null", ""),
        ("{", ""),
        ("{}{}", ""),
        (r#"["expected","account"]"#, ""),
        (r#"{"determination":"expected","scope":"account","expiration_date":"tomorrow"}"#, "expiration_date"),
        (r#"{"determination":"maybe"}"#, "determination"),
        (r#"{"forever":true}"#, "forever"),
    ] {
        let request = Harness::request("POST", path, Who::Admin).body(Body::from(body)).expect("a request");
        let answer = beckon.send(request).await;
        assert_eq!((answer.status.as_u16(), fields(&answer)), (400, vec![field]), "{body} {}", answer.body);
        let text = answer.body["error"].as_str().expect("a text");
        assert!(!text.contains("is not valid: :"), "{text}");
    }
    let open = beckon.get(Who::Admin, "/v1/escalations/1").await;
    assert_eq!(open.body["escalation"]["status"], "open");
    beckon.post(Who::Admin, path, &json!({})).await;
    let late = beckon.post(Who::SecondAdmin, path, &json!({})).await;
    let told = late.body["error"].as_str().expect("a text");
    assert!(told.starts_with("Priya Raman already dismissed this, on"), "{told}");
}
