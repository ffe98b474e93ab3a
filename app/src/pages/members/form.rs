//! Inviting somebody and changing a member.

use std::collections::BTreeSet;

use beckon_core::actor::Role;
use beckon_core::api::Named;
use beckon_core::api::people::{InvitationRequest, MembershipBody, MembershipPatch};
use beckon_core::id::{OrganizationId, UserId};
use leptos::prelude::*;

use super::Members;
use crate::api;
use crate::components::dialog::Dialog;
use crate::components::field::Field;
use crate::components::picker::{Choice, Picker};
use crate::components::select::select;
use crate::components::text_field::text_field;
use crate::components::when::When;
use crate::doing::Doing;
use crate::erased::{click, dynamic, submit, view};
use crate::remote::Remote;
use crate::state::{Signal, State};

/// Who is filled in.
#[derive(Clone)]
pub(super) struct Draft {
    /// The member that is changed; nobody where somebody is invited.
    member: Option<(UserId, Role)>,
    name: String,
    role: Role,
    organization: Option<OrganizationId>,
}

impl Default for Draft {
    fn default() -> Self {
        Self { member: None, name: String::new(), role: Role::AccountUser, organization: None }
    }
}

impl Draft {
    /// Begins with a member as it is.
    pub(super) fn of(one: &MembershipBody) -> Self {
        Self {
            member: Some((one.user_id, one.role)),
            name: one.name.clone(),
            role: one.role,
            organization: one.organization.as_ref().map(|organization| organization.id),
        }
    }
}

/// The roles, the one that most people have first.
const ROLES: [Role; 3] = [Role::AccountUser, Role::AccountAdmin, Role::OrganizationUser];

/// Says what a role may do.
const fn about(role: Role) -> &'static str {
    match role {
        Role::AccountUser => "Reads everything and answers nothing.",
        Role::AccountAdmin => "Answers questions, makes rules, and changes settings and members.",
        Role::OrganizationUser => "Sees nothing here: is told whom to ask.",
    }
}

/// The dialog; it is open while there is a draft.
pub(super) fn editor(members: Members) -> AnyView {
    let open = Signal::derive(move || members.draft.with(Option::is_some));
    let close = Callback::new(move |()| members.draft.set(None));
    let is_new =
        move || members.draft.with(|draft| draft.as_ref().is_none_or(|draft| draft.member.is_none()));
    let title = move || if is_new() { "Invite somebody" } else { "Change a member" }.to_owned();
    view! {
        <Dialog title=Signal::derive(title) open on_close=close>
            {members.draft.get_untracked().map(|draft| form(draft, members))}
        </Dialog>
    }
}

/// What is being filled in. Copies are the same form.
#[derive(Clone, Copy)]
struct Form {
    name: State<String>,
    email: State<String>,
    role: State<String>,
    organization: State<BTreeSet<String>>,
}

impl Form {
    fn role(self) -> Role {
        self.role.read().parse().unwrap_or(Role::AccountUser)
    }

    fn organization(self) -> Option<OrganizationId> {
        let chosen = self.organization.read_untracked();
        let id = chosen.iter().next().and_then(|id| id.parse().ok());
        id.filter(|_| untrack(move || self.role()) == Role::OrganizationUser)
    }
}

fn form(draft: Draft, members: Members) -> AnyView {
    let Draft { member, name, role, organization } = draft;
    let form = Form {
        name: State::new(name),
        email: State::new(String::new()),
        role: State::new(role.to_string()),
        organization: State::new(organization.iter().map(ToString::to_string).collect()),
    };
    let doing = Doing::new();
    let send = submit(move || save(member.map(|(id, _)| id), form, doing, members));
    let roles = ROLES.map(|role| (role.to_string(), role.label().to_owned())).to_vec();
    let leaves = move || {
        let changed = member.is_some_and(|(_, before)| before != form.role());
        changed.then(|| {
            view! { <p class="bar-note">"Another role signs the person out of this account: they sign in again."</p> }
        })
    };
    view! {
        <form class="dialog-body" on:submit=send>
            {text_field("Name", "member-name", "text", "off", form.name)}
            {member.is_none().then(|| text_field("Email", "member-email", "email", "off", form.email))}
            <Field label="Role" control="member-role">
                {select("member-role".to_owned(), roles, role.to_string(), form.role.into())}
                <p class="field-hint">{dynamic(move || about(form.role()))}</p>
            </Field>
            <When is=Signal::derive(move || form.role() == Role::OrganizationUser)>{organizations(form)}</When>
            {dynamic(leaves)}
            {doing.complaint()}
            <div class="dialog-actions">
                <button class="button primary" type="submit" disabled=doing.busy>
                    {if member.is_none() { "Send the invitation" } else { "Save" }}
                </button>
                <button class="button" type="button" on:click=click(move |_| members.draft.set(None))>"Cancel"</button>
            </div>
        </form>
    }
}

fn organizations(form: Form) -> AnyView {
    let all = Remote::<Vec<Named<OrganizationId>>>::new(|| Box::pin(api::people::organizations()));
    let choices = Signal::derive(move || {
        let all = all.get();
        all.iter().flat_map(|all| all.iter()).map(|one| Choice::new(&one.id, one.name.clone())).collect()
    });
    view! {
        <Field label="Organization">
            <Picker name="member-organization" label="Organization" choices chosen=form.organization on_change=form.organization.into()/>
        </Field>
    }
}

fn save(id: Option<UserId>, form: Form, doing: Doing, members: Members) {
    let (name, role) = (form.name.get_untracked().trim().to_owned(), untrack(move || form.role()));
    let organization_id = form.organization();
    let (change, said) = if let Some(id) = id {
        let patch = MembershipPatch { name: Some(name), role: Some(role), organization_id };
        (api::members::change(id, &patch), "Saved")
    } else {
        let email = form.email.get_untracked().trim().to_owned();
        let request = InvitationRequest { name, email, role, organization_id };
        (api::members::invite(&request), "The invitation is on its way")
    };
    doing.send(change, move |_| {
        members.draft.set(None);
        members.remote.refetch();
        Ok(said.to_owned())
    });
}
