//! A colour, and what can be read on it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::Invalid;

/// A colour without transparency, by red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour(pub(super) [u8; 3]);

impl Colour {
    /// Reads `#rrggbb`.
    ///
    /// # Errors
    /// [`Invalid`] for anything else.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let wrong = || Invalid::new("a colour such as #3d4fd6", text);
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 6).ok_or_else(wrong)?;
        if !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(wrong());
        }
        let number = u32::from_str_radix(digits, 16).map_err(|_| wrong())?;
        let [_, red, green, blue] = number.to_be_bytes();
        Ok(Self([red, green, blue]))
    }

    /// Returns its relative luminance: 0 for black, 1 for white. Source of the formula: WCAG 2.2, "relative luminance".
    fn luminance(self) -> f64 {
        let [red, green, blue] = self.0.map(|channel| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// Returns what can be read on it: black or white.
    pub fn ink(self) -> &'static str {
        if contrast(self, Self([0; 3])) > contrast(self, Self([0xff; 3])) { "#000000" } else { "#ffffff" }
    }
}

impl Colour {
    /// Mixes it with `share` percent of another one.
    pub(super) fn mix(self, other: Self, share: u16) -> Self {
        let mut mixed = self.0;
        for (own, other) in mixed.iter_mut().zip(other.0) {
            let sum = u16::from(*own) * (100 - share) + u16::from(other) * share;
            *own = u8::try_from((sum + 50) / 100).unwrap_or(u8::MAX);
        }
        Self(mixed)
    }
}

/// Returns the contrast of two colours, from 1 to 21. Source of the formula: WCAG 2.2, "contrast ratio".
pub fn contrast(one: Colour, other: Colour) -> f64 {
    let (one, other) = (one.luminance(), other.luminance());
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

impl TryFrom<String> for Colour {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::parse(&text)
    }
}

impl From<Colour> for String {
    fn from(colour: Colour) -> Self {
        colour.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).expect("a colour")
    }

    #[test]
    fn contrast_is_that_of_the_standard() {
        let check = |one: &str, other: &str, expected: f64| {
            let reached = contrast(colour(one), colour(other));
            assert!((reached - expected).abs() < 0.01, "{one} {other}: {reached}");
        };
        check("#000000", "#ffffff", 21.0);
        check("#ffffff", "#000000", 21.0);
        check("#777777", "#ffffff", 4.48);
        check("#767676", "#ffffff", 4.54);
        check("#ff0000", "#ffffff", 4.0);
    }

    #[test]
    fn what_stands_on_an_accent_can_be_read() {
        proptest::proptest!(|(red: u8, green: u8, blue: u8)| {
            let accent = Colour([red, green, blue]);
            assert!(contrast(accent, colour(accent.ink())) >= super::super::TEXT);
        });
    }
}
