//! `POST /v1/observations` and `/known`.

use std::collections::BTreeSet;

use axum::body::Body;
use serde_json::json;

use crate::harness::{CONTOSO, FABRIKAM, FOREIGN, Harness, Who, fields, login, vpn_login};
use crate::kinds::{minute, observation};

#[tokio::test]
async fn a_login_raises_the_next_joins_and_a_repetition_is_a_sighting() {
    let beckon = Harness::new().await;
    let results = beckon
        .report(&[
            login("a", CONTOSO, "joey", "UA"),
            login("b", CONTOSO, "anouk", "UA"),
            login("c", CONTOSO, "joey", "UA"),
            login("a", CONTOSO, "joey", "UA"),
            login("d", FABRIKAM, "joey", "UA"),
            login("e", CONTOSO, "joey", "NL"),
            vpn_login("f", CONTOSO, "joey", "NORD_VPN"),
        ])
        .await;
    let expected = [
        ("raised", Some(1)),
        ("joined", Some(1)),
        ("updated", Some(1)),
        ("duplicate", Some(1)),
        ("raised", Some(2)),
        ("expected", None),
        ("raised", Some(3)),
    ];
    assert_eq!(results, expected.map(|(outcome, id)| (outcome.to_owned(), id)));

    let one = beckon.get(Who::Admin, "/v1/escalations/1").await.body;
    let one = &one["escalation"];
    assert_eq!(one["subject"], "Logins from Ukraine");
    assert_eq!(one["summary"], "2 people who live in the Netherlands");
    assert_eq!(one["entities"]["total_count"], 2);
    assert_eq!(one["type"], "login.unexpected_country");
    assert_eq!(one["subtype"], "UA");
    assert_eq!(one["due_at"], "2026-12-01T08:00:00Z");
    assert_eq!(one["organizations"], json!([{"id": 10, "name": "Contoso"}]));
    assert_eq!(one["url"], "http://beckon.test/escalations/1");
    let logins: Vec<_> = one["entities"]["items"].as_array().expect("entities").iter().collect();
    assert_eq!(logins.iter().map(|one| one["details"]["logins"].as_u64()).sum::<Option<u64>>(), Some(3));
}

#[tokio::test]
async fn a_batch_does_what_its_observations_do_one_by_one() {
    let named = |id: &str, country: &str, name: &str| {
        let mut login = login(id, CONTOSO, "joey", country);
        login["identity"]["name"] = json!(name);
        login
    };
    let moved = |id: &str, country: &str| {
        let mut login = login(id, CONTOSO, "pat", "NL");
        login["identity"]["usage_location"] = json!(country);
        login
    };
    let status = |id: &str, at: &str, on: bool| {
        let rest = json!({ "endpoint": { "id": "ws-01", "hostname": "WS-01" }, "managed_antivirus": "enforce",
                           "real_time_protection": on });
        observation(id, "defender_status", at, &rest)
    };
    let observations = [
        named("a", "UA", "Joey"),
        named("b", "UA", "Joey Tribbiani"),
        login("c", CONTOSO, "joey", "NL"),
        login("d", CONTOSO, "anouk", "UA"),
        moved("e", "NL"),
        moved("f", "NO"),
        login("g", FABRIKAM, "joey", "UA"),
        login("a", CONTOSO, "joey", "UA"),
        status("h", &minute(-180), false),
        login("i", CONTOSO, "anouk", "UA"),
        status("j", &minute(0), false),
        vpn_login("k", CONTOSO, "anouk", "NORD_VPN"),
        vpn_login("l", CONTOSO, "joey", "NORD_VPN"),
        status("m", &minute(1), true),
    ];
    let (together, apart) = (Harness::new().await, Harness::new().await);
    for beckon in [&together, &apart] {
        // Some are there already, and one question is answered.
        beckon.report(&[login("y", CONTOSO, "joey", "UA"), login("z", CONTOSO, "chandler", "UA")]).await;
        assert_eq!(beckon.resolve(1, &json!({})).await.status, 201);
    }
    let told = together.report(&observations).await;
    let mut one_by_one = Vec::new();
    for observation in &observations {
        one_by_one.extend(apart.report(std::slice::from_ref(observation)).await);
    }
    assert_eq!(told, one_by_one);
    let outcomes: BTreeSet<&str> = told.iter().map(|(outcome, _)| outcome.as_str()).collect();
    assert!(
        ["raised", "joined", "updated", "duplicate"].iter().all(|one| outcomes.contains(one)),
        "{told:?}"
    );
    for path in ["/v1/escalations", "/v1/identities", "/v1/activity?limit=100"] {
        let (of_batch, of_each) = (together.get(Who::Admin, path).await, apart.get(Who::Admin, path).await);
        assert_eq!(of_batch.status, 200);
        assert_eq!(of_batch.body, of_each.body, "{path}");
    }
}

