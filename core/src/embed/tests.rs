use super::*;
use crate::actor::{Actor, Member};
use crate::api::embed::ThemeBody;
use crate::id::{AccountId, UserId};
use crate::permission::{may_answer, permit};

const PORTAL: &str = "https://portal.example";

fn member(role: Role) -> Member {
    Member {
        user: UserId(7),
        name: "Priya Raman".to_owned(),
        email: "priya@northwind.example".to_owned(),
        account: AccountId(1),
        role,
        organization: None,
    }
}

fn admin() -> Actor {
    Actor::member(member(Role::AccountAdmin))
}

fn configure() -> Permit {
    permit(&admin(), Action::Configure, AccountId(1)).expect("admins configure")
}

fn launch() -> Permit {
    permit(&admin(), Action::Launch, AccountId(1)).expect("admins launch")
}

fn request() -> EmbedRequest {
    EmbedRequest {
        name: " Portal ".to_owned(),
        origins: vec![PORTAL.to_owned()],
        mode: Mode::Respond,
        roles: None,
        respond_up_to: None,
        theme: None,
    }
}

fn settings() -> Settings {
    add(&configure(), &request(), 0).expect("an embed")
}

#[test]
fn what_is_left_out_is_what_most_portals_want() {
    let settings = settings();
    assert_eq!(settings.name, "Portal");
    assert_eq!(settings.roles, [Role::AccountAdmin, Role::AccountUser]);
    assert_eq!(settings.respond_up_to, Severity::High);
    assert_eq!(settings.theme, Theme::default());
}

#[test]
fn each_field_that_is_wrong_is_named() {
    let check = |request: EmbedRequest, fields: &[&str]| {
        let Err(Refusal::Invalid(errors)) = add(&configure(), &request, 0) else { panic!("{fields:?}") };
        let found: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(found, fields);
    };
    check(EmbedRequest { name: " \n".to_owned(), ..request() }, &["name"]);
    check(EmbedRequest { name: "x".repeat(101), ..request() }, &["name"]);
    check(EmbedRequest { origins: Vec::new(), ..request() }, &["origins"]);
    check(EmbedRequest { origins: vec![PORTAL.to_owned(); 21], ..request() }, &["origins"]);
    let twice =
        vec![PORTAL.to_owned(), "https://PORTAL.example:443".to_owned(), "http://portal.example".to_owned()];
    check(EmbedRequest { origins: twice, ..request() }, &["origins.1", "origins.2"]);
    check(EmbedRequest { roles: Some(Vec::new()), ..request() }, &["roles"]);
    check(
        EmbedRequest { roles: Some(vec![Role::AccountAdmin, Role::OrganizationUser]), ..request() },
        &["roles"],
    );
    let theme = ThemeBody { accent: Some("blue".to_owned()), ..ThemeBody::default() };
    check(EmbedRequest { theme: Some(theme), ..request() }, &["theme.accent"]);
}

#[test]
fn twenty_are_the_most() {
    assert!(add(&configure(), &request(), 19).is_ok());
    assert!(matches!(add(&configure(), &request(), 20), Err(Refusal::Conflict(_))));
}

#[test]
fn a_change_leaves_what_it_does_not_name() {
    let before = settings();
    let patch = EmbedPatch { mode: Some(Mode::View), ..EmbedPatch::default() };
    let after = change(&configure(), &before, &patch).expect("a change");
    assert_eq!(after, Settings { mode: Mode::View, ..before.clone() });
    assert_eq!(change(&configure(), &before, &EmbedPatch::default()), Ok(before));
}

#[test]
fn a_permit_for_something_else_changes_nothing() {
    let before = settings();
    assert!(add(&launch(), &request(), 0).is_err());
    assert!(change(&launch(), &before, &EmbedPatch::default()).is_err());
    assert!(check_deletion(&launch()).is_err() && check_deletion(&configure()).is_ok());
    assert!(check_launch(&configure(), &before, &member(Role::AccountAdmin), PORTAL).is_err());
}

