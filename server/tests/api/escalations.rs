//! `GET /v1/escalations`: filters, order, pages.

use serde_json::json;

use crate::harness::{CONTOSO, FABRIKAM, Harness, Who, fields, ids, login, vpn_login};

async fn five() -> Harness {
    let beckon = Harness::new().await;
    beckon.report(&[login("1", CONTOSO, "joey", "UA")]).await;
    beckon.advance(60);
    beckon.report(&[login("2", CONTOSO, "joey", "PL"), login("3", FABRIKAM, "anouk", "UA")]).await;
    beckon.advance(60);
    beckon.report(&[vpn_login("4", FABRIKAM, "anouk", "NORD_VPN"), login("5", FABRIKAM, "pat", "DE")]).await;
    beckon.post(Who::Admin, "/v1/escalations/2/resolution", &json!({})).await;
    beckon
}

async fn listed(beckon: &Harness, query: &str) -> Vec<i64> {
    let answer = beckon.get(Who::Admin, &format!("/v1/escalations?{query}")).await;
    assert_eq!(answer.status, 200, "{query} {}", answer.body);
    ids(&answer.body["escalations"])
}

#[tokio::test]
async fn filters_and_order() {
    let beckon = five().await;
    let cases: &[(&str, &[i64])] = &[
        ("", &[5, 4, 3, 2, 1]),
        ("sort_direction=asc", &[1, 2, 3, 4, 5]),
        ("status=open", &[5, 4, 3, 1]),
        ("status=resolved", &[2]),
        ("status=overdue", &[]),
        ("severity=low", &[5, 4, 3, 2, 1]),
        ("severity=critical,high", &[]),
        ("organization_id=10", &[2, 1]),
        ("organization_id=10,11&status=open", &[5, 4, 3, 1]),
        ("subtype=UA", &[3, 1]),
        ("type=login.unexpected_vpn", &[4]),
        ("search=ukraine", &[3, 1]),
        ("search=UKRAINE%20fabrikam", &[3]),
        ("search=pat%40contoso", &[5]),
        ("search=50%25", &[]),
        ("sort_field=due_at&sort_direction=asc", &[1, 2, 3, 4, 5]),
        ("sort_field=updated_at", &[5, 4, 2, 3, 1]),
        ("sort_field=severity&sort_direction=asc", &[1, 2, 3, 4, 5]),
        ("sort_field=created_at&unknown=ignored", &[5, 4, 3, 2, 1]),
    ];
    for (query, expected) in cases {
        assert_eq!(listed(&beckon, query).await, *expected, "{query}");
    }
    beckon.advance(7 * 24 * 60 * 60 - 120);
    assert_eq!(listed(&beckon, "status=overdue").await, [1], "exactly seven days after it was raised");
    let one = beckon.get(Who::Admin, "/v1/escalations/1").await.body;
    assert_eq!((&one["escalation"]["status"], &one["escalation"]["overdue"]), (&json!("open"), &json!(true)));
}

#[tokio::test]
async fn pages_follow_each_other_without_gap_or_repetition_whatever_the_order() {
    let beckon = five().await;
    for order in ["sort_field=id", "sort_field=severity", "sort_field=due_at&sort_direction=asc"] {
        let whole = listed(&beckon, &format!("{order}&limit=500")).await;
        let mut path = Some(format!("/v1/escalations?{order}&limit=2&search=logins"));
        let mut seen = Vec::new();
        while let Some(next) = path {
            let page = beckon.get(Who::Admin, &next).await.body;
            seen.extend(ids(&page["escalations"]));
            assert_eq!(page["pagination"]["total_count"], 5);
            let url = page["pagination"]["next_page_url"].as_str();
            assert_eq!(url.is_some(), page["pagination"]["next_page_token"].is_string());
            path = url.map(|url| {
                assert!(url.contains("search=logins") && url.contains("limit=2"), "{url}");
                url.strip_prefix("http://beckon.test").expect("an absolute URL").to_owned()
            });
        }
        assert_eq!(seen, whole, "{order}");
    }
}

#[tokio::test]
async fn malformed_parameters_are_named() {
    let beckon = five().await;
    for (query, field) in [
        ("limit=0", "limit"),
        ("limit=501", "limit"),
        ("limit=ten", "limit"),
        ("status=waiting", "status"),
        ("severity=low,awful", "severity"),
        ("sort_field=name", "sort_field"),
        ("sort_direction=up", "sort_direction"),
        ("organization_id=contoso", "organization_id"),
        ("type=login.unexpected_moon", "type"),
        ("page_token=nonsense", "page_token"),
    ] {
        let answer = beckon.get(Who::Admin, &format!("/v1/escalations?{query}")).await;
        assert_eq!(answer.status, 400, "{query}");
        assert_eq!(fields(&answer), [field], "{query}");
    }
}

#[tokio::test]
async fn the_operator_sees_all_accounts_or_the_one_that_it_names() {
    let beckon = five().await;
    beckon.report(&[login("6", crate::harness::FOREIGN, "joey", "UA")]).await;
    let seen = async |query: &str| {
        ids(&beckon.get(Who::Operator, &format!("/v1/escalations?{query}")).await.body["escalations"]).len()
    };
    assert_eq!(seen("").await, 6);
    assert_eq!(seen("account_id=2").await, 1);
    assert_eq!(beckon.get(Who::Admin, "/v1/escalations?account_id=2").await.status, 404);
    assert_eq!(ids(&beckon.get(Who::Stranger, "/v1/escalations").await.body["escalations"]), [6]);
    assert_eq!(fields(&beckon.get(Who::Operator, "/v1/account").await), ["account_id"]);
    assert_eq!(
        beckon.get(Who::Operator, "/v1/account?account_id=1").await.body["account"]["counts"]["open"],
        4
    );
}
