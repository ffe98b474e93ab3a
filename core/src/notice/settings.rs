//! Who is told by which channel, as an account wants it. Source: the design, "Who hears of it".

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::actor::{Member, Role};
use crate::error::{FieldError, Refusal};
use crate::id::UserId;
use crate::kinds::{Kind, UsualChannel};
use crate::permission::{Action, Permit};

/// What an account changed of how it is told. The default is what holds where nobody changed anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeSettings {
    /// Who gets the mails; none for all account admins.
    #[serde(default)]
    pub recipients: Option<BTreeSet<UserId>>,
    /// Whether questions about logins go by email too where they go to the PSA.
    #[serde(default)]
    pub psa_and_email: bool,
    /// The other kinds that go to the PSA too.
    #[serde(default)]
    pub psa_kinds: BTreeSet<Kind>,
}

/// A change of an account's settings: what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeSettingsChange {
    /// Who gets the mails: members of the account by number, or null for all account admins.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "double")]
    pub recipients: Option<Option<Vec<UserId>>>,
    /// See [`NoticeSettings::psa_and_email`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub psa_and_email: Option<bool>,
    /// The kinds, by slug, that go to the PSA beside their usual way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub psa_kinds: Option<Vec<String>>,
}

/// Tells a field that is null from one that is missing.
mod double {
    use serde::{Deserialize as _, Deserializer, Serialize, Serializer};

    use crate::id::UserId;

    type Double = Option<Option<Vec<UserId>>>;

    pub(super) fn serialize<S: Serializer>(value: &Double, serializer: S) -> Result<S::Ok, S::Error> {
        value.clone().flatten().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Double, D::Error> {
        Option::<Vec<UserId>>::deserialize(deserializer).map(Some)
    }
}

impl NoticeSettings {
    /// Decides what a change makes of the settings. `members` are all members of the account.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] with each field that is wrong: nobody outside the account and no organization user can be
    /// told, and one account admin has to be.
    pub fn changed(
        &self,
        permit: &Permit,
        change: &NoticeSettingsChange,
        members: &[Member],
    ) -> Result<Self, Refusal> {
        permit.demand(Action::Configure, permit.account())?;
        let mut errors = Vec::new();
        let mut next = self.clone();
        if let Some(recipients) = &change.recipients {
            next.recipients = recipients.as_ref().map(|ids| ids.iter().copied().collect());
            if let Some(ids) = &next.recipients {
                errors.extend(wrong_recipients(ids, members));
            }
        }
        next.psa_and_email = change.psa_and_email.unwrap_or(self.psa_and_email);
        if let Some(slugs) = &change.psa_kinds {
            next.psa_kinds.clear();
            for slug in slugs {
                match switchable(slug) {
                    Ok(kind) => drop(next.psa_kinds.insert(kind)),
                    Err(message) => errors.push(FieldError::new("psa_kinds", message)),
                }
            }
        }
        if errors.is_empty() { Ok(next) } else { Err(Refusal::Invalid(errors)) }
    }
}

/// Reads a kind whose way to the PSA an account switches on and off.
fn switchable(slug: &str) -> Result<Kind, String> {
    let kind = Kind::parse(slug).map_err(|invalid| invalid.to_string())?;
    match kind.definition().usual_channel() {
        UsualChannel::Email => Ok(kind),
        UsualChannel::PsaElseEmail => Err(format!(
            "{slug} goes to the PSA by itself where there is one: leave it out, and use psa_and_email for both"
        )),
    }
}

fn wrong_recipients(ids: &BTreeSet<UserId>, members: &[Member]) -> Option<FieldError> {
    let wrong = |message: String| Some(FieldError::new("recipients", message));
    for id in ids {
        match members.iter().find(|member| member.user == *id).map(|member| member.role) {
            Some(Role::AccountAdmin | Role::AccountUser) => {}
            Some(Role::OrganizationUser) => {
                return wrong(format!("expected people of the account's team, found organization user {id}"));
            }
            None => return wrong(format!("expected members of the account, found {id}")),
        }
    }
    let admin = |member: &&Member| member.role == Role::AccountAdmin && ids.contains(&member.user);
    match members.iter().find(admin) {
        Some(_) => None,
        None => wrong("at least one account admin must be told: they alone can answer".to_owned()),
    }
}
