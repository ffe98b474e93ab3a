//! `/v1/memberships`: who joins, what each may do, who leaves.

use axum::body::Body;
use axum::http::Request;
use beckon_server::store::{Access as _, Digest, KeyOwner, NewKey};
use serde_json::{Value, json};

use crate::browser::Browser;
use crate::harness::{Answer, Harness, NORTHWIND, NOW, Who, at, fields};

const MEMBERS: &str = "/v1/memberships";

fn somebody() -> Value {
    json!({"name": "Noor Haddad", "email": "noor@northwind.example", "role": "account_user"})
}

async fn invite(beckon: &Harness, body: &Value) -> i64 {
    let answer = beckon.post(Who::Admin, MEMBERS, body).await;
    assert_eq!(answer.status, 201, "{}", answer.body);
    answer.body["membership"]["id"].as_i64().expect("a number")
}

/// Takes the link out of the mail that was sent last.
async fn mailed(beckon: &Harness) -> (String, String) {
    beckon.deliver().await;
    let letter = beckon.outlets.taken().pop().expect("a mail");
    let token = letter.message.text.lines().find_map(|line| line.strip_prefix("http://beckon.test/sign-in/"));
    (letter.message.title.clone(), token.expect("a link").to_owned())
}

async fn patch(beckon: &Harness, who: Who, id: i64, body: &Value) -> Answer {
    beckon.write(who, "PATCH", &format!("{MEMBERS}/{id}"), body).await
}

async fn member(beckon: &Harness, name: &str) -> Value {
    let listed = beckon.get(Who::Viewer, "/v1/memberships?limit=100").await.body["memberships"].clone();
    let found = listed.as_array().expect("a list").iter().find(|one| one["name"] == name).cloned();
    found.expect("a member")
}

async fn id(beckon: &Harness, name: &str) -> i64 {
    member(beckon, name).await["id"].as_i64().expect("a number")
}

#[tokio::test]
async fn somebody_is_invited_by_a_link_that_works_once_for_a_week() {
    let beckon = Harness::new().await;
    let id = invite(&beckon, &somebody()).await;
    let pending = member(&beckon, "Noor Haddad").await;
    assert_eq!(
        (&pending["last_sign_in_at"], &pending["email"]),
        (&Value::Null, &json!("noor@northwind.example"))
    );
    let (title, token) = mailed(&beckon).await;
    assert_eq!(title, "Beckon invitation (Northwind IT)");
    let mut browser = Browser::new(&beckon);
    let open = json!({ "token": token });
    assert_eq!(browser.post("/v1/session", &open).await.status, 204);
    assert_eq!(Browser::new(&beckon).post("/v1/session", &open).await.status, 401);
    assert_eq!(browser.get("/v1/actor").await.body["user"]["id"], id);
    assert_eq!(member(&beckon, "Noor Haddad").await["last_sign_in_at"], NOW);

    invite(&beckon, &json!({"name": "Late", "email": "late@northwind.example", "role": "account_user"}))
        .await;
    let (_, late) = mailed(&beckon).await;
    beckon.advance(7 * 24 * 60 * 60);
    assert_eq!(Browser::new(&beckon).post("/v1/session", &json!({ "token": late })).await.status, 401);
}

#[tokio::test]
async fn an_invitation_sent_again_takes_the_place_of_the_one_before() {
    let beckon = Harness::new().await;
    let id = invite(&beckon, &somebody()).await;
    let (_, first) = mailed(&beckon).await;
    let path = format!("{MEMBERS}/{id}/invitation");
    assert_eq!(beckon.post(Who::Admin, &path, &json!({})).await.status, 202);
    let (_, second) = mailed(&beckon).await;
    assert_eq!(Browser::new(&beckon).post("/v1/session", &json!({ "token": first })).await.status, 401);
    assert_eq!(Browser::new(&beckon).post("/v1/session", &json!({ "token": second })).await.status, 204);
}

