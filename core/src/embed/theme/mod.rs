//! How a panel looks: a few tokens that fit a portal, and never colours that cannot be read.

use serde::{Deserialize, Serialize};
use strum::{Display, EnumIter, EnumString, IntoStaticStr, VariantNames};

use crate::api::embed::ThemeBody;
use crate::error::FieldError;

mod colour;
mod properties;

pub use self::colour::{Colour, contrast};

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
}
