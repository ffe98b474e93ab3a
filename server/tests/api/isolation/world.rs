//! Two accounts with one of everything, and everybody who may ask: in each role and by each way in, good and over.

use beckon_core::actor::{Actor, Member, Role, Scope};
use beckon_core::api::access::SignInMethod;
use beckon_core::id::{AccountId, UserId};
use beckon_core::severity::Severity;
use beckon_server::store::{Access as _, Digest, KeyOwner, NewKey, NewMember, NewSession, Store as _};
use serde_json::{Value, json};

use crate::embeds;
use crate::harness::{FOREIGN, Harness, NORTHWIND, NOW, OTHER, Who, at, login};

/// Stands in every text that belongs to the first account.
pub(crate) const OWN_CANARY: &str = "zq8own";
/// Stands in every text that belongs to the other account.
pub(crate) const FOREIGN_CANARY: &str = "zq9foreign";

/// How a request says who sends it.
#[derive(Clone, Debug)]
pub(crate) enum Way {
    Nothing,
    Basic(String),
    Cookie(String),
    Bearer(String),
}

/// Somebody who sends requests.
#[derive(Clone, Debug)]
pub(crate) struct Asker {
    pub(crate) name: &'static str,
    pub(crate) way: Way,
    /// As core knows it; none for who is nobody.
    pub(crate) actor: Option<Actor>,
    /// Whether it is a session.
    pub(crate) signed_in: bool,
}

/// The numbers of one of everything.
#[derive(Clone, Debug, Default)]
pub(crate) struct Things {
    pub(crate) organization: i64,
    pub(crate) identity: i64,
    pub(crate) escalation: i64,
    pub(crate) remedy: i64,
    pub(crate) rule: i64,
    pub(crate) integration: i64,
    pub(crate) webhook: i64,
    pub(crate) delivery: i64,
    pub(crate) member: i64,
    pub(crate) session: i64,
    pub(crate) provider: i64,
    pub(crate) key: String,
    pub(crate) embed: String,
}

pub(crate) struct World {
    pub(crate) beckon: Harness,
    pub(crate) own: Things,
    pub(crate) foreign: Things,
    pub(crate) askers: Vec<Asker>,
}

impl World {
    pub(crate) async fn new() -> Self {
        let beckon = Harness::new().await;
        let own = things(&beckon, Who::Admin, NORTHWIND, OWN_CANARY).await;
        let foreign = things(&beckon, Who::Stranger, OTHER, FOREIGN_CANARY).await;
        let askers = askers(&beckon, &own.embed).await;
        Self { beckon, own, foreign, askers }
    }
}

async fn made(beckon: &Harness, who: Who, path: &str, body: &Value, noun: &str) -> Value {
    let answer = beckon.post(who, path, body).await;
    assert_eq!(answer.status, 201, "{path}: {}", answer.body);
    answer.body[noun].clone()
}

/// Fills an account with one of everything, each with the canary in its texts.
async fn things(beckon: &Harness, admin: Who, account: AccountId, canary: &str) -> Things {
    let organization = if account == OTHER { FOREIGN } else { crate::harness::CONTOSO };
    let number = |value: &Value| value.as_i64().expect("a number");
    let named = |id: &str, country: &str| {
        let mut login = login(&format!("{canary}-{id}"), organization, canary, country);
        login["identity"]["name"] = json!(format!("{canary} person"));
        login
    };
    let unauthorized = json!({"determination": "unauthorized", "scope": "identity", "revoke_and_disable_identities": true, "note": canary});
    let found = beckon.report(&[named("first", "UA"), named("second", "BR")]).await;
    let (escalation, answered) = (found[0].1.expect("a question"), found[1].1.expect("a question"));
    let path = format!("/v1/escalations/{answered}/resolution");
    assert_eq!(beckon.post(admin, &path, &unauthorized).await.status, 201);
    let comment = json!({ "text": canary });
    made(beckon, admin, &format!("/v1/escalations/{escalation}/comments"), &comment, "entry").await;
    let remedies = beckon.get(Who::Operator, &format!("/v1/remedies?account_id={account}")).await.body;
    let rule = json!({"type": "expected", "country_code": "PL", "notes": canary});
    let rule = made(beckon, admin, "/v1/unwanted_access_rules", &rule, "unwanted_access_rule").await;
    let hook = json!({ "url": format!("https://{canary}.example/hook") });
    let hook = made(beckon, admin, "/v1/webhooks", &hook, "webhook").await;
    let settings = json!({
        "site": format!("https://{canary}.example"), "company": canary, "public_key": "pk", "private_key": "s3cret",
        "client_id": "c",
    });
    let psa = json!({ "vendor": "connectwise", "settings": settings });
    let psa = made(beckon, admin, "/v1/integrations", &psa, "integration").await;
    let provider = json!({"settings": {
        "name": format!("{canary} sign-in"), "issuer": format!("https://{canary}.example"), "client_id": canary,
        "email_domains": [format!("{canary}.example")],
    }});
    let provider = made(beckon, admin, "/v1/sign_in_providers", &provider, "sign_in_provider").await;
    beckon.post(admin, &format!("/v1/webhooks/{}/test", hook["id"]), &json!({})).await;
    let deliveries = beckon.get(admin, "/v1/deliveries").await.body;
    let member = NewMember {
        account,
        name: format!("{canary} colleague"),
        email: format!("{canary}@example.test"),
        role: Role::AccountUser,
        organization: None,
    };
    let member = beckon.store.add_member(member, at(NOW)).await.expect("a member");
    let me = user(beckon, admin).await;
    let session = session(beckon, UserId(me.user.0), &format!("{canary}-other-session"), false).await;
    let other_key = format!("{canary}-key");
    key(beckon, KeyOwner::User(account, me.user), &other_key, Scope::ReadOnly, false).await;
    let identities = beckon.get(admin, "/v1/identities").await.body;
    Things {
        organization: organization.0,
        identity: number(&identities["identities"][0]["id"]),
        escalation,
        remedy: number(&remedies["remedies"][0]["id"]),
        rule: number(&rule["id"]),
        integration: number(&psa["id"]),
        webhook: number(&hook["id"]),
        delivery: number(&deliveries["deliveries"][0]["id"]),
        member: member.0,
        session,
        provider: number(&provider["id"]),
        key: other_key,
        embed: embeds::make(beckon, admin, &embed("respond", canary)).await,
    }
}

