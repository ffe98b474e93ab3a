//! Signatures: HMAC-SHA256 over `id.timestamp.body`, in the headers of both names.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use beckon_core::time::Timestamp;
use hmac::{Hmac, Mac as _};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use sha2::Sha256;

use super::secret::{Secret, Secrets};

/// The headers of a signed request: id, time and signatures, by the standard's name and by the one before it.
#[rustfmt::skip]
pub const SIGNED_HEADERS: [[HeaderName; 2]; 3] = [
    [HeaderName::from_static("webhook-id"),        HeaderName::from_static("svix-id")],
    [HeaderName::from_static("webhook-timestamp"), HeaderName::from_static("svix-timestamp")],
    [HeaderName::from_static("webhook-signature"), HeaderName::from_static("svix-signature")],
];

/// Returns the headers that prove whom a request is from: one signature for each secret that signs at `now`.
///
/// # Errors
/// When the id is not visible ASCII, or has a dot, which would let one signature stand for two requests.
pub fn sign(secrets: &Secrets, id: &str, now: Timestamp, body: &[u8]) -> Result<HeaderMap, String> {
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'.') {
        return Err("expected an id of visible ASCII without dots, found another".to_owned());
    }
    let timestamp = now.timestamp().to_string();
    let signatures: Vec<String> =
        secrets.at(now).map(|secret| signature(secret, id, &timestamp, body)).collect();
    let mut headers = HeaderMap::with_capacity(6);
    for (names, value) in SIGNED_HEADERS.into_iter().zip([id, &timestamp, &signatures.join(" ")]) {
        let value = HeaderValue::from_str(value).map_err(|error| error.to_string())?;
        for name in names {
            headers.insert(name, value.clone());
        }
    }
    Ok(headers)
}

fn signature(secret: &Secret, id: &str, timestamp: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.bytes()).expect("an HMAC takes a key of any length");
    for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        mac.update(part);
    }
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification_is_signed_as_there() {
        let secrets = Secrets {
            current: Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret"),
            previous: None,
        };
        let now = Timestamp::from_timestamp(1_614_265_330, 0).expect("a moment");
        let headers =
            sign(&secrets, "msg_p5jXN8AQM9LWM0D4loKWxJek", now, br#"{"test": 2432232314}"#).expect("signed");
        for name in ["webhook-signature", "svix-signature"] {
            assert_eq!(headers[name], "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        }
        assert_eq!(headers["svix-id"], "msg_p5jXN8AQM9LWM0D4loKWxJek");
        assert_eq!(headers["webhook-timestamp"], "1614265330");
    }

    #[test]
    fn an_id_that_could_be_read_in_two_ways_is_refused() {
        let secrets = Secrets { current: Secret::random().expect("random bytes"), previous: None };
        for bad in ["", "a.b", "a b", "a\r\nb", "é"] {
            assert!(sign(&secrets, bad, Timestamp::UNIX_EPOCH, b"").is_err(), "{bad:?}");
        }
    }
}