#[tokio::test]
async fn an_invitation_that_still_waits_is_not_sent_beside_the_next_one_and_who_was_here_gets_none() {
    let beckon = Harness::new().await;
    let id = invite(&beckon, &somebody()).await;
    let path = format!("{MEMBERS}/{id}/invitation");
    assert_eq!(beckon.post(Who::Admin, &path, &json!({})).await.status, 202);
    let (_, token) = mailed(&beckon).await;
    assert_eq!(beckon.outlets.taken().len(), 0);
    let deliveries = beckon.get(Who::Admin, "/v1/deliveries").await.body["deliveries"].clone();
    let states: Vec<&Value> =
        deliveries.as_array().expect("a list").iter().map(|one| &one["status"]).collect();
    assert_eq!(states, ["delivered", "canceled"]);
    assert_eq!(Browser::new(&beckon).post("/v1/session", &json!({ "token": token })).await.status, 204);
    let refused = beckon.post(Who::Admin, &path, &json!({})).await;
    assert_eq!(refused.status, 409);
    assert!(refused.body["error"].as_str().is_some_and(|text| text.contains("needs no invitation")));
}

#[tokio::test]
async fn when_somebody_was_in_another_account_is_nobody_s_business_here() {
    let beckon = Harness::new().await;
    let both = json!({"name": "Rahel Steiner", "email": "stranger@example.test", "role": "account_user"});
    let id = invite(&beckon, &both).await;
    let mut browser = Browser::signed_in(&beckon, "stranger").await;
    assert_eq!(member(&beckon, "Rahel Steiner").await["last_sign_in_at"], Value::Null);
    beckon.advance(60);
    let switched = browser.send("PUT", "/v1/session/account", &json!({"account_id": 1})).await;
    assert_eq!(switched.status, 204, "{}", switched.body);
    let here = member(&beckon, "Rahel Steiner").await;
    assert_eq!((&here["id"], &here["last_sign_in_at"]), (&json!(id), &json!("2026-11-24T08:01:00Z")));
}

#[tokio::test]
async fn changes_of_members_that_are_sent_twice_are_made_once() {
    let beckon = Harness::new().await;
    let id = invite(&beckon, &somebody()).await;
    let send = async |method: &str, path: String, body: Value| {
        let request = Harness::request(method, &path, Who::Admin)
            .header("content-type", "application/json")
            .header("idempotency-key", format!("once {method} {path}"));
        beckon.send(request.body(body.to_string().into()).expect("a request")).await.status.as_u16()
    };
    let path = format!("{MEMBERS}/{id}");
    for _ in 0..2 {
        assert_eq!(send("POST", format!("{path}/invitation"), json!({})).await, 202);
        assert_eq!(send("PATCH", path.clone(), json!({"role": "account_admin"})).await, 200);
    }
    for _ in 0..2 {
        assert_eq!(send("DELETE", path.clone(), json!({})).await, 204);
    }
    let activity = beckon.get(Who::Admin, "/v1/activity?event=configured").await.body["activity"].clone();
    assert_eq!(activity.as_array().map(Vec::len), Some(4), "{activity}");
}

#[tokio::test]
async fn what_is_wrong_with_an_invitation_names_its_field_and_makes_nobody() {
    let beckon = Harness::new().await;
    let wrong = async |change: Value, field: &str| {
        let mut body = somebody();
        body.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        let answer = beckon.post(Who::Admin, MEMBERS, &body).await;
        assert_eq!((answer.status.as_u16(), fields(&answer)), (400, vec![field]), "{body}: {}", answer.body);
    };
    for email in ["", "noor", "a@b@c", "noor @x.test", "x@y.test\r\nBcc: z@z.test", "<a@b.test>", "@", "a@"] {
        wrong(json!({ "email": email }), "email").await;
    }
    for name in ["", "  ", "a\r\nBcc: x@y.test", &"n".repeat(400)] {
        wrong(json!({ "name": name }), "name").await;
    }
    wrong(json!({ "role": "owner" }), "role").await;
    wrong(json!({ "role": "organization_user" }), "organization_id").await;
    wrong(json!({ "organization_id": 10 }), "organization_id").await;
    wrong(json!({ "role": "organization_user", "organization_id": 20 }), "organization_id").await;
    beckon.store.add_operator("Sam Ito", "sam@soc.test", at(NOW)).await.expect("an operator");
    wrong(json!({ "email": "Sam@soc.test" }), "email").await;
    let twice = json!({"name": "Priya", "email": "ADMIN@example.test", "role": "account_user"});
    assert_eq!(beckon.post(Who::Admin, MEMBERS, &twice).await.status, 409);
    beckon.deliver().await;
    assert!(beckon.outlets.taken().is_empty());
    assert_eq!(
        beckon.get(Who::Admin, "/v1/memberships?limit=100").await.body["memberships"]
            .as_array()
            .map(Vec::len),
        Some(4)
    );
}