#[tokio::test]
async fn one_bad_observation_rejects_itself_and_no_other() {
    let beckon = Harness::new().await;
    let mut bad = login("b", CONTOSO, "joey", "UA");
    bad["country"] = json!("Ukraine");
    let foreign = login("c", FOREIGN, "joey", "UA");
    let mut foreign_organization = foreign.clone();
    foreign_organization["account_id"] = json!(1);
    let mut no_account = login("d", CONTOSO, "joey", "UA");
    no_account["account_id"] = json!(99);
    let body = json!([login("a", CONTOSO, "joey", "UA"), bad, foreign_organization, no_account]);
    let answer = beckon.post(Who::Operator, "/v1/observations", &body).await;
    let results = &answer.body["results"];
    assert_eq!(results[0]["outcome"], "raised");
    for (index, field) in [(1, "country"), (2, "organization_id"), (3, "account_id")] {
        assert_eq!(results[index]["outcome"], "rejected", "{results}");
        assert_eq!(results[index]["errors"][0]["field"], field, "{results}");
    }
    assert_eq!(beckon.get(Who::Stranger, "/v1/escalations").await.body["escalations"], json!([]));
}

#[tokio::test]
async fn json_lines_are_read_and_an_organization_comes_into_being() {
    let beckon = Harness::new().await;
    let mut fresh = login("b", CONTOSO, "joey", "PL");
    fresh["organization_id"] = json!(77);
    let lines = format!("{}\r\n\n{}\nnonsense\n", login("a", CONTOSO, "joey", "UA"), fresh);
    let request = Harness::request("POST", "/v1/observations", Who::Operator)
        .header("content-type", "application/x-ndjson")
        .body(Body::from(lines))
        .expect("a request");
    let results = beckon.send(request).await.body;
    assert_eq!(results["results"][0]["outcome"], "raised");
    assert_eq!(results["results"][1]["outcome"], "raised");
    assert_eq!(results["results"][2]["outcome"], "rejected");
    let made = beckon.get(Who::Admin, "/v1/organizations/77").await.body;
    assert_eq!(made["organization"]["name"], "Organization 77");
}

#[tokio::test]
async fn what_is_no_batch_is_refused_whole() {
    let beckon = Harness::new().await;
    let send = async |content_type: &str, body: String| {
        let request = Harness::request("POST", "/v1/observations", Who::Operator)
            .header("content-type", content_type)
            .body(Body::from(body))
            .expect("a request");
        beckon.send(request).await.status.as_u16()
    };
    assert_eq!(send("application/json", String::new()).await, 400);
    assert_eq!(send("application/json", "{".to_owned()).await, 400);
    assert_eq!(send("text/csv", "a,b".to_owned()).await, 415);
    assert_eq!(send("application/x-ndjson", "{}\n".repeat(1_001)).await, 400);
    assert_eq!(send("application/json", " ".repeat(8 * 1024 * 1024 + 1)).await, 413);
}

#[tokio::test]
async fn only_the_operator_reports() {
    let beckon = Harness::new().await;
    for (who, status) in
        [(Who::Nobody, 401), (Who::Admin, 403), (Who::Viewer, 403), (Who::OrganizationUser, 403)]
    {
        let answer = beckon.post(who, "/v1/observations", &login("a", CONTOSO, "joey", "UA")).await;
        assert_eq!(answer.status, status, "{who:?}");
    }
    let counted = beckon.get(Who::Admin, "/v1/account").await.body;
    assert_eq!(counted["account"]["counts"]["open"], 0, "nothing was kept");
}

#[tokio::test]
async fn known_tells_what_is_here_already() {
    let beckon = Harness::new().await;
    beckon.report(&[login("a", CONTOSO, "joey", "UA"), login("b", CONTOSO, "joey", "NL")]).await;
    let ask = json!({"account_id": 1, "ids": ["b", "x", "a", "b"]});
    let answer = beckon.post(Who::Operator, "/v1/observations/known", &ask).await;
    assert_eq!(answer.body["known"], json!(["b", "a"]));
    let too_many = json!({"account_id": 1, "ids": vec!["x"; 1_001]});
    assert_eq!(fields(&beckon.post(Who::Operator, "/v1/observations/known", &too_many).await), ["ids"]);
    assert_eq!(beckon.post(Who::Admin, "/v1/observations/known", &ask).await.status, 403);
}
