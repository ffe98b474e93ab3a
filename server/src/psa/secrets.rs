//! What must never stand in a text that people read: secrets, and what they look like on the wire.

use std::sync::{PoisonError, RwLock};

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use beckon_core::integration::{Settings, Vendor};

/// Stands where something was taken out.
const REMOVED: &str = "[removed]";
/// Shorter pieces of base64 are too common to be taken out.
const SHORTEST_PIECE: usize = 4;
/// How many tokens are remembered: those that may still be in an answer.
const MAX_TOKENS: usize = 8;

/// The secrets of one client.
#[derive(Debug, Default)]
pub struct Secrets {
    fixed: Vec<String>,
    tokens: RwLock<Vec<Vec<String>>>,
}

impl Secrets {
    /// Collects the secrets of what an account entered.
    pub fn of(vendor: Vendor, settings: &Settings) -> Self {
        let secret = vendor.settings().iter().filter(|setting| setting.secret);
        let values = secret.filter_map(|setting| settings.get(setting.slug));
        let fixed = sorted(values.flat_map(|value| forms(value.trim())).collect());
        Self { fixed, tokens: RwLock::default() }
    }

    /// Remembers a credential that was made of them.
    pub fn with(mut self, value: &str) -> Self {
        self.fixed.extend(forms(value));
        self.fixed = sorted(self.fixed);
        self
    }

    /// Remembers a token that the far end gave.
    pub fn add_token(&self, token: &str) {
        let mut tokens = self.tokens.write().unwrap_or_else(PoisonError::into_inner);
        tokens.push(sorted(forms(token)));
        let old = tokens.len().saturating_sub(MAX_TOKENS);
        tokens.drain(..old);
    }

    /// Takes them out of a text. What is invisible goes first, so that it cannot split one.
    pub fn remove_from(&self, text: &str) -> String {
        let plain = beckon_core::text::plain_lines(text);
        let tokens = self.tokens.read().unwrap_or_else(PoisonError::into_inner);
        let all = tokens.iter().flatten().chain(&self.fixed);
        all.fold(plain, |text, secret| text.replace(secret.as_str(), REMOVED))
    }
}

/// Returns the ways in which a value is written: as it is, in JSON, in a URL, in base64 at each of its three offsets.
fn forms(value: &str) -> Vec<String> {
    if value.is_empty() {
        return Vec::new();
    }
    let json = serde_json::Value::from(value).to_string();
    let percent: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    let spaces = percent.replace('+', "%20");
    let mut forms = vec![value.to_owned(), json.trim_matches('"').to_owned(), percent, spaces];
    for offset in 0..3_usize {
        let padded = [vec![0; offset], value.as_bytes().to_vec()].concat();
        // The first characters also hold bits of what stands before, and the last one of what stands after.
        let first = (offset * 8).div_ceil(6);
        let whole = padded.len() * 8 / 6;
        for engine in [&STANDARD_NO_PAD, &URL_SAFE_NO_PAD] {
            let encoded = engine.encode(&padded);
            forms.extend(
                encoded.get(first..whole).filter(|piece| piece.len() >= SHORTEST_PIECE).map(str::to_owned),
            );
        }
    }
    forms
}

/// The longest first: a secret may hold another one.
fn sorted(mut forms: Vec<String>) -> Vec<String> {
    forms.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
    forms.dedup();
    forms
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const SECRET: &str = "p\"ss wörd+/42";

    fn secrets() -> Secrets {
        let settings =
            [("client_secret".to_owned(), SECRET.to_owned()), ("client_id".to_owned(), "app".to_owned())];
        Secrets::of(Vendor::Halopsa, &settings.into())
    }

    #[test]
    fn a_secret_is_taken_out_in_every_writing() {
        let check = |text: &str| {
            let clean = secrets().remove_from(text);
            assert!(clean.contains(REMOVED), "{text}: {clean}");
        };
        check(&format!("you sent {SECRET}"));
        check(&serde_json::json!({ "client_secret": SECRET }).to_string());
        check("client_secret=p%22ss+w%C3%B6rd%2B%2F42&x");
        check("client_secret=p%22ss%20w%C3%B6rd%2B%2F42&x");
        check("p\"ss w\u{200b}örd+\u{0}/42");
        for prefix in ["", "a", "ab", "abc", "company+public:"] {
            for suffix in ["", "z", "zy"] {
                check(&STANDARD.encode(format!("{prefix}{SECRET}{suffix}")));
            }
        }
    }

    #[test]
    fn what_is_no_secret_stays() {
        assert_eq!(secrets().remove_from("app says no\r\n\r\nnothing"), "app says no\nnothing");
    }

    #[test]
    fn tokens_are_taken_out_too() {
        let secrets = secrets();
        secrets.add_token("eyJ0b2tlbiI6MX0");
        assert_eq!(secrets.remove_from("Bearer eyJ0b2tlbiI6MX0 expired"), "Bearer [removed] expired");
    }
}
