//! The messages that let somebody in: an invitation, and a link that somebody asked for.

use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::clip::{MAX_VALUE, line};
use super::html::{self, Frame, paragraph};
use super::style::{INK, SOFT};
use super::title::MAX_TITLE;
use super::when::moment;
use crate::notice::Message;
use crate::text::{cut_graphemes, escape_html};
use crate::time::Timestamp;

/// Why somebody is sent a link that signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(tag = "why", rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum DoorReason {
    /// An admin invited the person.
    Invitation {
        /// Who.
        by: String,
        /// The account's name.
        account: String,
    },
    /// The person asked for it.
    SignInLink,
}

impl DoorReason {
    /// Returns the reason for people.
    pub const fn label(&self) -> &'static str {
        match self {
            Self::Invitation { .. } => "Invitation",
            Self::SignInLink => "Sign-in link",
        }
    }
}

/// What a message says that lets somebody in.
#[derive(Clone, Copy, Debug)]
pub struct Door<'d> {
    /// Why it is sent.
    pub reason: &'d DoorReason,
    /// The link. It works once.
    pub url: &'d str,
    /// Until when.
    pub until: Timestamp,
    /// Where Beckon is, without a slash at the end.
    pub base_url: &'d str,
}

/// Says where somebody gets in, and until when.
pub fn message(door: &Door<'_>) -> Message {
    let [title, head, what, because] = words(door.reason);
    let until = format!("The link works once, until {}.", moment(door.until));
    let beware =
        "Whoever has it gets in as you: do not pass it on. If you did not expect this, leave it unopened.";
    let text = format!(
        "{head}\n\n{what}\n\n{}\n\n{until} {beware}\n\n{because}\nBeckon: {}\n",
        door.url, door.base_url
    );
    let body = [
        format!(
            "<h1 class=\"ink\" style=\"margin:0;color:{INK};font-size:22px;line-height:29px;font-weight:600\">{}</h1>\n",
            escape_html(&head)
        ),
        paragraph("ink", &format!("margin:12px 0 0;color:{INK}"), &escape_html(&what)),
        html::button("Sign in to Beckon", door.url),
        paragraph("soft", &format!("margin:16px 0 0;color:{SOFT}"), &escape_html(&format!("{until} {beware}"))),
    ]
    .concat();
    let frame = Frame {
        title: &title,
        preheader: &what,
        body: &body,
        because: &because,
        footer_link: ("Beckon", door.base_url),
    };
    Message { html: html::document(&frame), text, title }
}

/// Returns the title, the heading, what it is about, and why the reader gets it.
fn words(reason: &DoorReason) -> [String; 4] {
    match reason {
        DoorReason::Invitation { by, account } => {
            let (by, account) = (line(by, MAX_VALUE), line(account, MAX_VALUE));
            [
                format!("Beckon invitation ({})", cut_graphemes(&account, MAX_TITLE / 2)),
                format!("You are invited to {account}"),
                format!(
                    "{by} gave you access to the escalations of {account} in Beckon, where its security provider asks \
                     what only its customers can answer."
                ),
                format!("You get this because {by} entered your address."),
            ]
        }
        DoorReason::SignInLink => [
            "Beckon sign-in link".to_owned(),
            "Sign in to Beckon".to_owned(),
            "Here is the link that you asked for. You can set a new password once you are in.".to_owned(),
            "You get this because somebody entered your address where people sign in.".to_owned(),
        ],
    }
}
