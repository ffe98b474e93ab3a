//! Who hears of an escalation, and by which channel: a pure function of the kind, the settings, the integration and the
//! members. Source: the design, "Who hears of it".

use super::NoticeSettings;
use crate::actor::{Member, Role};
use crate::escalation::Head;
use crate::id::IntegrationId;
use crate::kinds::{Kind, UsualChannel};

/// What decides who hears of an escalation.
#[derive(Clone, Copy, Debug)]
pub struct RouteFacts<'a> {
    /// What the account wants.
    pub settings: &'a NoticeSettings,
    /// The account's PSA integration; none where there is none or where it is paused.
    pub psa: Option<IntegrationId>,
    /// The members of the account, as they are now.
    pub members: &'a [Member],
}

/// Who hears of an escalation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route<'a> {
    /// By email, in the order of the members.
    pub email: Vec<&'a Member>,
    /// In the PSA.
    pub psa: Option<IntegrationId>,
}

/// Returns who hears of `head`, and by which channel.
pub fn route<'a>(head: &Head, facts: RouteFacts<'a>) -> Route<'a> {
    let psa = facts.psa.filter(|_| !head.is_about_own_deliveries());
    route_kind(head.kind, RouteFacts { psa, ..facts })
}

/// Returns who hears of escalations of `kind`, and by which channel.
pub fn route_kind(kind: Kind, facts: RouteFacts<'_>) -> Route<'_> {
    let settings = facts.settings;
    let (email, psa) = match kind.definition().usual_channel() {
        UsualChannel::PsaElseEmail => (facts.psa.is_none() || settings.psa_and_email, facts.psa),
        UsualChannel::Email => (true, facts.psa.filter(|_| settings.psa_kinds.contains(&kind))),
    };
    let email = if email { recipients(settings, facts.members) } else { Vec::new() };
    Route { email, psa }
}

/// Returns who gets the mails: those whom the account chose, as far as they are still of its team; all account admins where
/// it chose nobody, or where none of those whom it chose is an account admin any more.
pub fn recipients<'a>(settings: &NoticeSettings, members: &'a [Member]) -> Vec<&'a Member> {
    let chosen = settings.recipients.as_ref().map(|ids| {
        members.iter().filter(|member| hears(member) && ids.contains(&member.user)).collect::<Vec<_>>()
    });
    match chosen {
        Some(chosen) if chosen.iter().any(|member| member.role == Role::AccountAdmin) => chosen,
        Some(_) | None => members.iter().filter(|member| member.role == Role::AccountAdmin).collect(),
    }
}

/// Tells whether the mails go to all account admins although the account chose others: none of those can answer.
pub fn falls_back(settings: &NoticeSettings, members: &[Member]) -> bool {
    settings.recipients.as_ref().is_some_and(|ids| {
        !members.iter().any(|member| member.role == Role::AccountAdmin && ids.contains(&member.user))
    })
}

/// Tells whether a member may be told of escalations at all.
pub fn hears(member: &Member) -> bool {
    match member.role {
        Role::AccountAdmin | Role::AccountUser => true,
        Role::OrganizationUser => false,
    }
}
