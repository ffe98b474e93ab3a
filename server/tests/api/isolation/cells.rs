//! Every route, for everybody who may ask, about what is their own, another's, nobody's and nonsense: each cell is what
//! core's table says, and the whole is a golden file.

use std::fmt::Write as _;

use axum::body::Body;
use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use beckon_core::actor::Actor;
use beckon_core::permission::{Action, is_blocked, may};
use beckon_server::routes::{PLACES, ROUTES};

use super::numbers;
use super::routes::{Demand, Route, Thing, route};
use super::world::{Asker, FOREIGN_CANARY, OWN_CANARY, Way, World};
use crate::harness::{Answer, without_id};

/// What names nothing at all.
const NONSENSE: [&str; 6] = ["x", "-1", "0", "99999999999999999999", "%00", "1%27--"];

/// An id that is well-formed and nobody's.
const ABSENT: &str = "424242";

/// What a cell of the table is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cell {
    /// Nobody is asking.
    Unauthenticated,
    /// It is refused, and says why.
    Forbidden,
    /// It is not there.
    Invisible,
    /// It is done, or refused for what the body says.
    Allowed,
}

impl Cell {
    fn fits(self, status: u16) -> bool {
        match self {
            Self::Unauthenticated => status == 401,
            Self::Forbidden => status == 403,
            Self::Invisible => status == 404,
            Self::Allowed => (200..300).contains(&status) || matches!(status, 400 | 409 | 415 | 422),
        }
    }
}

/// What core's table says of a route for somebody, about a thing of the first account.
fn own(route: Route, asker: &Asker) -> Cell {
    let Some(actor) = &asker.actor else {
        let open = route.demand == Demand::Nothing;
        return if open { Cell::Allowed } else { Cell::Unauthenticated };
    };
    let action = match route.demand {
        Demand::Nothing => return Cell::Allowed,
        Demand::Session => return if asker.signed_in { Cell::Allowed } else { Cell::Unauthenticated },
        _ if is_blocked(actor) => return Cell::Forbidden,
        Demand::Action(action) | Demand::SignedIn(action) => action,
        Demand::ActionOrOwn(members, operators) => {
            if actor.account().is_none() {
                operators
            } else {
                members
            }
        }
    };
    let signed_in = !matches!(route.demand, Demand::SignedIn(_)) || asker.signed_in;
    if !may(actor, action) || !signed_in {
        return Cell::Forbidden;
    }
    match route.thing {
        // The operator has endpoints of its own.
        Thing::Webhook | Thing::Key if actor.account().is_none() => Cell::Invisible,
        Thing::Provider if actor.account().is_none() && action != Action::SeeSetup => Cell::Invisible,
        Thing::Session if asker.name != "admin" => Cell::Invisible,
        _ => Cell::Allowed,
    }
}

/// Tells whether somebody sees into both accounts.
fn sees_all(actor: Option<&Actor>) -> bool {
    actor.is_some_and(|actor| actor.account().is_none() && may(actor, Action::See))
}

pub(crate) async fn ask(world: &World, asker: &Asker, method: &str, path: &str, body: &str) -> Answer {
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    match &asker.way {
        Way::Nothing => {}
        Way::Basic(credentials) => {
            request = request.header("authorization", format!("Basic {}", STANDARD.encode(credentials)));
        }
        Way::Bearer(token) => request = request.header("authorization", format!("Bearer {token}")),
        Way::Cookie(token) => request = request.header("cookie", format!("beckon_session={token}")),
    }
    let request = request.body(Body::from(body.to_owned())).expect("a request");
    if path.starts_with("/v1/events") {
        // A stream never ends: what matters here is how it begins.
        let response = world.beckon.open(request).await;
        let (parts, _) = response.into_parts();
        return Answer {
            status: parts.status,
            body: serde_json::Value::Null,
            bytes: Vec::new(),
            headers: parts.headers,
        };
    }
    world.beckon.send(request).await
}

fn path(route: Route, id: &str) -> String {
    let path = route
        .path
        .replace("{id}", id)
        .replace("{key}", id)
        .replace("{embed}", id)
        .replace("{step}", "answer");
    // The operator has to say of which account it means a list or a member, and others may.
    let is_asked = route.method == "GET" && matches!(route.thing, Thing::None | Thing::Member);
    if is_asked { format!("{path}?account_id=1") } else { path }
}

