//! A provider of OpenID Connect in memory, which says what a test wants it to say, right or wrong. It checks what Beckon sends
//! as a provider has to. A real one is in `e2e/tests/oidc.spec.ts`.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use axum::http::{Request, Response, StatusCode};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use beckon_core::time::Timestamp;
use beckon_server::outbound::Unreachable;
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::harness::{NOW, at};

pub(crate) const ISSUER: &str = "https://login.contoso.test";
pub(crate) const CLIENT: &str = "beckon";
pub(crate) const SECRET: &str = "canary-client-secret";

/// A token before it is signed, for a test to change.
pub(crate) struct Token {
    pub(crate) header: Value,
    pub(crate) claims: Value,
    pub(crate) signed: Signed,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signed {
    Well,
    ByAnotherKey,
    ByTheSecret,
    Not,
}

/// A code that waits to be traded.
struct Code {
    nonce: Option<String>,
    challenge: String,
    redirect_uri: String,
}

struct State {
    key: EcdsaKeyPair,
    kid: u32,
    codes: BTreeMap<String, Code>,
    claims: Value,
    user_info: Value,
    down: BTreeSet<&'static str>,
    change: Option<fn(&mut Token)>,
    asked: Vec<String>,
}

pub(crate) struct FakeProvider(Mutex<State>);

impl Default for FakeProvider {
    fn default() -> Self {
        Self(Mutex::new(State {
            key: new_key(),
            kid: 1,
            codes: BTreeMap::new(),
            claims: json!({}),
            user_info: Value::Null,
            down: BTreeSet::new(),
            change: None,
            asked: Vec::new(),
        }))
    }
}

fn new_key() -> EcdsaKeyPair {
    let random = SystemRandom::new();
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).expect("a key");
    EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random).expect("a key")
}

fn now() -> Timestamp {
    at(NOW)
}

impl FakeProvider {
    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().expect("a lock")
    }

    /// Sets what is said of whoever signs in next.
    pub(crate) fn says(&self, claims: Value) {
        self.state().claims = claims;
    }

    /// Sets what is said only when it is asked for.
    pub(crate) fn says_when_asked(&self, claims: Value) {
        self.state().user_info = claims;
    }

    /// Changes every token from now on.
    pub(crate) fn changes(&self, change: fn(&mut Token)) {
        self.state().change = Some(change);
    }

    /// Makes a path answer no more.
    pub(crate) fn breaks(&self, path: &'static str) {
        self.state().down.insert(path);
    }

    /// Takes another key.
    pub(crate) fn rotates(&self) {
        let mut state = self.state();
        (state.key, state.kid) = (new_key(), state.kid + 1);
    }

    /// The paths that were asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.state().asked.clone()
    }

    /// Signs the person in who came by `url`, and returns the path by which the browser goes back.
    pub(crate) fn visit(&self, url: &str) -> String {
        let url = url::Url::parse(url).expect("an absolute address");
        let query: BTreeMap<String, String> = url.query_pairs().into_owned().collect();
        assert_eq!((url.path(), query["response_type"].as_str()), ("/auth", "code"));
        assert_eq!((query["client_id"].as_str(), query["code_challenge_method"].as_str()), (CLIENT, "S256"));
        assert!(query["scope"].split(' ').any(|scope| scope == "openid"), "{}", query["scope"]);
        let mut state = self.state();
        let code = format!("code-{}", state.codes.len() + state.asked.len());
        let kept = Code {
            nonce: query.get("nonce").cloned(),
            challenge: query["code_challenge"].clone(),
            redirect_uri: query["redirect_uri"].clone(),
        };
        state.codes.insert(code.clone(), kept);
        let back = url::Url::parse(&query["redirect_uri"]).expect("an absolute address");
        format!("{}?code={code}&state={}", back.path(), query["state"])
    }

    /// Answers a request of Beckon's.
    pub(crate) fn answer(&self, request: &Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Unreachable> {
        let path = request.uri().path().to_owned();
        let mut state = self.state();
        state.asked.push(path.clone());
        if state.down.contains(path.as_str()) || request.uri().host() != Some("login.contoso.test") {
            return Err(Unreachable("nothing listens there".to_owned()));
        }
        let (status, body) = match path.as_str() {
            "/.well-known/openid-configuration" => (200, description()),
            "/jwks" => (200, json!({"keys": [state.public_key()]})),
            "/token" => state.token(request),
            "/me" if state.user_info.is_null() => (200, json!({"sub": state.claims["sub"]})),
            "/me" => (200, state.user_info.clone()),
            _ => (404, Value::Null),
        };
        let response = Response::builder()
            .status(StatusCode::from_u16(status).expect("a status"))
            .header("content-type", "application/json");
        Ok(response.body(body.to_string().into_bytes()).expect("a response"))
    }
}

fn description() -> Value {
    json!({
        "issuer": ISSUER,
        "authorization_endpoint": format!("{ISSUER}/auth"),
        "token_endpoint": format!("{ISSUER}/token"),
        "userinfo_endpoint": format!("{ISSUER}/me"),
        "jwks_uri": format!("{ISSUER}/jwks"),
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        // What it can do, and nobody should ask of it.
        "id_token_signing_alg_values_supported": ["ES256", "HS256", "none"],
    })
}

impl State {
    fn public_key(&self) -> Value {
        let point = self.key.public_key().as_ref();
        let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
        json!({"kty": "EC", "crv": "P-256", "use": "sig", "kid": self.kid.to_string(), "x": x, "y": y})
    }

    fn token(&mut self, request: &Request<Vec<u8>>) -> (u16, Value) {
        let expected = format!("Basic {}", STANDARD.encode(format!("{CLIENT}:{SECRET}")));
        let sent = request.headers().get("authorization").and_then(|value| value.to_str().ok());
        if sent != Some(&expected) {
            return (401, json!({"error": "invalid_client"}));
        }
        let form: BTreeMap<String, String> =
            url::form_urlencoded::parse(request.body()).into_owned().collect();
        let Some(code) = self.codes.remove(&form["code"]) else {
            return (400, json!({"error": "invalid_grant"}));
        };
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(form["code_verifier"].as_bytes()));
        if challenge != code.challenge || form["redirect_uri"] != code.redirect_uri {
            return (400, json!({"error": "invalid_grant"}));
        }
        let id_token = self.id_token(code.nonce);
        (200, json!({"access_token": "a", "token_type": "Bearer", "expires_in": 60, "id_token": id_token}))
    }

    fn id_token(&self, nonce: Option<String>) -> String {
        let issued = now().timestamp();
        let mut claims =
            json!({"iss": ISSUER, "aud": CLIENT, "iat": issued, "exp": issued + 300, "nonce": nonce});
        let said = self.claims.as_object().expect("an object").clone();
        claims.as_object_mut().expect("an object").extend(said);
        let header = json!({"alg": "ES256", "kid": self.kid.to_string()});
        let mut token = Token { header, claims, signed: Signed::Well };
        if let Some(change) = self.change {
            change(&mut token);
        }
        self.sign(&token)
    }

    fn sign(&self, token: &Token) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(&token.header), part(&token.claims));
        let by = |key: &EcdsaKeyPair| {
            key.sign(&SystemRandom::new(), text.as_bytes()).expect("a signature").as_ref().to_vec()
        };
        let signature = match token.signed {
            Signed::Well => by(&self.key),
            Signed::ByAnotherKey => by(&new_key()),
            Signed::ByTheSecret => {
                let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, SECRET.as_bytes());
                ring::hmac::sign(&key, text.as_bytes()).as_ref().to_vec()
            }
            Signed::Not => Vec::new(),
        };
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}
