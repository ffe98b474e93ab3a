//! A browser: keeps cookies and sends them, as the page does.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use serde_json::{Value, json};

use crate::harness::{Answer, Harness};

pub(crate) struct Browser<'h> {
    pub(crate) beckon: &'h Harness,
    pub(crate) cookies: BTreeMap<String, String>,
    address: SocketAddr,
}

impl<'h> Browser<'h> {
    pub(crate) fn new(beckon: &'h Harness) -> Self {
        Self::at(beckon, "192.0.2.7")
    }

    /// One whose requests come from `address`.
    pub(crate) fn at(beckon: &'h Harness, address: &str) -> Self {
        let address = SocketAddr::new(address.parse().expect("an address"), 50_000);
        Self { beckon, cookies: BTreeMap::new(), address }
    }

    /// One that opened the link of `who`, such as `admin`.
    pub(crate) async fn signed_in(beckon: &'h Harness, who: &str) -> Self {
        let mut browser = Self::new(beckon);
        let token = format!("link-{who}");
        assert_eq!(browser.post("/v1/session", &json!({ "token": token })).await.status, 204);
        browser
    }

    pub(crate) async fn send(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        let cookies: Vec<String> =
            self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("content-type", "application/json")
            .header("sec-fetch-site", "same-origin")
            .header("user-agent", "Test browser")
            .header("cookie", cookies.join("; "))
            .extension(ConnectInfo(self.address));
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let answer = self.beckon.send(request.body(body).expect("a request")).await;
        for cookie in answer.headers.get_all("set-cookie") {
            let cookie = cookie.to_str().expect("text").split(';').next().expect("a cookie");
            let (name, value) = cookie.split_once('=').expect("a name");
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        answer
    }

    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send("GET", path, &Value::Null).await
    }

    pub(crate) async fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, body).await
    }

    /// Signs in with address and password.
    pub(crate) async fn sign_in(&mut self, email: &str, password: &str, code: Option<&str>) -> Answer {
        self.post("/v1/session", &json!({ "email": email, "password": password, "code": code })).await
    }

    /// Sets a password.
    pub(crate) async fn set_password(&mut self, password: &str) -> Answer {
        self.send("PUT", "/v1/user/password", &json!({ "password": password })).await
    }

    pub(crate) fn session(&self) -> &str {
        self.cookies.get("beckon_session").map(String::as_str).unwrap_or_default()
    }
}
