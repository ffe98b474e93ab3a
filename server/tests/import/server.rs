//! Servers and keys that are not as they should be.

use axum::Router;
use axum::http::StatusCode;
use axum::response::Redirect;
use axum::routing::any;
use beckon_server::import::exit::Exit;

use crate::fake::Fake;
use crate::{command, import, lines, login};

fn log() -> Vec<u8> {
    lines(&[login("1", "ana@contoso.example", "UA")])
}

/// Serves the same answer for everything.
async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    url
}

async fn against(url: &str) -> crate::Run {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), log()).unwrap();
    command(url, "m365-audit", file.path().to_str().unwrap(), &[]).await
}

#[tokio::test]
async fn keys_that_do_not_fit_are_told_apart() {
    let fake = Fake::start().await;
    let key = async |key: &str| import(&fake, "m365-audit", &log(), &["--key", key]).await;
    key("op:wrong").await.fails(Exit::Refused, &["check --key"]);
    key("admin:secret").await.fails(Exit::Refused, &["operator key", "Priya Raman"]);
    let run = key("hunter2").await;
    run.fails(Exit::Usage, &["key:secret"]);
    assert!(!run.err.contains("hunter2"));
    assert_eq!(fake.inner().posts, 0);
}

#[tokio::test]
async fn an_unknown_organization_is_named() {
    let fake = Fake::start().await;
    let run = import(&fake, "m365-audit", &log(), &["--organization", "99"]).await;
    run.fails(Exit::NoAddressee, &["organization 99", "account 1", "beckon organization add"]);
    let run = import(&fake, "m365-audit", &log(), &["--account", "9"]).await;
    run.fails(Exit::NoAddressee, &["organization 2", "account 9"]);
}

#[tokio::test]
async fn a_server_that_is_down_is_told_at_once() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    against(&url).await.fails(Exit::Unavailable, &["cannot reach", &url, "is it running?"]);
}

#[tokio::test]
async fn something_else_than_beckon_is_told() {
    let page = serve(Router::new().fallback(any(|| async { "<h1>It works</h1>" }))).await;
    against(&page).await.fails(Exit::Protocol, &["expected Beckon at"]);
    let missing = serve(Router::new()).await;
    against(&missing).await.fails(Exit::Protocol, &["404"]);
    let redirect = serve(Router::new().fallback(any(|| async { Redirect::temporary("/elsewhere") }))).await;
    against(&redirect).await.fails(Exit::Protocol, &["307"]);
    against("ftp://example").await.fails(Exit::Usage, &["--url"]);
}

#[tokio::test]
async fn passing_trouble_is_waited_out() {
    let fake = Fake::start().await;
    fake.inner().trouble =
        [(StatusCode::TOO_MANY_REQUESTS, "7"), (StatusCode::SERVICE_UNAVAILABLE, "soon")].into();
    let run = import(&fake, "m365-audit", &log(), &[]).await;
    assert_eq!(run.exit, Exit::Done, "{run:?}");
    let inner = fake.inner();
    assert_eq!((inner.posts, inner.observations.len()), (3, 1));
}

#[tokio::test]
async fn lasting_trouble_says_what_is_in() {
    let fake = Fake::start().await;
    fake.inner().trouble = vec![(StatusCode::SERVICE_UNAVAILABLE, "0"); 3].into();
    let run = import(&fake, "m365-audit", &log(), &[]).await;
    run.fails(Exit::Unavailable, &["takes no writes", "0 logins are in for sure", "run the import again"]);
    assert_eq!(fake.inner().posts, 3);
    let run = import(&fake, "m365-audit", &log(), &[]).await;
    assert_eq!((run.exit, fake.inner().observations.len()), (Exit::Done, 1));
}