#[test]
fn it_is_launched_on_its_own_pages_for_its_own_people() {
    let only_admins = Settings { roles: vec![Role::AccountAdmin], ..settings() };
    let check = |role, origin, expected: Result<(), &str>| {
        let found = check_launch(&launch(), &only_admins, &member(role), origin);
        match (found, expected) {
            (Ok(launched), Ok(())) => assert_eq!(launched.origin.as_str(), PORTAL),
            (Err(Refusal::Invalid(errors)), Err(field)) => assert_eq!(errors[0].field, field),
            (found, _) => panic!("{role} {origin}: {found:?}"),
        }
    };
    check(Role::AccountAdmin, "https://portal.example/", Ok(()));
    check(Role::OrganizationUser, PORTAL, Ok(()));
    check(Role::AccountUser, PORTAL, Err("user"));
    check(Role::AccountAdmin, "https://other.example", Err("origin"));
    check(Role::AccountAdmin, "portal", Err("origin"));
    let elsewhere = Member { account: AccountId(2), ..member(Role::AccountAdmin) };
    assert_eq!(check_launch(&launch(), &only_admins, &elsewhere, PORTAL), Err(Refusal::Invisible));
}

#[test]
fn a_seat_is_what_embed_and_person_are_by_now() {
    let launched = |role| Launched { role, origin: Origin::parse(PORTAL).expect("an origin") };
    let seated = |settings: &Settings, launched: &Launched, role, launcher: &Actor| {
        seat(settings, launched, member(role), launcher).map(|actor| actor.scope)
    };
    let as_admin = launched(Role::AccountAdmin);
    assert_eq!(seated(&settings(), &as_admin, Role::AccountAdmin, &admin()), Some(Scope::EmbedRespond));
    let view = Settings { mode: Mode::View, ..settings() };
    assert_eq!(seated(&view, &as_admin, Role::AccountAdmin, &admin()), Some(Scope::EmbedView));
    // Another role, another origin, a role that is no longer welcome, a launcher who may not any more.
    assert_eq!(seated(&settings(), &as_admin, Role::AccountUser, &admin()), None);
    let moved = Settings { origins: vec![Origin::parse("https://x.example").expect("one")], ..settings() };
    assert_eq!(seated(&moved, &as_admin, Role::AccountAdmin, &admin()), None);
    let others = Settings { roles: vec![Role::AccountUser], ..settings() };
    assert_eq!(seated(&others, &as_admin, Role::AccountAdmin, &admin()), None);
    let viewer = Actor::member(member(Role::AccountUser));
    assert_eq!(seated(&settings(), &as_admin, Role::AccountAdmin, &viewer), None);
    let stranger = Actor::member(Member { account: AccountId(2), ..member(Role::AccountAdmin) });
    assert_eq!(seated(&settings(), &as_admin, Role::AccountAdmin, &stranger), None);
    assert_eq!(seated(&settings(), &as_admin, Role::AccountAdmin, &Actor::operator("SOC")), None);
    assert_eq!(seated(&settings(), &as_admin, Role::AccountAdmin, &admin().within(Scope::ReadOnly)), None);
}

#[test]
fn what_presses_more_is_answered_in_beckon_itself() {
    let launched = Launched { role: Role::AccountAdmin, origin: Origin::parse(PORTAL).expect("an origin") };
    let seated = seat(&settings(), &launched, member(Role::AccountAdmin), &admin()).expect("a seat");
    assert!(may_answer(&seated, Severity::Low) && may_answer(&seated, Severity::High));
    assert!(!may_answer(&seated, Severity::Critical) && may_answer(&admin(), Severity::Critical));
    let permit = permit(&seated, Action::Answer, AccountId(1)).expect("a panel that answers");
    assert_eq!(permit.demand_answer(AccountId(1), Severity::High), Ok(()));
    let refused = permit.demand_answer(AccountId(1), Severity::Critical);
    assert!(matches!(refused, Err(Refusal::Forbidden(text)) if text.contains("open Beckon itself")));
}
