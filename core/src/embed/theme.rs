//! How a panel looks: a few tokens that fit a portal, and never colours that cannot be read.

use std::fmt;

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr, VariantNames};

use crate::api::embed::ThemeBody;
use crate::error::{FieldError, Invalid};

/// The least contrast of text. Source of the number: WCAG 2.2, 1.4.3.
const TEXT: f64 = 4.5;

/// The least contrast of what is pressed and marked. Source of the number: WCAG 2.2, 1.4.11.
const CONTROL: f64 = 3.0;

/// The roundest corners, in px.
const MAX_RADIUS: u8 = 16;

/// The surfaces of the page's own two schemes. Source of the numbers: `style/tokens.css`.
const LIGHT: Colour = Colour([0xff, 0xff, 0xff]);
const DARK: Colour = Colour([0x17, 0x18, 0x1d]);

/// Light, dark, or as the visitor's system is.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
    VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Scheme {
    /// As the visitor's system is.
    #[default]
    Auto,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// The typeface. Panels load none of a portal's own.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Serialize,
    Deserialize,
    Display,
    EnumIter,
    EnumString,
    IntoStaticStr,
    VariantNames,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Font {
    /// The system's own.
    System,
    /// One without serifs.
    Sans,
    /// One with serifs.
    Serif,
    /// One whose letters are equally wide.
    Mono,
}

/// A colour without transparency, by red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Colour([u8; 3]);

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
    fn mix(self, other: Self, share: u16) -> Self {
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

/// The tokens, once they were checked. What is left out is as in Beckon itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Theme {
    /// Light or dark.
    pub scheme: Scheme,
    /// What is pressed and marked.
    pub accent: Option<Colour>,
    /// What text stands on, and the text.
    pub ground: Option<Ground>,
    /// How round corners are, in px.
    pub radius: Option<u8>,
    /// The typeface.
    pub font: Option<Font>,
}

/// A surface, and text that can be read on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ground {
    /// What text stands on.
    pub surface: Colour,
    /// The text.
    pub text: Colour,
}

impl Theme {
    /// Reads the tokens.
    ///
    /// # Errors
    /// Each token that is not what it can be, or that nobody could read.
    pub fn read(body: Option<&ThemeBody>) -> Result<Self, Vec<FieldError>> {
        let Some(body) = body else { return Ok(Self::default()) };
        let mut errors = Vec::new();
        let mut reading = Reading { errors: &mut errors };
        let scheme = reading.word("scheme", body.scheme.as_deref()).unwrap_or_default();
        let font = reading.word("font", body.font.as_deref());
        let accent = reading.colour("accent", body.accent.as_deref());
        let surface = reading.colour("surface", body.surface.as_deref());
        let text = reading.colour("text", body.text.as_deref());
        let radius = body.radius.filter(|radius| reading.is_round("radius", *radius));
        let ground = match (surface, text) {
            (Some(surface), Some(text)) => reading.is_read(surface, text).then_some(Ground { surface, text }),
            _ if body.surface.is_some() != body.text.is_some() => {
                reading.wrong("surface", "expected `surface` and `text` together, or neither");
                None
            }
            _ => None,
        };
        if let Some(accent) = accent {
            reading.is_seen(accent, &grounds(scheme, ground));
        }
        if errors.is_empty() { Ok(Self { scheme, accent, ground, radius, font }) } else { Err(errors) }
    }

    /// Returns the tokens as they are written.
    pub fn body(&self) -> ThemeBody {
        ThemeBody {
            scheme: Some(self.scheme.to_string()),
            accent: self.accent.map(|accent| accent.to_string()),
            surface: self.ground.map(|ground| ground.surface.to_string()),
            text: self.ground.map(|ground| ground.text.to_string()),
            radius: self.radius,
            font: self.font.map(|font| font.to_string()),
        }
    }
}

