use serde_json::{Value, json};

use super::{EMBEDS, PORTAL, email, exchange, get, is_open, launch, make, open, portal, send};
use crate::browser::Browser;
use crate::harness::{CONTOSO, Harness, NORTHWIND, Who, fields, login};

const EXPECTED: &str = r#"{"determination": "expected", "scope": "identity"}"#;

fn expected() -> Value {
    serde_json::from_str(EXPECTED).expect("JSON")
}

async fn question(beckon: &Harness) -> i64 {
    beckon.report(&[login("evt-1", CONTOSO, "joey", "UA")]).await[0].1.expect("a question")
}

async fn members(beckon: &Harness) -> Vec<Value> {
    beckon.get(Who::Admin, "/v1/memberships").await.body["memberships"].as_array().expect("a list").clone()
}

async fn number(beckon: &Harness, who: Who) -> i64 {
    let all = members(beckon).await;
    let found = all.iter().find(|one| one["email"] == email(who)).expect("a member");
    found["id"].as_i64().expect("a number")
}

#[tokio::test]
async fn an_admin_answers_in_a_panel_and_a_viewer_reads() {
    let beckon = Harness::new().await;
    let id = question(&beckon).await;
    let embed = make(&beckon, Who::Admin, &portal()).await;
    let launched = launch(&beckon, Who::Admin, &embed, &json!(email(Who::Admin)), PORTAL).await;
    assert_eq!(launched.body["expires_at"], "2026-11-24T08:01:00Z");
    assert_eq!(launched.body["frame_url"], format!("http://beckon.test/embed/{embed}"));
    let opened = exchange(&beckon, &embed, &launched.body["code"], PORTAL).await;
    assert_eq!(opened.body["expires_at"], "2026-11-24T08:10:00Z");
    assert_eq!(opened.body["user"]["role"], "account_admin");
    assert_eq!(opened.body["account"]["name"], "Northwind IT");
    assert_eq!((&opened.body["mode"], &opened.body["respond_up_to"]), (&json!("respond"), &json!("high")));
    assert!(opened.headers.get("set-cookie").is_none());

    let viewer = open(&beckon, Who::Admin, &embed, Who::Viewer).await;
    let path = format!("/v1/escalations/{id}");
    assert_eq!(get(&beckon, &viewer, &path).await.status, 200);
    let answer = format!("{path}/resolution");
    assert_eq!(send(&beckon, &viewer, "POST", &answer, &expected()).await.status, 403);
    let admin = opened.body["token"].as_str().expect("a token");
    let actor = get(&beckon, admin, "/v1/actor").await.body;
    assert_eq!(actor["actor"]["scope"], "embed_respond");
    let answered = send(&beckon, admin, "POST", &answer, &expected()).await;
    assert_eq!(answered.status, 201, "{}", answered.body);
    assert_eq!(answered.body["escalation"]["answer"]["by"]["name"], "Priya Raman");
    // Everything that is not about questions is left to Beckon itself.
    for path in ["/v1/memberships", "/v1/keys", EMBEDS, "/v1/activity", "/v1/webhooks", "/v1/user"] {
        assert_eq!(get(&beckon, admin, path).await.status, 403, "{path}");
    }
}

#[tokio::test]
async fn a_panel_that_shows_takes_no_answer_from_anybody() {
    let beckon = Harness::new().await;
    let id = question(&beckon).await;
    let embed =
        make(&beckon, Who::Admin, &json!({"name": "Wall", "origins": [PORTAL], "mode": "view"})).await;
    let admin = open(&beckon, Who::Admin, &embed, Who::Admin).await;
    let refused =
        send(&beckon, &admin, "POST", &format!("/v1/escalations/{id}/resolution"), &expected()).await;
    assert_eq!(refused.status, 403);
    assert!(
        refused.body["error"].as_str().is_some_and(|text| text.contains("open Beckon")),
        "{}",
        refused.body
    );
    // The mode is what the embed says by now.
    beckon.write(Who::Admin, "PATCH", &format!("{EMBEDS}/{embed}"), &json!({"mode": "respond"})).await;
    let answered =
        send(&beckon, &admin, "POST", &format!("/v1/escalations/{id}/resolution"), &expected()).await;
    assert_eq!(answered.status, 201, "{}", answered.body);
}

