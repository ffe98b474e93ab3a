//! Where credentials go, and where they never go: not to another host, not after a redirect, not into a text.

use beckon_core::integration::{Choices, Settings, Vendor};
use beckon_emulators::{Fault, Kind};
use beckon_server::deliver::outcome::{Failure, MAX_DETAIL};
use beckon_server::psa::connect;

use crate::{VENDORS, client, client_of, http, patient, refused, start, ticket};

/// Serves one answer for everything, and returns its URL.
async fn serve(router: axum::Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

#[tokio::test]
async fn a_zone_elsewhere_never_hears_the_credentials() {
    let (emulator, elsewhere) = (start(Vendor::Autotask).await, start(Vendor::Autotask).await);
    emulator.change(|world| world.quirks.zone = Some(format!("{}/ATServicesRest/", elsewhere.url())));
    refused(client(&emulator).test().await, None, "nothing was sent there");
    assert!(elsewhere.recorded().is_empty());
    let asked = emulator.recorded();
    assert_eq!(asked.len(), 1);
    for name in ["secret", "apiintegrationcode", "username"] {
        assert!(!asked[0].headers.contains_key(name), "the zone is asked for without {name}");
    }
}

#[tokio::test]
async fn a_next_page_elsewhere_never_hears_the_credentials() {
    let (emulator, elsewhere) = (start(Vendor::Autotask).await, start(Vendor::Autotask).await);
    emulator.add_companies((0..600).map(|n| format!("Customer {n}")));
    emulator.change(|world| world.quirks.next_pages = Some(elsewhere.url()));
    refused(client(&emulator).companies().await, None, "nothing was sent there");
    assert!(elsewhere.recorded().is_empty());
}

#[tokio::test]
async fn the_codebase_is_asked_for_without_credentials() {
    let emulator = start(Vendor::Connectwise).await;
    client(&emulator).test().await.unwrap();
    let first = &emulator.recorded()[0];
    assert_eq!(first.kind, Kind::Enter);
    assert!(!first.headers.contains_key("authorization") && !first.headers.contains_key("clientid"));
}

#[tokio::test]
async fn a_codebase_that_leads_elsewhere_is_refused() {
    for codebase in ["../../evil/", "//evil.example/", "http://evil.example/", "a?b", "", "a/../b"] {
        let body = serde_json::json!({ "Codebase": codebase }).to_string();
        let url = serve(axum::Router::new().fallback(async move || body.clone())).await;
        let emulator = start(Vendor::Connectwise).await;
        let psa = client_of(Vendor::Connectwise, &emulator.settings_at(&url), &emulator.choices(), patient());
        let failed = psa.test().await.unwrap_err();
        assert!(failed.detail.contains("check the site"), "{codebase}: {failed:?}");
    }
}

#[tokio::test]
async fn redirects_are_refused_and_not_followed() {
    for vendor in VENDORS {
        let elsewhere = start(vendor).await;
        let to = format!("{}/x", elsewhere.url());
        let redirect = move || std::future::ready(axum::response::Redirect::temporary(&to));
        let url = serve(axum::Router::new().fallback(redirect)).await;
        let psa = client_of(vendor, &elsewhere.settings_at(&url), &elsewhere.choices(), patient());
        refused(psa.test().await, Some(307), "redirect to http://127.0.0.1");
        refused(psa.create_ticket(&ticket("k", "2")).await, Some(307), "not followed");
        assert!(elsewhere.recorded().is_empty(), "{vendor}");
    }
}

#[tokio::test]
async fn an_echo_of_every_request_shows_no_secret() {
    use axum::extract::Request;
    use axum::http::StatusCode;
    let echo = async |request: Request| {
        let (head, body) = request.into_parts();
        let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
        let text = format!("{} {:?} {}", head.uri, head.headers, String::from_utf8_lossy(&body));
        let headers: String =
            head.headers.iter().map(|(n, v)| [n.as_str(), "=", v.to_str().unwrap(), "\n"].concat()).collect();
        (StatusCode::BAD_REQUEST, format!("{headers}{text}"))
    };
    for vendor in VENDORS {
        let url = serve(axum::Router::new().fallback(echo)).await;
        let emulator = start(vendor).await;
        // The entrance works, so that the calls behind it are made, with what they need.
        let entrance = axum::Router::new().fallback(echo);
        let entrance = match vendor {
            Vendor::Connectwise => entrance
                .route("/login/companyinfo/{company}", axum::routing::get(async || r#"{"Codebase":"v1/"}"#)),
            Vendor::Autotask => {
                let zone = |headers: axum::http::HeaderMap| async move {
                    format!(r#"{{"url":"http://{}/"}}"#, headers["host"].to_str().unwrap())
                };
                entrance.route("/atservicesrest/v1.0/zoneInformation", axum::routing::get(zone))
            }
            Vendor::Halopsa => entrance.route(
                "/auth/token",
                axum::routing::post(async || r#"{"access_token":"tok3n-of-the-far-end","expires_in":3600}"#),
            ),
        };
        let mut removed = 0;
        for url in [url, serve(entrance).await] {
            let settings = emulator.settings_at(&url);
            let psa = client_of(vendor, &settings, &emulator.choices(), patient());
            for failed in [
                psa.test().await.unwrap_err(),
                psa.find_ticket("k").await.unwrap_err(),
                psa.create_ticket(&ticket("k", "2")).await.unwrap_err(),
            ] {
                assert_eq!(failed.failure, Failure::Refused, "{failed:?}");
                assert!(failed.detail.len() <= MAX_DETAIL && !failed.detail.is_empty());
                removed += failed.detail.matches("[removed]").count();
                let secrets =
                    vendor.settings().iter().filter(|setting| setting.secret).map(|s| &settings[s.slug]);
                let also = [String::from("tok3n-of-the-far-end"), String::from("bm9ydGh3aW5kK2Vt")];
                for secret in secrets.chain(&also) {
                    assert!(!failed.detail.contains(secret.as_str()), "{vendor} {secret}: {}", failed.detail);
                }
            }
        }
        assert!(removed > 0, "{vendor}: nothing was echoed that had to be removed");
    }
}

#[tokio::test]
async fn what_is_wrong_with_settings_is_named() {
    for vendor in VENDORS {
        let errors = connect(vendor, &Settings::default(), &Choices::default(), http());
        let errors = errors.err().expect("nothing was entered");
        assert_eq!(errors.len(), vendor.settings().iter().filter(|setting| setting.required).count());
    }
}

#[tokio::test]
async fn an_endless_answer_is_cut_off() {
    let endless = async || {
        let chunk = axum::body::Bytes::from(vec![b'x'; 1 << 16]);
        let chunks = futures_util::stream::repeat_with(move || Ok::<_, std::io::Error>(chunk.clone()));
        axum::body::Body::from_stream(chunks)
    };
    for vendor in VENDORS {
        let url = serve(axum::Router::new().fallback(endless)).await;
        let emulator = start(vendor).await;
        let psa = client_of(vendor, &emulator.settings_at(&url), &emulator.choices(), patient());
        let failed = psa.test().await.unwrap_err();
        assert_eq!(failed.failure, Failure::NotNow { after: None }, "{vendor} {failed:?}");
        assert!(failed.detail.len() <= MAX_DETAIL);
    }
}

#[tokio::test]
async fn a_date_says_how_long_to_stay_away_too() {
    let emulator = start(Vendor::Connectwise).await;
    emulator.fail_next(Kind::Search, Fault::TooMany(Some(90)));
    let failed = client(&emulator).find_ticket("k").await.unwrap_err();
    assert_eq!(failed.failure, Failure::NotNow { after: Some(std::time::Duration::from_secs(90)) });
    assert_eq!(failed.code, Some(429));
}
