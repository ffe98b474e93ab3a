//! `/v1/unwanted_access_rules`.

use beckon_core::api::rule::CoverageResponse;
use beckon_core::rule::coverage::{Effect, effect};
use beckon_core::rule::{Determination, Level, RuleDraft, Schedule, Subject};
use serde_json::{Value, json};

use crate::harness::{CONTOSO, FABRIKAM, Harness, NORTHWIND, NOW, Who, at, fields, ids, login, vpn_login};

const RULES: &str = "/v1/unwanted_access_rules";

async fn some_questions() -> Harness {
    let beckon = Harness::new().await;
    beckon
        .report(&[
            login("a", CONTOSO, "joey", "UA"),
            login("b", CONTOSO, "anouk", "UA"),
            login("c", FABRIKAM, "pat", "UA"),
            login("d", FABRIKAM, "pat", "UA"),
            vpn_login("e", FABRIKAM, "pat", "NORD_VPN"),
        ])
        .await;
    beckon
}

#[tokio::test]
async fn the_preview_the_browser_s_preview_and_what_then_happens_agree() {
    let beckon = some_questions().await;
    let request = json!({"type": "expected", "country_code": "UA", "organization_id": 11});
    let preview = beckon.post(Who::Admin, &format!("{RULES}/preview"), &request).await;
    assert_eq!(preview.status, 200, "{}", preview.body);
    assert_eq!(
        preview.body,
        json!({"rules": 1, "preview": {"resolves": [2], "partly": [], "covers": [3], "silenced_logins": 2,
                                        "reported_logins": 0}})
    );
    let facts = beckon.get(Who::Viewer, &format!("{RULES}/coverage?country_code=UA")).await;
    let facts: CoverageResponse = serde_json::from_value(facts.body).expect("facts");
    assert_eq!(
        facts.escalations.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(),
        [
            "Logins from Ukraine (Contoso)",
            "Logins from Ukraine (Fabrikam)",
            "Logins through NordVPN (Fabrikam)"
        ]
    );
    let Subject::Country { country } =
        serde_json::from_value(json!({"subject": "country", "country": "UA"})).expect("a subject")
    else {
        unreachable!("it says country")
    };
    let draft = RuleDraft {
        level: Level::Organization { organization: FABRIKAM },
        subject: Subject::Country { country },
        determination: Determination::Expected,
        schedule: Schedule::default(),
        note: None,
    };
    let computed = effect(&[draft.proposed(NORTHWIND, at(NOW))], &facts.coverage, at(NOW));
    let previewed: Effect = serde_json::from_value(preview.body["preview"].clone()).expect("an effect");
    assert_eq!(computed, previewed);

    let made = beckon.post(Who::Admin, RULES, &request).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!(made.body["resolved_escalations"], json!([2]));
    let again = beckon.post(Who::Admin, RULES, &request).await;
    assert_eq!(
        again.body["unwanted_access_rule"]["id"], made.body["unwanted_access_rule"]["id"],
        "not made twice"
    );
}

