//! A message before it is text or HTML: its pieces, each of them plain and of bounded length.

use super::text;
use crate::severity::Severity;
use crate::text::length;

/// A message before it is text or HTML.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    /// See [`super::title`].
    pub(super) title: String,
    /// The essential in one line, which mail programs show beside the title.
    pub(super) preheader: String,
    /// How pressing it is; none where it presses no longer.
    pub(super) severity: Option<Severity>,
    /// The kind of escalation, for people.
    pub(super) kind: &'static str,
    /// Whom it concerns.
    pub(super) whom: String,
    /// What it is about.
    pub(super) subject: String,
    /// What is new, where the question itself is not.
    pub(super) news: Option<News>,
    /// What happened and why that matters, a paragraph each.
    pub(super) happened: Vec<String>,
    /// What is known.
    pub(super) facts: List,
    /// What is asked.
    pub(super) question: String,
    /// What has to be done before it can be answered, where something has.
    pub(super) guidance: Option<String>,
    /// Until when.
    pub(super) deadline: Option<Deadline>,
    /// What can be answered.
    pub(super) choices: List,
    /// What is to be filled in.
    pub(super) fields: List,
    /// Where the escalation is.
    pub(super) url: String,
    /// What to do there.
    pub(super) call: Call,
    /// Why the reader gets it.
    pub(super) because: String,
    /// Where to change that.
    pub(super) settings_url: String,
}

/// What is new.
#[derive(Clone, Debug)]
pub(super) struct News {
    /// In a sentence or two.
    pub(super) text: String,
    /// How it is to be seen.
    pub(super) tone: Tone,
}

/// How something new is to be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    /// Time is up.
    Overdue,
    /// It presses so much.
    Severity(Severity),
    /// It goes on.
    Neutral,
    /// It is over.
    Good,
}

/// Until when an answer is wanted.
#[derive(Clone, Debug)]
pub(super) struct Deadline {
    /// In a sentence.
    pub(super) text: String,
    /// Whether it has passed.
    pub(super) overdue: bool,
}

/// What the reader is called to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Call {
    /// To answer.
    Answer,
    /// To look, if they like.
    Look,
}

/// A list of which not all may be shown.
#[derive(Clone, Debug, Default)]
pub(super) struct List {
    /// What is shown.
    pub(super) points: Vec<Point>,
    /// How many more there are.
    pub(super) hidden: usize,
}

/// An item of a list.
#[derive(Clone, Debug)]
pub(super) struct Point {
    /// One line.
    pub(super) name: String,
    /// Nothing, a line, or several.
    pub(super) detail: String,
}

impl Letter {
    /// Tells whether the news is about the deadline: then the two stand together.
    pub(super) fn is_news_of_deadline(&self) -> bool {
        match self.news.as_ref().map(|news| news.tone) {
            Some(Tone::Overdue | Tone::Severity(_)) => true,
            Some(Tone::Neutral | Tone::Good) | None => false,
        }
    }

    /// Takes items off the longest list until the plain text is at most `most` UTF-16 code units long. The page shows
    /// what is taken off.
    pub(super) fn fit(&mut self, most: usize) {
        while length(&text::render(self)) > most {
            let lists = [&mut self.facts, &mut self.choices, &mut self.fields];
            let Some(list) = lists.into_iter().max_by_key(|list| list.length()) else { return };
            if list.points.pop().is_none() {
                return;
            }
            list.hidden += 1;
        }
    }
}

impl Call {
    /// Returns what the link says.
    pub(super) const fn label(self) -> &'static str {
        match self {
            Self::Answer => "Answer in Beckon",
            Self::Look => "See the escalation",
        }
    }
}

impl List {
    /// Tells whether there is nothing to show.
    pub(super) fn is_empty(&self) -> bool {
        self.points.is_empty() && self.hidden == 0
    }

    /// Returns `and 12 more`, where there are more.
    pub(super) fn more(&self) -> Option<String> {
        (self.hidden > 0).then(|| format!("and {} more", self.hidden))
    }

    fn length(&self) -> usize {
        self.points.iter().map(|point| length(&point.name) + length(&point.detail)).sum()
    }
}

impl Point {
    /// Returns `Volume: 40 GB`; a colon stands only where nothing else ends the name.
    pub(super) fn in_a_line(&self) -> String {
        let colon = if self.name.ends_with([':', '?', '.', '!']) { "" } else { ":" };
        match self.detail.as_str() {
            "" => self.name.clone(),
            detail => format!("{}{colon} {detail}", self.name),
        }
    }
}
