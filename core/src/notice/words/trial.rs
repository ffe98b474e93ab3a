//! The message that only shows that messages arrive.

use super::clip::{MAX_VALUE, line};
use super::html::{Frame, SETTINGS, document, paragraph};
use super::style::{INK, SOFT};
use super::title::MAX_TITLE;
use super::when::moment;
use crate::api::show::Names;
use crate::notice::Message;
use crate::text::{cut_graphemes, escape_html};
use crate::time::Timestamp;

/// Says that messages for an account arrive at `to`.
pub(super) fn message(names: Names<'_>, to: &str, now: Timestamp) -> Message {
    let (account, to) = (line(names.account, MAX_VALUE), line(to, MAX_VALUE));
    let title = format!("Beckon test message ({})", cut_graphemes(&account, MAX_TITLE / 2));
    let arrived = format!("Messages about escalations of {account} reach {to}.");
    let sent = format!("Sent on {}. Nobody needs to do anything.", moment(now));
    let because = "You get this because somebody pressed “Send test”.";
    let settings_url = format!("{}/notifications", names.base_url);
    let text =
        format!("This is a test\n\n{arrived}\n{sent}\n\n{because}\nNotification settings: {settings_url}\n");
    let body = [
        format!(
            "<h1 class=\"ink\" style=\"margin:0;color:{INK};font-size:22px;line-height:29px;font-weight:600\">This is a test</h1>\n"
        ),
        paragraph("ink", &format!("margin:12px 0 0;color:{INK}"), &escape_html(&arrived)),
        paragraph("soft", &format!("margin:8px 0 0;color:{SOFT}"), &escape_html(&sent)),
    ]
    .concat();
    let footer_link = (SETTINGS, settings_url.as_str());
    let frame = Frame { title: &title, preheader: &arrived, body: &body, because, footer_link };
    Message { html: document(&frame), text, title }
}
