//! How an account wants to be told, and tests of that.

use beckon_core::actor::Member;
use beckon_core::api::delivery::DeliveryBody;
use beckon_core::error::Refusal;
use beckon_core::id::{AccountId, UserId};
use beckon_core::notice::{self, NoticeSettings, NoticeSettingsChange};
use beckon_core::permission::Permit;
use beckon_core::time::Timestamp;

use crate::store::outbox::Task;
use crate::store::sql::{Connection, OptionalExtension as _};
use crate::store::tables::columns::state;
use crate::store::tables::outbox::{self, Queued};
use crate::store::tables::tx::Tx;
use crate::store::tables::{Result, configure, members};

/// Loads an account's settings; the default where nobody changed them.
pub(in crate::store::tables) fn settings(
    connection: &Connection,
    account: AccountId,
) -> Result<NoticeSettings> {
    let mut statement =
        connection.prepare_cached("SELECT state FROM notice_settings WHERE account_id = ?1")?;
    let known = statement.query_row([account.0], |row| state(row, "state")).optional()?;
    Ok(known.unwrap_or_default())
}

/// Keeps an account's settings.
fn put_settings(tx: &Tx<'_>, account: AccountId, settings: &NoticeSettings) -> Result<()> {
    tx.connection
        .prepare_cached(
            "INSERT INTO notice_settings (account_id, state) VALUES (?1, ?2) ON CONFLICT (account_id) DO UPDATE SET state = ?2",
        )?
        .execute((account.0, serde_json::to_string(settings)?))?;
    Ok(())
}

/// Changes an account's settings.
pub(in crate::store::tables) fn change_settings(
    tx: &Tx<'_>,
    permit: &Permit,
    change: &NoticeSettingsChange,
    now: Timestamp,
) -> Result<NoticeSettings> {
    let account = permit.account();
    let before = settings(tx.connection, account)?;
    let next = before.changed(permit, change, &members::all(tx.connection, account)?)?;
    if next != before {
        put_settings(tx, account, &next)?;
        configure(tx, permit, "changed who is told of escalations", now)?;
    }
    Ok(next)
}

/// Queues a test message for one person, or for whoever gets the mails.
pub(in crate::store::tables) fn test_mails(
    tx: &Tx<'_>,
    permit: &Permit,
    user: Option<UserId>,
    now: Timestamp,
) -> Result<Vec<DeliveryBody>> {
    let account = permit.account();
    let members = members::all(tx.connection, account)?;
    let told: Vec<&Member> = match user {
        Some(user) => {
            let found = members.iter().find(|member| member.user == user && notice::hears(member));
            let missing = || format!("expected somebody of the account's team, found {user}");
            vec![found.ok_or_else(|| Refusal::field("user_id", missing()))?]
        }
        None => notice::recipients(&settings(tx.connection, account)?, &members),
    };
    let queue = |member: &&Member| {
        let task = Task::MailTest { user: member.user };
        let queued = Queued { account, escalation: None, recipient: &member.name, task, reported: None };
        outbox::queue_shown(tx, &queued, now)
    };
    told.iter().map(queue).collect()
}
