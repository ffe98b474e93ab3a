//! Serving an emulator over HTTP, and the faults, which happen to the connection as much as to the answer.

use std::convert::Infallible;
use std::fmt;
use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use beckon_core::integration::Vendor;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use crate::call::{Call, Recorded, Reply};
use crate::fault::Fault;
use crate::{Emulator, autotask, connectwise, halopsa, page};

/// The most of a request's body.
const MAX_BODY: usize = 4 << 20;

/// Marks an answer that is not sent: the connection closes instead.
#[derive(Clone, Copy)]
struct Dropped;

/// Why a connection was closed without an answer.
#[derive(Debug)]
struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("closed without an answer, on purpose")
    }
}

impl std::error::Error for Closed {}

/// Accepts connections until it is dropped, which closes them.
pub(crate) async fn serve(emulator: Emulator, listener: TcpListener) {
    let router = Router::new()
        .route("/", get(tickets))
        .route("/__style.css", get(async || ([(CONTENT_TYPE, "text/css")], page::STYLE)))
        .route("/__state", get(state))
        .fallback(api)
        .with_state(emulator);
    let mut connections = JoinSet::new();
    loop {
        // A connection that cannot be accepted is the client's loss; the next one may do better.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::task::yield_now().await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        let router = Arc::new(router.clone());
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let router = Arc::clone(&router);
            async move { answer(&router, request).await }
        });
        connections.spawn(async move {
            // Fails where a fault closes the connection or the client does, both of which are as they should be.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(router: &Router, request: hyper::Request<Incoming>) -> Result<Response, Closed> {
    let answered: Result<Response, Infallible> = router.clone().oneshot(request.map(Body::new)).await;
    let Ok(response) = answered;
    if response.extensions().get::<Dropped>().is_some() { Err(Closed) } else { Ok(response) }
}

async fn tickets(State(emulator): State<Emulator>) -> Response {
    let policy =
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    let page = Html(page::tickets(emulator.vendor, &emulator.lock().world));
    ([(CONTENT_SECURITY_POLICY, policy)], page).into_response()
}

async fn state(State(emulator): State<Emulator>) -> Response {
    let inner = emulator.lock();
    let world = &inner.world;
    let state = json!({ "vendor": emulator.vendor, "tickets": world.tickets, "companies": world.companies });
    Json(state).into_response()
}

async fn api(State(emulator): State<Emulator>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(raw) = to_bytes(body, MAX_BODY).await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let call = Call::new(head.method, &head.uri, head.headers, raw.to_vec());
    let fault = emulator.meet(&call, head.uri.path());
    let done = |emulator: &Emulator| emulator.answer(&call);
    match fault {
        None => done(&emulator).into_response(),
        Some(Fault::DropBefore) => dropped(),
        Some(Fault::CommitAndDrop) => {
            done(&emulator);
            dropped()
        }
        Some(Fault::Twice) => {
            done(&emulator);
            done(&emulator).into_response()
        }
        Some(Fault::TooMany(after)) => too_many(emulator.vendor, after).into_response(),
        Some(Fault::ServerError { committed }) => {
            if committed {
                done(&emulator);
            }
            (StatusCode::INTERNAL_SERVER_ERROR, "An error has occurred.").into_response()
        }
        Some(Fault::Hang { committed }) => {
            if committed {
                done(&emulator);
            }
            std::future::pending().await
        }
        Some(Fault::Garbled) => {
            done(&emulator);
            Html("<!doctype html><title>Please wait</title><p>We are getting things ready.").into_response()
        }
        Some(Fault::Truncated) => truncated(done(&emulator)),
        Some(Fault::ExpireToken) => {
            emulator.change(|world| world.tokens.clear());
            done(&emulator).into_response()
        }
        Some(Fault::SlowIndex) => {
            let before = emulator.lock().world.tickets.len();
            let reply = done(&emulator);
            emulator
                .change(|world| world.tickets.iter_mut().skip(before).for_each(|ticket| ticket.hidden = 1));
            reply.into_response()
        }
    }
}

impl Emulator {
    /// Notes that a request came, and tells how it fails.
    fn meet(&self, call: &Call, path: &str) -> Option<Fault> {
        let kind = match self.vendor {
            Vendor::Connectwise => connectwise::kind(call),
            Vendor::Autotask => autotask::kind(call),
            Vendor::Halopsa => halopsa::kind(call),
        };
        let mut inner = self.lock();
        inner.recorded.push(Recorded {
            kind,
            method: call.method.to_string(),
            path: path.to_owned(),
            headers: call.headers.clone(),
            body: serde_json::from_slice(&call.raw).unwrap_or_default(),
        });
        inner.faults.next(kind)
    }

    /// Does what a request asks for.
    fn answer(&self, call: &Call) -> Reply {
        let mut inner = self.lock();
        match self.vendor {
            Vendor::Connectwise => connectwise::answer(&mut inner.world, call),
            Vendor::Autotask => autotask::answer(&mut inner.world, call),
            Vendor::Halopsa => halopsa::answer(&mut inner.world, call),
        }
    }
}

fn dropped() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.extensions_mut().insert(Dropped);
    response
}

fn too_many(vendor: Vendor, after: Option<u32>) -> Reply {
    let body = match vendor {
        Vendor::Connectwise => {
            json!({ "code": "TooManyRequests", "message": "Too many requests", "errors": null })
        }
        Vendor::Autotask => json!({ "errors": ["The number of requests exceeds the threshold"] }),
        Vendor::Halopsa => json!({ "error": "Too many requests" }),
    };
    let reply = Reply::json(429, body);
    after
        .map(|seconds| seconds.to_string())
        .into_iter()
        .fold(reply, |reply, after| reply.with("retry-after", after))
}

/// Sends the beginning of an answer, and then breaks the connection.
fn truncated(reply: Reply) -> Response {
    let text = reply.body.as_ref().map(ToString::to_string).unwrap_or_default();
    let half = text.get(..text.len() / 2).unwrap_or_default().to_owned();
    let pieces = [Ok(half), Err(Closed)];
    let (mut head, _) = reply.into_response().into_parts();
    head.headers.remove("content-length");
    Response::from_parts(head, Body::from_stream(futures_util::stream::iter(pieces)))
}
