//! The operations of [`Access`].

use async_trait::async_trait;
use beckon_core::api::Named;
use beckon_core::api::access::{KeyBody, SessionBody};
use beckon_core::api::people::{MembershipBody, MembershipPatch, RemovalBody};
use beckon_core::id::{AccountId, SessionId, UserId};
use beckon_core::permission::Permit;
use beckon_core::time::Timestamp;

use crate::store::tables::access::{keys, links, people, sessions};
use crate::store::tables::idempotency::once;
use crate::store::tables::reach::Reach;
use crate::store::tables::{Database, Result, members};
use crate::store::{
    Access, Digest, DoorMail, Factor, Idempotency, KeyUse, MadeKey, NewKey, NewLink, NewMember, NewSession,
    Person, Session, SignInChange,
};

#[async_trait]
impl Access for Database {
    async fn invite(
        &self,
        permit: Permit,
        member: NewMember,
        mail: DoorMail,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<MembershipBody> {
        let reach = Reach::People(permit.account());
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| members::invite(tx, &permit, &member, &mail, now))
        })
        .await
    }

    async fn enroll(&self, permit: Permit, member: NewMember, now: Timestamp) -> Result<UserId> {
        let reach = Reach::People(permit.account());
        self.write(reach, move |tx| members::enroll(tx, &permit, &member, now)).await
    }

    async fn invite_again(
        &self,
        permit: Permit,
        user: UserId,
        mail: DoorMail,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<()> {
        let reach = Reach::People(permit.account());
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| members::invite_again(tx, &permit, user, &mail, now))
        })
        .await
    }

    async fn membership(&self, account: AccountId, user: UserId) -> Result<Option<MembershipBody>> {
        let reach = Reach::People(account);
        self.read(reach, move |connection| members::shown(connection, account, user)).await
    }

    async fn change_member(
        &self,
        permit: Permit,
        user: UserId,
        patch: MembershipPatch,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<MembershipBody> {
        let reach = Reach::People(permit.account());
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| members::change(tx, &permit, user, &patch, now))
        })
        .await
    }

    async fn removal(&self, permit: Permit, user: UserId, now: Timestamp) -> Result<RemovalBody> {
        let reach = Reach::People(permit.account());
        self.read(reach, move |connection| members::removal(connection, &permit, user, now)).await
    }

    async fn remove_member(
        &self,
        permit: Permit,
        user: UserId,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<()> {
        let reach = Reach::People(permit.account());
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| members::remove(tx, &permit, user, now))
        })
        .await
    }

    async fn make_key(
        &self,
        permit: Permit,
        key: NewKey,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<MadeKey> {
        let reach = Reach::of(&permit);
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| keys::make(tx, &permit, &key, now))
        })
        .await
    }

    async fn keys(&self, account: Option<AccountId>, now: Timestamp) -> Result<Vec<KeyBody>> {
        let reach = account.map_or(Reach::Installation, Reach::Account);
        self.read(reach, move |connection| keys::list(connection, account, now)).await
    }

    async fn rotate_key(
        &self,
        permit: Permit,
        key: &str,
        secret: Digest,
        until: Timestamp,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<MadeKey> {
        let reach = Reach::of(&permit);
        let key = key.to_owned();
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| keys::rotate(tx, &permit, &key, secret, until, now))
        })
        .await
    }

    async fn revoke_key(
        &self,
        permit: Permit,
        key: &str,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<()> {
        let reach = Reach::of(&permit);
        let key = key.to_owned();
        self.write(reach, move |tx| {
            once(tx, idempotency.as_ref(), now, |tx| keys::revoke(tx, &permit, &key, now))
        })
        .await
    }

    async fn add_key(&self, key: NewKey, now: Timestamp) -> Result<()> {
        self.write(Reach::Installation, move |tx| keys::add(tx, &key, now)).await
    }

    async fn key_actor(&self, key: &str, secret: Digest, now: Timestamp) -> Result<Option<KeyUse>> {
        let key = key.to_owned();
        self.read(Reach::Installation, move |connection| keys::actor(connection, &key, secret, now)).await
    }

    async fn touch_key(&self, key: &str, now: Timestamp) -> Result<()> {
        let key = key.to_owned();
        self.write(Reach::Installation, move |tx| keys::touch(tx, &key, now)).await
    }

    async fn add_link(&self, token: Digest, link: NewLink) -> Result<()> {
        self.write(Reach::Installation, move |tx| links::add(tx, token, link)).await
    }

    async fn send_link(&self, login: &str, mail: DoorMail, now: Timestamp) -> Result<()> {
        let login = login.to_owned();
        self.write(Reach::Installation, move |tx| links::send(tx, &login, &mail, now)).await
    }

    async fn link_owner(&self, link: Digest, now: Timestamp) -> Result<Option<Person>> {
        self.read(Reach::Installation, move |connection| links::owner(connection, link, now)).await
    }

    async fn open_session(
        &self,
        link: Digest,
        session: NewSession,
        now: Timestamp,
    ) -> Result<Option<Session>> {
        self.write(Reach::Installation, move |tx| sessions::open(tx, link, &session, now)).await
    }

    async fn sign_in(&self, user: UserId, session: NewSession, now: Timestamp) -> Result<Option<Session>> {
        let reach = Reach::Person(user);
        self.write(reach, move |tx| sessions::sign_in(tx, user, &session, now)).await
    }

    async fn session(&self, token: Digest, now: Timestamp) -> Result<Option<Session>> {
        self.read(Reach::Installation, move |connection| sessions::find(connection, token, now)).await
    }

    async fn touch_session(&self, id: SessionId, now: Timestamp) -> Result<()> {
        self.write(Reach::Installation, move |tx| sessions::touch(tx, id, now)).await
    }

    async fn renew_session(&self, id: SessionId, token: Digest, now: Timestamp) -> Result<()> {
        self.write(Reach::Installation, move |tx| sessions::renew(tx, id, token, now)).await
    }

    async fn switch_account(
        &self,
        id: SessionId,
        token: Digest,
        account: AccountId,
        now: Timestamp,
    ) -> Result<bool> {
        self.write(Reach::Installation, move |tx| sessions::switch(tx, id, token, account, now)).await
    }

    async fn sessions(
        &self,
        user: UserId,
        within: Option<AccountId>,
        now: Timestamp,
    ) -> Result<Vec<SessionBody>> {
        self.read(Reach::Installation, move |connection| sessions::list(connection, user, within, now)).await
    }

    async fn end_session(&self, user: UserId, within: Option<AccountId>, id: SessionId) -> Result<bool> {
        let reach = Reach::Person(user);
        self.write(reach, move |tx| sessions::end(tx, user, within, id)).await
    }

    async fn end_other_sessions(
        &self,
        user: UserId,
        within: Option<AccountId>,
        kept: SessionId,
    ) -> Result<()> {
        let reach = Reach::Person(user);
        self.write(reach, move |tx| sessions::end_others(tx, user, within, Some(kept))).await
    }

    async fn person_by_login(&self, login: &str) -> Result<Option<Person>> {
        let login = login.to_owned();
        self.read(Reach::Installation, move |connection| people::by_login(connection, &login)).await
    }

    async fn person(&self, user: UserId) -> Result<Option<Person>> {
        self.read(Reach::Installation, move |connection| people::find(connection, user)).await
    }

    async fn add_operator(&self, name: &str, email: &str, now: Timestamp) -> Result<UserId> {
        let (name, email) = (name.to_owned(), email.to_owned());
        self.write(Reach::Installation, move |tx| people::add_operator(tx, &name, &email, now)).await
    }

    async fn operators(&self) -> Result<Vec<Person>> {
        self.read(Reach::Installation, people::operators).await
    }

    async fn remove_operator(&self, user: UserId) -> Result<()> {
        let reach = Reach::Person(user);
        self.write(reach, move |tx| people::remove_operator(tx, user)).await
    }

    async fn accounts_of(&self, user: UserId) -> Result<Vec<Named<AccountId>>> {
        self.read(Reach::Installation, move |connection| people::accounts_of(connection, user)).await
    }

    async fn change_sign_in(
        &self,
        user: UserId,
        change: SignInChange,
        kept: Option<SessionId>,
        now: Timestamp,
    ) -> Result<()> {
        let reach = Reach::Person(user);
        self.write(reach, move |tx| people::change(tx, user, &change, kept, now)).await
    }

    async fn use_factor(&self, user: UserId, factor: Factor) -> Result<bool> {
        let reach = Reach::Person(user);
        self.write(reach, move |tx| people::use_factor(tx, user, factor)).await
    }
}
