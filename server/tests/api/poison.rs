//! Something that always fails (an observation, something due, a delivery, a row) does not stop the rest.

use beckon_server::store::Store as _;
use serde_json::json;

use crate::harness::{CONTOSO, FABRIKAM, Harness, NORTHWIND, Who, ids, login};

/// Three questions, of which the second cannot be read any more.
async fn poisoned() -> Harness {
    let beckon = Harness::new().await;
    beckon
        .report(&[
            login("a", CONTOSO, "joey", "UA"),
            login("b", CONTOSO, "joey", "PL"),
            login("c", FABRIKAM, "pat", "UA"),
        ])
        .await;
    beckon.home.run("UPDATE escalations SET state = '{' WHERE id = 2").await;
    beckon
}

#[tokio::test]
async fn an_observation_that_always_fails_rejects_itself_alone() {
    let beckon = poisoned().await;
    let told = beckon
        .report(&[
            login("d", CONTOSO, "anouk", "UA"),
            login("e", CONTOSO, "anouk", "PL"),
            login("f", CONTOSO, "anouk", "BR"),
        ])
        .await;
    let told: Vec<(&str, Option<i64>)> = told.iter().map(|(outcome, id)| (outcome.as_str(), *id)).collect();
    assert_eq!((told[0], told[1]), (("joined", Some(1)), ("rejected", None)));
    assert_eq!(told[2].0, "raised");
    let again =
        beckon.report(&[login("d", CONTOSO, "anouk", "UA"), login("e", CONTOSO, "anouk", "PL")]).await;
    assert_eq!((again[0].0.as_str(), again[1].0.as_str()), ("duplicate", "rejected"));
}

#[tokio::test]
async fn what_is_taken_back_leaves_no_gap_in_the_log() {
    let beckon = Harness::new().await;
    beckon.report(&[login("a", CONTOSO, "joey", "UA")]).await;
    // Whoever raises a question looks at whom to tell, after its events were appended.
    beckon.home.run("UPDATE members SET role = 'nobody' WHERE account_id = 1").await;
    let told = beckon.report(&[login("b", CONTOSO, "joey", "PL"), login("c", CONTOSO, "anouk", "UA")]).await;
    assert_eq!(told, [("rejected".to_owned(), None), ("joined".to_owned(), Some(1))]);
    assert!(beckon.store.verify_log(NORTHWIND).await.expect("a store").is_ok());
}

#[tokio::test]
async fn what_is_due_is_done_beside_what_always_fails() {
    let beckon = poisoned().await;
    beckon.pass(8 * 24 * 60 * 60).await;
    for id in [1, 3] {
        let shown = beckon.get(Who::Admin, &format!("/v1/escalations/{id}/timeline")).await.body;
        let told = shown["timeline"].as_array().expect("a timeline").iter();
        assert_eq!(told.filter(|entry| entry["event"] == "became_overdue").count(), 1, "{id}");
    }
    // Mended, it is done an hour later at the latest.
    beckon.home.run("UPDATE escalations SET state = replace((SELECT state FROM escalations WHERE id = 1), '\"id\":1', '\"id\":2') WHERE id = 2").await;
    beckon.pass(60 * 60).await;
    assert_eq!(beckon.get(Who::Admin, "/v1/escalations/2").await.status, 200);
}

#[tokio::test]
async fn a_delivery_that_cannot_be_read_is_given_up_and_the_others_go_out() {
    let beckon = Harness::new().await;
    for number in 0..6 {
        let country = ["UA", "PL", "BR", "FR", "IT", "ES"][number];
        beckon.report(&[login(&format!("o{number}"), CONTOSO, "joey", country)]).await;
    }
    beckon.home.run("UPDATE deliveries SET task = '{' WHERE id <= 8").await;
    beckon.deliver().await;
    assert_eq!(beckon.outlets.taken().len(), 4);
    let sent = beckon.get(Who::Admin, "/v1/deliveries?status=undelivered").await.body;
    let all = sent["deliveries"].as_array().expect("a list");
    assert_eq!(all.len(), 8, "{sent}");
    assert!(
        all.iter().all(|one| one["last_error"] == "What was to be told cannot be read any more"),
        "{sent}"
    );
}

#[tokio::test]
async fn a_row_that_cannot_be_read_hides_no_other() {
    let beckon = poisoned().await;
    let list = beckon.get(Who::Admin, "/v1/escalations?sort_field=id").await;
    assert_eq!(list.status, 200);
    assert_eq!(ids(&list.body["escalations"]), [3, 1]);
    let one = beckon.get(Who::Admin, "/v1/escalations/2").await;
    assert_eq!(one.status, 500);
    assert_eq!(
        one.body["error"],
        "something that is kept here cannot be read: nothing was done, tell whoever runs this server"
    );
    let answered = beckon.post(Who::Admin, "/v1/escalations/1/resolution", &json!({})).await;
    assert_eq!(answered.status, 201, "{}", answered.body);
}