#[tokio::test]
async fn what_presses_too_much_is_answered_in_beckon_itself() {
    let beckon = Harness::new().await;
    let raised = json!({"type": "provider.question", "account_id": 1, "severity": "high", "subject": "Traffic at night",
        "question": "Is it yours?", "choices": [{"slug": "yes", "label": "Yes"}, {"slug": "no", "label": "No"}]});
    let raised = beckon.post(Who::Operator, "/v1/escalations", &raised).await.body;
    let id = raised["escalation"]["id"].as_i64().expect("a question");
    let yes = json!({"answer": "yes"});
    let mut body = portal();
    body["respond_up_to"] = json!("low");
    let embed = make(&beckon, Who::Admin, &body).await;
    let admin = open(&beckon, Who::Admin, &embed, Who::Admin).await;
    let answer = format!("/v1/escalations/{id}/resolution");
    let severity =
        get(&beckon, &admin, &format!("/v1/escalations/{id}")).await.body["escalation"]["severity"].clone();
    assert_eq!(severity, "high");
    let refused = send(&beckon, &admin, "POST", &answer, &yes).await;
    assert_eq!(refused.status, 403);
    assert!(refused.body["error"].as_str().is_some_and(|text| text.contains("open Beckon itself")));
    let step = format!("/v1/escalations/{id}/steps/answer");
    assert_eq!(send(&beckon, &admin, "POST", &step, &yes).await.status, 403);
    let comment = format!("/v1/escalations/{id}/comments");
    assert_eq!(send(&beckon, &admin, "POST", &comment, &json!({"text": "I look into it"})).await.status, 201);
    beckon.write(Who::Admin, "PATCH", &format!("{EMBEDS}/{embed}"), &json!({"respond_up_to": "high"})).await;
    assert_eq!(send(&beckon, &admin, "POST", &answer, &yes).await.status, 201);
}

#[tokio::test]
async fn a_code_works_once_for_a_minute_in_its_embed_on_its_pages() {
    let beckon = Harness::new().await;
    let mut body = portal();
    body["origins"] = json!([PORTAL, "https://other.example"]);
    let embed = make(&beckon, Who::Admin, &body).await;
    let second = make(&beckon, Who::Admin, &body).await;
    let code = async || {
        let launched = launch(&beckon, Who::Admin, &embed, &json!(email(Who::Viewer)), PORTAL).await;
        launched.body["code"].clone()
    };
    let mut refusals = Vec::new();
    let wrong_origin = code().await;
    refusals.push(exchange(&beckon, &embed, &wrong_origin, "https://other.example").await);
    // Whoever has it does not get a second try with it.
    refusals.push(exchange(&beckon, &embed, &wrong_origin, PORTAL).await);
    refusals.push(exchange(&beckon, &second, &code().await, PORTAL).await);
    refusals.push(exchange(&beckon, &embed, &json!("no-such-code"), PORTAL).await);
    let late = code().await;
    beckon.advance(60);
    refusals.push(exchange(&beckon, &embed, &late, PORTAL).await);
    let twice = code().await;
    let first = exchange(&beckon, &embed, &twice, PORTAL).await;
    let token = first.body["token"].as_str().expect("a token");
    assert!(is_open(&beckon, token).await);
    refusals.push(exchange(&beckon, &embed, &twice, PORTAL).await);
    for refused in &refusals {
        assert_eq!((refused.status.as_u16(), &refused.bytes), (401, &refusals[0].bytes));
    }
    assert!(!is_open(&beckon, token).await, "who of the two is who is not known: neither goes on");
}

#[tokio::test]
async fn a_token_works_for_ten_minutes_and_the_next_one_beside_it() {
    let beckon = Harness::new().await;
    let embed = make(&beckon, Who::Admin, &portal()).await;
    let first = open(&beckon, Who::Admin, &embed, Who::Viewer).await;
    beckon.advance(9 * 60);
    let second = open(&beckon, Who::Admin, &embed, Who::Viewer).await;
    assert!(is_open(&beckon, &first).await && is_open(&beckon, &second).await);
    beckon.advance(60);
    assert!(!is_open(&beckon, &first).await && is_open(&beckon, &second).await);
}

