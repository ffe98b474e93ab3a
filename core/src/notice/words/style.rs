//! The look of a message: the page's colours, once for mail programs that know only inline styles, and once more for the
//! dark scheme of those that know better.
//!
//! Sizes and colours are those of the page's tokens. Each text colour reaches 4.5:1 on each surface that it stands on.

use super::letter::Tone;
use crate::severity::Severity;

/// The system's own fonts: a message loads nothing.
pub(super) const FONT: &str = "Inter,'Segoe UI',Roboto,Helvetica,Arial,sans-serif";

/// The surface behind everything.
pub(super) const PAGE: &str = "#fbfbfd";
/// The surface of the message.
pub(super) const SURFACE: &str = "#ffffff";
/// The hairlines.
pub(super) const LINE: &str = "#e4e6ec";
/// The border of what matters most.
pub(super) const LINE_STRONG: &str = "#cfd3dc";
/// The text.
pub(super) const INK: &str = "#14161c";
/// The quieter text.
pub(super) const SOFT: &str = "#555b69";
/// The quietest text.
pub(super) const FAINT: &str = "#646a78";
/// Links.
pub(super) const ACCENT: &str = "#3d4fd6";

/// What mail programs read that know the dark scheme and narrow windows. The classes are those of [`super::html`].
pub(super) const SHEET: &str = "\
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .page { background: #101115 !important; }
  .card { background: #17181d !important; border-color: #272a33 !important; }
  .line { border-color: #272a33 !important; }
  .ask { border-color: #3a3e4a !important; }
  .ink { color: #eceef3 !important; }
  .soft { color: #a4aab8 !important; }
  .faint { color: #8b92a1 !important; }
  .link { color: #93a1ff !important; }
  .call { background: #4c5de0 !important; }
  .overdue { color: #ff8d82 !important; }
  .critical { color: #ff8d82 !important; background: #331816 !important; }
  .high { color: #fdb06a !important; background: #30200f !important; }
  .low { color: #9ec1f2 !important; background: #172334 !important; }
  .good { color: #6fd39c !important; background: #10291b !important; }
  .neutral { color: #eceef3 !important; background: #1e2027 !important; }
}
@media (max-width: 600px) {
  .outer { padding: 12px 8px 24px !important; }
  .pad { padding: 20px 16px !important; }
  .inset { padding: 16px !important; }
  .call { width: 100% !important; }
  .call a { display: block !important; }
}
";

/// A text colour with its surface, and the class that turns both dark.
#[derive(Clone, Copy, Debug)]
pub(super) struct Tint {
    /// The class.
    pub(super) class: &'static str,
    /// The text.
    pub(super) ink: &'static str,
    /// The surface.
    pub(super) wash: &'static str,
}

const fn tint(class: &'static str, ink: &'static str, wash: &'static str) -> Tint {
    Tint { class, ink, wash }
}

impl Tone {
    /// Returns its colours.
    #[rustfmt::skip]
    pub(super) const fn tint(self) -> Tint {
        match self {
            Self::Overdue | Self::Severity(Severity::Critical)
                                           => tint("critical", "#b42318", "#fef1f0"),
            Self::Severity(Severity::High) => tint("high",     "#a2480a", "#fff4ea"),
            Self::Severity(Severity::Low)  => tint("low",      "#3b5b85", "#eff5fc"),
            Self::Neutral                  => tint("neutral",  "#14161c", "#f3f4f7"),
            Self::Good                     => tint("good",     "#1d7245", "#eefaf3"),
        }
    }
}

/// Returns the shape that stands before the word of a severity: colour is never all that tells them apart.
pub(super) const fn shape(severity: Severity) -> &'static str {
    match severity {
        Severity::Critical => "◆",
        Severity::High => "▲",
        Severity::Low => "○",
    }
}
