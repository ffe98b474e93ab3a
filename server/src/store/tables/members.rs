//! The members of an account.

use beckon_core::actor::{Member, Role};
use beckon_core::api::Named;
use beckon_core::api::people::{MembershipBody, MembershipPatch, RemovalBody};
use beckon_core::decide::{change_role, check_invitation, leave};
use beckon_core::error::Refusal;
use beckon_core::id::{AccountId, OrganizationId, UserId};
use beckon_core::notice;
use beckon_core::permission::Permit;
use beckon_core::session::IDLE;
use beckon_core::time::Timestamp;

use super::access::links;
use super::access::people::{find, find_or_add};
use super::columns::{micros, optional_time, time, word};
use super::log::limit;
use super::people::{check_address, check_name, organization, require_account};
use super::tx::Tx;
use super::{Result, configure, notices, outbox};
use crate::store::sql::{Connection, OptionalExtension as _, Row, SqlResult, params};
use crate::store::{Cursor, DoorMail, NewMember, PageOf, Person};

/// Checks that a role and an organization of `account` fit together.
pub(super) fn check_place(
    connection: &Connection,
    account: AccountId,
    role: Role,
    organization_id: Option<OrganizationId>,
) -> Result<()> {
    match (role, organization_id) {
        (Role::OrganizationUser, None) => {
            return Err(
                Refusal::field("organization_id", "an organization user belongs to one: name it").into()
            );
        }
        (Role::AccountAdmin | Role::AccountUser, Some(_)) => {
            return Err(Refusal::field(
                "organization_id",
                "only organization users belong to one: leave it out",
            )
            .into());
        }
        (Role::OrganizationUser, Some(id)) => {
            if organization(connection, id)?.is_none_or(|found| found.account_id != account) {
                let text = format!("there is no organization {id} in account {account}");
                return Err(Refusal::field("organization_id", text).into());
            }
        }
        (Role::AccountAdmin | Role::AccountUser, None) => {}
    }
    Ok(())
}

/// Makes a member: a new person, or one who is known from another account.
pub(super) fn add(tx: &Tx<'_>, member: &NewMember, now: Timestamp) -> Result<UserId> {
    check_name("name", &member.name)?;
    check_address("email", &member.email)?;
    require_account(tx.connection, member.account)?;
    check_place(tx.connection, member.account, member.role, member.organization)?;
    let person = find_or_add(tx, &member.name, &member.email, now)?;
    if person.operator {
        let text =
            "this address belongs to the provider, whose people never answer for an account: use another";
        return Err(Refusal::field("email", text).into());
    }
    let user = person.user.0;
    if self::member(tx.connection, member.account, person.user)?.is_some() {
        return Err(Refusal::Conflict(format!("{} is a member already", member.email.trim())).into());
    }
    let organization = member.organization.map(|id| id.0);
    tx.connection
        .prepare_cached(
            "INSERT INTO members (account_id, user_id, name, email, role, organization_id, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute(params![
            member.account.0,
            user,
            member.name.trim(),
            member.email.trim(),
            member.role.to_string(),
            organization,
            micros(now)
        ])?;
    Ok(UserId(user))
}

const MEMBER: &str = "SELECT account_id, user_id, name, email, role, organization_id FROM members";

fn read_member(row: &Row<'_>) -> SqlResult<Member> {
    Ok(Member {
        user: UserId(row.get("user_id")?),
        name: row.get("name")?,
        email: row.get("email")?,
        account: AccountId(row.get("account_id")?),
        role: word(row, "role")?,
        organization: row.get::<_, Option<i64>>("organization_id")?.map(OrganizationId),
    })
}

pub(super) fn member(connection: &Connection, account: AccountId, user: UserId) -> Result<Option<Member>> {
    let mut statement =
        connection.prepare_cached(&format!("{MEMBER} WHERE account_id = ?1 AND user_id = ?2"))?;
    Ok(statement.query_row((account.0, user.0), read_member).optional()?)
}

/// Lists all members of an account.
pub(super) fn all(connection: &Connection, account: AccountId) -> Result<Vec<Member>> {
    let mut statement =
        connection.prepare_cached(&format!("{MEMBER} WHERE account_id = ?1 ORDER BY user_id"))?;
    let rows = statement.query_map([account.0], read_member)?;
    Ok(rows.collect::<SqlResult<_>>()?)
}

/// A member as the API shows it.
const SHOWN: &str =
    "SELECT m.user_id, m.name, m.email, m.role, m.organization_id, m.created_at, m.last_sign_in_at,
    u.second_factor_since IS NOT NULL AS second_factor, o.name AS organization
    FROM members AS m JOIN users AS u ON u.id = m.user_id
    LEFT JOIN organizations AS o ON o.account_id = m.account_id AND o.id = m.organization_id";

