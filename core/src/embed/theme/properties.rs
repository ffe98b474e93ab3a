//! What the tokens of a theme make of the page. Text stays readable on each surface.

use super::{Colour, Font, Ground, LIGHT, Scheme, TEXT, Theme, contrast, grounds};

const BLACK: Colour = Colour([0; 3]);

/// A colour that says something, as text, and what may stand behind it: each light and dark.
struct Mark {
    ink: &'static str,
    inks: [Colour; 2],
    wash: &'static str,
    washes: [Colour; 2],
}

const fn colour(rgb: u32) -> Colour {
    let [_, red, green, blue] = rgb.to_be_bytes();
    Colour([red, green, blue])
}

const fn mark(
    ink: &'static str,
    [light, dark]: [u32; 2],
    wash: &'static str,
    [light_wash, dark_wash]: [u32; 2],
) -> Mark {
    let inks = [colour(light), colour(dark)];
    Mark { ink, inks, wash, washes: [colour(light_wash), colour(dark_wash)] }
}

/// The page's own. Source of the numbers: `style/tokens.css`.
#[rustfmt::skip]
#[expect(clippy::unreadable_literal, reason = "colours are written like this")]
const ACCENT: Mark = mark("--accent", [0x3d4fd6, 0x93a1ff], "--accent-wash", [0xeef0ff, 0x1f2340]);
#[rustfmt::skip]
#[expect(clippy::unreadable_literal, reason = "colours are written like this")]
const STATES: [Mark; 4] = [
    mark("--critical", [0xb42318, 0xff8d82], "--critical-wash", [0xfef1f0, 0x331816]),
    mark("--high",     [0xa2480a, 0xfdb06a], "--high-wash",     [0xfff4ea, 0x30200f]),
    mark("--low",      [0x3b5b85, 0x9ec1f2], "--low-wash",      [0xeff5fc, 0x172334]),
    mark("--good",     [0x1d7245, 0x6fd39c], "--good-wash",     [0xeefaf3, 0x10291b]),
];

impl Theme {
    /// Returns what the tokens make of the page: its custom properties and their values.
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
        }
        match (self.ground, self.accent) {
            (Some(ground), accent) => all.extend(ground.properties(accent)),
            (None, Some(accent)) => all.extend(self.tinted(accent)),
            (None, None) => {}
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

    /// Returns what an accent makes of the page's own surfaces. Links are text: an accent that is only seen well enough to be pressed
    /// stays Beckon's own there.
    fn tinted(&self, accent: Colour) -> Vec<(&'static str, String)> {
        let grounds = grounds(self.scheme, None);
        let washes: Vec<String> = grounds.iter().map(|ground| ground.mix(accent, WASH).to_string()).collect();
        let wash = washes.join(", ");
        let mut all =
            vec![(ACCENT.wash, if washes.len() > 1 { format!("light-dark({wash})") } else { wash })];
        if grounds.iter().all(|ground| contrast(accent, ground.mix(accent, WASH)) >= TEXT) {
            all.push((ACCENT.ink, accent.to_string()));
        }
        all
    }
}

/// How much of an accent its trace on a surface has, in percent.
const WASH: u16 = 8;

impl Ground {
    fn properties(self, accent: Option<Colour>) -> Vec<(&'static str, String)> {
        let Self { surface, text } = self;
        let is_read = |ground: Colour| contrast(text, ground) >= TEXT;
        let or_surface = |ground: Colour| if is_read(ground) { ground } else { surface };
        let shade = |share| surface.mix(text, share);
        // The darkest surface that text stands on.
        let hover = or_surface(shade(4));
        let fits = |ink: Colour, wash: Colour| {
            [surface, hover, wash].iter().all(|ground| contrast(ink, *ground) >= TEXT)
        };
        let soft = |share| Some(text.mix(surface, share)).filter(|faded| fits(*faded, hover)).unwrap_or(text);
        let is_dark = contrast(surface, LIGHT) > contrast(surface, BLACK);
        let mut all = vec![
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
        ];
        // What says something by its colour says it as text alone where the colour could not be read.
        let mut say = |mark: &Mark, ink: Colour, wash: Colour| {
            let wash = or_surface(wash);
            all.push((mark.ink, if fits(ink, wash) { ink } else { text }.to_string()));
            all.push((mark.wash, wash.to_string()));
        };
        let side = usize::from(is_dark);
        match accent {
            Some(accent) => say(&ACCENT, accent, surface.mix(accent, WASH)),
            None => say(&ACCENT, ACCENT.inks[side], ACCENT.washes[side]),
        }
        for mark in &STATES {
            say(mark, mark.inks[side], mark.washes[side]);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::embed::ThemeBody;
    use crate::embed::theme::DARK;

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
            let find = |name: &str| Colour::parse(&all.iter().find(|(own, _)| *own == name).expect("it is there").1).expect("a colour");
            let states = ["--accent", "--critical", "--high", "--low", "--good"];
            for ink in ["--ink", "--ink-soft", "--ink-faint"].iter().chain(&states) {
                for ground in ["--surface", "--sunken", "--hover"] {
                    let reached = contrast(find(ink), find(ground));
                    assert!(reached >= TEXT, "{ink} on {ground}: {reached}");
                }
            }
            for state in states {
                let wash = find(&format!("{state}-wash"));
                assert!(contrast(find(state), wash) >= TEXT && contrast(find("--ink"), wash) >= TEXT, "{state}");
            }
        });
        assert_eq!(Theme::default().properties(), []);
    }

    #[test]
    fn the_page_s_own_colours_are_those_of_its_stylesheet() {
        let style = include_str!("../../../../style/tokens.css");
        let surface = format!("--surface: light-dark({LIGHT}, {DARK});");
        assert!(style.contains(&surface), "{surface}");
        for Mark { ink, inks, wash, washes } in STATES.iter().chain([&ACCENT]) {
            for (name, [light, dark]) in [(ink, inks), (wash, washes)] {
                let line = format!("{name}: light-dark({light}, {dark});");
                assert!(style.contains(&line), "{line}");
            }
        }
    }
}
