//! Several servers over one database: what one of them does, the others know, and nothing is done twice. The embedded database
//! has one server, so there these tests have nothing to try.

use std::time::Duration;

use axum::body::Body;
use beckon_core::actor::Party;
use beckon_core::id::EscalationId;
use beckon_core::notice::Channel;
use beckon_server::store::{Cursor, Database, DeliveryQuery, Notices as _, Store as _, postgres};
use futures_util::StreamExt as _;
use serde_json::json;

use crate::harness::{CONTOSO, Harness, NORTHWIND, Who, login};
use crate::idempotency::send;

/// Two servers over one database; none where it is the embedded one.
async fn two() -> Option<(Harness, Harness)> {
    let first = Harness::new().await;
    first.home.url()?;
    let second = first.beside().await;
    Some((first, second))
}

#[tokio::test]
async fn what_one_server_takes_in_is_there_at_the_other() {
    let Some((first, second)) = two().await else { return };
    first.report(&[login("a", CONTOSO, "joey", "UA")]).await;
    let asked = second.get(Who::Admin, "/v1/escalations/1").await;
    assert_eq!(asked.status, 200);
    assert_eq!(asked.body["escalation"]["subtype"], "UA");
    second.report(&[login("a", CONTOSO, "joey", "UA"), login("b", CONTOSO, "anouk", "UA")]).await;
    let joined = first.get(Who::Viewer, "/v1/escalations/1").await.body;
    assert_eq!(joined["escalation"]["entity_count"], 2, "{joined}");
    assert!(first.store.verify_log(NORTHWIND).await.expect("a store").is_ok());
}

#[tokio::test]
async fn a_change_at_one_server_is_heard_at_the_other() {
    let Some((first, second)) = two().await else { return };
    let changes = second.store.watch(NORTHWIND).await.expect("a store").changes();
    first.report(&[login("a", CONTOSO, "joey", "UA")]).await;
    let heard = changes.filter_map(|change| {
        std::future::ready(change.filter(|change| change.escalation_id == Some(EscalationId(1))))
    });
    // A bound for what never comes, no measurement.
    let first =
        tokio::time::timeout(Duration::from_secs(30), Box::pin(heard).next()).await.expect("it is heard");
    assert_eq!(first.map(|change| change.event).as_deref(), Some("raised"));
}

