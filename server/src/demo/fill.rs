//! Brings the cast to life through the same operations that a real provider uses, at the times at which things happened.

use anyhow::Context as _;
use beckon_core::actor::Role;
use beckon_core::api::escalation::ResolutionRequest;
use beckon_core::country::CountryCode;
use beckon_core::id::{AccountId, ObservationId, OrganizationId};
use beckon_core::observation::{Fact, LoginFact, Observation, ObservedIdentity};
use beckon_core::permission::Action;
use beckon_core::time::{Timestamp, days, minutes};
use beckon_core::vpn::VpnSlug;

use super::act::{OPERATOR, Places, admin, perform};
use super::cast::{ACCOUNTS, ANSWERS, Account, From, Given, Logins, Organization};
use super::story::{Beat, STORY};
use super::{ByRole, Demo, DemoAccount, post, sign_in_link};
use crate::cli::key::make_key;
use crate::store::query::{EscalationQuery, StatusFilter};
use crate::store::{KeyOwner, NewLink, NewMember, Secret, Store};

/// How long the links of a demo work, in days.
const LINK_DAYS: i64 = 3_650;

/// Fills an empty store.
pub(super) async fn fill(store: &dyn Store, base_url: &str, now: Timestamp) -> anyhow::Result<Demo> {
    let began = now - days(30);
    let operator_key = make_key(store, KeyOwner::Operator, OPERATOR, began).await?;
    let mut accounts = Vec::new();
    let mut places = Places::default();
    let mut happened = Vec::new();
    for account in ACCOUNTS {
        let id = store.add_account(None, account.name, began).await?;
        let mut ids = Vec::new();
        for organization in account.organizations {
            let organization_id = store.add_organization(id, None, organization.name, began).await?;
            ids.push(organization_id);
            places.organizations.insert(organization.name, organization_id);
            for series in organization.logins {
                let logins = observations(id, organization_id, organization, series, now);
                happened.extend(logins.into_iter().map(|login| (login.observed_at, Happening::Login(login))));
            }
        }
        places.accounts.insert(account.name, id);
        accounts.push(people(store, id, account, &ids, base_url, began).await?);
    }
    let ago = |passed| now - minutes(passed);
    happened.extend(ANSWERS.iter().map(|given| (ago(given.minutes), Happening::Answer(given))));
    let beats = STORY.iter().enumerate();
    happened.extend(beats.map(|(number, beat)| (ago(beat.minutes), Happening::Beat(number, beat))));
    live(store, happened, &places, now).await?;
    Ok(Demo { base_url: base_url.to_owned(), operator_key, accounts })
}

/// Makes the members with their links and keys. The first of each role gets into `demo.json`.
async fn people(
    store: &dyn Store,
    account: AccountId,
    cast: &Account,
    organizations: &[OrganizationId],
    base_url: &str,
    began: Timestamp,
) -> anyhow::Result<DemoAccount> {
    let (mut sign_in, mut keys) = (ByRole::default(), ByRole::default());
    for person in cast.members {
        let member = NewMember {
            account,
            name: person.name.to_owned(),
            email: person.email.to_owned(),
            role: person.role,
            organization: person.organization.and_then(|index| organizations.get(index)).copied(),
        };
        let user = store.add_member(member, began).await?;
        let (link, key) = match person.role {
            Role::AccountAdmin => (&mut sign_in.admin, &mut keys.admin),
            Role::AccountUser => (&mut sign_in.viewer, &mut keys.viewer),
            Role::OrganizationUser => (&mut sign_in.organization_user, &mut keys.organization_user),
        };
        if link.is_empty() {
            let token = Secret::random()?;
            let expires_at = began + days(LINK_DAYS);
            store
                .add_link(
                    token.digest(),
                    NewLink { account: Some(account), user, expires_at, reusable: true },
                )
                .await?;
            *link = sign_in_link(base_url, token.reveal());
            *key = make_key(store, KeyOwner::User(account, user), person.name, began).await?;
        }
    }
    Ok(DemoAccount { id: account.0, name: cast.name.to_owned(), sign_in, keys })
}

/// The observations of a series of logins.
fn observations(
    account: AccountId,
    organization: OrganizationId,
    cast: &'static Organization,
    series: &'static Logins,
    now: Timestamp,
) -> Vec<Observation> {
    let code = |text: &str| CountryCode::parse(text).ok();
    let (country, vpn) = match series.from {
        From::Country(country) => (code(country), None),
        From::Vpn(vpn, exit) => (code(exit), VpnSlug::parse(vpn).ok()),
    };
    let name = cast.identities[series.who];
    let local: String = name.to_lowercase().replace(' ', ".");
    let times = (0..series.times).map(|n| series.first - n * series.every).filter(|ago| *ago >= 0);
    times
        .map(|ago| Observation {
            id: ObservationId(format!("demo-{organization}-{}-{}-{ago}", series.who, series.address)),
            observed_at: now - minutes(ago),
            account,
            organization: Some(organization),
            fact: Fact::Login(LoginFact {
                identity: ObservedIdentity {
                    id: local.clone(),
                    username: format!("{local}@{}", cast.domain),
                    name: Some(name.to_owned()),
                    usage_location: code(cast.home),
                },
                country,
                vpn: vpn.clone(),
                ip_address: series.address.parse().ok(),
            }),
        })
        .collect()
}

/// Something that happens in the demo, with its time.
enum Happening {
    Login(Observation),
    Answer(&'static Given),
    Beat(usize, &'static Beat),
}

/// Lets everything happen in the order of its time, and lets time pass in between.
async fn live(
    store: &dyn Store,
    mut happenings: Vec<(Timestamp, Happening)>,
    places: &Places,
    now: Timestamp,
) -> anyhow::Result<()> {
    happenings.sort_by_key(|(at, _)| *at);
    for (at, happening) in happenings {
        pass_time(store, at).await?;
        match happening {
            Happening::Login(observation) => drop(store.observe(vec![observation], None, at).await?),
            Happening::Answer(given) => answer(store, given, places, at).await?,
            Happening::Beat(number, beat) => {
                perform(store, places, beat, &format!("story-{number}"), at).await?;
            }
        }
        post::deliver(store, at).await?;
    }
    pass_time(store, now).await
}

/// Does what came due by `at`, and lets it arrive.
async fn pass_time(store: &dyn Store, at: Timestamp) -> anyhow::Result<()> {
    while store.tick(at).await? {}
    post::deliver(store, at).await
}

async fn answer(store: &dyn Store, given: &Given, places: &Places, at: Timestamp) -> anyhow::Result<()> {
    let organization = places.organizations[given.organization];
    let account = places.accounts[given.account];
    let query = EscalationQuery {
        status: Some(StatusFilter::Open),
        organizations: vec![organization],
        subtype: Some(given.subtype.to_owned()),
        ascending: true,
        ..EscalationQuery::newest(account)
    };
    let open = store.escalations(query, at).await?;
    let head = &open.items.first().with_context(|| format!("the demo asks about {}", given.subtype))?.head;
    let request: ResolutionRequest = serde_json::from_str(given.body)?;
    let permit = admin(store, account, 0, Action::Answer).await?;
    store.answer(permit, head.id, request, None, at).await?;
    Ok(())
}