impl Theme {
    /// Returns what the tokens make of the page: its custom properties and their values. Text stays readable on each surface.
    pub fn properties(&self) -> Vec<(&'static str, String)> {
        let mut all = Vec::new();
        let scheme = match self.scheme {
            Scheme::Auto => None,
            Scheme::Light => Some("light"),
            Scheme::Dark => Some("dark"),
        };
        all.extend(scheme.map(|scheme| ("color-scheme", scheme.to_owned())));
        if let Some(accent) = self.accent {
            all.push(("--accent-fill", accent.to_string()));
            all.push(("--accent-fill-hover", accent.to_string()));
            all.push(("--accent-ink", accent.ink().to_owned()));
            let washes: Vec<String> =
                grounds(self.scheme, self.ground).iter().map(|one| self.wash(*one)).collect();
            let wash = washes.join(", ");
            all.push(("--accent-wash", if washes.len() > 1 { format!("light-dark({wash})") } else { wash }));
            // Links are text: what is only seen well enough to be pressed stays Beckon's own there.
            let ground = grounds(self.scheme, self.ground);
            if ground.iter().all(|ground| contrast(accent, *ground) >= TEXT) {
                all.push(("--accent", accent.to_string()));
            }
        }
        if let Some(ground) = self.ground {
            all.extend(ground.properties());
        }
        if let Some(radius) = self.radius {
            all.push(("--radius-m", format!("{radius}px")));
            all.push(("--radius-s", format!("{}px", radius.div_ceil(2))));
        }
        let font = self.font.map(|font| match font {
            Font::System => "system-ui, sans-serif",
            Font::Sans => "\"Helvetica Neue\", Arial, sans-serif",
            Font::Serif => "ui-serif, Georgia, serif",
            Font::Mono => "ui-monospace, monospace",
        });
        all.extend(font.map(|font| ("--font", font.to_owned())));
        all
    }
}

impl Theme {
    /// Returns a trace of the accent on a surface, where text can still be read on it.
    fn wash(&self, surface: Colour) -> String {
        let washed = self.accent.map_or(surface, |accent| surface.mix(accent, 8));
        let text = self.ground.map(|ground| ground.text);
        let is_read = text.is_none_or(|text| contrast(text, washed) >= TEXT);
        if is_read { washed } else { surface }.to_string()
    }
}

impl Ground {
    fn properties(self) -> Vec<(&'static str, String)> {
        let Self { surface, text } = self;
        let shade = |share| surface.mix(text, share);
        // The darkest surface that text of each kind stands on.
        let hover = shade(4);
        let soft = |share| {
            let faded = text.mix(surface, share);
            if contrast(faded, hover) >= TEXT { faded } else { text }
        };
        let is_dark = contrast(surface, LIGHT) > contrast(surface, Colour([0; 3]));
        let hover = if contrast(text, hover) >= TEXT { hover } else { surface };
        vec![
            ("color-scheme", if is_dark { "dark" } else { "light" }.to_owned()),
            ("--page", surface.to_string()),
            ("--surface", surface.to_string()),
            ("--raised", surface.to_string()),
            ("--sunken", hover.to_string()),
            ("--hover", hover.to_string()),
            ("--line", shade(14).to_string()),
            ("--line-strong", shade(24).to_string()),
            ("--ink", text.to_string()),
            ("--ink-soft", soft(18).to_string()),
            ("--ink-faint", soft(26).to_string()),
        ]
    }
}

/// What an accent stands on.
fn grounds(scheme: Scheme, ground: Option<Ground>) -> Vec<Colour> {
    match (ground, scheme) {
        (Some(ground), _) => vec![ground.surface],
        (None, Scheme::Light) => vec![LIGHT],
        (None, Scheme::Dark) => vec![DARK],
        (None, Scheme::Auto) => vec![LIGHT, DARK],
    }
}

struct Reading<'e> {
    errors: &'e mut Vec<FieldError>,
}

