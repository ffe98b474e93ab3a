//! `GET /v1/activity`: everything that happened in an account, for whoever may see its setup.

use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::{CONTOSO, FOREIGN, Harness, Who, fields, login};

async fn some_life() -> Harness {
    let beckon = Harness::new().await;
    beckon.report(&[login("x", FOREIGN, "joey", "UA"), login("a", CONTOSO, "joey", "UA")]).await;
    beckon
        .resolve(2, &json!({"determination": "expected", "scope": "organization", "note": "On holiday"}))
        .await;
    beckon.advance(60);
    let invited = json!({"name": "Noor Haddad", "email": "noor@northwind.test", "role": "account_user"});
    assert_eq!(beckon.post(Who::Admin, "/v1/memberships", &invited).await.status, 201);
    let mut browser = Browser::signed_in(&beckon, "secondadmin").await;
    browser.post("/v1/keys", &json!({"name": "Backup", "scope": "read_only"})).await;
    beckon.tell(&json!({"psa_and_email": true})).await;
    beckon
}

async fn texts(beckon: &Harness, query: &str) -> Vec<String> {
    let answer = beckon.get(Who::Viewer, &format!("/v1/activity?limit=100&{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let entries = answer.body["activity"].as_array().expect("a list").clone();
    entries.iter().map(|entry| entry["text"].as_str().expect("text").to_owned()).collect()
}

#[tokio::test]
async fn what_people_keys_rules_settings_and_answers_did_is_told_newest_first() {
    let beckon = some_life().await;
    let all = texts(&beckon, "").await;
    assert_eq!(
        all[..3],
        [
            "Priya Raman changed who is told of escalations",
            "Tom Meier made the key “Backup”",
            "Priya Raman invited Noor Haddad as account user",
        ]
    );
    assert!(all.iter().any(|text| text.starts_with("Priya Raman made a rule")), "{all:?}");
    assert!(all.contains(&"Priya Raman answered: expected".to_owned()), "{all:?}");
    assert!(
        !String::from_utf8_lossy(&beckon.get(Who::Viewer, "/v1/activity?limit=100").await.bytes)
            .contains("bks_")
    );
}

#[tokio::test]
async fn filters_narrow_it_and_pages_lead_through_it() {
    let beckon = some_life().await;
    assert_eq!(texts(&beckon, "event=configured").await.len(), 3);
    assert!(texts(&beckon, "escalation_id=2").await.iter().all(|text| !text.contains("Noor")));
    let tom = beckon.get(Who::SecondAdmin, "/v1/actor").await.body["user"]["id"].clone();
    assert_eq!(texts(&beckon, &format!("user_id={tom}")).await, ["Tom Meier made the key “Backup”"]);
    assert_eq!(texts(&beckon, "since=2026-11-24T08:01:00Z").await.len(), 3);
    assert!(texts(&beckon, "until=2026-11-24T08:01:00Z").await.iter().all(|text| !text.contains("Noor")));
    let whole = texts(&beckon, "").await;
    let (mut paged, mut path) = (Vec::new(), "/v1/activity?limit=2".to_owned());
    loop {
        let page = beckon.get(Who::Viewer, &path).await.body;
        let entries = page["activity"].as_array().expect("a list").clone();
        paged.extend(entries.iter().map(|entry| entry["text"].as_str().expect("text").to_owned()));
        let Some(next) = page["pagination"]["next_page_token"].as_str() else { break };
        path = format!("/v1/activity?limit=2&page_token={next}");
    }
    assert_eq!(paged, whole);
    for (query, field) in
        [("since=yesterday", "since"), ("user_id=x", "user_id"), ("escalation_id=x", "escalation_id")]
    {
        let answer = beckon.get(Who::Viewer, &format!("/v1/activity?{query}")).await;
        assert_eq!((answer.status.as_u16(), fields(&answer)), (400, vec![field]));
    }
}

#[tokio::test]
async fn each_account_sees_its_own() {
    let beckon = some_life().await;
    let strangers = beckon.get(Who::Stranger, "/v1/activity?limit=100").await.body["activity"].clone();
    assert!(
        strangers.as_array().expect("a list").iter().all(|entry| entry["escalation_id"] == 1),
        "{strangers}"
    );
    let operator = beckon.get(Who::Operator, "/v1/activity?account_id=1&event=configured").await.body;
    assert_eq!(operator["activity"].as_array().map(Vec::len), Some(3));
    assert_eq!(beckon.get(Who::Admin, "/v1/activity?account_id=2").await.status, 404);
}

#[tokio::test]
async fn security_txt_says_whom_to_tell_and_until_when_that_holds() {
    let beckon = Harness::new().await;
    let answer = beckon.get(Who::Nobody, "/.well-known/security.txt").await;
    assert_eq!(answer.headers["content-type"], "text/plain; charset=utf-8");
    assert_eq!(
        String::from_utf8_lossy(&answer.bytes),
        "Contact: mailto:security@beckon.test\nExpires: 2027-05-23T08:00:00Z\nPreferred-Languages: en\n\
         Canonical: http://beckon.test/.well-known/security.txt\n"
    );
    assert_eq!(beckon.get(Who::Nobody, "/.well-known/other").await.body, Value::Null);
}
