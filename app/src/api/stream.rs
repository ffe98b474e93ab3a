//! An answer that is read while it comes.

use gloo_net::http::RequestBuilder;
use js_sys::futures::JsFuture;
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::ReadableStreamDefaultReader;

/// What the server sends piece by piece.
pub struct Stream(ReadableStreamDefaultReader);

impl Stream {
    /// Opens what is at `path`; nothing where that is refused or nobody answers.
    pub async fn open(path: &str) -> Option<Self> {
        let request = super::signed(RequestBuilder::new(path)).build().ok()?;
        let response = request.send().await.ok()?;
        if !response.ok() {
            let status = response.status();
            let _ = super::refused(status, &response.text().await.unwrap_or_default());
            return None;
        }
        let reader = response.body()?.get_reader();
        reader.dyn_into().ok().map(Self)
    }

    /// Returns the next piece; nothing once it has ended.
    pub async fn next(&mut self) -> Option<String> {
        let read = JsFuture::from(self.0.read()).await.ok()?;
        let value = Reflect::get(&read, &JsValue::from_str("value")).ok()?;
        let bytes = value.dyn_into::<Uint8Array>().ok()?;
        Some(String::from_utf8_lossy(&bytes.to_vec()).into_owned())
    }
}