#[tokio::test]
async fn somebody_known_from_another_account_is_the_same_person() {
    let beckon = Harness::new().await;
    let stranger = beckon.get(Who::Stranger, "/v1/actor").await.body["user"]["id"].clone();
    let body = json!({"name": "R. Steiner", "email": "Stranger@example.test", "role": "account_user"});
    let id = invite(&beckon, &body).await;
    assert_eq!(json!(id), stranger);
    let mut browser = Browser::signed_in(&beckon, "stranger").await;
    let accounts = browser.get("/v1/user").await.body["user"]["accounts"].clone();
    assert_eq!(accounts.as_array().map(Vec::len), Some(2));
    // Removed here, the person stays there.
    assert_eq!(
        beckon.write(Who::Admin, "DELETE", &format!("{MEMBERS}/{id}"), &Value::Null).await.status,
        204
    );
    assert_eq!(browser.get("/v1/actor").await.body["account"]["id"], 2);
}

#[tokio::test]
async fn another_role_counts_at_once_for_sessions_keys_and_cookies_of_before() {
    let beckon = Harness::new().await;
    let tom = id(&beckon, "Tom Meier").await;
    let mut browser = Browser::signed_in(&beckon, "secondadmin").await;
    let old_cookie = browser.session().to_owned();
    let changed =
        patch(&beckon, Who::Admin, tom, &json!({"role": "organization_user", "organization_id": 10})).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    assert_eq!(changed.body["membership"]["organization"]["name"], "Contoso");
    assert_eq!(browser.get("/v1/escalations").await.status, 401, "the session ended");
    let by_key = beckon.get(Who::SecondAdmin, "/v1/escalations").await;
    assert_eq!((by_key.status.as_u16(), &by_key.body["blocked"]["name"]), (403, &json!("Tom Meier")));
    let stream = Request::get("/v1/events").header("cookie", format!("beckon_session={old_cookie}"));
    assert_eq!(beckon.send(stream.body(Body::empty()).expect("a request")).await.status, 401);
    let back = patch(&beckon, Who::Admin, tom, &json!({"role": "account_admin"})).await;
    assert_eq!((back.status.as_u16(), &back.body["membership"]["organization"]), (200, &Value::Null));
    assert_eq!(browser.get("/v1/escalations").await.status, 401, "an old cookie stays worthless");
    assert_eq!(beckon.get(Who::SecondAdmin, "/v1/escalations").await.status, 200);
}

#[tokio::test]
async fn one_account_admin_remains() {
    let beckon = Harness::new().await;
    let (priya, tom) = (id(&beckon, "Priya Raman").await, id(&beckon, "Tom Meier").await);
    let demote = json!({"role": "account_user"});
    let (first, second) = tokio::join!(
        patch(&beckon, Who::Admin, tom, &demote),
        patch(&beckon, Who::SecondAdmin, priya, &demote)
    );
    let mut statuses = [first.status.as_u16(), second.status.as_u16()];
    statuses.sort_unstable();
    assert!(statuses[0] == 200 && (statuses[1] == 409 || statuses[1] == 403), "{statuses:?}");
    let admins = beckon.get(Who::Viewer, "/v1/account").await.body["account"]["admins"].clone();
    assert_eq!(admins.as_array().map(Vec::len), Some(1));
    let (who, last) = if admins[0]["id"] == priya { (Who::Admin, priya) } else { (Who::SecondAdmin, tom) };
    assert_eq!(patch(&beckon, who, last, &demote).await.status, 409);
    let removed = beckon.write(who, "DELETE", &format!("{MEMBERS}/{last}"), &Value::Null).await;
    assert_eq!(removed.status, 409);
    let told = beckon.get(who, &format!("{MEMBERS}/{last}/removal")).await.body;
    assert!(told["refused"].as_str().expect("a reason").contains("only account admin"), "{told}");
}

