//! Tickets: one for each escalation, noted on, closed; and what happens when the PSA does not take them.

use serde_json::json;

use super::{hours, told};
use crate::fakes::Fault;
use crate::harness::{CONTOSO, FABRIKAM, Harness, Who, login};

/// Asks about a login, and delivers what is due.
async fn asked(beckon: &Harness, id: &str, country: &str) {
    beckon.report(&[login(id, CONTOSO, "joey", country)]).await;
    beckon.deliver().await;
}

#[tokio::test]
async fn a_ticket_is_made_noted_on_and_closed() {
    let beckon = Harness::new().await;
    beckon.connect_psa().await;
    asked(&beckon, "a", "UA").await;
    let ticket = beckon.outlets.psa.all().remove(0);
    assert_eq!(ticket.made.title, "Beckon Low Escalation | Logins from Ukraine (Contoso)");
    assert!(ticket.made.text.contains("http://beckon.test/escalations/1"), "{}", ticket.made.text);
    assert_eq!(ticket.made.company, "7", "nothing is mapped yet");
    beckon.pass(hours(7 * 24)).await;
    beckon.pass(hours(72)).await;
    let ticket = beckon.outlets.psa.all().remove(0);
    let notes: Vec<&str> = ticket.notes.iter().map(|note| note.title.as_str()).collect();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(!ticket.closed);
    beckon.resolve(1, &json!({"determination": "expected", "scope": "organization"})).await;
    beckon.deliver().await;
    let tickets = beckon.outlets.psa.all();
    assert_eq!((tickets.len(), tickets[0].closed, tickets[0].notes.len()), (1, true, 3));
    assert!(told(&beckon.outlets.taken()).is_empty(), "who was told in the PSA hears of the end there");
    let shown = beckon.deliveries("escalation_id=1").await;
    assert!(shown.iter().all(|one| one["status"] == "delivered" && one["address"] == "0"), "{shown:?}");
}

#[tokio::test]
async fn companies_are_found_by_their_exact_name_and_then_by_hand() {
    let beckon = Harness::new().await;
    let id = beckon.connect_psa().await;
    let path = format!("/v1/integrations/{id}/companies");
    let shown = beckon.get(Who::Admin, &path).await.body;
    let of = |shown: &serde_json::Value, index: usize| shown["organizations"][index].clone();
    assert_eq!(
        (of(&shown, 0)["company"]["id"].as_str(), of(&shown, 0)["by_hand"].as_bool()),
        (Some("8"), Some(false))
    );
    assert_eq!(of(&shown, 1)["company"], json!(null), "Fabrikam is not Fabrikam Ltd");
    let by_hand = json!({ "organizations": [{ "id": 11, "company_id": "9" }] });
    let shown = beckon.write(Who::Admin, "PUT", &path, &by_hand).await.body;
    assert_eq!(
        (of(&shown, 1)["company"]["id"].as_str(), of(&shown, 1)["by_hand"].as_bool()),
        (Some("9"), Some(true))
    );
    let wrong =
        json!({ "organizations": [{ "id": 20, "company_id": "9" }, { "id": 11, "company_id": "77" }] });
    let answer = beckon.write(Who::Admin, "PUT", &path, &wrong).await;
    assert_eq!(crate::harness::fields(&answer), ["organizations[0].id", "organizations[1].company_id"]);
    beckon.report(&[login("a", CONTOSO, "joey", "UA"), login("b", FABRIKAM, "anouk", "UA")]).await;
    beckon.deliver().await;
    let mut companies: Vec<String> =
        beckon.outlets.psa.all().iter().map(|one| one.made.company.clone()).collect();
    // Two workers made them at once.
    companies.sort();
    assert_eq!(companies, ["8", "9"]);
}

#[tokio::test]
async fn whatever_is_in_doubt_is_searched_for_before_it_is_made_again() {
    let beckon = Harness::new().await;
    beckon.connect_psa().await;
    // It is made, the answer is lost, and the search finds it only the second time.
    beckon.outlets.psa.faults.lock().expect("a lock").push_back(Fault::Lost);
    *beckon.outlets.psa.blind.lock().expect("a lock") = 1;
    asked(&beckon, "a", "UA").await;
    for _ in 0..4 {
        beckon.pass(31).await;
    }
    assert_eq!(beckon.outlets.psa.all().len(), 1);
    let delivery = beckon.deliveries("escalation_id=1").await.remove(0);
    assert_eq!((delivery["status"].as_str(), delivery["address"].as_str()), (Some("delivered"), Some("0")));
    // Not even one request went through: it is made once two searches, 30 seconds apart, found nothing.
    beckon.outlets.psa.faults.lock().expect("a lock").extend([Fault::Down, Fault::Busy(60)]);
    asked(&beckon, "b", "BR").await;
    for _ in 0..6 {
        beckon.pass(31).await;
    }
    assert_eq!(beckon.outlets.psa.all().len(), 2);
}