fn read_shown(row: &Row<'_>) -> SqlResult<MembershipBody> {
    let user = UserId(row.get("user_id")?);
    let organization: Option<i64> = row.get("organization_id")?;
    let name: Option<String> = row.get("organization")?;
    Ok(MembershipBody {
        id: user,
        user_id: user,
        name: row.get("name")?,
        email: row.get("email")?,
        role: word(row, "role")?,
        organization: organization.zip(name).map(|(id, name)| Named { id: OrganizationId(id), name }),
        created_at: time(row, "created_at")?,
        last_sign_in_at: optional_time(row, "last_sign_in_at")?,
        second_factor: row.get("second_factor")?,
    })
}

/// Lists members by number.
pub(super) fn list(
    connection: &Connection,
    account: AccountId,
    page: Cursor,
) -> Result<PageOf<MembershipBody>> {
    let sql = format!("{SHOWN} WHERE m.account_id = ?1 AND m.user_id > ?2 ORDER BY m.user_id LIMIT ?3");
    let mut statement = connection.prepare_cached(&sql)?;
    let bounds = (account.0, page.after.unwrap_or(0), limit(page));
    let rows = statement.query_map(bounds, |row| read_shown(row).map(|body| (body.id.0, body)))?;
    Ok(PageOf::cut(rows.collect::<SqlResult<_>>()?, page.limit))
}

/// Returns a member as the API shows it.
pub(super) fn shown(
    connection: &Connection,
    account: AccountId,
    user: UserId,
) -> Result<Option<MembershipBody>> {
    let mut statement =
        connection.prepare_cached(&format!("{SHOWN} WHERE m.account_id = ?1 AND m.user_id = ?2"))?;
    Ok(statement.query_row((account.0, user.0), read_shown).optional()?)
}

fn require(connection: &Connection, account: AccountId, user: UserId) -> Result<MembershipBody> {
    Ok(shown(connection, account, user)?.ok_or(Refusal::Invisible)?)
}

/// Makes a member, and sends an invitation.
pub(super) fn invite(
    tx: &Tx<'_>,
    permit: &Permit,
    new: &NewMember,
    mail: &DoorMail,
    now: Timestamp,
) -> Result<MembershipBody> {
    check_invitation(permit)?;
    let user = add(tx, new, now)?;
    send(tx, permit.account(), user, mail, now)?;
    let role = new.role.label().to_lowercase();
    configure(tx, permit, &format!("invited {} as {role}", new.name.trim()), now)?;
    require(tx.connection, permit.account(), user)
}

/// Makes a member who gets no invitation.
pub(super) fn enroll(tx: &Tx<'_>, permit: &Permit, new: &NewMember, now: Timestamp) -> Result<UserId> {
    check_invitation(permit)?;
    let user = add(tx, new, now)?;
    configure(tx, permit, &format!("added {} as {}", new.name.trim(), new.role.label().to_lowercase()), now)?;
    Ok(user)
}

/// Sends a member an invitation once more, in place of the one before.
pub(super) fn invite_again(
    tx: &Tx<'_>,
    permit: &Permit,
    user: UserId,
    mail: &DoorMail,
    now: Timestamp,
) -> Result<()> {
    let account = permit.account();
    let invited = require(tx.connection, account, user)?;
    let member = member(tx.connection, account, user)?.ok_or(Refusal::Invisible)?;
    beckon_core::decide::invite_again(permit, &member, invited.last_sign_in_at.is_some())?;
    let why = "Another invitation was sent in its place";
    outbox::cancel(
        tx,
        account,
        "channel = 'email' AND reason = 'invitation' AND target = ?2",
        &user.0,
        why,
        now,
    )?;
    tx.connection
        .prepare_cached("DELETE FROM links WHERE account_id = ?1 AND user_id = ?2 AND reusable = 0")?
        .execute((account.0, user.0))?;
    send(tx, account, user, mail, now)?;
    configure(tx, permit, &format!("invited {} once more", member.name), now)
}

fn send(tx: &Tx<'_>, account: AccountId, user: UserId, mail: &DoorMail, now: Timestamp) -> Result<()> {
    let person = find(tx.connection, user)?.ok_or(Refusal::Invisible)?;
    let member = member(tx.connection, account, user)?.ok_or(Refusal::Invisible)?;
    let addressed = Person { name: member.name, email: member.email, ..person };
    links::deliver(tx, &addressed, Some(account), mail, now)
}