fn embed(mode: &str, name: &str) -> Value {
    json!({"name": name, "origins": [embeds::PORTAL], "mode": mode})
}

/// Who is behind a key of the harness.
async fn user(beckon: &Harness, who: Who) -> Member {
    let key = who.key();
    let used = beckon.store.key_actor(&key, Digest::of(key.as_bytes()), at(NOW)).await.expect("the store");
    used.expect("a key").actor.as_member().expect("a member").clone()
}

/// Begins a session whose token is `token`, or one that is over, and returns its number.
async fn session(beckon: &Harness, user: UserId, token: &str, over: bool) -> i64 {
    let session = NewSession {
        token: Digest::of(token.as_bytes()),
        method: SignInMethod::Password,
        through: None,
        device: token.to_owned(),
        address: "192.0.2.7".to_owned(),
        expires_at: at(if over { NOW } else { "2026-11-30T08:00:00Z" }),
    };
    let begun = beckon.store.sign_in(user, session, at(NOW)).await.expect("the store");
    begun.expect("a session").id.0
}

async fn key(beckon: &Harness, owner: KeyOwner, name: &str, scope: Scope, over: bool) {
    let key = NewKey {
        owner,
        name: name.to_owned(),
        key: name.to_owned(),
        secret: Digest::of(name.as_bytes()),
        scope,
        expires_at: over.then(|| at(NOW)),
    };
    beckon.store.add_key(key, at(NOW)).await.expect("a key");
}

/// Everybody who may ask.
async fn askers(beckon: &Harness, responding: &str) -> Vec<Asker> {
    let nobody = |name, way| Asker { name, way, actor: None, signed_in: false };
    let mut askers = vec![nobody("nobody", Way::Nothing)];
    let operator = beckon.store.add_operator("Sam Ito", "sam@soc.test", at(NOW)).await.expect("an operator");
    session(beckon, operator, "operator", false).await;
    let by_cookie = |name: &'static str, actor| Asker {
        name,
        way: Way::Cookie(name.to_owned()),
        actor: Some(actor),
        signed_in: true,
    };
    askers.push(by_cookie("operator", Actor::operator("Sam Ito")));
    for (scope, name) in [(Scope::ReadWrite, "operator key"), (Scope::ReadOnly, "operator key, read")] {
        key(beckon, KeyOwner::Operator, name, scope, false).await;
        askers.push(by_key(name, Actor::operator(name).within(scope)));
    }
    let people = [
        (Who::Admin, ["admin", "admin key", "admin key, read"]),
        (Who::Viewer, ["user", "user key", "user key, read"]),
        (Who::OrganizationUser, ["organization user", "org. user key", "org. user key, read"]),
    ];
    for (who, [signed_in, write, read]) in people {
        let member = user(beckon, who).await;
        let owner = KeyOwner::User(member.account, member.user);
        session(beckon, member.user, signed_in, false).await;
        key(beckon, owner, write, Scope::ReadWrite, false).await;
        key(beckon, owner, read, Scope::ReadOnly, false).await;
        let actor = Actor::member(member);
        askers.push(by_cookie(signed_in, actor.clone()));
        askers.push(by_key(write, actor.clone().within(Scope::ReadWrite)));
        askers.push(by_key(read, actor.within(Scope::ReadOnly)));
    }
    let admin = user(beckon, Who::Admin).await;
    session(beckon, admin.user, "session over", true).await;
    key(beckon, KeyOwner::User(admin.account, admin.user), "key over", Scope::ReadWrite, true).await;
    askers.push(nobody("session over", Way::Cookie("session over".to_owned())));
    askers.push(nobody("key over", Way::Basic("key over:key over".to_owned())));
    let viewing = embeds::make(beckon, Who::Admin, &embed("view", OWN_CANARY)).await;
    let panels = [
        ("admin panel", Who::Admin, responding, Scope::EmbedRespond),
        ("admin panel, view", Who::Admin, &viewing, Scope::EmbedView),
        ("user panel", Who::Viewer, responding, Scope::EmbedRespond),
        ("org. user panel", Who::OrganizationUser, responding, Scope::EmbedRespond),
    ];
    for (name, who, embed, scope) in panels {
        let token = embeds::open(beckon, Who::Admin, embed, who).await;
        let actor = Actor::member(user(beckon, who).await).within(scope).up_to(Severity::High);
        askers.push(Asker { name, way: Way::Bearer(token), actor: Some(actor), signed_in: false });
    }
    askers.push(nobody("no such panel", Way::Bearer("no-such-token".to_owned())));
    askers.push(nobody("wrong secret", Way::Basic("admin key:wrong".to_owned())));
    askers
}

fn by_key(name: &'static str, actor: Actor) -> Asker {
    Asker { name, way: Way::Basic(format!("{name}:{name}")), actor: Some(actor), signed_in: false }
}