#[tokio::test]
async fn a_psa_that_refuses_is_asked_about_by_email_and_the_answer_repairs_it() {
    let beckon = Harness::new().await;
    beckon.connect_psa().await;
    *beckon.outlets.psa.broken.lock().expect("a lock") = Some(Fault::Refused(401));
    asked(&beckon, "a", "UA").await;
    asked(&beckon, "b", "BR").await;
    let own = beckon.escalation(2).await;
    assert_eq!(own["type"], "integration.reports_undeliverable", "{own}");
    assert_eq!((own["severity"].as_str(), own["entity_count"].as_i64()), (Some("low"), Some(2)));
    let letters = beckon.outlets.taken();
    assert_eq!(
        told(&letters),
        ["admin: raised", "secondadmin: raised"],
        "by email whatever the routing says"
    );
    assert!(letters[0].message.text.contains("ConnectWise PSA"), "{}", letters[0].message.text);
    // Not repaired yet: the test fails, and the question is open again.
    beckon.resolve(2, &json!({"answer": "repaired"})).await;
    let ordered = beckon.get(Who::Operator, "/v1/remedies?status=ordered").await.body;
    assert_eq!(ordered["remedies"], json!([]), "Beckon carries it out itself");
    beckon.deliver().await;
    let steps = beckon.escalation(2).await["workflow"].to_string();
    assert!(steps.contains("refused"), "{steps}");
    *beckon.outlets.psa.broken.lock().expect("a lock") = None;
    beckon.resolve(2, &json!({"answer": "repaired"})).await;
    beckon.deliver().await;
    assert_eq!(beckon.outlets.psa.all().len(), 2, "what had failed is sent again");
    let own = beckon.escalation(2).await;
    assert_eq!(
        (own["status"].as_str(), own["resolution"]["method"].as_str()),
        (Some("resolved"), Some("recovered"))
    );
    beckon.replays(2).await;
    let strange = json!([{
        "id": "x", "type": "report_delivery", "observed_at": crate::harness::NOW, "account_id": 1,
        "report": {"id": "r", "title": "t", "severity": "low"}, "integration": "beckon-connectwise", "error": "?",
    }]);
    let answer = beckon.post(Who::Operator, "/v1/observations", &strange).await.body;
    assert_eq!(
        answer["results"][0]["outcome"], "rejected",
        "nobody else reports about Beckon's own deliveries"
    );
}

#[tokio::test]
async fn by_email_instead_tells_people_and_gives_the_psa_up() {
    let beckon = Harness::new().await;
    let id = beckon.connect_psa().await;
    *beckon.outlets.psa.broken.lock().expect("a lock") = Some(Fault::Refused(401));
    asked(&beckon, "a", "UA").await;
    beckon.outlets.taken();
    let answered = beckon.resolve(2, &json!({"answer": "send_by_email"})).await;
    assert_eq!(answered.status, 201, "{}", answered.body);
    beckon.deliver().await;
    let letters = beckon.outlets.taken();
    let about_login = letters.iter().filter(|one| one.message.title.contains("Logins from Ukraine")).count();
    assert_eq!(about_login, 2, "{:?}", told(&letters));
    assert_eq!(beckon.escalation(2).await["status"], "resolved");
    let integration =
        beckon.get(Who::Viewer, &format!("/v1/integrations/{id}")).await.body["integration"].clone();
    assert_eq!(integration["paused"], true);
    asked(&beckon, "b", "BR").await;
    assert_eq!(
        told(&beckon.outlets.taken()),
        ["admin: raised", "secondadmin: raised"],
        "from now on by email"
    );
}

#[tokio::test]
async fn secrets_go_in_and_never_come_out() {
    let beckon = Harness::new().await;
    let id = beckon.connect_psa().await;
    assert!(!beckon.home.holds("s3cret").await, "a secret stands in the database as it is");
    for who in [Who::Admin, Who::Viewer, Who::Operator] {
        for path in [format!("/v1/integrations/{id}"), "/v1/integrations?account_id=1".to_owned()] {
            let answer = beckon.get(who, &path).await;
            assert_eq!(answer.status, 200);
            assert!(!answer.body.to_string().contains("s3cret"), "{who:?} {path}");
        }
    }
    let shown = beckon.get(Who::Admin, &format!("/v1/integrations/{id}")).await.body["integration"].clone();
    assert_eq!(shown["secrets"], json!(["private_key"]));
    // What is left empty stays.
    let patch = json!({ "settings": { "site": "https://other.example", "company": "northwind", "public_key": "pk",
        "private_key": "", "client_id": "c" } });
    let answer = beckon.write(Who::Admin, "PATCH", &format!("/v1/integrations/{id}"), &patch).await;
    assert_eq!(
        (answer.status.as_u16(), answer.body["integration"]["secrets"].clone()),
        (200, json!(["private_key"]))
    );
    assert_eq!(beckon.get(Who::Stranger, &format!("/v1/integrations/{id}")).await.status, 404);
    assert_eq!(
        beckon.write(Who::Viewer, "DELETE", &format!("/v1/integrations/{id}"), &json!({})).await.status,
        403
    );
}

#[tokio::test]
async fn disconnecting_sends_by_email_what_still_waited() {
    let beckon = Harness::new().await;
    let id = beckon.connect_psa().await;
    *beckon.outlets.psa.broken.lock().expect("a lock") = Some(Fault::Down);
    asked(&beckon, "a", "UA").await;
    assert!(beckon.outlets.taken().is_empty());
    let gone = beckon.write(Who::Admin, "DELETE", &format!("/v1/integrations/{id}"), &json!({})).await;
    assert_eq!(gone.status, 200, "{}", gone.body);
    beckon.deliver().await;
    assert_eq!(told(&beckon.outlets.taken()), ["admin: raised", "secondadmin: raised"]);
    assert_eq!(beckon.get(Who::Admin, "/v1/integrations").await.body["integrations"], json!([]));
}
