//! What an emulator has besides the vendor's API, for people and for tests in another process. Faults never befall it.

use hyper::{Method, StatusCode};
use serde::Deserialize;
use serde_json::json;

use crate::fault::{Faults, Kind};
use crate::page;
use crate::state::State;
use crate::vendor::Call;
use crate::wire::{Ask, Reply};

/// What `POST /__faults` takes. `rate` with `seed` and `kinds` replaces the faults by chance; `queue` adds faults that
/// wait for their call.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Programme {
    rate: Option<f64>,
    #[serde(default)]
    seed: u64,
    #[serde(default)]
    kinds: Vec<String>,
    #[serde(default)]
    queue: Vec<Waiting>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Waiting {
    call: String,
    kind: String,
    /// The seconds of `too_many`, the searches of `slow_index`.
    count: Option<u32>,
}

/// Answers what is not the vendor's.
pub(crate) fn answer(ask: &Ask, state: &State, faults: &Faults) -> Option<Reply> {
    match (&ask.method, ask.parts().as_slice()) {
        (&Method::GET, []) => Some(Reply::html(StatusCode::OK, page::render(state))),
        (&Method::GET, ["__state"]) => Some(Reply::ok(&json!({
            "vendor": state.vendor().name(),
            "tickets": state.tickets(),
            "calls": state.counts(),
            "leaks": state.leaks(),
        }))),
        (&Method::POST, ["__faults"]) => Some(match programme(ask, faults) {
            Ok(()) => Reply::empty(StatusCode::NO_CONTENT),
            Err(message) => Reply::json(StatusCode::BAD_REQUEST, &json!({"error": message})),
        }),
        (&Method::DELETE, ["__faults"]) => {
            faults.clear();
            Some(Reply::empty(StatusCode::NO_CONTENT))
        }
        _ => None,
    }
}

/// Takes a programme as a whole or not at all.
fn programme(ask: &Ask, faults: &Faults) -> Result<(), String> {
    let told: Programme = serde_json::from_slice(&ask.body).map_err(|error| error.to_string())?;
    let kind = |name: &str| name.parse::<Kind>().map_err(|error| error.to_string());
    let kinds = told.kinds.iter().map(|name| kind(name)).collect::<Result<Vec<_>, _>>()?;
    let mut queue = Vec::new();
    for Waiting { call, kind: name, count } in &told.queue {
        let call: Call = call.parse().map_err(|error: crate::UnknownName| error.to_string())?;
        queue.push((call, kind(name)?.fault(count.unwrap_or(1))));
    }
    if let Some(rate) = told.rate {
        if !(0.0..=1.0).contains(&rate) {
            return Err("rate goes from 0 to 1".into());
        }
        faults.random(told.seed, rate, &kinds);
    } else if !kinds.is_empty() {
        return Err("kinds need a rate".into());
    }
    for (call, fault) in queue {
        faults.push(call, fault);
    }
    Ok(())
}
