//! The page that shows what a PSA got.

use std::fmt::Write as _;

use crate::state::{State, Ticket};
use crate::vendor::Vendor;

const STYLE: &str = "
:root { color-scheme: light dark; --back: #f5f6f8; --card: #fff; --text: #1c2330; --soft: #5b6577; --line: #dfe3ea;
  --open: #a85a00; --done: #1f7a4d; }
@media (prefers-color-scheme: dark) { :root { --back: #12161d; --card: #1b212b; --text: #e4e8ef; --soft: #9aa5b8;
  --line: #2e3744; --open: #f0b35e; --done: #6fd3a0; } }
body { margin: 0; background: var(--back); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 56rem; margin: 0 auto; padding: 2rem 1rem; }
h1 { font-size: 1.4rem; margin: 0; } .about { color: var(--soft); margin: 0 0 1.5rem; }
article { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: 1rem 1.2rem;
  margin-bottom: 1rem; }
h2 { font-size: 1.05rem; margin: 0; overflow-wrap: anywhere; } .meta { color: var(--soft); font-size: .87rem; margin: 0; }
.state { font-weight: 600; } .open { color: var(--open); } .closed { color: var(--done); }
.text { white-space: pre-wrap; overflow-wrap: anywhere; margin: .6rem 0 0; max-height: 18rem; overflow: auto; }
ul { list-style: none; margin: .8rem 0 0; padding: 0; }
li { border-left: 3px solid var(--line); padding-left: .8rem; margin-top: .6rem; white-space: pre-wrap;
  overflow-wrap: anywhere; }
";

/// The page, with the newest ticket first.
pub(crate) fn render(state: &State) -> String {
    let (vendor, tickets) = (state.vendor(), state.tickets());
    let open = tickets.iter().filter(|ticket| !ticket.closed).count();
    let mut page = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta http-equiv=\"refresh\" content=\"5\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><title>{title} (emulated)</title>\
         <style>{STYLE}</style></head><body><main><h1>{title}</h1>\
         <p class=\"about\">Emulated. {count} tickets, {open} open, newest first.</p>",
        title = vendor.title(),
        count = tickets.len(),
    );
    if tickets.is_empty() {
        page.push_str("<article><p class=\"meta\">No tickets yet.</p></article>");
    }
    for ticket in tickets.iter().rev() {
        article(&mut page, vendor, ticket);
    }
    page.push_str("</main></body></html>\n");
    page
}

fn article(page: &mut String, vendor: Vendor, ticket: &Ticket) {
    let said = |text: &str| escape(&if vendor == Vendor::Halopsa { plain(text) } else { text.into() });
    let class = if ticket.closed { "closed" } else { "open" };
    let mut meta = vec![
        format!("#{}", ticket.id),
        escape(&ticket.company),
        escape(&ticket.board),
        escape(&ticket.priority),
    ];
    meta.extend(ticket.key.as_deref().map(escape));
    meta.retain(|part| !part.is_empty());
    // Writing to a string cannot fail.
    let _ok = write!(
        page,
        "<article><h2>{title}</h2><p class=\"meta\"><span class=\"state {class}\">{status}</span> · {meta}</p>\
         <div class=\"text\">{text}</div>",
        title = escape(&ticket.title),
        status = escape(&ticket.status),
        meta = meta.join(" · "),
        text = said(&ticket.text),
    );
    if !ticket.notes.is_empty() {
        let items = ticket.notes.iter().map(|note| format!("<li>{}</li>", said(note))).collect::<String>();
        let _ok = write!(page, "<ul>{items}</ul>");
    }
    page.push_str("</article>");
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c => safe.push(c),
        }
    }
    safe
}

/// What HTML says, for reading. It is escaped afterwards, so it need not be safe.
fn plain(html: &str) -> String {
    let (mut text, mut rest) = (String::new(), html);
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        let Some(length) = rest[start..].find('>') else { break };
        let tag = rest[start + 1..start + length].to_ascii_lowercase();
        let (closing, tag) = tag.strip_prefix('/').map_or((false, tag.as_str()), |tag| (true, tag));
        rest = &rest[start + length + 1..];
        match tag.split(['/', ' ', '\n']).next().unwrap_or_default() {
            // What a mail hides or styles with is nothing to read.
            skipped @ ("style" | "head" | "script" | "title") if !closing => {
                let end = format!("</{skipped}");
                if let Some(at) = rest.to_ascii_lowercase().find(&end) {
                    rest = &rest[at..];
                }
            }
            "br" | "p" | "tr" | "li" | "h1" | "h2" | "h3" | "div" if !text.ends_with("\n") => text.push('\n'),
            "td" | "th" => text.push(' '),
            _ => {}
        }
    }
    text.push_str(rest);
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
    text.replace("&nbsp;", " ").replace("&amp;", "&").trim().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::New;

    #[test]
    fn everything_is_escaped_and_html_is_read() {
        for vendor in Vendor::ALL {
            let state = State::new(vendor, ["<b>Evil & Co</b>"]);
            let new = New {
                title: "<script>1</script>".into(),
                text: "<p>a &lt;i&gt;</p>".into(),
                ..New::default()
            };
            let id = state.lock().add_ticket(New { key: Some("<k>".into()), company: 1, ..new });
            state.lock().add_note(id, "", "</li><img src=x onerror=y>");
            let page = render(&state);
            for bad in ["<script", "<b>", "<k>", "<i>", "<img"] {
                assert!(!page.contains(bad), "{vendor}: {bad}");
            }
            assert!(page.contains("&lt;script&gt;1&lt;/script&gt;") && page.contains("Evil &amp; Co"));
            assert!(page.contains("a &") && page.contains("http-equiv=\"refresh\" content=\"5\""));
        }
        assert_eq!(
            plain("<style>x</style><p>one</p><p>two<br>three &amp; four</p>"),
            "one\ntwo\nthree & four"
        );
    }

    #[test]
    fn the_newest_is_first() {
        let state = State::demo(Vendor::Connectwise);
        for title in ["older", "newer"] {
            state.lock().add_ticket(New { title: title.into(), ..New::default() });
        }
        let page = render(&state);
        assert!(page.find("newer") < page.find("older"));
    }
}
