//! The emulators themselves: as strict as the vendors, and honest about what they hold.

use beckon_core::integration::Vendor;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::{VENDORS, client, http, start, ticket};

async fn answer(request: RequestBuilder) -> (u16, Value) {
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    (status, serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default())
}

#[tokio::test]
async fn connectwise_says_which_field_is_wrong() {
    let emulator = start(Vendor::Connectwise).await;
    let (http, settings) = (http(), emulator.settings());
    let call = |method: Method, path: &str| {
        let user = format!("{}+{}", settings["company"], settings["public_key"]);
        http.request(method, format!("{}/v2026_1/apis/3.0/{path}", emulator.url()))
            .basic_auth(user, Some(&settings["private_key"]))
            .header("clientId", &settings["client_id"])
    };
    let long = json!({ "summary": "x".repeat(101), "company": { "id": 999 }, "board": { "id": 11 } });
    let (status, body) = answer(call(Method::POST, "service/tickets").json(&long)).await;
    let wrong: Vec<_> =
        body["errors"].as_array().unwrap().iter().map(|one| (&one["code"], &one["field"])).collect();
    assert_eq!(status, 400);
    assert_eq!(wrong, [(&json!("MaxLength"), &json!("summary")), (&json!("NotFound"), &json!("company"))]);
    let (status, body) = answer(call(Method::POST, "service/tickets").json(&json!({}))).await;
    assert_eq!((status, body["errors"].as_array().unwrap().len()), (400, 3));
    assert_eq!(answer(call(Method::DELETE, "service/tickets")).await.0, 405);
    assert_eq!(answer(call(Method::GET, "service/tickets?conditions=id%3E1")).await.0, 400);
    assert_eq!(answer(call(Method::GET, "nothing")).await.0, 404);
    emulator.add_companies((0..60).map(|n| n.to_string()));
    let (_, page) = answer(call(Method::GET, "company/companies")).await;
    assert_eq!(page.as_array().unwrap().len(), 25);
    let no_text = json!({ "text": "", "detailDescriptionFlag": true });
    assert_eq!(answer(call(Method::POST, "service/tickets/1/notes").json(&no_text)).await.0, 404);
}

#[tokio::test]
async fn autotask_answers_what_is_wrong_as_500_and_other_methods_as_405() {
    let emulator = start(Vendor::Autotask).await;
    let (http, settings) = (http(), emulator.settings());
    let call = |method: Method, path: &str| {
        http.request(method, format!("{}/ATServicesRest/V1.0/{path}", emulator.url()))
            .header("UserName", &settings["username"])
            .header("Secret", &settings["secret"])
            .header("ApiIntegrationCode", &settings["integration_code"])
    };
    let (status, body) =
        answer(call(Method::POST, "Tickets").json(&json!({ "title": "x".repeat(256) }))).await;
    assert_eq!((status, &body["errors"][0]), (500, &json!("title exceeds the maximum length of 255")));
    for method in [Method::GET, Method::PUT] {
        assert_eq!(answer(call(method, "Tickets")).await.0, 405);
    }
    let many = json!({ "filter": [{ "op": "eq", "field": "id", "value": 1 }], "MaxRecords": 501 });
    assert_eq!(answer(call(Method::POST, "Tickets/query").json(&many)).await.0, 500);
    let unknown = json!({ "filter": [{ "op": "eq", "field": "planet", "value": 1 }] });
    assert_eq!(answer(call(Method::POST, "Tickets/query").json(&unknown)).await.0, 500);
    let bare = http.get(format!("{}/ATServicesRest/V1.0/Tickets/entityInformation/fields", emulator.url()));
    assert_eq!(answer(bare).await.0, 401);
}

#[tokio::test]
async fn halopsa_takes_arrays_with_known_fields_and_a_token() {
    let emulator = start(Vendor::Halopsa).await;
    let psa = client(&emulator);
    psa.create_ticket(&ticket("k", "12")).await.unwrap();
    let recorded = emulator.recorded();
    let token = recorded.last().unwrap().headers["authorization"].clone();
    let http = http();
    let post = |path: &str, body: Value| {
        http.post(format!("{}/api/{path}", emulator.url())).header("authorization", token.clone()).json(&body)
    };
    let good = recorded.last().unwrap().body[0].clone();
    assert_eq!(answer(post("Tickets", good.clone())).await.0, 400);
    let mut unknown = good.clone();
    unknown["externalid"] = json!("k");
    assert_eq!(answer(post("Tickets", json!([unknown]))).await.0, 400);
    let id = emulator.tickets()[0].id;
    assert_eq!(answer(post("Actions", json!([{ "ticket_id": id, "note_html": "x" }]))).await.0, 400);
    assert_eq!(answer(post("Tickets", json!([{ "id": 999, "status_id": 9 }]))).await.0, 404);
    assert_eq!(answer(http.get(format!("{}/api/Tickets", emulator.url()))).await.0, 401);
}

#[tokio::test]
async fn a_visitor_sees_the_tickets() {
    for vendor in VENDORS {
        let emulator = start(vendor).await;
        let psa = client(&emulator);
        let company = crate::a_company(&*psa).await;
        let mut new = ticket("beckon-17", &company);
        new.title = "<script>alert(1)</script>".to_owned();
        psa.create_ticket(&new).await.unwrap();
        let http = http();
        let page = http.get(emulator.url()).send().await.unwrap();
        let policy = page.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
        let html = page.text().await.unwrap();
        assert!(html.contains("&lt;script&gt;") && !html.contains("<script"), "{vendor}");
        assert!(html.contains("Contoso Dental") && html.contains("beckon-17"), "{vendor}");
        let (_, state) = answer(http.get(format!("{}/__state", emulator.url()))).await;
        assert_eq!(state["tickets"][0]["id"], emulator.tickets()[0].id);
        assert_eq!(state["vendor"], vendor.to_string());
    }
}