impl Reading<'_> {
    fn wrong(&mut self, token: &str, message: impl ToString) {
        self.errors.push(FieldError::new(format!("theme.{token}"), message));
    }

    fn word<T: std::str::FromStr + strum::VariantNames>(
        &mut self,
        token: &str,
        text: Option<&str>,
    ) -> Option<T> {
        let text = text?;
        let read = text.parse().ok();
        if read.is_none() {
            self.wrong(token, format!("expected one of {}, found `{text}`", T::VARIANTS.join(", ")));
        }
        read
    }

    fn colour(&mut self, token: &str, text: Option<&str>) -> Option<Colour> {
        match Colour::parse(text?) {
            Ok(colour) => Some(colour),
            Err(wrong) => {
                self.wrong(token, wrong);
                None
            }
        }
    }

    fn is_round(&mut self, token: &str, radius: u8) -> bool {
        let fits = radius <= MAX_RADIUS;
        if !fits {
            self.wrong(token, format!("expected 0 to {MAX_RADIUS} px, found {radius}"));
        }
        fits
    }

    fn is_read(&mut self, surface: Colour, text: Colour) -> bool {
        let reached = contrast(surface, text);
        if reached < TEXT {
            let message =
                format!("{text} on {surface} has a contrast of {reached:.1}, and text needs {TEXT}");
            self.wrong("text", message);
        }
        reached >= TEXT
    }

    fn is_seen(&mut self, accent: Colour, grounds: &[Colour]) {
        for ground in grounds {
            let reached = contrast(accent, *ground);
            if reached < CONTROL {
                let message = format!(
                    "{accent} on {ground} has a contrast of {reached:.1}, and what is pressed needs {CONTROL:.0}: choose \
                     another one, or the scheme that it is for"
                );
                self.wrong("accent", message);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).expect("a colour")
    }

    fn body(tokens: &[(&str, &str)]) -> ThemeBody {
        let find = |name| tokens.iter().find(|(own, _)| *own == name).map(|(_, value)| (*value).to_owned());
        ThemeBody {
            scheme: find("scheme"),
            accent: find("accent"),
            surface: find("surface"),
            text: find("text"),
            radius: find("radius").and_then(|radius| radius.parse().ok()),
            font: find("font"),
        }
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
    fn themes_that_can_be_read_are_kept_as_they_are() {
        let check = |tokens: &[(&str, &str)]| {
            let theme = Theme::read(Some(&body(tokens))).expect("a theme");
            let again = Theme::read(Some(&theme.body())).expect("the same");
            assert_eq!(theme, again);
        };
        check(&[]);
        check(&[("scheme", "dark"), ("accent", "#93A1FF"), ("radius", "16"), ("font", "serif")]);
        check(&[("scheme", "light"), ("accent", "#1e3a8a")]);
        check(&[("surface", "#fffbeb"), ("text", "#1c1917"), ("accent", "#b45309")]);
        assert_eq!(Theme::read(None), Ok(Theme::default()));
        assert_eq!(colour("#3D4fd6").to_string(), "#3d4fd6");
    }

    #[test]
    fn each_token_that_is_wrong_is_named() {
        let check = |tokens: &[(&str, &str)], fields: &[&str]| {
            let errors = Theme::read(Some(&body(tokens))).expect_err("it is wrong");
            let found: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
            assert_eq!(found, fields, "{tokens:?}");
        };
        check(&[("scheme", "sepia"), ("font", "Comic Sans")], &["theme.scheme", "theme.font"]);
        check(&[("accent", "red")], &["theme.accent"]);
        check(&[("accent", "#12345")], &["theme.accent"]);
        check(&[("accent", "#+12345")], &["theme.accent"]);
        check(&[("radius", "17")], &["theme.radius"]);
        check(&[("surface", "#ffffff")], &["theme.surface"]);
        check(&[("surface", "#ffffff"), ("text", "#999999")], &["theme.text"]);
        // Navy cannot be seen on the dark page, and yellow not on the light one.
        check(&[("accent", "#1e3a8a")], &["theme.accent"]);
        check(&[("accent", "#ffff00"), ("scheme", "light")], &["theme.accent"]);
    }

    #[test]
    fn text_can_be_read_on_whatever_a_theme_makes_of_the_page() {
        proptest::proptest!(|(surface: [u8; 3], text: [u8; 3], accent: Option<[u8; 3]>)| {
            let body = ThemeBody {
                accent: accent.map(|accent| Colour(accent).to_string()),
                surface: Some(Colour(surface).to_string()),
                text: Some(Colour(text).to_string()),
                ..ThemeBody::default()
            };
            let Ok(theme) = Theme::read(Some(&body)) else { return Ok(()) };
            let all = theme.properties();
            let find = |name: &str| colour(&all.iter().find(|(own, _)| *own == name).expect("it is there").1);
            for ink in ["--ink", "--ink-soft", "--ink-faint"] {
                for ground in ["--surface", "--sunken", "--hover"] {
                    let reached = contrast(find(ink), find(ground));
                    assert!(reached >= TEXT, "{ink} on {ground}: {reached}");
                }
            }
            if theme.accent.is_some() {
                assert!(contrast(find("--ink"), find("--accent-wash")) >= TEXT);
            }
        });
        assert_eq!(Theme::default().properties(), []);
    }

    #[test]
    fn what_stands_on_an_accent_can_be_read() {
        proptest::proptest!(|(red: u8, green: u8, blue: u8)| {
            let accent = Colour([red, green, blue]);
            assert!(contrast(accent, colour(accent.ink())) >= TEXT);
        });
    }
}