#[tokio::test]
async fn whoever_launches_may_and_names_somebody_who_may_look() {
    let beckon = Harness::new().await;
    let mut body = portal();
    body["roles"] = json!(["account_admin"]);
    let embed = make(&beckon, Who::Admin, &body).await;
    let check = async |who, user: Value, origin: &str, status: u16| {
        let answer = launch(&beckon, who, &embed, &user, origin).await;
        assert_eq!(answer.status.as_u16(), status, "{who:?} {user}: {}", answer.body);
        answer
    };
    check(Who::Admin, json!(number(&beckon, Who::SecondAdmin).await), PORTAL, 201).await;
    check(Who::Viewer, json!(email(Who::Admin)), PORTAL, 403).await;
    // In a panel an admin answers, which the operator never does.
    check(Who::Operator, json!(email(Who::Admin)), PORTAL, 403).await;
    let role = check(Who::Admin, json!(email(Who::Viewer)), PORTAL, 400).await;
    assert_eq!(fields(&role), ["user"]);
    let origin = check(Who::Admin, json!(email(Who::Admin)), "https://evil.example", 400).await;
    assert_eq!(fields(&origin), ["origin"]);
    // Whoever is somewhere else is nobody, and so is an embed of somewhere else.
    let foreign = check(Who::Admin, json!(email(Who::Stranger)), PORTAL, 404).await;
    let absent = check(Who::Admin, json!("nobody@example.test"), PORTAL, 404).await;
    let nonsense = check(Who::Admin, json!(-1), PORTAL, 404).await;
    let stranger = check(Who::Stranger, json!(email(Who::Stranger)), PORTAL, 404).await;
    for other in [&absent, &nonsense, &stranger] {
        assert_eq!(other.bytes, foreign.bytes);
    }
}

/// Opens panels for an admin, lets something happen, and tells whether the panel is still open.
async fn after(what: impl AsyncFn(&Harness, &str, i64)) -> bool {
    let beckon = Harness::new().await;
    let embed = make(&beckon, Who::Admin, &portal()).await;
    let token = open(&beckon, Who::Admin, &embed, Who::SecondAdmin).await;
    assert!(is_open(&beckon, &token).await);
    let member = number(&beckon, Who::SecondAdmin).await;
    what(&beckon, &embed, member).await;
    is_open(&beckon, &token).await
}

#[tokio::test]
async fn a_panel_ends_with_the_rights_that_it_stands_on() {
    let role = json!({"role": "account_user"});
    assert!(
        !after(async |beckon, _, id| {
            let path = format!("/v1/memberships/{id}");
            assert_eq!(beckon.write(Who::Admin, "PATCH", &path, &role).await.status, 200);
        })
        .await
    );
    assert!(
        !after(async |beckon, _, id| {
            let path = format!("/v1/memberships/{id}");
            assert_eq!(beckon.write(Who::Admin, "DELETE", &path, &Value::Null).await.status, 204);
        })
        .await
    );
    assert!(
        !after(async |beckon, embed, _| {
            let path = format!("{EMBEDS}/{embed}");
            assert_eq!(beckon.write(Who::Admin, "DELETE", &path, &Value::Null).await.status, 204);
        })
        .await
    );
    for change in [json!({"origins": ["https://other.example"]}), json!({"roles": ["account_user"]})] {
        assert!(
            !after(async |beckon, embed, _| {
                let path = format!("{EMBEDS}/{embed}");
                assert_eq!(beckon.write(Who::Admin, "PATCH", &path, &change).await.status, 200);
            })
            .await
        );
    }
    // The key that launched it, or whoever's key it is.
    assert!(
        !after(async |beckon, _, _| {
            let mut browser = Browser::signed_in(beckon, "secondadmin").await;
            assert_eq!(browser.send("DELETE", "/v1/keys/admin", &Value::Null).await.status, 204);
        })
        .await
    );
    assert!(
        !after(async |beckon, _, _| {
            let path = format!("/v1/memberships/{}", number(beckon, Who::Admin).await);
            assert_eq!(beckon.write(Who::SecondAdmin, "PATCH", &path, &role).await.status, 200);
        })
        .await
    );
    // Signing out of Beckon, and out of the portal.
    assert!(
        !after(async |beckon, _, _| {
            let mut browser = Browser::signed_in(beckon, "secondadmin").await;
            assert_eq!(browser.send("DELETE", "/v1/session", &Value::Null).await.status, 204);
        })
        .await
    );
    assert!(
        !after(async |beckon, embed, id| {
            let body = json!({"embed": embed, "user": id});
            let ended = beckon.post(Who::Admin, "/v1/embed_sessions/end", &body).await;
            assert_eq!(ended.body, json!({"ended": 1}));
        })
        .await
    );
    // What concerns somebody else does not.
    assert!(
        after(async |beckon, _, _| {
            let mut browser = Browser::signed_in(beckon, "viewer").await;
            assert_eq!(browser.send("DELETE", "/v1/session", &Value::Null).await.status, 204);
        })
        .await
    );
}

