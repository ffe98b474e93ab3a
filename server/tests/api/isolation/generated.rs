//! Requests that nobody thought of: whoever sends whatever, nothing of another account comes back, and nothing at all to
//! whoever is nobody or kept out.

use beckon_core::permission::is_blocked;
use beckon_server::routes::ROUTES;
use proptest::prelude::Rng as _;
use proptest::test_runner::{RngAlgorithm, TestRng};

use super::cells::{ask, contains};
use super::numbers;
use super::world::{Asker, FOREIGN_CANARY, OWN_CANARY, Things, World};

/// How many requests are made.
const REQUESTS: usize = 100_000;

/// How many run side by side, each in a world of its own.
const WORKERS: usize = 4;

const PARAMETERS: &[&str] = &[
    "account_id",
    "organization_id",
    "escalation_id",
    "identity_id",
    "search",
    "status",
    "severity",
    "type",
    "limit",
    "page_token",
    "sort",
    "webhook_id",
    "channel",
    "kind",
    "scope",
    "reason",
    "country_code",
    "vpn",
    "ip_address",
    "user_id",
];

const VALUES: &[&str] = &[
    "1",
    "2",
    "20",
    "10",
    "0",
    "-1",
    "500",
    "open",
    "resolved",
    "critical",
    "UA",
    "zq9foreign",
    "zq8own",
    "%",
    "'",
    "_",
    "*",
    "null",
    "MQ",
    "Mg",
    "MS4x",
    "email",
    "psa",
    "login.unexpected_country",
    "raised",
    "nordvpn",
];

const BODIES: &[&str] = &[
    "{}",
    "",
    "[]",
    "null",
    "{\"text\":\"hello\"}",
    "{\"account_id\":2}",
    "{\"organization_id\":20}",
    "{\"determination\":\"expected\",\"scope\":\"account\"}",
    "{\"type\":\"expected\",\"country_code\":\"FR\",\"organization_id\":20}",
    "{\"type\":\"expected\",\"country_code\":\"UA\"}",
    "{\"recipients\":[1,2,3,4,5,6,7,8]}",
    "{\"reason\":\"x\"}",
    "{\"url\":\"https://hook.example\"}",
    "{\"user_id\":5}",
    "{\"ids\":[\"zq9foreign-first\"],\"account_id\":2}",
    "{\"organizations\":[{\"id\":20,\"company_id\":\"9\"}]}",
    "{\"notes\":\"x\"}",
    "{\"answer\":\"yes\"}",
    "\u{0}",
    "{",
];

struct Dice(TestRng);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.0.next_u64() % n as u64).expect("below n")
    }

    fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn id(&mut self, own: &Things, foreign: &Things) -> String {
        let things = if self.below(2) == 0 { own } else { foreign };
        let ids = [
            things.organization,
            things.identity,
            things.escalation,
            things.remedy,
            things.rule,
            things.integration,
            things.webhook,
            things.delivery,
            things.member,
            things.session,
        ];
        match self.below(9) {
            8 => things.key.clone(),
            0 => (self.below(40)).to_string(),
            1 => self.one(VALUES).replace(['%', '\'', '*'], "%25"),
            _ => self.one(&ids).to_string(),
        }
    }

    /// Makes up a request: a method, a path with a query, a body.
    fn request(&mut self, world: &World) -> (&'static str, String, &'static str) {
        let (method, template) = self.one(ROUTES);
        let method =
            if self.below(10) == 0 { self.one(&["GET", "POST", "PATCH", "PUT", "DELETE"]) } else { method };
        let mut path = String::new();
        for part in template.split('/').skip(1) {
            path.push('/');
            path.push_str(&if part.starts_with('{') {
                self.id(&world.own, &world.foreign)
            } else {
                part.to_owned()
            });
        }
        for n in 0..self.below(4) {
            path.push(if n == 0 { '?' } else { '&' });
            let value = if self.below(2) == 0 {
                self.id(&world.own, &world.foreign)
            } else {
                self.one(VALUES).replace(['%', '\'', '*'], "%25")
            };
            path.push_str(self.one(PARAMETERS));
            path.push('=');
            path.push_str(&value);
        }
        (method, path, self.one(BODIES))
    }
}

fn keeps_its_secrets(asker: &Asker, answer: &crate::harness::Answer) -> bool {
    match &asker.actor {
        None => !contains(answer, OWN_CANARY) && !contains(answer, FOREIGN_CANARY),
        Some(actor) if is_blocked(actor) => {
            !contains(answer, OWN_CANARY) && !contains(answer, FOREIGN_CANARY)
        }
        Some(actor) => actor.account().is_none() || !contains(answer, FOREIGN_CANARY),
    }
}

async fn run(seed: u8, requests: usize) {
    let world = World::new().await;
    let mut dice = Dice(TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]));
    // Nobody whose rights end by what others do: a world in which everybody was removed proves nothing.
    let mut made = 0;
    while made < requests {
        let asker = &world.askers[dice.below(world.askers.len())];
        let (method, path, body) = dice.request(&world);
        let ends = [
            "/v1/memberships/",
            "/v1/keys",
            "/v1/session",
            "/v1/user",
            "/v1/embeds/",
            "/v1/embed_sessions/",
            "/demo/clock",
        ];
        if method != "GET" && ends.iter().any(|start| path.starts_with(start)) {
            continue;
        }
        made += 1;
        let answer = ask(&world, asker, method, &path, body).await;
        assert!(answer.status.as_u16() != 500, "{method} {path} {body} as {}", asker.name);
        // What somebody wrote themselves comes back to them.
        let wrote = path.contains("zq") || body.contains("zq");
        assert!(
            wrote || keeps_its_secrets(asker, &answer),
            "{method} {path} {body} as {}: {}",
            asker.name,
            answer.body
        );
    }
    for asker in world.askers.iter().filter(|asker| asker.actor.is_some()) {
        let blocked = asker.actor.as_ref().is_some_and(is_blocked);
        let me = ask(&world, asker, "GET", "/v1/actor", "").await;
        assert_eq!(me.status, if blocked { 403 } else { 200 }, "{} is still there", asker.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_request_gets_anything_of_another_account() {
    let workers = (0..WORKERS).map(|n| {
        let seed = u8::try_from(n).expect("few workers");
        tokio::spawn(run(seed, REQUESTS / WORKERS))
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.expect("no leak");
    }
    numbers::keep("generated", &format!("{REQUESTS} generated requests, no leak"));
}
