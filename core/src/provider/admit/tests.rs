use proptest::prelude::*;

use super::*;
use crate::provider::{GrantedRole, RoleRule};

const OWN: AccountId = AccountId(1);
const OTHER: AccountId = AccountId(2);

fn grant(role: GrantedRole, account: Option<AccountId>) -> Grant {
    let organization_id = (role == GrantedRole::OrganizationUser).then_some(OrganizationId(10));
    Grant { role, account_id: account, organization_id }
}

fn rule(value: &str, role: GrantedRole, account: Option<AccountId>) -> RoleRule {
    RoleRule { value: value.to_owned(), grant: grant(role, account) }
}

fn settings(roles: Vec<RoleRule>) -> Settings {
    Settings {
        name: "Contoso sign-in".to_owned(),
        issuer: "https://login.contoso.example".to_owned(),
        client_id: "beckon".to_owned(),
        scopes: Vec::new(),
        role_claim: Some("groups".to_owned()),
        roles,
        default_grant: None,
        just_in_time: true,
        email_domains: vec!["Contoso.example".to_owned()],
        require_verified_email: true,
    }
}

fn own() -> Settings {
    settings(vec![
        rule("admins", GrantedRole::AccountAdmin, None),
        rule("readers", GrantedRole::AccountUser, None),
    ])
}

fn claims(values: &[&str]) -> Claims {
    Claims {
        subject: "248289761001".to_owned(),
        name: Some("Joey Doe".to_owned()),
        email: Some("joey@contoso.EXAMPLE".to_owned()),
        email_verified: true,
        values: values.iter().map(|&value| value.to_owned()).collect(),
    }
}

fn seat(account: AccountId, role: Role, last_admin: bool) -> Seat {
    Seat { account, role, organization: None, last_admin }
}

fn known(seats: Vec<Seat>) -> Known {
    Known { user: UserId(7), linked: Linked::Yes, operator: false, seats }
}

#[track_caller]
fn changes(
    settings: &Settings,
    account: Option<AccountId>,
    claims: &Claims,
    known: Option<&Known>,
    expected: Result<&[(AccountId, Role, bool)], Problem>,
) {
    let found = admit(settings, account, claims, known).map(|admission| {
        let changes = admission.changes().iter();
        changes.map(|change| (change.account, change.role, change.joins)).collect::<Vec<_>>()
    });
    assert_eq!(found.as_deref().map_err(|problem| *problem), expected);
}

#[test]
fn who_is_unknown_and_in_a_group_joins() {
    let joins = |role| [(OWN, role, true)];
    changes(&own(), Some(OWN), &claims(&["admins"]), None, Ok(&joins(Role::AccountAdmin)));
    changes(&own(), Some(OWN), &claims(&["x", "readers"]), None, Ok(&joins(Role::AccountUser)));
    changes(&own(), Some(OWN), &claims(&["readers", "admins"]), None, Ok(&joins(Role::AccountAdmin)));
    let admission = admit(&own(), Some(OWN), &claims(&["readers"]), None).expect("a group");
    let email = "joey@contoso.EXAMPLE".to_owned();
    assert_eq!(admission.whom(), &Whom::New { name: "Joey Doe".to_owned(), email });
}

#[test]
fn who_is_in_no_group_or_does_not_join_is_refused() {
    changes(&own(), Some(OWN), &claims(&[]), None, Err(Problem::UnknownGroup));
    changes(&own(), Some(OWN), &claims(&["Admins"]), None, Err(Problem::UnknownGroup));
    let member = known(vec![seat(OWN, Role::AccountAdmin, false)]);
    changes(&own(), Some(OWN), &claims(&["others"]), Some(&member), Err(Problem::UnknownGroup));
    let invited = Settings { just_in_time: false, ..own() };
    changes(&invited, Some(OWN), &claims(&["admins"]), None, Err(Problem::NotAMember));
    let any = Settings { roles: Vec::new(), role_claim: None, ..own() };
    changes(&any, Some(OWN), &claims(&[]), None, Err(Problem::NotAMember));
    changes(&any, Some(OWN), &claims(&[]), Some(&member), Ok(&[]));
}

