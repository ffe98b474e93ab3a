//! A letter as plain text: short lines where we can, no markup, the bare address.

use super::letter::{Letter, List, Point};

/// Renders `letter` as plain text, with `\n` between lines and at the end.
pub(super) fn render(letter: &Letter) -> String {
    let mut blocks: Vec<String> = vec![heading(letter)];
    blocks.extend(news(letter));
    if !letter.happened.is_empty() {
        blocks.push(format!("What happened\n{}", letter.happened.join("\n")));
    }
    blocks.extend(list("", &letter.facts));
    blocks.push(question(letter));
    blocks.extend(list("What you can answer\n", &letter.choices));
    blocks.extend(list("What we need from you\n", &letter.fields));
    blocks.push(format!("{}:\n{}", letter.call.label(), letter.url));
    blocks.push(format!("{}\nNotification settings: {}", letter.because, letter.settings_url));
    blocks.join("\n\n") + "\n"
}

fn heading(letter: &Letter) -> String {
    let severity = letter.severity.map_or("Resolved", |severity| severity.label());
    format!("{}\n{severity} · {} · {}", letter.subject, letter.kind, letter.whom)
}

fn news(letter: &Letter) -> Option<String> {
    let deadline = letter.deadline.as_ref().filter(|_| letter.is_news_of_deadline());
    let deadline = deadline.map(|deadline| format!("\n{}", deadline.text)).unwrap_or_default();
    letter.news.as_ref().map(|news| format!("{}{deadline}", news.text))
}

fn question(letter: &Letter) -> String {
    let heading = if letter.deadline.is_some() { "The question" } else { "The question was" };
    let guidance = letter.guidance.as_deref().map(|text| format!("\n{text}")).unwrap_or_default();
    let deadline = letter.deadline.as_ref().filter(|_| !letter.is_news_of_deadline());
    let deadline = deadline.map(|deadline| format!("\n\n{}", deadline.text)).unwrap_or_default();
    format!("{heading}\n{}{guidance}{deadline}", letter.question)
}

fn list(heading: &str, list: &List) -> Option<String> {
    let items = list.points.iter().map(item).chain(list.more().map(|more| format!("- {more}")));
    (!list.is_empty()).then(|| format!("{heading}{}", items.collect::<Vec<_>>().join("\n")))
}

fn item(point: &Point) -> String {
    if point.detail.contains('\n') {
        format!("- {}:\n  {}", point.name, point.detail.replace('\n', "\n  "))
    } else {
        format!("- {}", point.in_a_line())
    }
}
