//! The page at `/`: the tickets with their notes, so that a visitor of the demo sees them appear. Everything that was
//! sent stands there as text, also where the PSA itself would show HTML.

use std::fmt::Write as _;

use beckon_core::integration::Vendor;
use beckon_core::text::escape_html;

use crate::world::{Named, Note, Ticket, World};

/// The page's style, which lies beside it so that the page needs no inline one.
pub(crate) const STYLE: &str = "
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem; background: light-dark(#f6f7f9, #14171c); color: light-dark(#1c2430, #e4e8ee); }
h1 { font-size: 1.4rem; } h2 { font-size: 1.05rem; margin: 0; overflow-wrap: anywhere; }
article { margin: 1rem 0; padding: 1rem 1.2rem; border-radius: .6rem; background: light-dark(#fff, #1d222a); border: 1px solid light-dark(#d8dde5, #333b47); }
.about { color: light-dark(#556070, #9aa5b4); font-size: .9rem; }
.state { float: right; margin-left: 1rem; padding: 0 .6rem; border-radius: 1rem; border: 1px solid; font-size: .85rem; }
.open { color: light-dark(#9a3412, #fdba74); } .closed { color: light-dark(#166534, #86efac); }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; margin: .6rem 0 0; }
ol { margin: .8rem 0 0; padding: 0; list-style: none; } li { border-top: 1px solid light-dark(#e4e8ee, #333b47); padding: .5rem 0 0; margin-top: .5rem; }
";

/// Writes the page.
pub(crate) fn tickets(vendor: Vendor, world: &World) -> String {
    let count = beckon_core::text::count(world.tickets.len() as u64, "ticket", "tickets");
    let mut html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta http-equiv=\"refresh\" content=\"5\"><title>{count} | {vendor} emulator</title><link rel=\"stylesheet\" href=\"/__style.css\">\
         <h1>{vendor}, emulated</h1><p class=\"about\">{count}, newest first. The page loads again every 5 seconds.</p>",
        vendor = vendor.name(),
    );
    for ticket in world.tickets.iter().rev() {
        write_ticket(&mut html, world, ticket);
    }
    html.push_str("</html>");
    html
}

fn write_ticket(html: &mut String, world: &World, ticket: &Ticket) {
    let name = |list: &[Named], id| {
        list.iter().find(|one| one.id == id).map_or("", |one| one.name.as_str()).to_owned()
    };
    let company =
        world.companies.iter().find(|one| one.id == ticket.company).map_or("", |one| one.name.as_str());
    let status =
        world.statuses.iter().find(|one| one.id == ticket.status).map_or("", |one| one.name.as_str());
    let about = [
        format!("Ticket {}", ticket.id),
        company.to_owned(),
        name(&world.groups, ticket.group),
        name(&world.priorities, ticket.priority),
        ticket.due.as_ref().map(|due| format!("due {due}")).unwrap_or_default(),
        ticket.key.clone().unwrap_or_default(),
    ];
    let about: Vec<_> = about.into_iter().filter(|part| !part.is_empty()).collect();
    // Writing to a text cannot fail.
    let _ = write!(
        html,
        "<article><span class=\"state {}\">{}</span><h2>{}</h2><div class=\"about\">{}</div><pre>{}</pre>",
        if ticket.closed { "closed" } else { "open" },
        escape_html(status),
        escape_html(&ticket.summary),
        escape_html(&about.join(" · ")),
        escape_html(&ticket.text),
    );
    if !ticket.notes.is_empty() {
        let note = |Note { title, text, .. }: &Note| {
            let title = title
                .as_ref()
                .map(|title| format!("<strong>{}</strong>", escape_html(title)))
                .unwrap_or_default();
            format!("<li>{title}<pre>{}</pre></li>", escape_html(text))
        };
        let _ = write!(html, "<ol>{}</ol>", ticket.notes.iter().map(note).collect::<String>());
    }
    html.push_str("</article>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sent_stands_there_as_text() {
        let evil = "<script>alert('1')</script>\"&";
        let mut world = World { companies: World::companies(&[(1, evil)]), ..World::default() };
        world.tickets.push(Ticket {
            id: 5,
            key: Some(evil.to_owned()),
            summary: evil.to_owned(),
            text: evil.to_owned(),
            company: 1,
            group: 0,
            status: 0,
            priority: 0,
            due: None,
            closed: false,
            notes: vec![Note { id: 6, title: Some(evil.to_owned()), text: evil.to_owned() }],
            hidden: 0,
        });
        let html = tickets(Vendor::Halopsa, &world);
        assert!(!html.contains("<script") && html.contains("&lt;script&gt;alert(&#39;1&#39;)"));
        assert!(html.contains("1 ticket, newest first"));
    }
}