#[tokio::test]
async fn a_panel_signs_itself_out_and_nobody_else() {
    let beckon = Harness::new().await;
    let embed = make(&beckon, Who::Admin, &portal()).await;
    let token = open(&beckon, Who::Admin, &embed, Who::Viewer).await;
    let other = open(&beckon, Who::Admin, &embed, Who::Viewer).await;
    for _ in 0..2 {
        assert_eq!(
            send(&beckon, &token, "DELETE", "/v1/embed_sessions/current", &Value::Null).await.status,
            204
        );
    }
    assert!(!is_open(&beckon, &token).await && is_open(&beckon, &other).await);
}

#[tokio::test]
async fn an_organization_user_gets_the_page_that_says_why_and_nothing_else() {
    let beckon = Harness::new().await;
    question(&beckon).await;
    let embed = make(&beckon, Who::Admin, &portal()).await;
    let token = open(&beckon, Who::Admin, &embed, Who::OrganizationUser).await;
    for path in ["/v1/actor", "/v1/escalations", "/v1/account", "/v1/events", "/v1/escalations/1"] {
        let answer = get(&beckon, &token, path).await;
        assert_eq!(answer.status, 403, "{path}");
        assert!(
            answer.body["blocked"]["ask"].as_array().is_some_and(|ask| !ask.is_empty()),
            "{}",
            answer.body
        );
    }
}

#[tokio::test]
async fn a_token_is_no_cookie_and_a_cookie_is_no_token() {
    let beckon = Harness::new().await;
    let embed = make(&beckon, Who::Admin, &portal()).await;
    let browser = Browser::signed_in(&beckon, "admin").await;
    let session = &browser.cookies["beckon_session"];
    assert!(!is_open(&beckon, session).await);
    // A request that brings a token is that panel's, whatever cookies come with it.
    let request = Harness::request("GET", "/v1/actor", Who::Nobody)
        .header("authorization", "Bearer no-such-token")
        .header("cookie", format!("beckon_session={session}"));
    assert_eq!(beckon.send(request.body(axum::body::Body::empty()).expect("a request")).await.status, 401);
    let token = open(&beckon, Who::Admin, &embed, Who::Viewer).await;
    let request =
        Harness::request("GET", "/v1/actor", Who::Nobody).header("cookie", format!("beckon_session={token}"));
    assert_eq!(beckon.send(request.body(axum::body::Body::empty()).expect("a request")).await.status, 401);
}

#[tokio::test]
async fn who_guesses_codes_is_slowed_down() {
    let beckon = Harness::new().await;
    let embed = make(&beckon, Who::Admin, &portal()).await;
    let mut guesser = Browser::at(&beckon, "198.51.100.9");
    let guess = json!({"embed": embed, "code": "guess", "origin": PORTAL});
    let path = "/v1/embed_sessions/exchange";
    for _ in 0..50 {
        assert_eq!(guesser.post(path, &guess).await.status, 401);
    }
    let slowed = guesser.post(path, &guess).await;
    assert_eq!(slowed.status, 429);
    assert!(slowed.headers.contains_key("retry-after"));
    // Everybody else goes on.
    let launched = launch(&beckon, Who::Admin, &embed, &json!(email(Who::Viewer)), PORTAL).await;
    let own = json!({"embed": embed, "code": launched.body["code"], "origin": PORTAL});
    assert_eq!(Browser::at(&beckon, "192.0.2.10").post(path, &own).await.status, 201);
}

#[tokio::test]
async fn when_it_was_last_launched_is_shown() {
    let beckon = Harness::new().await;
    let embed = make(&beckon, Who::Admin, &portal()).await;
    beckon.advance(60);
    open(&beckon, Who::Admin, &embed, Who::Viewer).await;
    let shown = beckon.get(Who::Operator, &format!("{EMBEDS}?account_id={NORTHWIND}")).await.body;
    assert_eq!(shown["embeds"][0]["last_launched_at"], "2026-11-24T08:01:00Z");
}
