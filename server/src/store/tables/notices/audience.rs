//! Who hears of what happens in an account.

use beckon_core::actor::Member;
use beckon_core::id::AccountId;
use beckon_core::notice::NoticeSettings;

use super::settings;
use crate::store::outbox::{Integration, Webhook};
use crate::store::sql::Connection;
use crate::store::tables::{Result, integrations, members, people, webhooks};

/// What decides who hears of what happens in an account.
pub(in crate::store::tables) struct Audience {
    /// What the account is called.
    pub(super) account: String,
    /// What its admins chose.
    pub(super) settings: NoticeSettings,
    /// Its people.
    pub(super) members: Vec<Member>,
    /// Where its tickets are made.
    pub(super) psa: Option<Integration>,
    /// Which programs hear of it, the operator's own among them.
    pub(super) webhooks: Vec<Webhook>,
}

impl Audience {
    /// Asks for it.
    pub(in crate::store::tables) fn of(connection: &Connection, account: AccountId) -> Result<Self> {
        Ok(Self {
            account: people::account_name(connection, account)?.unwrap_or_default(),
            settings: settings::settings(connection, account)?,
            members: members::all(connection, account)?,
            psa: integrations::active(connection, account)?,
            webhooks: webhooks::enabled(connection, account)?,
        })
    }
}