#[tokio::test]
async fn what_a_removal_means_is_said_before_and_comes_true() {
    let beckon = Harness::new().await;
    let (tom, ines) = (id(&beckon, "Tom Meier").await, id(&beckon, "Ines Ferreira").await);
    assert_eq!(beckon.tell(&json!({ "recipients": [tom, ines] })).await.status, 200);
    let mut browser = Browser::signed_in(&beckon, "secondadmin").await;
    let path = format!("{MEMBERS}/{tom}");
    let told = beckon.get(Who::Admin, &format!("{path}/removal")).await.body;
    assert_eq!(
        told,
        json!({
            "recipients_before": ["Tom Meier", "Ines Ferreira"], "recipients_after": ["Priya Raman"],
            "falls_back": true, "keys": 1, "sessions": 1, "refused": null,
        })
    );
    assert_eq!(beckon.write(Who::Admin, "DELETE", &path, &Value::Null).await.status, 204);
    assert_eq!(browser.get("/v1/actor").await.status, 401);
    assert_eq!(beckon.get(Who::SecondAdmin, "/v1/actor").await.status, 401);
    assert_eq!(
        beckon.store.person(beckon_core::id::UserId(tom)).await.expect("the store"),
        None,
        "forgotten"
    );
    let settings = beckon.get(Who::Admin, "/v1/notification_settings").await.body;
    let team = settings["notification_settings"]["team"].as_array().expect("a team").clone();
    let told_now: Vec<_> =
        team.iter().filter(|one| one["told"] == true).map(|one| one["name"].clone()).collect();
    assert_eq!(told_now, ["Priya Raman"]);
}

#[tokio::test]
async fn only_admins_change_members_and_not_long_after_they_proved_who_they_are() {
    let beckon = Harness::new().await;
    let ines = id(&beckon, "Ines Ferreira").await;
    for who in [Who::Viewer, Who::Operator, Who::OrganizationUser] {
        assert_eq!(beckon.post(who, MEMBERS, &somebody()).await.status, 403, "{who:?}");
        assert_eq!(patch(&beckon, who, ines, &json!({"name": "X"})).await.status, 403, "{who:?}");
    }
    let mut browser = Browser::signed_in(&beckon, "admin").await;
    beckon.advance(10 * 60);
    let refused = browser.post(MEMBERS, &somebody()).await;
    assert_eq!((refused.status.as_u16(), &refused.body["prove"]), (403, &json!("authentication")));
    assert_eq!(beckon.post(Who::Admin, MEMBERS, &somebody()).await.status, 201, "a key is a proof each time");
}

#[tokio::test]
async fn a_read_only_key_reads_what_its_owner_may_and_writes_nothing() {
    let beckon = Harness::new().await;
    let admin = beckon.get(Who::Admin, "/v1/actor").await.body["user"]["id"].as_i64().expect("a number");
    let key = NewKey {
        owner: KeyOwner::User(NORTHWIND, beckon_core::id::UserId(admin)),
        name: "reader".to_owned(),
        key: "viewer-key".to_owned(),
        secret: Digest::of(b"viewer-key"),
        scope: beckon_core::actor::Scope::ReadOnly,
        expires_at: None,
    };
    beckon.store.add_key(key, at(NOW)).await.expect("a key");
    let send = async |method: &str, path: &str| {
        let request = Request::builder().method(method).uri(path);
        let request = request.header("authorization", "Basic dmlld2VyLWtleTp2aWV3ZXIta2V5");
        beckon.send(request.body(Body::empty()).expect("a request")).await
    };
    assert_eq!(send("GET", MEMBERS).await.status, 200);
    let refused = send("POST", MEMBERS).await;
    assert_eq!(refused.status, 403);
    assert!(refused.body["error"].as_str().expect("a reason").contains("only reads"), "{}", refused.body);
}
