//! A letter as an HTML document that mail programs show: tables, inline styles, nothing that is loaded.
//!
//! Everything of a letter goes through [`escape`] on its way into the document, ours and others' alike.

use super::letter::{Call, Letter, List, Point, Tone};
use super::style::{ACCENT, FAINT, FONT, INK, LINE, LINE_STRONG, PAGE, SHEET, SOFT, SURFACE, Tint, shape};
use crate::text::escape_html;

/// What a reader sees around and in a message.
pub(super) struct Frame<'f> {
    /// The document's title.
    pub(super) title: &'f str,
    /// What mail programs show beside it.
    pub(super) preheader: &'f str,
    /// The message itself, as HTML.
    pub(super) body: &'f str,
    /// Why the reader gets it.
    pub(super) because: &'f str,
    /// Where to change that: how the link is called, and where it leads.
    pub(super) footer_link: (&'f str, &'f str),
}

/// How the link is called that leads to who is told of what.
pub(super) const SETTINGS: &str = "Notification settings";

/// Renders `letter` as a whole document.
pub(super) fn render(letter: &Letter) -> String {
    let sections = [head(letter), news(letter), happened(letter), facts(&letter.facts), asked(letter)];
    document(&Frame {
        title: &letter.title,
        preheader: &letter.preheader,
        body: &sections.concat(),
        because: &letter.because,
        footer_link: (SETTINGS, &letter.settings_url),
    })
}

/// Puts a message into a document.
pub(super) fn document(frame: &Frame<'_>) -> String {
    let (label, link) = frame.footer_link;
    let [title, preheader, because, label, link] =
        [frame.title, frame.preheader, frame.because, label, link].map(escape_html);
    let body = frame.body;
    format!(
        r#"<!DOCTYPE html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<meta name="format-detection" content="telephone=no, date=no, address=no, email=no, url=no">
<meta name="x-apple-disable-message-reformatting">
<title>{title}</title>
<style>
{SHEET}</style>
</head>
<body class="page" style="margin:0;padding:0;background:{PAGE};-webkit-text-size-adjust:100%">
<div style="display:none;max-height:0;overflow:hidden;mso-hide:all">{preheader}</div>
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="{PAGE}" style="background:{PAGE}">
<tr><td class="outer" align="center" style="padding:24px 16px 40px">
<!--[if mso]><table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0"><tr><td><![endif]-->
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;table-layout:fixed;text-align:left;font-family:{FONT};font-size:15px;line-height:22px">
<tr><td class="soft" style="padding:0 4px 12px;color:{SOFT};font-size:14px;line-height:20px;font-weight:600">Beckon</td></tr>
<tr><td class="card pad" bgcolor="{SURFACE}" style="padding:28px 32px 32px;background:{SURFACE};border:1px solid {LINE};border-radius:10px;word-break:break-word;overflow-wrap:anywhere">
{body}</td></tr>
<tr><td class="faint" style="padding:16px 4px 0;color:{FAINT};font-size:13px;line-height:19px;word-break:break-word;overflow-wrap:anywhere">{because} <a class="link" href="{link}" style="color:{ACCENT}">{label}</a></td></tr>
</table>
<!--[if mso]></td></tr></table><![endif]-->
</td></tr>
</table>
</body>
</html>
"#
    )
}

fn head(letter: &Letter) -> String {
    let (mark, tint) = match letter.severity {
        Some(severity) => {
            (format!("{} {}", shape(severity), severity.label()), Tone::Severity(severity).tint())
        }
        None => ("✓ Resolved".to_owned(), Tone::Good.tint()),
    };
    let Tint { class, ink, wash } = tint;
    let about = escape_html(&format!("{} · {}", letter.kind, letter.whom));
    let deadline = letter.deadline.as_ref().filter(|_| !letter.is_news_of_deadline()).map(|deadline| {
        let (class, ink) =
            if deadline.overdue { ("overdue", Tone::Overdue.tint().ink) } else { ("ink", INK) };
        paragraph(class, &format!("margin:8px 0 0;color:{ink};font-weight:600"), &escape_html(&deadline.text))
    });
    let meta = format!(
        "<span class=\"{class}\" style=\"display:inline-block;margin-right:8px;padding:2px 10px;border-radius:999px;\
         background:{wash};color:{ink};font-weight:600;white-space:nowrap\">{mark}</span>{about}"
    );
    [
        paragraph("soft", &format!("margin:0;color:{SOFT};font-size:13px;line-height:24px"), &meta),
        format!(
            "<h1 class=\"ink\" style=\"margin:12px 0 0;color:{INK};font-size:22px;line-height:29px;font-weight:600\">{}</h1>\n",
            escape_html(&letter.subject)
        ),
        deadline.unwrap_or_default(),
    ]
    .concat()
}

fn news(letter: &Letter) -> String {
    let Some(news) = &letter.news else { return String::new() };
    let Tint { class, ink, wash } = news.tone.tint();
    let deadline = letter.deadline.as_ref().filter(|_| letter.is_news_of_deadline());
    let deadline = deadline.map(|deadline| {
        format!("<br><span style=\"font-weight:400\">{}</span>", escape_html(&deadline.text))
    });
    format!(
        "{TABLE} style=\"margin:20px 0 0;table-layout:fixed\">\n<tr><td class=\"{class}\" bgcolor=\"{wash}\" \
         style=\"padding:12px 16px;border-radius:6px;background:{wash};color:{ink};font-weight:600\">{}{}</td></tr>\n</table>\n",
        escape_html(&news.text),
        deadline.unwrap_or_default()
    )
}

