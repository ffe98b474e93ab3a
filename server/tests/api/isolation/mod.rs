//! Organization users are kept out of everything, and another account's things answer like things that do not exist.

mod cells;
mod generated;
mod numbers;
mod routes;
mod world;

use axum::body::Body;
use serde_json::json;

use crate::harness::{FOREIGN, Harness, Who, login, without_id};

/// Every route that is about an account. Kept beside `routes::api`, whose list it repeats.
const ROUTES: &[(&str, &str)] = &[
    ("GET", "/v1/actor"),
    ("GET", "/v1/account"),
    ("GET", "/v1/organizations"),
    ("GET", "/v1/organizations/20"),
    ("GET", "/v1/identities"),
    ("GET", "/v1/identities/1"),
    ("GET", "/v1/memberships"),
    ("GET", "/v1/known_vpns"),
    ("GET", "/v1/escalations"),
    ("GET", "/v1/escalations/1"),
    ("GET", "/v1/escalations/1/entities"),
    ("GET", "/v1/escalations/1/timeline"),
    ("POST", "/v1/escalations"),
    ("POST", "/v1/escalations/1/resolution"),
    ("POST", "/v1/escalations/1/steps/answer"),
    ("POST", "/v1/escalations/1/withdrawal"),
    ("POST", "/v1/escalations/1/comments"),
    ("GET", "/v1/unwanted_access_rules"),
    ("POST", "/v1/unwanted_access_rules"),
    ("POST", "/v1/unwanted_access_rules/preview"),
    ("GET", "/v1/unwanted_access_rules/coverage"),
    ("GET", "/v1/unwanted_access_rules/1"),
    ("PATCH", "/v1/unwanted_access_rules/1"),
    ("DELETE", "/v1/unwanted_access_rules/1"),
    ("GET", "/v1/remedies"),
    ("GET", "/v1/remedies/1"),
    ("POST", "/v1/remedies/1/outcome"),
    ("GET", "/v1/provider_faults"),
    ("GET", "/v1/events"),
    ("POST", "/v1/observations"),
    ("POST", "/v1/observations/known"),
    ("POST", "/demo/clock"),
    ("GET", "/v1/whatever"),
];

async fn with_a_foreign_question() -> Harness {
    let beckon = Harness::new().await;
    beckon.report(&[login("a", FOREIGN, "joey", "UA")]).await;
    let rule = json!({"type": "expected", "country_code": "PL"});
    assert_eq!(beckon.post(Who::Stranger, "/v1/unwanted_access_rules", &rule).await.status, 201);
    beckon
}

#[tokio::test]
async fn an_organization_user_is_told_why_and_whom_to_ask_by_every_route() {
    let beckon = with_a_foreign_question().await;
    for (method, path) in ROUTES {
        let answer = beckon.write(Who::OrganizationUser, method, path, &json!({})).await;
        assert_eq!(answer.status, 403, "{method} {path}");
        let error = answer.body["error"].as_str().expect("a reason");
        assert!(error.ends_with("ask Priya Raman or Tom Meier at Northwind IT"), "{method} {path}: {error}");
        assert_eq!(
            answer.body["blocked"],
            json!({"name": "Dana Okafor", "account": "Northwind IT", "organization": "Contoso",
                   "ask": ["Priya Raman", "Tom Meier"]}),
            "{method} {path}"
        );
    }
}

#[tokio::test]
async fn nobody_gets_401_from_every_route() {
    let beckon = with_a_foreign_question().await;
    for (method, path) in ROUTES {
        assert_eq!(beckon.write(Who::Nobody, method, path, &json!({})).await.status, 401, "{method} {path}");
    }
}

#[tokio::test]
async fn what_is_another_s_answers_byte_for_byte_like_what_is_not_there() {
    let beckon = with_a_foreign_question().await;
    let valid_rule_change = json!({"notes": "x"});
    for (method, path) in [
        ("GET", "/v1/escalations/1"),
        ("GET", "/v1/escalations/1/entities"),
        ("GET", "/v1/escalations/1/timeline"),
        ("POST", "/v1/escalations/1/resolution"),
        ("POST", "/v1/escalations/1/steps/answer"),
        ("POST", "/v1/escalations/1/withdrawal"),
        ("POST", "/v1/escalations/1/comments"),
        ("GET", "/v1/organizations/20"),
        ("GET", "/v1/identities/1"),
        ("GET", "/v1/unwanted_access_rules/1"),
        ("PATCH", "/v1/unwanted_access_rules/1"),
        ("DELETE", "/v1/unwanted_access_rules/1"),
    ] {
        let body = if method == "PATCH" { valid_rule_change.clone() } else { json!({}) };
        for who in [Who::Admin, Who::Viewer] {
            let foreign = beckon.write(who, method, path, &body).await;
            assert_eq!(foreign.status, 404, "{method} {path}");
            for absent in ["999", "x", "99999999999999999999", "-1"] {
                let path = path.replace("/1", &format!("/{absent}")).replace("/20", &format!("/{absent}"));
                let missing = beckon.write(who, method, &path, &body).await;
                assert_eq!(
                    (missing.status, &missing.bytes),
                    (foreign.status, &foreign.bytes),
                    "{method} {path}"
                );
                assert_eq!(
                    without_id(missing.headers),
                    without_id(foreign.headers.clone()),
                    "{method} {path}"
                );
            }
        }
    }
    for path in ["/v1/identities?escalation_id=1", "/v1/identities?organization_id=20"] {
        assert_eq!(beckon.get(Who::Admin, path).await.body["identities"], json!([]), "{path}");
    }
    let own = beckon.get(Who::Stranger, "/v1/escalations/1").await;
    assert_eq!(own.status, 200);
}

#[tokio::test]
async fn a_method_that_a_route_does_not_take_is_405_and_the_demo_s_clock_belongs_to_demos() {
    let beckon = Harness::new().await;
    let request =
        Harness::request("PUT", "/v1/escalations", Who::Admin).body(Body::empty()).expect("a request");
    assert_eq!(beckon.send(request).await.status, 405);
    let turned = beckon.post(Who::Operator, "/demo/clock", &json!({"advance_seconds": 43_200})).await;
    assert_eq!(turned.body["now"], "2026-11-24T20:00:00Z");
    assert_eq!(beckon.post(Who::Admin, "/demo/clock", &json!({"advance_seconds": 1})).await.status, 403);
    assert_eq!(beckon.post(Who::Operator, "/demo/clock", &json!({"advance_seconds": -1})).await.status, 400);
}
