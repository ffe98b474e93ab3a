//! The clock: becoming overdue, reminders, the end of both; and the time when nobody watched.

use std::collections::BTreeMap;

use serde_json::json;

use super::{hours, question, told, why};
use crate::harness::{Harness, NOW, Who, at};

/// The hours after the raising at which each of two admins hears of an escalation of a severity in 30 days, and why.
/// Source: the design, "Severity and time", by hand.
fn expected(window: i64, every: i64) -> Vec<(i64, &'static str)> {
    let mut expected = vec![(0, "raised"), (window, "overdue")];
    expected
        .extend((1..).map(|n| window + n * every).take_while(|at| *at <= 30 * 24).map(|at| (at, "reminder")));
    expected
}

#[tokio::test]
async fn thirty_days_give_exactly_the_notices_of_the_design() {
    let beckon = Harness::new().await;
    let mut ids = BTreeMap::new();
    for (severity, window, every) in [("critical", 12, 6), ("high", 48, 24), ("low", 7 * 24, 72)] {
        ids.insert(beckon.ask(&question(severity, severity)).await, expected(window, every));
    }
    let mut heard: BTreeMap<(i64, String), Vec<(i64, &str)>> = BTreeMap::new();
    beckon.deliver().await;
    for hour in 0..=30 * 24 {
        for letter in beckon.outlets.taken() {
            let id =
                letter.thread_id.split('-').nth(1).and_then(|id| id.parse().ok()).expect("an escalation");
            heard.entry((id, letter.to_address.clone())).or_default().push((hour, why(&letter)));
        }
        // A second before the hour nobody hears anything.
        beckon.pass(hours(1) - 1).await;
        assert_eq!(told(&beckon.outlets.taken()), Vec::<String>::new(), "early, before hour {}", hour + 1);
        beckon.pass(1).await;
    }
    for (id, expected) in ids {
        for person in ["admin", "secondadmin"] {
            let key = (id, format!("{person}@example.test"));
            assert_eq!(heard.remove(&key).as_deref(), Some(expected.as_slice()), "{person} about {id}");
        }
        beckon.replays(id).await;
    }
    assert!(heard.is_empty(), "somebody else heard: {heard:?}");
}

#[tokio::test]
async fn a_server_that_was_down_from_before_the_deadline_sends_one_notice_of_all_it_missed() {
    let beckon = Harness::new().await;
    beckon.ask(&question("critical", "Backup traffic")).await;
    beckon.pass(0).await;
    beckon.outlets.taken();
    // Down from before the deadline (12 h) until after the third reminder (30 h).
    beckon.pass(hours(31)).await;
    assert_eq!(told(&beckon.outlets.taken()), ["admin: overdue", "secondadmin: overdue"]);
    beckon.pass(0).await;
    beckon.pass(hours(4)).await;
    assert_eq!(told(&beckon.outlets.taken()), Vec::<String>::new());
    beckon.pass(hours(1)).await;
    assert_eq!(told(&beckon.outlets.taken()), ["admin: reminder", "secondadmin: reminder"]);
    // And once more, over three reminders.
    beckon.pass(hours(19)).await;
    assert_eq!(told(&beckon.outlets.taken()), ["admin: reminder", "secondadmin: reminder"]);
}

#[tokio::test]
async fn an_answer_ends_the_reminders_and_a_failed_remedy_brings_them_back() {
    let beckon = Harness::new().await;
    beckon.report(&[super::failed_report("o1", "r1", "critical")]).await;
    beckon.pass(hours(13)).await;
    assert_eq!(beckon.outlets.taken().len(), 4, "raised and overdue, to two admins");
    let answered = beckon.resolve(1, &json!({"answer": "repaired"})).await;
    assert_eq!(answered.status, 201, "{}", answered.body);
    // The remedy is under way: nobody is reminded. (What no observation confirms within an hour is open again.)
    beckon.pass(60 * 30).await;
    assert_eq!(told(&beckon.outlets.taken()), Vec::<String>::new());
    let failed = json!({"outcome": "failed", "message": "401 Unauthorized"});
    assert_eq!(beckon.post(Who::Operator, "/v1/remedies/1/outcome", &failed).await.status, 200);
    beckon.pass(0).await;
    assert_eq!(told(&beckon.outlets.taken()), Vec::<String>::new(), "not early");
    beckon.pass(hours(4) + 60 * 30).await;
    assert_eq!(told(&beckon.outlets.taken()), ["admin: reminder", "secondadmin: reminder"]);
    beckon.replays(1).await;
}

