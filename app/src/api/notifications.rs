//! Who hears of what, and what a message says.

use beckon_core::api::notification::SendTestRequest;
use beckon_core::id::UserId;
use beckon_core::notice::NoticeSettingsChange;
use gloo_net::http::Method;

use super::Change;

/// Where the settings are.
pub const SETTINGS: &str = "/v1/notification_settings";

/// Changes the settings.
pub fn change(change: &NoticeSettingsChange) -> Change {
    Change::new(Method::PATCH, SETTINGS.to_owned(), change)
}

/// Sends a test message to one person, or to everybody who gets the mails.
pub fn test(user_id: Option<UserId>) -> Change {
    Change::new(Method::POST, format!("{SETTINGS}/test"), &SendTestRequest { user_id })
}

/// Returns where the preview of a message is: as text and more, and as the document alone.
pub fn preview(kind: &str, reason: &str) -> [String; 2] {
    ["", ".html"].map(|form| format!("/v1/message_preview{form}?type={kind}&reason={reason}"))
}
