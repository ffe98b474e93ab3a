//! What can be chosen, and what an admin is told to do outside Beckon.

use serde::{Deserialize, Serialize};

/// One choice of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChoiceBody {
    /// Goes into the answer.
    pub slug: String,
    /// For people.
    pub label: String,
    /// A hint below the label.
    pub hint: String,
    /// What a button says that makes the choice: `Send by email`. Where entities are decided one by one, `{}` stands for
    /// how many or which: `Keep {} isolated`.
    pub button: String,
    /// What choosing it does, one consequence each. Empty for logins, where it depends on the rules.
    pub consequences: Vec<String>,
    /// Whether it needs a note that says why.
    pub note_required: bool,
    /// The word that an admin types to confirm what cannot be taken back; null where nothing has to be typed.
    pub confirm: Option<String>,
    /// The slugs of the fields that go with it alone. The other fields go with every choice.
    pub fields: Vec<String>,
}

impl ChoiceBody {
    /// Makes a choice that says what it does.
    pub fn new(slug: &str, label: &str, hint: &str, consequences: &[&str]) -> Self {
        Self {
            slug: slug.to_owned(),
            label: label.to_owned(),
            hint: hint.to_owned(),
            button: label.to_owned(),
            consequences: consequences.iter().map(|&text| text.to_owned()).collect(),
            note_required: false,
            confirm: None,
            fields: Vec::new(),
        }
    }

    /// Says what a button says that makes it.
    #[must_use]
    pub fn on_button(self, text: &str) -> Self {
        Self { button: text.to_owned(), ..self }
    }

    /// Makes it need a note.
    #[must_use]
    pub fn with_note(self) -> Self {
        Self { note_required: true, ..self }
    }

    /// Makes it need a typed word.
    #[must_use]
    pub fn confirmed_by(self, word: &str) -> Self {
        Self { confirm: Some(word.to_owned()), ..self }
    }

    /// Gives it fields of its own.
    #[must_use]
    pub fn with_fields(self, slugs: &[&str]) -> Self {
        Self { fields: slugs.iter().map(|&slug| slug.to_owned()).collect(), ..self }
    }
}

/// Something that an admin does outside Beckon.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuidanceBody {
    /// What to do, or what the link or the command is for.
    pub text: String,
    /// Where, if somewhere.
    pub link: Option<String>,
    /// A command to copy, if there is one.
    pub code: Option<String>,
}

impl GuidanceBody {
    /// Says what to do.
    pub fn text(text: &str) -> Self {
        Self { text: text.to_owned(), link: None, code: None }
    }

    /// Says where to go.
    pub fn link(text: &str, link: &str) -> Self {
        Self { link: Some(link.to_owned()), ..Self::text(text) }
    }

    /// Gives a command.
    pub fn code(text: &str, code: &str) -> Self {
        Self { code: Some(code.to_owned()), ..Self::text(text) }
    }
}