#[tokio::test]
async fn whoever_answered_is_not_told_that_time_has_run_out_and_the_log_says_it_all_the_same() {
    let beckon = Harness::new().await;
    beckon.report(&[super::failed_report("o1", "r1", "critical")]).await;
    beckon.pass(hours(11) + 60 * 45).await;
    beckon.outlets.taken();
    beckon.resolve(1, &json!({"answer": "repaired"})).await;
    beckon.pass(60 * 20).await;
    assert_eq!(told(&beckon.outlets.taken()), Vec::<String>::new());
    let timeline = beckon.get(Who::Viewer, "/v1/escalations/1/timeline?limit=100").await.body;
    let events: Vec<&str> = timeline["timeline"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["event"].as_str())
        .collect();
    assert!(events.contains(&"became_overdue"), "{events:?}");
    assert_eq!(beckon.escalation(1).await["overdue"], true);
}

#[tokio::test]
async fn a_rise_of_severity_is_told_at_once_and_moves_the_deadline() {
    let beckon = Harness::new().await;
    beckon.report(&[super::failed_report("o1", "r1", "low")]).await;
    beckon.pass(hours(1)).await;
    beckon.outlets.taken();
    let mut worse = super::failed_report("o2", "r2", "critical");
    worse["observed_at"] = json!("2026-11-24T09:00:00Z");
    beckon.report(&[worse]).await;
    beckon.pass(0).await;
    assert_eq!(told(&beckon.outlets.taken()), ["admin: severity raised", "secondadmin: severity raised"]);
    beckon.pass(hours(12) - 1).await;
    assert_eq!(told(&beckon.outlets.taken()), Vec::<String>::new());
    beckon.pass(1).await;
    assert_eq!(told(&beckon.outlets.taken()), ["admin: overdue", "secondadmin: overdue"]);
    // One more that presses no more tells nobody.
    let mut more = super::failed_report("o3", "r3", "high");
    more["observed_at"] = json!("2026-11-24T21:00:00Z");
    beckon.report(&[more]).await;
    beckon.pass(60).await;
    assert_eq!(told(&beckon.outlets.taken()), Vec::<String>::new());
}

#[tokio::test]
async fn what_is_resolved_cancels_what_has_not_gone_out_and_tells_who_heard_of_it() {
    let beckon = Harness::new().await;
    let quiet = beckon.ask(&question("high", "Answered at once")).await;
    beckon.resolve(quiet, &json!({"answer": "yes"})).await;
    beckon.deliver().await;
    assert_eq!(
        told(&beckon.outlets.taken()),
        Vec::<String>::new(),
        "nobody heard of it, so nobody hears its end"
    );
    let statuses = beckon.deliveries(&format!("escalation_id={quiet}")).await;
    assert!(statuses.iter().all(|one| one["status"] == "canceled"), "{statuses:?}");
    let heard = beckon.ask(&question("high", "Heard of")).await;
    beckon.deliver().await;
    beckon.resolve(heard, &json!({"answer": "yes"})).await;
    beckon.deliver().await;
    let letters = beckon.outlets.taken();
    assert_eq!(
        told(&letters),
        ["admin: raised", "admin: resolved", "secondadmin: raised", "secondadmin: resolved"]
    );
    let threads: std::collections::BTreeSet<&str> =
        letters.iter().map(|one| one.thread_id.as_str()).collect();
    assert_eq!(threads.len(), 2, "one conversation a person");
    assert!(letters.iter().filter(|one| why(one) == "raised").all(|one| one.message_id == one.thread_id));
    beckon.pass(hours(24 * 10)).await;
    assert_eq!(told(&beckon.outlets.taken()), Vec::<String>::new());
}