fn happened(letter: &Letter) -> String {
    let paragraphs = letter.happened.iter().enumerate().map(|(index, text)| {
        let (class, ink, above) = if index == 0 { ("ink", INK, 20) } else { ("soft", SOFT, 8) };
        paragraph(class, &format!("margin:{above}px 0 0;color:{ink}"), &escape_html(text))
    });
    paragraphs.collect()
}

fn facts(list: &List) -> String {
    if list.is_empty() {
        return String::new();
    }
    let row = |content: String| {
        format!(
            "<tr><td class=\"line\" style=\"padding:10px 0;border-top:1px solid {LINE};font-size:14px;line-height:20px\">\
             {content}</td></tr>\n"
        )
    };
    let rows = each(list.points.iter().map(point), row);
    let more =
        list.more().map(|more| row(format!("<span class=\"soft\" style=\"color:{SOFT}\">{more}</span>")));
    format!(
        "{TABLE} style=\"margin:20px 0 0;table-layout:fixed\">\n{rows}{}</table>\n",
        more.unwrap_or_default()
    )
}

fn point(Point { name, detail }: &Point) -> String {
    let detail = if detail.is_empty() {
        String::new()
    } else {
        format!("<br><span class=\"soft\" style=\"color:{SOFT}\">{}</span>", escape_html(detail))
    };
    format!(
        "<strong class=\"ink\" style=\"color:{INK};font-weight:600\">{}</strong>{detail}",
        escape_html(name)
    )
}

/// The strongest thing in the message: what is asked, what can be answered, and where.
fn asked(letter: &Letter) -> String {
    let question = paragraph(
        "ink",
        &format!("margin:4px 0 0;color:{INK};font-size:17px;line-height:25px;font-weight:600"),
        &escape_html(&letter.question),
    );
    let guidance = letter.guidance.as_deref().map(|text| {
        paragraph(
            "soft",
            &format!("margin:8px 0 0;color:{SOFT};font-size:14px;line-height:20px"),
            &escape_html(text),
        )
    });
    let guidance = guidance.unwrap_or_default();
    let over = letter.deadline.is_none();
    let content = [
        label(if over { "The question was" } else { "The question" }, 0),
        question,
        guidance,
        options("What you can answer", &letter.choices),
        options("What we need from you", &letter.fields),
        call(letter),
    ]
    .concat();
    format!(
        "{TABLE} style=\"margin:24px 0 0;table-layout:fixed\">\n<tr><td class=\"ask inset\" \
         style=\"padding:20px 24px 24px;border:1px solid {LINE_STRONG};border-radius:10px\">\n{content}</td></tr>\n</table>\n"
    )
}

fn options(heading: &str, list: &List) -> String {
    if list.is_empty() {
        return String::new();
    }
    let items = list.points.iter().map(point);
    let more = list.more().map(|more| format!("<span class=\"soft\" style=\"color:{SOFT}\">{more}</span>"));
    let items = each(items.chain(more), |item| {
        format!("<li class=\"ink\" style=\"margin:6px 0 0;color:{INK}\">{item}</li>\n")
    });
    format!(
        "{}<ul style=\"margin:0;padding:0 0 0 18px;font-size:14px;line-height:20px\">\n{items}</ul>\n",
        label(heading, 16)
    )
}

fn call(letter: &Letter) -> String {
    let label = letter.call.label();
    match letter.call {
        Call::Answer => button(label, &letter.url),
        Call::Look => {
            let url = escape_html(&letter.url);
            let link = format!("<a class=\"link\" href=\"{url}\" style=\"color:{ACCENT}\">{label}</a>");
            paragraph("ink", "margin:12px 0 0", &link)
        }
    }
}

/// What the reader is to press.
pub(super) fn button(label: &str, url: &str) -> String {
    let url = escape_html(url);
    format!(
        "<table role=\"presentation\" class=\"call\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\" \
         style=\"margin:20px 0 0;border-radius:6px;background:{ACCENT}\">\n<tr><td class=\"call\" align=\"center\" \
         bgcolor=\"{ACCENT}\" style=\"border-radius:6px;background:{ACCENT};mso-padding-alt:12px 20px\"><a href=\"{url}\" \
         style=\"display:inline-block;padding:12px 20px;color:#ffffff;font-weight:600;line-height:20px;\
         text-decoration:none\">{label}</a></td></tr>\n</table>\n"
    )
}

/// How a table begins that only arranges.
const TABLE: &str =
    "<table role=\"presentation\" width=\"100%\" cellpadding=\"0\" cellspacing=\"0\" border=\"0\"";

fn each(items: impl Iterator<Item = String>, wrap: impl Fn(String) -> String) -> String {
    items.map(wrap).collect::<Vec<_>>().concat()
}

pub(super) fn paragraph(class: &str, style: &str, content: &str) -> String {
    format!("<p class=\"{class}\" style=\"{style}\">{content}</p>\n")
}

fn label(text: &str, above: u8) -> String {
    let style = format!("margin:{above}px 0 0;color:{SOFT};font-size:13px;line-height:18px;font-weight:600");
    paragraph("soft", &style, text)
}