#[tokio::test]
async fn who_guesses_passwords_at_several_servers_is_counted_once() {
    let Some((first, second)) = two().await else { return };
    let guess = json!({ "email": "admin@example.test", "password": "a guess" });
    let mut refused = Vec::new();
    for round in 0..12 {
        let beckon = if round % 2 == 0 { &first } else { &second };
        let request = Harness::request("POST", "/v1/session", Who::Nobody)
            .header("content-type", "application/json")
            .header("origin", "http://beckon.test");
        let answer = beckon.send(request.body(Body::from(guess.to_string())).expect("a request")).await;
        refused.push(answer.status.as_u16());
    }
    assert_eq!(refused, [[401; 10].as_slice(), &[429; 2]].concat());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_answers_at_two_servers_one_wins() {
    let Some((first, second)) = two().await else { return };
    for round in 1..=10 {
        first.report(&[login(&format!("o{round}"), CONTOSO, &format!("p{round}"), "UA")]).await;
        let path = format!("/v1/escalations/{round}/resolution");
        let answer = json!({});
        let answers = tokio::join!(
            first.post(Who::Admin, &path, &answer),
            second.post(Who::SecondAdmin, &path, &answer)
        );
        let mut statuses = [answers.0.status.as_u16(), answers.1.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409], "{} {}", answers.0.body, answers.1.body);
    }
    assert!(first.store.verify_log(NORTHWIND).await.expect("a store").is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_request_at_all_servers_at_once_is_done_once() {
    let Some((first, second)) = two().await else { return };
    first.report(&[login("a", CONTOSO, "joey", "UA")]).await;
    let body = json!({ "text": "On it" });
    let comment = async |beckon: &Harness| {
        let sent = send(beckon, Who::Admin, "/v1/escalations/1/comments", "once", &body).await;
        (sent.status.as_u16(), sent.body)
    };
    let answers = tokio::join!(comment(&first), comment(&second), comment(&first), comment(&second));
    assert_eq!(answers.0.0, 201, "{}", answers.0.1);
    assert!(answers.0 == answers.1 && answers.1 == answers.2 && answers.2 == answers.3);
    let page = Cursor { after: None, limit: 100 };
    let told = first.store.timeline(NORTHWIND, EscalationId(1), page).await.expect("a store").items;
    let comments = told.iter().filter(|logged| {
        matches!(logged.event.by, Party::User { .. }) && logged.event.what.slug() == "commented"
    });
    assert_eq!(comments.count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_trouble_at_all_servers_at_once_asks_once() {
    let Some((first, second)) = two().await else { return };
    let report = async |beckon: &Harness, from: usize| {
        for number in from..from + 10 {
            beckon.report(&[login(&format!("o{number}"), CONTOSO, &format!("p{number}"), "UA")]).await;
        }
    };
    tokio::join!(report(&first, 0), report(&second, 100), report(&first, 200), report(&second, 300));
    let all = first.get(Who::Admin, "/v1/escalations").await.body;
    assert_eq!(all["escalations"].as_array().map(Vec::len), Some(1), "{all}");
    assert_eq!(all["escalations"][0]["entity_count"], 40);
    assert!(first.store.verify_log(NORTHWIND).await.expect("a store").is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_due_is_done_once_and_told_once() {
    let Some((first, second)) = two().await else { return };
    for number in 0..20 {
        first
            .report(&[login(&format!("o{number}"), CONTOSO, "joey", ["UA", "BR", "PL", "FR"][number % 4])])
            .await;
    }
    for beckon in [&first, &second] {
        beckon.advance(8 * 24 * 60 * 60);
    }
    let tend =
        async |beckon: &Harness| beckon_server::scheduler::run_due(&beckon.app).await.expect("it works");
    let deliver =
        async |beckon: &Harness| beckon_server::deliver::run_due(&beckon.app).await.expect("it works");
    tokio::join!(tend(&first), tend(&second), tend(&first), tend(&second));
    tokio::join!(deliver(&first), deliver(&second));
    deliver(&first).await;
    let query =
        DeliveryQuery { account: Some(NORTHWIND), channel: Some(Channel::Email), ..DeliveryQuery::default() };
    let page = Cursor { after: None, limit: 1_000 };
    let kept = first.store.deliveries(query, page).await.expect("a store").items;
    let letters = first.outlets.taken().len() + second.outlets.taken().len();
    assert_eq!(letters, kept.iter().filter(|one| <&str>::from(one.status) == "delivered").count());
    let mut told: Vec<_> =
        kept.iter().map(|one| (one.escalation_id, one.to.clone(), one.reason.clone())).collect();
    let before = told.len();
    told.sort();
    told.dedup();
    assert_eq!(told.len(), before, "nobody is told the same thing twice");
    assert!(first.store.verify_log(NORTHWIND).await.expect("a store").is_ok());
}

#[tokio::test]
async fn a_stream_at_one_server_tells_what_the_other_did() {
    let Some((first, second)) = two().await else { return };
    let request = Harness::request("GET", "/v1/events", Who::Viewer).body(Body::empty()).expect("a request");
    let mut stream = second.open(request).await.into_body().into_data_stream();
    first.report(&[login("a", CONTOSO, "joey", "UA")]).await;
    let heard = async {
        let mut text = String::new();
        while !text.contains("\"raised\"") {
            let chunk = stream.next().await.expect("it goes on").expect("it reads");
            text.push_str(&String::from_utf8_lossy(&chunk));
        }
    };
    // A bound for what never comes, no measurement.
    tokio::time::timeout(Duration::from_secs(30), heard).await.expect("it is heard");
}

#[tokio::test]
async fn a_newer_schema_is_worked_beside_where_it_allows_that_and_refused_where_not() {
    let Some((first, _second)) = two().await else { return };
    let options = postgres::Options::new(first.home.url().expect("a server"));
    first.report(&[login("a", CONTOSO, "joey", "UA")]).await;
    // A later release only added something, while this one runs.
    first
        .home
        .run(
            "CREATE TABLE of_a_later_release (id BIGINT PRIMARY KEY);
             ALTER TABLE escalations ADD COLUMN of_a_later_release BIGINT;
             INSERT INTO beckon_schema VALUES (1000, 1)",
        )
        .await;
    first.report(&[login("b", CONTOSO, "anouk", "UA")]).await;
    let beside = Database::postgres(&options).await.expect("it works beside it");
    assert!(beside.verify_log(NORTHWIND).await.expect("a store").is_ok());
    // One after that took something away.
    first.home.run("INSERT INTO beckon_schema VALUES (1001, 1000)").await;
    let refused = Database::postgres(&options).await.map(|_| ()).expect_err("it is too new");
    assert!(refused.to_string().contains("use the newer Beckon"), "{refused}");
}