#[tokio::test]
async fn a_mail_server_that_is_down_for_a_day_delays_and_loses_nothing() {
    let beckon = Harness::new().await;
    *beckon.outlets.mail_broken.lock().expect("a lock") = Some(crate::fakes::Fault::Down);
    for number in 0..30 {
        beckon.ask(&question("low", &format!("Question {number}"))).await;
    }
    beckon.deliver().await;
    for _ in 0..24 * 4 {
        beckon.pass(15 * 60).await;
    }
    assert!(beckon.outlets.taken().is_empty());
    let mail =
        beckon.get(Who::Viewer, "/v1/notification_settings").await.body["notification_settings"]["mail"]
            .clone();
    assert_eq!(mail["health"]["failing_since"].as_str().map(at), Some(at(NOW)), "{mail}");
    assert_eq!(mail["health"]["waiting"], 60);
    assert_eq!(mail["health"]["oldest_waiting_since"].as_str().map(at), Some(at(NOW)));
    assert_eq!(mail["health"]["last_error"], "connection refused");
    let attempts: i64 =
        beckon.deliveries("").await.iter().map(|one| one["attempts"].as_i64().expect("a number")).sum();
    assert!(
        attempts < 300,
        "one attempt after the other finds out whether it is back, not all of them: {attempts}"
    );
    *beckon.outlets.mail_broken.lock().expect("a lock") = None;
    // Within 15 minutes of its return everything is there, and each once.
    for _ in 0..15 {
        beckon.pass(60).await;
    }
    let letters = beckon.outlets.taken();
    assert_eq!(letters.len(), 60);
    let ids: std::collections::BTreeSet<&str> = letters.iter().map(|one| one.message_id.as_str()).collect();
    assert_eq!(ids.len(), 60);
    let health = beckon.get(Who::Viewer, "/v1/notification_settings").await.body["notification_settings"]["mail"]["health"].clone();
    assert_eq!(health["failing_since"], json!(null), "{health}");
    assert_eq!(health["waiting"], 0);
}

#[tokio::test]
async fn a_mail_server_that_is_back_and_refuses_one_mail_takes_the_others_at_once() {
    let beckon = Harness::new().await;
    *beckon.outlets.mail_broken.lock().expect("a lock") = Some(crate::fakes::Fault::Down);
    for number in 0..10 {
        beckon.ask(&question("low", &format!("Question {number}"))).await;
    }
    beckon.deliver().await;
    for _ in 0..8 {
        beckon.pass(8 * 60).await;
    }
    assert!(beckon.outlets.taken().is_empty());
    *beckon.outlets.mail_broken.lock().expect("a lock") = None;
    beckon.outlets.mail_faults.lock().expect("a lock").push_back(crate::fakes::Fault::Refused(550));
    beckon.pass(8 * 60).await;
    assert_eq!(beckon.outlets.taken().len(), 19, "one was refused, and that says that the server is back");
}

#[tokio::test]
async fn what_cannot_be_delivered_in_three_days_is_given_up_and_can_be_sent_again() {
    let beckon = Harness::new().await;
    *beckon.outlets.mail_broken.lock().expect("a lock") = Some(crate::fakes::Fault::Down);
    let id = beckon.ask(&question("low", "Backup traffic")).await;
    for _ in 0..73 {
        beckon.pass(hours(1)).await;
    }
    let given_up = beckon.deliveries(&format!("escalation_id={id}&status=undelivered")).await;
    assert_eq!(given_up.len(), 2, "{given_up:?}");
    let number = given_up[0]["id"].as_i64().expect("a number");
    let shown = beckon.get(Who::Viewer, &format!("/v1/deliveries/{number}")).await.body["delivery"].clone();
    let attempt = &shown["attempt_log"][0];
    assert_eq!(
        (attempt["outcome"].as_str(), attempt["detail"].as_str()),
        (Some("not_now"), Some("connection refused"))
    );
    *beckon.outlets.mail_broken.lock().expect("a lock") = None;
    let path = format!("/v1/deliveries/{number}/resend");
    assert_eq!(beckon.post(Who::Viewer, &path, &json!({})).await.status, 403);
    assert_eq!(beckon.post(Who::Stranger, &path, &json!({})).await.status, 404);
    let again = beckon.post(Who::Admin, &path, &json!({})).await;
    assert_eq!((again.status.as_u16(), again.body["delivery"]["status"].as_str()), (202, Some("waiting")));
    beckon.deliver().await;
    assert_eq!(beckon.outlets.taken().len(), 1);
    let shown = beckon.get(Who::Viewer, &format!("/v1/deliveries/{number}")).await.body["delivery"].clone();
    assert_eq!(shown["status"], "delivered", "{shown}");
}

#[tokio::test]
async fn a_repeated_mail_carries_the_same_id() {
    let beckon = Harness::new().await;
    *beckon.outlets.mail_faults.lock().expect("a lock") =
        [crate::fakes::Fault::Lost, crate::fakes::Fault::Lost].into();
    beckon.ask(&question("low", "Backup traffic")).await;
    beckon.deliver().await;
    let first = beckon.outlets.taken();
    beckon.pass(60).await;
    let second = beckon.outlets.taken();
    let ids = |letters: &[beckon_server::mail::Mail]| -> Vec<String> {
        let mut ids: Vec<_> = letters.iter().map(|one| one.message_id.clone()).collect();
        ids.sort();
        ids
    };
    assert_eq!((first.len(), ids(&first)), (2, ids(&second)));
}
