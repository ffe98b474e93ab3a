//! Who gets in, and as what.

use beckon_core::actor::Role;
use beckon_server::store::{NewMember, Store as _};
use serde_json::{Value, json};

use super::{Browser, add, person, problem, settings, with_provider};
use crate::harness::{Harness, NORTHWIND, NOW, OTHER, Who, at};

async fn activity(beckon: &Harness) -> String {
    let log = beckon.store.signals_after(NORTHWIND, 0, 500).await.expect("the store works");
    log.into_iter().map(|signal| signal.event).collect::<Vec<_>>().join(" ")
}

#[tokio::test]
async fn somebody_in_a_group_joins_and_is_in() {
    let (beckon, id) = with_provider().await;
    let logged = activity(&beckon).await.len();
    beckon.outlets.provider.says(person("1", "Joey@Example.test", &["x", "readers"]));
    let mut browser = Browser::new(&beckon);
    assert_eq!(browser.sign_in(id).await, "/escalations");
    assert_eq!(browser.who().await, json!(["Joey Doe", "account_user", 1]));
    let sessions = browser.get("/v1/sessions").await;
    assert_eq!(sessions.body["sessions"][0]["method"], "provider");
    let user = browser.get("/v1/user").await;
    assert_eq!(
        (&user.body["user"]["provider_id"], &user.body["user"]["authenticated"]),
        (&json!(id), &json!(true))
    );
    assert!(activity(&beckon).await.len() > logged, "that somebody joined is logged");
    let before = beckon.store.all_members(NORTHWIND).await.expect("members").len();
    assert_eq!(browser.sign_in(id).await, "/escalations");
    assert_eq!(
        beckon.store.all_members(NORTHWIND).await.expect("members").len(),
        before,
        "nobody joins twice"
    );
}

#[tokio::test]
async fn a_member_is_known_by_the_address_and_follows_the_group() {
    let (beckon, id) = with_provider().await;
    beckon.outlets.provider.says(person("7", "viewer@example.test", &["admins"]));
    let mut browser = Browser::new(&beckon);
    assert_eq!(browser.sign_in(id).await, "/escalations");
    assert_eq!(browser.who().await, json!(["Ines Ferreira", "account_admin", 1]));
    // The subject is who it is from now on, whatever the address.
    beckon.outlets.provider.says(person("7", "ines@elsewhere.test", &["readers"]));
    assert_eq!(browser.sign_in(id).await, "/escalations");
    assert_eq!(browser.who().await, json!(["Ines Ferreira", "account_user", 1]));
    // Whoever gets the address later is somebody else.
    beckon.outlets.provider.says(person("8", "viewer@example.test", &["admins"]));
    assert_eq!(problem(&Browser::new(&beckon).sign_in(id).await), "not_a_member");
}

#[tokio::test]
async fn who_was_removed_is_looked_at_anew() {
    let (beckon, id) = with_provider().await;
    beckon.outlets.provider.says(person("1", "joey@example.test", &["readers"]));
    let mut browser = Browser::new(&beckon);
    browser.sign_in(id).await;
    let user = browser.get("/v1/user").await.body["user"]["id"].clone();
    let path = format!("/v1/memberships/{user}");
    assert_eq!(beckon.write(Who::Admin, "DELETE", &path, &json!({})).await.status, 204);
    assert_eq!(browser.get("/v1/actor").await.status, 401);
    beckon.outlets.provider.says(person("1", "joey@elsewhere.test", &["readers"]));
    assert_eq!(
        problem(&browser.sign_in(id).await),
        "unverified_email",
        "the subject alone is nobody any more"
    );
    beckon.outlets.provider.says(person("2", "joey@example.test", &["readers"]));
    assert_eq!(browser.sign_in(id).await, "/escalations");
}

