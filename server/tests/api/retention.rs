//! For how long an account keeps what it does not need any more, and that the log can be checked when it is gone.

use beckon_core::id::EscalationId;
use beckon_core::retention::Retention;
use beckon_server::store::{Store as _, Upkeep as _};
use chrono::TimeDelta;
use serde_json::json;

use crate::harness::{CONTOSO, FOREIGN, Harness, NORTHWIND, NOW, OTHER, Who, at, login};

const KEPT: Retention = Retention { observations: Some(30), escalations: Some(90) };

/// A login of so many days after [`NOW`].
fn later(id: &str, person: &str, country: &str, days: i64) -> serde_json::Value {
    let mut login = login(id, CONTOSO, person, country);
    login["observed_at"] = json!(at(NOW) + TimeDelta::days(days));
    login
}

impl Harness {
    /// Removes all that is kept no longer.
    async fn purge(&self) {
        while self.store.purge(self.app.clock.now()).await.expect("the store works") {}
    }

    async fn rows(&self, table: &str) -> i64 {
        self.home.numbers(&format!("SELECT count(*) FROM {table} WHERE account_id = 1")).await[0]
    }
}

/// Three questions: two that are answered, and one that stays open.
async fn some_questions() -> Harness {
    let beckon = Harness::new().await;
    beckon
        .report(&[
            login("a", CONTOSO, "joey", "UA"),
            login("b", CONTOSO, "anouk", "BR"),
            login("c", CONTOSO, "joey", "PL"),
        ])
        .await;
    for id in [1, 2] {
        let path = format!("/v1/escalations/{id}/resolution");
        let answered = beckon.post(Who::Admin, &path, &json!({})).await;
        assert_eq!(answered.status, 201, "{}", answered.body);
    }
    beckon.deliver().await;
    beckon
}

#[tokio::test]
async fn what_is_kept_no_longer_is_removed_and_the_log_can_still_be_checked() {
    let beckon = some_questions().await;
    let events = beckon.store.verify_log(NORTHWIND).await.expect("the store works").expect("it is whole");
    let head = beckon.store.log_hash(NORTHWIND, None).await.expect("the store works").expect("an event");
    assert!(beckon.store.set_retention(NORTHWIND, KEPT).await.expect("the store works"));
    beckon.purge().await;
    assert_eq!(beckon.rows("observations").await, 3, "nothing is old");
    beckon.advance(31 * 24 * 60 * 60);
    beckon.purge().await;
    assert_eq!((beckon.rows("observations").await, beckon.rows("escalations").await), (0, 3));
    beckon.advance(60 * 24 * 60 * 60);
    beckon.purge().await;
    assert_eq!(beckon.rows("escalations").await, 1, "the open one stays");
    for id in [1, 2] {
        assert_eq!(beckon.get(Who::Admin, &format!("/v1/escalations/{id}")).await.status, 404);
        for table in ["entities", "deliveries"] {
            let sql = format!("SELECT count(*) FROM {table} WHERE account_id = 1 AND escalation_id = {id}");
            assert_eq!(beckon.home.numbers(&sql).await, [0], "{table}");
        }
    }
    assert_eq!(beckon.get(Who::Admin, "/v1/escalations/3").await.status, 200);
    // The chain holds, from before to after, and says what happened.
    let after = beckon.store.verify_log(NORTHWIND).await.expect("the store works").expect("it is whole");
    assert!(after > events, "{after}");
    let same = beckon.store.log_hash(NORTHWIND, Some(head.0)).await.expect("the store works");
    assert_eq!(same, Some(head), "what was noted elsewhere still fits");
    let activity = beckon.get(Who::Admin, "/v1/activity?limit=100").await.body;
    let texts = activity["activity"].as_array().expect("a list").iter().map(|one| one["text"].to_string());
    let texts: Vec<String> = texts.collect();
    assert!(texts.iter().any(|text| text.contains("Removed 2 resolved questions")), "{texts:?}");
    assert!(!beckon.home.holds("anouk@contoso.example").await || beckon.rows("identities").await > 0);
    // A second time there is nothing.
    beckon.purge().await;
    assert_eq!(beckon.store.verify_log(NORTHWIND).await.expect("the store works"), Ok(after));
}

#[tokio::test]
async fn who_takes_something_out_of_the_log_by_hand_is_found() {
    let beckon = some_questions().await;
    beckon.store.set_retention(NORTHWIND, KEPT).await.expect("the store works");
    beckon.advance(91 * 24 * 60 * 60);
    beckon.purge().await;
    let verified = async || beckon.store.verify_log(NORTHWIND).await.expect("the store works");
    let whole = verified().await.expect("it is whole");
    // The open question's events, made to look as if they had been kept long enough.
    let of_the_open = "SELECT min(seq) FROM events WHERE account_id = 1 AND escalation_id = 3";
    let seq = beckon.home.numbers(of_the_open).await[0];
    let gone = format!(
        "UPDATE events SET event = 'gone', body = '', at = 0, escalation_id = NULL WHERE account_id = 1 AND seq = {seq}"
    );
    beckon.home.run(&gone).await;
    assert_eq!(verified().await, Err(seq));
    assert!(whole > 3);
}

#[tokio::test]
async fn the_hash_of_what_is_gone_cannot_be_changed() {
    let beckon = some_questions().await;
    beckon.store.set_retention(NORTHWIND, KEPT).await.expect("the store works");
    beckon.advance(91 * 24 * 60 * 60);
    beckon.purge().await;
    let seq =
        beckon.home.numbers("SELECT min(seq) FROM events WHERE account_id = 1 AND event = 'gone'").await[0];
    let zeros = if beckon.home.url().is_some() { "decode(repeat('00', 32), 'hex')" } else { "zeroblob(32)" };
    beckon.home.run(&format!("UPDATE events SET hash = {zeros} WHERE account_id = 1 AND seq = {seq}")).await;
    assert!(beckon.store.verify_log(NORTHWIND).await.expect("the store works").is_err());
}

#[tokio::test]
async fn an_observation_older_than_what_is_kept_is_refused_and_others_accounts_keep_everything() {
    let beckon = some_questions().await;
    let mut foreign = login("f", FOREIGN, "pat", "UA");
    foreign["account_id"] = OTHER.0.into();
    beckon.report(&[foreign]).await;
    beckon.store.set_retention(NORTHWIND, KEPT).await.expect("the store works");
    beckon.advance(40 * 24 * 60 * 60);
    beckon.purge().await;
    // It was here and is not known any more: to take it in would ask again.
    let answer =
        beckon.post(Who::Operator, "/v1/observations", &json!([login("a", CONTOSO, "joey", "UA")])).await;
    let result = &answer.body["results"][0];
    assert_eq!(
        (&result["outcome"], &result["errors"][0]["field"]),
        (&json!("rejected"), &json!("observed_at"))
    );
    let (outcome, _) = beckon.report(&[later("d", "joey", "PL", 40)]).await.remove(0);
    assert_eq!(outcome, "updated");
    let theirs = beckon.home.numbers("SELECT count(*) FROM observations WHERE account_id = 2").await;
    assert_eq!(theirs, [1]);
    assert_eq!(
        beckon.store.escalation(None, EscalationId(3)).await.expect("the store works").map(|_| ()),
        Some(())
    );
}
