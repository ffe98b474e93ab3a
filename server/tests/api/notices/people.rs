//! Who is told: settings, members who come and go, tests and previews.

use serde_json::json;

use super::{hours, question, told};
use crate::harness::{Harness, Who, fields};

const SETTINGS: &str = "/v1/notification_settings";

/// The number of a member.
async fn user(beckon: &Harness, name: &str) -> i64 {
    let members = beckon.get(Who::Admin, "/v1/memberships?limit=100").await.body;
    let members = members["memberships"].as_array().expect("a list");
    let found = members.iter().find(|one| one["name"] == name).expect("a member");
    found["user_id"].as_i64().expect("a number")
}

#[tokio::test]
async fn all_account_admins_are_told_unless_somebody_chose_others() {
    let beckon = Harness::new().await;
    let (priya, ines) = (user(&beckon, "Priya Raman").await, user(&beckon, "Ines Ferreira").await);
    let settings = beckon.get(Who::Viewer, SETTINGS).await.body["notification_settings"].clone();
    assert_eq!(settings["recipients"], json!(null));
    let told_now: Vec<&str> = settings["team"]
        .as_array()
        .expect("a list")
        .iter()
        .filter(|one| one["told"] == true)
        .filter_map(|one| one["name"].as_str())
        .collect();
    assert_eq!(told_now, ["Priya Raman", "Tom Meier"]);
    let changed = beckon.tell(&json!({ "recipients": [priya, ines] })).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    beckon.ask(&question("low", "Backup traffic")).await;
    beckon.deliver().await;
    assert_eq!(told(&beckon.outlets.taken()), ["admin: raised", "viewer: raised"]);
}

#[tokio::test]
async fn one_account_admin_at_least_is_told_and_nobody_from_outside() {
    let beckon = Harness::new().await;
    let check = async |who: Who, recipients: serde_json::Value, status: u16, says: &str| {
        let answer = beckon.write(who, "PATCH", SETTINGS, &json!({ "recipients": recipients })).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.body);
        assert!(answer.body.to_string().contains(says), "{}", answer.body);
        if status == 400 {
            assert_eq!(fields(&answer), ["recipients"]);
        }
    };
    let (priya, ines) = (user(&beckon, "Priya Raman").await, user(&beckon, "Ines Ferreira").await);
    let dana = user(&beckon, "Dana Okafor").await;
    check(Who::Admin, json!([ines]), 400, "at least one account admin").await;
    check(Who::Admin, json!([]), 400, "at least one account admin").await;
    check(Who::Admin, json!([priya, dana]), 400, "organization user").await;
    check(Who::Admin, json!([priya, 9999]), 400, "9999").await;
    // The admin of the other account is nobody here.
    let stranger = beckon.get(Who::Stranger, "/v1/actor").await.body["user"]["id"].clone();
    check(Who::Admin, json!([priya, stranger]), 400, "members of the account").await;
    check(Who::Viewer, json!([priya]), 403, "account admins").await;
    check(Who::Operator, json!([priya]), 403, "account admins").await;
    check(Who::OrganizationUser, json!([priya]), 403, "organization").await;
    check(Who::Admin, json!([priya]), 200, "Priya").await;
    check(Who::Admin, json!(null), 200, "Priya").await;
}

#[tokio::test]
async fn who_left_hears_nothing_and_the_others_take_over() {
    let beckon = Harness::new().await;
    let (priya, ines) = (user(&beckon, "Priya Raman").await, user(&beckon, "Ines Ferreira").await);
    let tom = user(&beckon, "Tom Meier").await;
    beckon.tell(&json!({ "recipients": [tom, ines] })).await;
    let id = beckon.ask(&question("critical", "Backup traffic")).await;
    // Before the mail to Tom goes out, Tom leaves.
    let gone = beckon.write(Who::Admin, "DELETE", &format!("/v1/memberships/{tom}"), &json!({})).await;
    assert_eq!(gone.status, 204);
    beckon.deliver().await;
    assert_eq!(told(&beckon.outlets.taken()), ["viewer: raised"]);
    let settings = beckon.get(Who::Viewer, SETTINGS).await.body["notification_settings"].clone();
    assert_eq!(settings["fallen_back"], true, "{settings}");
    beckon.pass(hours(12)).await;
    assert_eq!(told(&beckon.outlets.taken()), ["admin: overdue"], "all account admins, and nobody else");
    assert_eq!(
        beckon.get(Who::SecondAdmin, "/v1/actor").await.status,
        401,
        "the key is gone with the person"
    );
    let last = beckon.write(Who::Admin, "DELETE", &format!("/v1/memberships/{priya}"), &json!({})).await;
    assert_eq!(last.status, 409, "{}", last.body);
    beckon.replays(id).await;
}