#[tokio::test]
async fn somebody_of_an_organization_is_in_and_kept_out() {
    let (beckon, id) = with_provider().await;
    beckon.outlets.provider.says(person("1", "joey@example.test", &["contoso"]));
    let mut browser = Browser::new(&beckon);
    assert_eq!(browser.sign_in(id).await, "/escalations");
    let blocked = browser.get("/v1/escalations").await;
    assert_eq!((blocked.status.as_u16(), &blocked.body["blocked"]["organization"]), (403, &json!("Contoso")));
}

#[tokio::test]
async fn the_last_account_admin_stays_one() {
    let (beckon, id) = with_provider().await;
    for (subject, who, role) in [("1", "secondadmin", "account_user"), ("2", "admin", "account_admin")] {
        beckon.outlets.provider.says(person(subject, &format!("{who}@example.test"), &["readers"]));
        let mut browser = Browser::new(&beckon);
        assert_eq!(browser.sign_in(id).await, "/escalations");
        assert_eq!(browser.who().await[1], role, "{who}");
    }
}

#[tokio::test]
async fn others_are_told_why_not() {
    let (beckon, id) = with_provider().await;
    let check = async |claims: Value, expected: &str| {
        beckon.outlets.provider.says(claims);
        let mut browser = Browser::new(&beckon);
        assert_eq!(problem(&browser.sign_in(id).await), expected);
        assert_eq!(browser.get("/v1/actor").await.status, 401, "{expected}");
    };
    let unverified = |value: Value| {
        let mut claims = person("1", "viewer@example.test", &["admins"]);
        claims["email_verified"] = value;
        claims
    };
    check(person("1", "joey@example.test", &["others"]), "unknown_group").await;
    check(person("1", "viewer@example.test", &[]), "unknown_group").await;
    check(unverified(json!(false)), "unverified_email").await;
    check(unverified(json!("false")), "unverified_email").await;
    check(person("1", "viewer@elsewhere.test", &["admins"]), "unverified_email").await;
    check(json!({"sub": "1", "groups": ["admins"]}), "unverified_email").await;
    check(person("1", "a b\u{0}@example.test", &["admins"]), "invalid_token").await;
    let mut invited = settings();
    invited["just_in_time"] = json!(false);
    let path = format!("/v1/sign_in_providers/{id}");
    let changed = beckon.write(Who::Admin, "PATCH", &path, &json!({"settings": invited})).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    check(person("1", "joey@example.test", &["admins"]), "not_a_member").await;
}

#[tokio::test]
async fn what_the_token_lacks_is_asked_for() {
    let (beckon, id) = with_provider().await;
    beckon.outlets.provider.says(json!({"sub": "1"}));
    beckon.outlets.provider.says_when_asked(person("1", "joey@example.test", &["readers"]));
    let mut browser = Browser::new(&beckon);
    assert_eq!(browser.sign_in(id).await, "/escalations");
    // About another person it says nothing of this one.
    beckon.outlets.provider.says_when_asked(person("2", "admin@example.test", &["admins"]));
    assert_eq!(problem(&Browser::new(&beckon).sign_in(id).await), "invalid_token");
}

