//! How often one client may ask.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use beckon_server::rates::Rates;
use governor::clock::FakeRelativeClock;

use crate::harness::{Harness, Who};

/// A server on which a credential may send 2 requests a second and save up 50, and so may an address; and its clock.
async fn limited() -> (Harness, FakeRelativeClock) {
    let clock = FakeRelativeClock::default();
    let rates = Rates::by_clock(NonZeroU32::new(2).expect("not zero"), clock.clone());
    (Harness::with(|app| app.rates = Arc::new(rates)).await, clock)
}

async fn ask(beckon: &Harness, who: Who, address: &str, path: &str) -> (u16, Option<u64>) {
    let peer = SocketAddr::new(address.parse().expect("an address"), 40_000);
    let request = Harness::request("GET", path, who).extension(ConnectInfo(peer));
    let answer = beckon.send(request.body(Body::empty()).expect("a request")).await;
    let wait =
        answer.headers.get("retry-after").map(|wait| wait.to_str().expect("text").parse().expect("seconds"));
    (answer.status.as_u16(), wait)
}

#[tokio::test]
async fn who_asks_too_often_waits_and_nobody_else() {
    let (beckon, clock) = limited().await;
    for _ in 0..50 {
        assert_eq!(ask(&beckon, Who::Admin, "192.0.2.1", "/v1/actor").await, (200, None));
    }
    assert_eq!(ask(&beckon, Who::Admin, "192.0.2.1", "/v1/actor").await, (429, Some(1)));
    // Another address is the same client, and another client at the same address is not.
    assert_eq!(ask(&beckon, Who::Admin, "192.0.2.2", "/v1/actor").await.0, 429);
    assert_eq!(ask(&beckon, Who::Viewer, "192.0.2.1", "/v1/actor").await.0, 200);
    // The page itself and whoever watches over the server are no clients.
    assert_eq!(ask(&beckon, Who::Admin, "192.0.2.1", "/escalations").await.0, 200);
    assert_eq!(ask(&beckon, Who::Admin, "192.0.2.1", "/healthz").await.0, 200);
    clock.advance(Duration::from_millis(500));
    assert_eq!(ask(&beckon, Who::Admin, "192.0.2.1", "/v1/actor").await.0, 200);
    assert_eq!(ask(&beckon, Who::Admin, "192.0.2.1", "/v1/actor").await.0, 429);
    clock.advance(Duration::from_secs(25));
    assert_eq!(ask(&beckon, Who::Admin, "192.0.2.1", "/v1/actor").await.0, 200);
}

#[tokio::test]
async fn whoever_shows_nothing_that_works_is_counted_by_address_and_takes_nothing_from_those_who_do() {
    let (beckon, _) = limited().await;
    assert_eq!(ask(&beckon, Who::Viewer, "192.0.2.1", "/v1/actor").await.0, 200);
    // A flood of made-up credentials, each of them new: the address runs out.
    let mut last = 0;
    for number in 0..60 {
        let peer = SocketAddr::new("192.0.2.1".parse().expect("an address"), 40_000);
        let request = Harness::request("GET", "/v1/actor", Who::Nobody)
            .header("authorization", format!("Bearer made-up-{number}"))
            .extension(ConnectInfo(peer));
        last = beckon.send(request.body(Body::empty()).expect("a request")).await.status.as_u16();
    }
    assert_eq!(last, 429);
    assert_eq!(ask(&beckon, Who::Nobody, "192.0.2.1", "/v1/actor").await.0, 429);
    assert_eq!(ask(&beckon, Who::Nobody, "192.0.2.9", "/v1/actor").await.0, 401);
    // Who works there goes on.
    assert_eq!(ask(&beckon, Who::Viewer, "192.0.2.1", "/v1/actor").await.0, 200);
}

#[tokio::test]
async fn whoever_asks_another_server_of_the_same_database_is_counted_there_too() {
    let clock = FakeRelativeClock::default();
    let rates = || {
        let per_second = NonZeroU32::new(2).expect("not zero");
        Arc::new(Rates::by_clock(per_second, clock.clone()).together())
    };
    let first = Harness::with(|app| app.rates = rates()).await;
    if first.home.url().is_none() {
        return;
    }
    let second = first.beside_with(|app| app.rates = rates()).await;
    let both = [&first, &second];
    let share = async || {
        // A round of both, twice: whoever tells first hears what the other told when it tells the next time.
        for beckon in both {
            beckon.app.rates.share(&beckon.app).await.expect("the store works");
        }
    };
    let mut answered = 0;
    for round in 0..4 {
        for beckon in both {
            for _ in 0..20 {
                answered += usize::from(ask(beckon, Who::Admin, "192.0.2.1", "/v1/actor").await.0 == 200);
            }
        }
        share().await;
        assert!(answered <= 50 + 20 * 2, "round {round}: {answered}");
    }
    // Each alone lets 50 pass. What the second told before the first had told anything is all that came on top.
    assert!((50..=80).contains(&answered), "{answered}");
    for beckon in both {
        assert_eq!(ask(beckon, Who::Admin, "192.0.2.1", "/v1/actor").await.0, 429);
        assert_eq!(ask(beckon, Who::Viewer, "192.0.2.1", "/v1/actor").await.0, 200);
    }
}

#[tokio::test]
async fn behind_a_proxy_that_is_trusted_each_client_has_an_address() {
    let rates = Rates::by_clock(NonZeroU32::MIN, FakeRelativeClock::default());
    let proxy = beckon_core::network::Network::parse("10.0.0.0/8").expect("a network");
    let beckon = Harness::with(|app| {
        app.rates = Arc::new(rates);
        app.proxies = Arc::from([proxy]);
    })
    .await;
    let status = async |client: &str| {
        let peer = SocketAddr::new("10.0.0.1".parse().expect("an address"), 40_000);
        let request = Harness::request("GET", "/v1/actor", Who::Nobody)
            .header("x-forwarded-for", client)
            .extension(ConnectInfo(peer));
        beckon.send(request.body(Body::empty()).expect("a request")).await.status.as_u16()
    };
    for _ in 0..25 {
        assert_eq!(status("203.0.113.7").await, 401);
    }
    assert_eq!(status("203.0.113.7").await, 429);
    // What a client writes itself changes nothing; another client is another one.
    assert_eq!(status("198.51.100.1, 203.0.113.7").await, 429);
    assert_eq!(status("203.0.113.8").await, 401);
}