#[test]
fn a_member_follows_the_group_but_the_last_account_admin_stays_one() {
    let admin = |last| known(vec![seat(OWN, Role::AccountAdmin, last)]);
    let to_reader = [(OWN, Role::AccountUser, false)];
    changes(&own(), Some(OWN), &claims(&["readers"]), Some(&admin(false)), Ok(&to_reader));
    changes(&own(), Some(OWN), &claims(&["readers"]), Some(&admin(true)), Ok(&[]));
    changes(&own(), Some(OWN), &claims(&["admins"]), Some(&admin(false)), Ok(&[]));
    let everybody = Settings {
        roles: Vec::new(),
        role_claim: None,
        default_grant: Some(grant(GrantedRole::AccountUser, None)),
        ..own()
    };
    changes(&everybody, Some(OWN), &claims(&[]), Some(&admin(false)), Ok(&[]));
    changes(&everybody, Some(OWN), &claims(&[]), None, Ok(&[(OWN, Role::AccountUser, true)]));
}

#[test]
fn an_address_counts_once_it_is_vouched_for() {
    let check = |change: fn(&mut Claims), expected| {
        let mut claims = claims(&["admins"]);
        change(&mut claims);
        let member = Known { linked: Linked::Not, ..known(vec![seat(OWN, Role::AccountUser, false)]) };
        for known in [None, Some(&member)] {
            assert_eq!(admit(&own(), Some(OWN), &claims, known).err(), expected);
        }
        let linked = Known { linked: Linked::Yes, ..member };
        assert!(admit(&own(), Some(OWN), &claims, Some(&linked)).is_ok(), "known by the subject");
    };
    check(|_| {}, None);
    check(|claims| claims.email_verified = false, Some(Problem::UnverifiedEmail));
    check(|claims| claims.email = None, Some(Problem::UnverifiedEmail));
    check(|claims| claims.email = Some("joey@evil.example".to_owned()), Some(Problem::UnverifiedEmail));
    check(|claims| claims.email = Some("joey@x.contoso.example".to_owned()), Some(Problem::UnverifiedEmail));
    check(|claims| claims.email = Some("contoso.example".to_owned()), Some(Problem::UnverifiedEmail));
    check(
        |claims| claims.email = Some("joey@contoso.example@evil.example".to_owned()),
        Some(Problem::UnverifiedEmail),
    );
}

#[test]
fn whoever_got_an_address_later_does_not_become_who_had_it() {
    let another = Known { linked: Linked::ToAnother, ..known(vec![seat(OWN, Role::AccountAdmin, false)]) };
    changes(&own(), Some(OWN), &claims(&["admins"]), Some(&another), Err(Problem::NotAMember));
}

#[test]
fn operators_come_by_a_group_and_by_a_provider_of_the_installation() {
    let soc = settings(vec![
        rule("soc", GrantedRole::Operator, None),
        rule("northwind", GrantedRole::AccountUser, Some(OWN)),
    ]);
    let is_operator = |claims: &Claims, known: Option<&Known>| {
        admit(&soc, None, claims, known).map(|admission| admission.operator())
    };
    let operator = Known { operator: true, ..known(Vec::new()) };
    assert_eq!(is_operator(&claims(&["soc"]), None), Ok(true));
    assert_eq!(is_operator(&claims(&["soc"]), Some(&operator)), Ok(true));
    assert_eq!(is_operator(&claims(&[]), Some(&operator)), Err(Problem::UnknownGroup));
    assert_eq!(is_operator(&claims(&["northwind"]), None), Ok(false));
    let member = known(vec![seat(OTHER, Role::AccountUser, false)]);
    assert_eq!(is_operator(&claims(&["soc"]), Some(&member)), Err(Problem::NotAMember));
    assert_eq!(is_operator(&claims(&[]), Some(&member)), Ok(false), "another account's member");
    let own_members = known(vec![seat(OWN, Role::AccountUser, false)]);
    assert_eq!(is_operator(&claims(&[]), Some(&own_members)), Err(Problem::UnknownGroup));
    let claimed = admit(&own(), Some(OWN), &claims(&["admins"]), Some(&operator));
    assert_eq!(claimed.err(), Some(Problem::NotAMember), "an account's provider says nothing of operators");
}

fn any_role() -> impl Strategy<Value = GrantedRole> {
    use GrantedRole::{AccountAdmin, AccountUser, Operator, OrganizationUser};
    prop_oneof![Just(Operator), Just(AccountAdmin), Just(AccountUser), Just(OrganizationUser)]
}