#[tokio::test]
async fn logins_go_to_the_psa_or_by_email_and_by_both_only_where_that_is_switched_on() {
    let beckon = Harness::new().await;
    let ask = async |id: &str, country: &str| {
        let login = crate::harness::login(id, crate::harness::CONTOSO, "joey", country);
        beckon.report(&[login]).await;
        beckon.deliver().await;
        (beckon.outlets.taken().len(), beckon.outlets.psa.all().len())
    };
    assert_eq!(ask("a", "UA").await, (2, 0), "by email while there is no PSA");
    beckon.connect_psa().await;
    assert_eq!(ask("b", "BR").await, (0, 1), "in the PSA alone");
    assert_eq!(beckon.tell(&json!({ "psa_and_email": true })).await.status, 200);
    assert_eq!(ask("c", "JP").await, (2, 2), "by both");
    assert_eq!(beckon.tell(&json!({ "psa_and_email": false })).await.status, 200);
    assert_eq!(ask("d", "US").await, (0, 3));
    // The other kinds go by email, and to the PSA where that is switched on for the kind.
    beckon.ask(&question("low", "One")).await;
    beckon.deliver().await;
    assert_eq!((beckon.outlets.taken().len(), beckon.outlets.psa.all().len()), (2, 3));
    assert_eq!(beckon.tell(&json!({ "psa_kinds": ["provider.question"] })).await.status, 200);
    beckon.ask(&question("low", "Two")).await;
    beckon.deliver().await;
    assert_eq!((beckon.outlets.taken().len(), beckon.outlets.psa.all().len()), (2, 4));
    let wrong = beckon.tell(&json!({ "psa_kinds": ["login.unexpected_vpn"] })).await;
    assert_eq!((wrong.status.as_u16(), fields(&wrong)), (400, vec!["psa_kinds"]));
}

#[tokio::test]
async fn a_test_reaches_whom_it_is_meant_for() {
    let beckon = Harness::new().await;
    let path = format!("{SETTINGS}/test");
    assert_eq!(beckon.post(Who::Viewer, &path, &json!({})).await.status, 403);
    let queued = beckon.post(Who::Admin, &path, &json!({})).await;
    assert_eq!((queued.status.as_u16(), queued.body["deliveries"].as_array().map(Vec::len)), (202, Some(2)));
    beckon.deliver().await;
    let letters = beckon.outlets.taken();
    assert_eq!(letters.len(), 2);
    assert!(letters[0].message.text.contains("Northwind IT"), "{}", letters[0].message.text);
    let ines = user(&beckon, "Ines Ferreira").await;
    assert_eq!(beckon.post(Who::Admin, &path, &json!({ "user_id": ines })).await.status, 202);
    beckon.deliver().await;
    assert_eq!(beckon.outlets.addresses().into_iter().collect::<Vec<_>>(), ["viewer@example.test"]);
    let dana = user(&beckon, "Dana Okafor").await;
    assert_eq!(beckon.post(Who::Admin, &path, &json!({ "user_id": dana })).await.status, 400);
}

#[tokio::test]
async fn a_preview_shows_the_message_as_it_is_sent() {
    let beckon = Harness::new().await;
    let path = "/v1/message_preview?type=provider.question&reason=raised";
    for kind in beckon_core::kinds::Kind::ALL {
        for reason in ["raised", "severity_raised", "overdue", "reminder", "resolved"] {
            let path = format!("/v1/message_preview?type={kind}&reason={reason}");
            let example = beckon.get(Who::Viewer, &path).await;
            assert_eq!((example.status.as_u16(), &example.body["escalation"]), (200, &json!(null)), "{path}");
        }
    }
    beckon.ask(&question("low", "Backup <b>traffic</b>")).await;
    beckon.deliver().await;
    let sent = beckon.outlets.taken().remove(0).message;
    let shown = beckon.get(Who::Viewer, path).await.body;
    assert_eq!((shown["title"].as_str(), shown["text"].as_str()), (Some(&*sent.title), Some(&*sent.text)));
    let document =
        beckon.get(Who::Viewer, "/v1/message_preview.html?type=provider.question&reason=overdue").await;
    assert_eq!(document.headers["content-type"], "text/html; charset=utf-8");
    let policy = document.headers["content-security-policy"].to_str().expect("text");
    assert!(policy.contains("default-src 'none'") && policy.contains("sandbox"), "{policy}");
    let html = String::from_utf8(document.bytes).expect("text");
    assert!(html.contains("Backup &lt;b&gt;traffic&lt;/b&gt;"), "{html}");
    assert_eq!(beckon.get(Who::OrganizationUser, path).await.status, 403);
}
