use super::*;

fn good() -> Settings {
    serde_json::from_value(serde_json::json!({
        "name": "Contoso sign-in", "issuer": "https://login.contoso.example", "client_id": "beckon",
        "email_domains": ["contoso.example"],
    }))
    .expect("the least that is entered")
}

fn with(
    role: GrantedRole,
    account_id: Option<AccountId>,
    organization_id: Option<OrganizationId>,
) -> Settings {
    let grant = Grant { role, account_id, organization_id };
    let roles = vec![RoleRule { value: "a".to_owned(), grant }];
    Settings { roles, role_claim: Some("groups".to_owned()), ..good() }
}

#[track_caller]
fn check(settings: &Settings, account: Option<AccountId>, expected: &[&str]) {
    let fields: Vec<String> = match settings.check(account) {
        Ok(()) => Vec::new(),
        Err(Refusal::Invalid(errors)) => errors.into_iter().map(|error| error.field).collect(),
        Err(other) => panic!("{other}"),
    };
    assert_eq!(fields, expected);
}

#[test]
fn what_is_left_out_is_careful() {
    let settings = good();
    check(&settings, Some(AccountId(1)), &[]);
    assert_eq!(settings.scopes, ["email", "profile"]);
    assert!(settings.require_verified_email && !settings.just_in_time && !settings.manages_roles());
}

#[test]
fn each_wrong_field_is_named() {
    let own = Some(AccountId(1));
    check(&Settings { name: " ".to_owned(), ..good() }, own, &["settings.name"]);
    check(&Settings { client_id: "a\nb".to_owned(), ..good() }, own, &["settings.client_id"]);
    for domains in [vec![], vec!["contoso"], vec!["a@contoso.example"], vec!["*"]] {
        let email_domains = domains.into_iter().map(str::to_owned).collect();
        check(&Settings { email_domains, ..good() }, own, &["settings.email_domains"]);
    }
    check(&Settings { scopes: vec!["a b".to_owned()], ..good() }, own, &["settings.scopes"]);
    let nameless = Settings { role_claim: None, ..with(GrantedRole::AccountUser, None, None) };
    check(&nameless, own, &["settings.role_claim"]);
}

#[test]
fn places_are_granted_where_there_are_any() {
    use GrantedRole::{AccountAdmin, AccountUser, Operator, OrganizationUser};
    let (one, contoso) = (Some(AccountId(1)), Some(OrganizationId(10)));
    let account = "settings.roles[0].grant.account_id";
    let organization = "settings.roles[0].grant.organization_id";
    check(&with(AccountAdmin, None, None), one, &[]);
    check(&with(OrganizationUser, None, contoso), one, &[]);
    check(&with(OrganizationUser, None, None), one, &[organization]);
    check(&with(AccountUser, None, contoso), one, &[organization]);
    check(&with(AccountUser, one, None), one, &[account]);
    check(&with(Operator, None, None), one, &[account]);
    check(&with(Operator, None, None), None, &[]);
    check(&with(Operator, one, None), None, &[account]);
    check(&with(AccountUser, None, None), None, &[account]);
    check(&with(AccountUser, one, None), None, &[]);
}

#[test]
fn five_are_the_most() {
    assert!(check_room(4).is_ok() && check_room(5).is_err());
}