#[tokio::test]
async fn an_accounts_provider_opens_no_other_account() {
    let (beckon, id) = with_provider().await;
    // The stranger is a member here too, and its own account has nothing to do with this provider.
    let both = NewMember {
        account: NORTHWIND,
        name: "Rahel Steiner".to_owned(),
        email: "stranger@example.test".to_owned(),
        role: Role::AccountUser,
        organization: None,
    };
    let user = beckon.store.add_member(both, at(NOW)).await.expect("a new member");
    beckon.outlets.provider.says(person("1", "stranger@example.test", &["readers"]));
    let mut browser = Browser::new(&beckon);
    assert_eq!(browser.sign_in(id).await, "/escalations");
    assert_eq!(browser.who().await, json!(["Rahel Steiner", "account_user", 1]));
    let switched = browser.send("PUT", "/v1/session/account", &json!({"account_id": OTHER})).await;
    assert_eq!(switched.status, 404);
    let password =
        browser.send("PUT", "/v1/user/password", &json!({"password": "tulips under the viaduct"})).await;
    assert_eq!(password.status, 403, "{}", password.body);
    assert_eq!(browser.send("POST", "/v1/user/second_factor", &json!({})).await.status, 403);
    let own = browser.get("/v1/user").await.body;
    assert_eq!(own["user"]["accounts"], json!([{"id": 1, "name": "Northwind IT"}]));
    // Where else the person is signed in is nobody's business who runs this provider, and cannot be ended from here.
    let mut elsewhere = crate::browser::Browser::signed_in(&beckon, "stranger").await;
    let all = elsewhere.get("/v1/sessions").await.body["sessions"].clone();
    assert_eq!(all.as_array().map(Vec::len), Some(2));
    let seen = browser.get("/v1/sessions").await.body["sessions"].clone();
    assert_eq!(seen.as_array().map(Vec::len), Some(1), "{seen}");
    let other = all.as_array().expect("a list").iter().find(|one| one["current"] == true).expect("its own");
    let ended = browser.send("DELETE", &format!("/v1/sessions/{}", other["id"]), &json!(null)).await;
    assert_eq!(ended.status, 404);
    assert_eq!(browser.send("DELETE", "/v1/sessions", &json!(null)).await.status, 204);
    assert_eq!(elsewhere.get("/v1/actor").await.status, 200);
    // Who leaves the account has no way in by its provider any more.
    let removed = beckon.write(Who::Admin, "DELETE", &format!("/v1/memberships/{user}"), &json!({})).await;
    assert_eq!(removed.status, 204);
    assert_eq!(browser.get("/v1/actor").await.status, 401);
    beckon.outlets.provider.says(person("1", "stranger@example.test", &[]));
    assert_eq!(problem(&Browser::new(&beckon).sign_in(id).await), "unknown_group");
}

#[tokio::test]
async fn the_operators_provider_lets_in_members_of_all_accounts_and_operators_by_a_group() {
    let beckon = Harness::new().await;
    let mut everywhere = settings();
    everywhere["roles"] = json!([
        {"value": "soc", "grant": {"role": "operator"}},
        {"value": "readers", "grant": {"role": "account_user", "account_id": 2}},
    ]);
    let id = add(&beckon, Who::Operator, &everywhere).await;
    let check = async |claims: Value, expected: Value| {
        beckon.outlets.provider.says(claims);
        let mut browser = Browser::new(&beckon);
        assert_eq!(browser.sign_in(id).await, "/escalations");
        assert_eq!(browser.who().await, expected);
        browser
    };
    check(person("1", "viewer@example.test", &[]), json!(["Ines Ferreira", "account_user", 1])).await;
    check(person("2", "stranger@example.test", &["readers"]), json!(["Rahel Steiner", "account_admin", 2]))
        .await;
    check(person("3", "joey@example.test", &["readers"]), json!(["Joey Doe", "account_user", 2])).await;
    // An operator looks at the first account to begin with, and is nobody there.
    let mut soc = check(person("4", "soc@example.test", &["soc"]), json!([null, null, 1])).await;
    assert_eq!(soc.get("/v1/actor").await.body["actor"]["operator"], "Joey Doe");
    for (claims, expected) in [
        (person("4", "soc@example.test", &[]), "unknown_group"),
        (person("5", "admin@example.test", &["soc"]), "not_a_member"),
        (person("6", "nobody@example.test", &[]), "unknown_group"),
        (person("7", "stranger@example.test", &[]), "not_a_member"),
    ] {
        beckon.outlets.provider.says(claims);
        assert_eq!(problem(&Browser::new(&beckon).sign_in(id).await), expected);
    }
    // An account's provider cannot let an operator in, whatever it says.
    let own = add(&beckon, Who::Admin, &settings()).await;
    beckon.outlets.provider.says(person("9", "soc@example.test", &["admins"]));
    assert_eq!(problem(&Browser::new(&beckon).sign_in(own).await), "not_a_member");
}