#[tokio::test]
async fn lists_make_one_rule_a_value_and_filters_find_them() {
    let beckon = some_questions().await;
    for request in [
        json!({"type": "expected", "country_code": "UA,PL", "organization_id": 10, "notes": "Travel"}),
        json!({"type": "unauthorized", "vpn": "NORD_VPN"}),
        json!({"type": "expected", "ip_address": "203.0.113.0/24", "starts_at": "2026-12-01", "expires_at": "2026-12-24"}),
        json!({"type": "expected", "country_code": "DE", "identity_id": 3, "expires_at": "2026-11-24"}),
        json!({"type": "unauthorized", "logic": "catchall", "category": "vpn"}),
    ] {
        assert_eq!(beckon.post(Who::Admin, RULES, &request).await.status, 201, "{request}");
    }
    beckon.advance(24 * 60 * 60);
    let listed = async |query: &str| {
        let answer = beckon.get(Who::Viewer, &format!("{RULES}?{query}")).await;
        assert_eq!(answer.status, 200, "{query} {}", answer.body);
        let rules = answer.body["unwanted_access_rules"].as_array().expect("rules").clone();
        rules.iter().map(|rule| rule["subject"].as_str().expect("a subject").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(listed("").await.len(), 6);
    assert_eq!(listed("organization_id=10").await, ["Logins from Poland", "Logins from Ukraine"]);
    assert_eq!(listed("identity_id=3").await, ["Logins from Germany"]);
    assert_eq!(listed("status=expired").await, ["Logins from Germany"]);
    assert_eq!(listed("status=scheduled").await, ["Logins from 203.0.113.0/24"]);
    assert_eq!(listed("status=active").await.len(), 4);
    assert_eq!(listed("type=unauthorized").await, ["Logins through any other VPN", "Logins through NordVPN"]);
    assert_eq!(listed("scope=account&category=vpn&logic=standard").await, ["Logins through NordVPN"]);
    assert_eq!(listed("country_code=pl").await, ["Logins from Poland"]);
    assert_eq!(listed("vpn=NORD_VPN").await, ["Logins through NordVPN"]);
    assert_eq!(listed("ip_address=203.0.113.0/24").await, ["Logins from 203.0.113.0/24"]);
    let page = beckon.get(Who::Viewer, &format!("{RULES}?limit=4")).await.body;
    let token = page["pagination"]["next_page_token"].as_str().expect("another page");
    let rest = beckon.get(Who::Viewer, &format!("{RULES}?limit=4&page_token={token}")).await.body;
    assert_eq!(ids(&rest["unwanted_access_rules"]), [2, 1]);
}

#[tokio::test]
async fn a_rule_is_changed_ended_and_deleted_by_admins_only() {
    let beckon = some_questions().await;
    let request = json!({"type": "expected", "country_code": "PL", "notes": "Fair"});
    let made = beckon.post(Who::Admin, RULES, &request).await.body;
    let path = format!("{RULES}/{}", made["unwanted_access_rule"]["id"]);
    let end = json!({"expires_at": "2026-11-24", "notes": ""});
    for (who, status) in
        [(Who::Viewer, 403), (Who::Operator, 403), (Who::OrganizationUser, 403), (Who::Stranger, 404)]
    {
        assert_eq!(beckon.write(who, "PATCH", &path, &end).await.status, status, "{who:?}");
        assert_eq!(beckon.write(who, "DELETE", &path, &json!({})).await.status, status, "{who:?}");
    }
    let ended = beckon.write(Who::Admin, "PATCH", &path, &end).await;
    assert_eq!(ended.body["unwanted_access_rule"]["expires_at"], "2026-11-24");
    assert_eq!(ended.body["unwanted_access_rule"]["note"], Value::Null);
    let wrong = beckon.write(Who::Admin, "PATCH", &path, &json!({"country_code": "DE"})).await;
    assert_eq!((wrong.status.as_u16(), fields(&wrong)), (400, vec!["country_code"]));
    let wrong = beckon.write(Who::Admin, "PATCH", &path, &json!({"starts_at": "2026-12-24"})).await;
    assert_eq!((wrong.status.as_u16(), fields(&wrong)), (400, vec!["expires_at"]));
    let deleted = beckon.write(Who::Admin, "DELETE", &path, &json!({})).await;
    assert_eq!(
        (deleted.status.as_u16(), &deleted.body["unwanted_access_rule"]["country_code"]),
        (202, &json!("PL"))
    );
    assert_eq!(beckon.get(Who::Admin, &path).await.status, 404);
    assert_eq!(
        beckon.report(&[login("z", CONTOSO, "joey", "PL")]).await[0].0,
        "raised",
        "it does not count any more"
    );
}

#[tokio::test]
async fn wrong_rules_name_the_field_and_none_is_made() {
    let beckon = some_questions().await;
    for (request, field) in [
        (json!({"country_code": "UA"}), "type"),
        (json!({"type": "expected"}), "country_code"),
        (json!({"type": "expected", "country_code": "UA,XX"}), "country_code"),
        (json!({"type": "expected", "country_code": "UA", "vpn": "NORD_VPN"}), "country_code"),
        (json!({"type": "expected", "country_code": "UA", "organization_id": 20}), "organization_id"),
        (json!({"type": "expected", "country_code": "UA", "organization_id": 404}), "organization_id"),
        (json!({"type": "expected", "country_code": "UA", "identity_id": 404}), "identity_id"),
        (
            json!({"type": "expected", "country_code": "UA", "identity_id": 1, "organization_id": 10}),
            "organization_id",
        ),
        (json!({"type": "unauthorized", "country_code": "UA", "expires_at": "2026-12-24"}), "expires_at"),
        (json!({"type": "expected", "logic": "catchall"}), "type"),
        (json!({"type": "expected", "ip_address": "300.1.1.1"}), "ip_address"),
        (json!({"type": "expected", "country_code": "UA", "starts_at": "24/12/2026"}), "starts_at"),
    ] {
        for path in [RULES, "/v1/unwanted_access_rules/preview"] {
            let answer = beckon.post(Who::Admin, path, &request).await;
            assert_eq!((answer.status.as_u16(), fields(&answer)), (400, vec![field]), "{request}");
        }
    }
    assert_eq!(beckon.get(Who::Admin, RULES).await.body["unwanted_access_rules"], json!([]));
}

#[tokio::test]
async fn an_unauthorized_country_counts_against_the_exits_of_a_vpn_too() {
    let beckon = some_questions().await;
    beckon.report(&[login("f", FABRIKAM, "pat", "SE")]).await;
    let request = json!({"type": "unauthorized", "country_code": "SE", "organization_id": 11});
    let preview = beckon.post(Who::Admin, &format!("{RULES}/preview"), &request).await;
    assert_eq!(preview.body["preview"]["resolves"], json!([3, 4]));
    let facts = beckon.get(Who::Viewer, &format!("{RULES}/coverage?country_code=SE")).await;
    assert_eq!(ids(&facts.body["escalations"]), [3, 4], "the browser counts the VPN's question as well");
    let answer = json!({"determination": "unauthorized", "scope": "organization"});
    let resolved = beckon.post(Who::Admin, "/v1/escalations/4/resolution", &answer).await;
    assert_eq!((resolved.status.as_u16(), &resolved.body["also_resolved"]), (201, &json!([3])));
}

#[tokio::test]
async fn a_rule_that_begins_to_count_resolves_what_it_covers() {
    let beckon = Harness::new().await;
    let request = json!({"type": "expected", "country_code": "UA", "starts_at": "2026-12-01"});
    let made = beckon.post(Who::Admin, RULES, &request).await.body;
    beckon.report(&[login("a", CONTOSO, "joey", "UA")]).await;
    let path = format!("{RULES}/{}", made["unwanted_access_rule"]["id"]);
    let noted = beckon.write(Who::Admin, "PATCH", &path, &json!({"notes": "Fair"})).await;
    assert_eq!(noted.status, 200, "{}", noted.body);
    let open =
        async || beckon.get(Who::Viewer, "/v1/escalations/1").await.body["escalation"]["status"].clone();
    assert_eq!(open().await, "open", "it still begins in a week");
    let begun = beckon.write(Who::Admin, "PATCH", &path, &json!({"starts_at": "2026-11-24"})).await;
    assert_eq!(begun.status, 200, "{}", begun.body);
    assert_eq!(open().await, "resolved");
    let timeline = beckon.get(Who::Viewer, "/v1/escalations/1/timeline").await.body;
    assert_eq!(timeline["timeline"].as_array().expect("entries").last().expect("one")["event"], "resolved");
}

#[tokio::test]
async fn among_many_rules_about_addresses_those_around_a_login_s_address_count() {
    let beckon = Harness::new().await;
    for hundred in ["198.51.100", "203.0.113"] {
        let addresses: Vec<String> = (1..=80).map(|n| format!("{hundred}.{n}")).collect();
        let rules = json!({"type": "expected", "ip_address": addresses.join(",")});
        assert_eq!(beckon.post(Who::Admin, RULES, &rules).await.status, 201);
    }
    let more = json!({"type": "expected", "ip_address": "192.0.2.0/25,2001:db8:7::/48"});
    assert_eq!(beckon.post(Who::Admin, RULES, &more).await.status, 201);
    let addresses = [
        ("198.51.100.80", "expected"),
        ("198.51.100.81", "raised"),
        ("192.0.2.127", "expected"),
        ("192.0.2.128", "joined"),
        ("2001:db8:7::1", "expected"),
        ("2001:db8:8::1", "joined"),
    ];
    let logins: Vec<Value> = addresses
        .iter()
        .enumerate()
        .map(|(number, (address, _))| {
            let mut login = login(&format!("o{number}"), CONTOSO, &format!("p{number}"), "UA");
            login["ip_address"] = json!(address);
            login
        })
        .collect();
    let results = beckon.report(&logins).await;
    let outcomes: Vec<&str> = results.iter().map(|(outcome, _)| outcome.as_str()).collect();
    assert_eq!(outcomes, addresses.map(|(_, outcome)| outcome));
}