/// Changes the name, the role or the organization of a member. Another role ends its sessions in the account: whoever has
/// another role has another session.
pub(super) fn change(
    tx: &Tx<'_>,
    permit: &Permit,
    user: UserId,
    patch: &MembershipPatch,
    now: Timestamp,
) -> Result<MembershipBody> {
    let account = permit.account();
    let before = member(tx.connection, account, user)?.ok_or(Refusal::Invisible)?;
    let role = patch.role.unwrap_or(before.role);
    let organization = match role {
        Role::OrganizationUser => patch.organization_id.or(before.organization),
        Role::AccountAdmin | Role::AccountUser => patch.organization_id,
    };
    let name = patch.name.as_deref().unwrap_or(&before.name).trim().to_owned();
    check_name("name", &name)?;
    check_place(tx.connection, account, role, organization)?;
    change_role(permit, &before, role, admins(tx.connection, account)?.len())?;
    if (role, organization, &name) == (before.role, before.organization, &before.name) {
        return require(tx.connection, account, user);
    }
    tx.connection
        .prepare_cached(
            "UPDATE members SET name = ?3, role = ?4, organization_id = ?5 WHERE account_id = ?1 AND user_id = ?2",
        )?
        .execute((account.0, user.0, &name, role.to_string(), organization.map(|id| id.0)))?;
    let what = if role == before.role {
        format!("changed the entry of {}", before.name)
    } else {
        tx.connection
            .prepare_cached("DELETE FROM sessions WHERE account_id = ?1 AND user_id = ?2")?
            .execute((account.0, user.0))?;
        format!("made {name} {}", with_article(role))
    };
    configure(tx, permit, &what, now)?;
    require(tx.connection, account, user)
}

fn with_article(role: Role) -> String {
    format!("an {}", role.label().to_lowercase())
}

/// Tells what it would mean if a member left.
pub(super) fn removal(
    connection: &Connection,
    permit: &Permit,
    user: UserId,
    now: Timestamp,
) -> Result<RemovalBody> {
    let account = permit.account();
    let members = all(connection, account)?;
    let leaving = members.iter().find(|member| member.user == user).ok_or(Refusal::Invisible)?;
    let refused = leave(permit, leaving, admins(connection, account)?.len()).err();
    let settings = notices::settings(connection, account)?;
    let others: Vec<Member> = members.iter().filter(|member| member.user != user).cloned().collect();
    let names = |members: &[Member]| -> Vec<String> {
        notice::recipients(&settings, members).into_iter().map(|member| member.name.clone()).collect()
    };
    // What is over already ends nothing.
    let count = |table: &str, works: &str| -> Result<u64> {
        let sql = format!("SELECT count(*) FROM {table} WHERE account_id = ?1 AND user_id = ?2 AND {works}");
        let ends = (account.0, user.0, micros(now), micros(now - IDLE));
        Ok(connection.query_row(&sql, ends, |row| row.get(0))?)
    };
    Ok(RemovalBody {
        recipients_before: names(&members),
        recipients_after: names(&others),
        falls_back: notice::falls_back(&settings, &others) && !notice::falls_back(&settings, &members),
        keys: count("keys", "(expires_at IS NULL OR expires_at > ?3) AND ?4 < ?3")?,
        sessions: count("sessions", "expires_at > ?3 AND seen_at > ?4")?,
        refused: refused.map(|refusal| refusal.to_string()),
    })
}

/// Lets a member go: with its keys, links and sessions, and with what was to be told to it.
pub(super) fn remove(tx: &Tx<'_>, permit: &Permit, user: UserId, now: Timestamp) -> Result<()> {
    let account = permit.account();
    let leaving = member(tx.connection, account, user)?.ok_or(Refusal::Invisible)?;
    leave(permit, &leaving, admins(tx.connection, account)?.len())?;
    for table in ["sessions", "links", "keys", "members"] {
        let sql = format!("DELETE FROM {table} WHERE account_id = ?1 AND user_id = ?2");
        tx.connection.execute(&sql, (account.0, user.0))?;
    }
    // Whoever comes back by the account's own provider is looked at anew.
    tx.connection.execute(
        "DELETE FROM provider_links WHERE user_id = ?2
         AND provider_id IN (SELECT id FROM providers WHERE account_id = ?1)",
        (account.0, user.0),
    )?;
    let why = "No longer a member of the account";
    outbox::cancel(tx, account, "channel = 'email' AND target = ?2", &user.0, why, now)?;
    forget_stranger(tx, user)?;
    configure(tx, permit, &format!("removed {}", leaving.name), now)
}

/// Forgets a person who is in no account any more, and no operator: nobody needs to know how it signed in.
fn forget_stranger(tx: &Tx<'_>, user: UserId) -> Result<()> {
    let forgotten = tx
        .connection
        .prepare_cached(
            "DELETE FROM users WHERE id = ?1 AND operator = 0 AND NOT EXISTS (SELECT 1 FROM members WHERE user_id = ?1)",
        )?
        .change([user.0])?;
    if forgotten > 0 {
        for table in ["sessions", "links", "recovery_codes", "provider_links"] {
            tx.connection.execute(&format!("DELETE FROM {table} WHERE user_id = ?1"), [user.0])?;
        }
    }
    Ok(())
}

pub(super) fn admins(connection: &Connection, account: AccountId) -> Result<Vec<Named<UserId>>> {
    let mut statement = connection.prepare_cached(
        "SELECT user_id, name FROM members WHERE account_id = ?1 AND role = 'account_admin' ORDER BY user_id",
    )?;
    let rows =
        statement.query_map([account.0], |row| Ok(Named { id: UserId(row.get(0)?), name: row.get(1)? }))?;
    Ok(rows.collect::<SqlResult<_>>()?)
}