fn any_grant() -> impl Strategy<Value = Grant> {
    let account = prop_oneof![Just(None), Just(Some(OWN)), Just(Some(OTHER)), Just(Some(AccountId(3)))];
    (any_role(), account).prop_map(|(role, account)| grant(role, account))
}

fn any_settings() -> impl Strategy<Value = Settings> {
    let rules = prop::collection::vec(("[a-d]", any_grant()), 0..5);
    let vouching = (any::<bool>(), any::<bool>());
    (rules, prop::option::of(any_grant()), vouching).prop_map(|(rules, default_grant, (joins, require))| {
        Settings {
            default_grant,
            just_in_time: joins,
            require_verified_email: require,
            ..settings(rules.into_iter().map(|(value, grant)| RoleRule { value, grant }).collect())
        }
    })
}

fn any_known() -> impl Strategy<Value = Known> {
    let role = prop_oneof![Just(Role::AccountAdmin), Just(Role::AccountUser)];
    let seats = prop::collection::btree_map(1_i64..4, (role, any::<bool>()), 0..3);
    let linked = prop_oneof![Just(Linked::Yes), Just(Linked::Not), Just(Linked::ToAnother)];
    (seats, linked, any::<bool>()).prop_map(|(seats, linked, operator)| {
        let seat = |(id, (role, last)): (i64, (Role, bool))| Seat {
            last_admin: last && role == Role::AccountAdmin,
            ..seat(AccountId(id), role, false)
        };
        // Operators are members of no account.
        let seats: Vec<Seat> = seats.into_iter().map(seat).filter(|_| !operator).collect();
        Known { user: UserId(7), linked, operator, seats }
    })
}

fn any_claims() -> impl Strategy<Value = Claims> {
    let email = prop_oneof![Just("joey@contoso.example"), Just("joey@evil.example")];
    let values = prop::collection::vec("[a-d]", 0..3);
    (values, prop::option::of(email), any::<bool>()).prop_map(|(values, email, email_verified)| Claims {
        email: email.map(str::to_owned),
        email_verified,
        values,
        ..claims(&[])
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn nobody_gets_more_than_the_rules_say(
        settings in any_settings(),
        account in prop::option::of(Just(OWN)),
        claims in any_claims(),
        known in prop::option::of(any_known()),
    ) {
        let Ok(admission) = admit(&settings, account, &claims, known.as_ref()) else { return Ok(()) };
        let seats = known.as_ref().map_or(&[][..], |known| &known.seats);
        for change in admission.changes() {
            // What is granted was granted there, by a rule that fits or to everybody.
            let rules = settings.roles.iter().filter(|rule| claims.values.contains(&rule.value));
            let mut granted = rules.map(|rule| rule.grant).chain(settings.default_grant);
            prop_assert!(granted.any(|grant| grant.role.member() == Some(change.role)
                && account.or(grant.account_id) == Some(change.account)));
            let seat = seats.iter().find(|seat| seat.account == change.account);
            prop_assert_eq!(change.joins, seat.is_none());
            prop_assert!(settings.just_in_time || !change.joins);
            let demoted = seat.is_some_and(|seat| seat.last_admin) && change.role != Role::AccountAdmin;
            prop_assert!(!demoted);
        }
        // An account's provider reaches nothing but its account, and no operator.
        if let Some(own) = account {
            prop_assert!(admission.changes().iter().all(|change| change.account == own));
            prop_assert!(!admission.operator() && known.as_ref().is_none_or(|known| !known.operator));
            let has_seat = seats.iter().any(|seat| seat.account == own);
            prop_assert!(has_seat || !admission.changes().is_empty());
        }
        // By the address alone only who is vouched for.
        if known.as_ref().is_none_or(|known| known.linked != Linked::Yes) {
            let email = claims.email.as_deref().unwrap_or_default();
            prop_assert!(email.ends_with("@contoso.example"));
            prop_assert!(claims.email_verified || !settings.require_verified_email);
            prop_assert!(known.as_ref().is_none_or(|known| known.linked == Linked::Not));
        }
        // Operators and members stay apart.
        prop_assert!(!admission.operator() || (seats.is_empty() && admission.changes().is_empty()));
        prop_assert!(admission.operator() || known.as_ref().is_none_or(|known| !known.operator));
    }
}
