//! A request as a library of a protocol makes it, sent by the guarded way.

use axum::http::{Request, Response};

use super::{Outbound, why};

/// The longest answer that is read, in bytes.
const MAX_ANSWER: usize = 1024 * 1024;

/// Why there is no answer, in our words.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreachable(pub String);

impl Outbound {
    /// Sends a request, and returns the answer, whatever its status.
    ///
    /// # Errors
    /// [`Unreachable`]
    pub async fn fetch(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Unreachable> {
        let (parts, body) = request.into_parts();
        let sending = self.request(parts.method, &parts.uri.to_string()).map_err(Unreachable)?;
        let sent = sending.headers(parts.headers).body(body).send().await;
        let mut answer = sent.map_err(|error| Unreachable(why(&error)))?;
        let mut whole = Response::new(Vec::new());
        *whole.status_mut() = answer.status();
        whole.headers_mut().clone_from(answer.headers());
        while let Some(part) = answer.chunk().await.map_err(|error| Unreachable(why(&error)))? {
            if whole.body().len() + part.len() > MAX_ANSWER {
                let text = format!("expected an answer of at most {MAX_ANSWER} bytes, found a longer one");
                return Err(Unreachable(text));
            }
            whole.body_mut().extend_from_slice(&part);
        }
        Ok(whole)
    }
}