/// Checks all cells of a route for somebody, and returns the status about what is the first account's own.
async fn check(world: &World, route: Route, asker: &Asker, cells: &mut u64) -> u16 {
    let id = route.thing.id(&world.own);
    let about_own = ask(world, asker, route.method, &path(route, &id), "{}").await;
    let expected = own(route, asker);
    let status = about_own.status.as_u16();
    let at = format!("{} {} as {}", route.method, route.path, asker.name);
    assert!(expected.fits(status), "{at}: expected {expected:?}, found {status}: {}", about_own.body);
    *cells += 1;
    if asker.actor.is_none() && route.demand != Demand::Nothing {
        assert!(!contains(&about_own, OWN_CANARY), "{at}");
    }
    if route.thing == Thing::None {
        return status;
    }
    let absent = ask(world, asker, route.method, &path(route, ABSENT), "{}").await;
    *cells += 1;
    assert!(!Cell::Allowed.fits(absent.status.as_u16()), "{at}, absent: {}", absent.status);
    let foreign = route.thing.id(&world.foreign);
    let mut alike = NONSENSE.map(str::to_owned).to_vec();
    if !sees_all(asker.actor.as_ref()) || matches!(route.thing, Thing::Webhook | Thing::Key) {
        alike.push(foreign);
    }
    for id in alike {
        let other = ask(world, asker, route.method, &path(route, &id), "{}").await;
        *cells += 1;
        assert_eq!((other.status, &other.bytes), (absent.status, &absent.bytes), "{at}, id {id}");
        assert_eq!(without_id(other.headers.clone()), without_id(absent.headers.clone()), "{at}, id {id}");
        assert!(!contains(&other, FOREIGN_CANARY), "{at}, id {id}");
    }
    if expected == Cell::Allowed {
        assert_eq!(absent.status, 404, "{at}, absent");
    }
    status
}

pub(crate) fn contains(answer: &Answer, canary: &str) -> bool {
    String::from_utf8_lossy(&answer.bytes).contains(canary)
}

#[tokio::test]
async fn every_route_is_as_the_table_says_for_everybody() {
    let mut world = World::new().await;
    let (mut cells, mut golden) = (0, String::new());
    for (number, asker) in world.askers.iter().enumerate() {
        writeln!(golden, "{:>2}  {}", number + 1, asker.name).expect("a string takes text");
    }
    golden.push('\n');
    for (method, path) in ROUTES {
        let route = route(method, path);
        let mut line = format!("{method:<6} {path:<48}");
        for number in 0..world.askers.len() {
            let status = check(&world, route, &world.askers[number], &mut cells).await;
            write!(line, " {status}").expect("a string takes text");
            // Whoever may change something has changed it: the next one asks an untouched world.
            if *method != "GET" && (200..300).contains(&status) {
                world = World::new().await;
            }
        }
        golden.push_str(line.trim_end());
        golden.push('\n');
    }
    insta::assert_snapshot!("routes", golden);
    numbers::keep("cells", &format!("{} routes, {} askers, {cells} cells", ROUTES.len(), world.askers.len()));
}

#[tokio::test]
async fn what_is_the_same_for_everybody_says_nothing_about_anybody() {
    let world = World::new().await;
    let embeds = [&world.own.embed, &world.foreign.embed].map(|embed| ("GET", format!("/embed/{embed}")));
    // Metrics are for the operator, and name nobody: see the tests of theirs.
    let places = PLACES.iter().filter(|(_, path)| *path != "/metrics").map(|(method, path)| {
        let path = path
            .replace("{id}", &world.own.provider.to_string())
            .replace("{digest}", "x")
            .replace("{file}", "y");
        (*method, path)
    });
    let pages = ["/", "/escalations", "/members"].map(|path| ("GET", path.to_owned()));
    for (method, path) in places.chain(embeds).chain(pages) {
        let nobody = ask(&world, &world.askers[0], method, &path, "").await;
        for asker in &world.askers {
            let answer = ask(&world, asker, method, &path, "").await;
            assert_eq!(
                (answer.status, &answer.bytes),
                (nobody.status, &nobody.bytes),
                "{path} as {}",
                asker.name
            );
            assert!(!contains(&answer, OWN_CANARY) && !contains(&answer, FOREIGN_CANARY), "{path}");
        }
    }
}
