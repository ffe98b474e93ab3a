//! The token by which the panel asks the server: in memory alone, renewed before it is over.

use std::cell::RefCell;
use std::time::Duration;

use beckon_core::api::embed::{ExchangeRequest, ExchangeResponse};
use js_sys::futures::JsFuture;
use js_sys::{Array, Promise};
use leptos::prelude::set_timeout;
use wasm_bindgen::JsValue;

use super::host;
use crate::api::{self, Failure};
use crate::erased::spawn;

/// How long before its end a token is renewed.
const AHEAD_MS: i64 = 90_000;

struct Token {
    secret: String,
    /// By the browser's clock.
    ends_ms: i64,
}

thread_local! {
    static TOKEN: RefCell<Option<Token>> = const { RefCell::new(None) };
    /// Who waits for a code.
    static WAITING: RefCell<Option<js_sys::Function>> = const { RefCell::new(None) };
    /// Who waits for the token that is under way; none where none is.
    static FOLLOWERS: RefCell<Option<Vec<js_sys::Function>>> = const { RefCell::new(None) };
}

#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit for 285 000 years")]
fn now_ms() -> i64 {
    js_sys::Date::now() as i64
}

/// Returns the token, where there is one.
pub fn bearer() -> Option<String> {
    TOKEN.with_borrow(|token| token.as_ref().map(|token| token.secret.clone()))
}

/// Tells whether the token's time is over: a computer that slept renews nothing.
pub fn is_over() -> bool {
    TOKEN.with_borrow(|token| token.as_ref().is_some_and(|token| token.ends_ms <= now_ms()))
}

/// Forgets the token.
pub fn forget() {
    TOKEN.set(None);
}

/// Hands a code to whoever waits for one, or why there is none.
pub fn hand(code: Result<&str, &str>) {
    let (code, why) = (code.ok(), code.err().unwrap_or_default());
    let code = code.map_or(JsValue::NULL, JsValue::from_str);
    if let Some(waiting) = WAITING.take() {
        let _ = waiting.call1(&JsValue::NULL, &Array::of2(&code, &JsValue::from_str(why)));
    }
}

/// Gets another token, and says what came with it; nothing where somebody else was getting one already. A code works once: whoever
/// wants a token at the same time gets the same one.
///
/// # Errors
/// Why there is none.
pub async fn renew(reason: &'static str) -> Result<Option<ExchangeResponse>, Failure> {
    if FOLLOWERS.with_borrow(Option::is_some) {
        let done = Promise::new(&mut |resolve, _| {
            FOLLOWERS
                .with_borrow_mut(|followers| followers.iter_mut().for_each(|all| all.push(resolve.clone())));
        });
        let done = JsFuture::from(done).await.is_ok_and(|done| done.is_truthy());
        let failed = || Failure::Held("The portal did not open this panel again.".to_owned());
        return done.then_some(None).ok_or_else(failed);
    }
    FOLLOWERS.set(Some(Vec::new()));
    let answer = fetch(reason).await;
    for follower in FOLLOWERS.take().unwrap_or_default() {
        let _ = follower.call1(&JsValue::NULL, &JsValue::from_bool(answer.is_ok()));
    }
    answer.map(Some)
}

/// Asks the page around for a code, and trades it for a token. `reason` is `start` or `renewal`.
async fn fetch(reason: &'static str) -> Result<ExchangeResponse, Failure> {
    let asked = Promise::new(&mut |resolve, _| WAITING.set(Some(resolve)));
    host::say("token", &[("reason", JsValue::from_str(reason))]);
    let handed = JsFuture::from(asked).await.map(|handed| Array::from(&handed)).unwrap_or_default();
    let Some(code) = handed.get(0).as_string() else {
        let why = handed.get(1).as_string().filter(|why| !why.is_empty()).map(|why| format!(": {why}"));
        return Err(Failure::Held(format!("The portal did not open this panel{}.", why.unwrap_or_default())));
    };
    let request = ExchangeRequest {
        embed: super::known().map(|known| known.embed).unwrap_or_default(),
        code,
        origin: host::origin(),
    };
    let answer = api::exchange(&request).await?;
    let lasts = answer.expires_at.timestamp_millis() - answer.now.timestamp_millis();
    TOKEN.set(Some(Token { secret: answer.token.clone(), ends_ms: now_ms() + lasts }));
    let wait = u64::try_from(lasts - AHEAD_MS).unwrap_or_default();
    set_timeout(
        move || {
            spawn(async move {
                // Where it fails, the token ends in its time, and whoever looks is told then.
                let _ = renew("renewal").await;
            });
        },
        Duration::from_millis(wait),
    );
    Ok(answer)
}
