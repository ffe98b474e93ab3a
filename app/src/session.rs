//! Who is signed in, what the account looks like, and whether there is anything to show at all.

use std::sync::Arc;
use std::time::Duration;

use beckon_core::actor::{Actor, Principal};
use beckon_core::api::Blocked;
use beckon_core::api::people::AccountBody;
use beckon_core::id::{AccountId, UserId};
use beckon_core::permission::{Action, may, may_answer};
use beckon_core::severity::Severity;
use leptos::ev;
use leptos::prelude::*;

use crate::api::{self, Failure, Refused};
use crate::clock::Clock;
use crate::erased::{effect, listen, spawn};
use crate::live::Live;
use crate::state::State;

/// How often the account is fetched without a reason.
const ANEW: Duration = Duration::from_secs(30);

/// What the whole page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// The pages, signed in as far as anybody knows yet.
    Open,
    /// A landing that says how to sign in.
    SignedOut,
    /// The page for organization users.
    Blocked(Arc<Blocked>),
    /// What went wrong, with a retry.
    Failed(Failure),
}

/// The person who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Me {
    /// As core knows the person.
    pub actor: Actor,
    /// The name.
    pub name: String,
    /// What the person is, for people.
    pub role: &'static str,
    /// Which account is looked at.
    pub account: AccountId,
}

impl Me {
    /// Returns the number of the person; nothing for an operator.
    pub fn user(&self) -> Option<UserId> {
        match &self.actor.principal {
            Principal::Member(member) => Some(member.user),
            Principal::Operator { .. } => None,
        }
    }
}

/// The session. Copies are the same session.
#[derive(Clone, Copy)]
pub struct Session {
    gate: State<Gate>,
    me: State<Option<Arc<Me>>>,
    account: State<Option<Arc<AccountBody>>>,
    /// The most pressing question that is answered here, where that is limited.
    limit: State<Option<Severity>>,
    clock: Clock,
    live: Live,
}

impl Session {
    /// Prepares a session; [`Session::follow`] fetches it.
    pub fn new(clock: Clock, live: Live) -> Self {
        let session = Self {
            gate: State::new(Gate::Open),
            me: State::new(None),
            account: State::new(None),
            limit: State::new(None),
            clock,
            live,
        };
        api::on_refused(move |refused| {
            session.gate.set(match refused {
                Refused::SignedOut => Gate::SignedOut,
                Refused::Blocked(blocked) => Gate::Blocked(Arc::new(*blocked)),
            });
        });
        session
    }

    /// Fetches who is signed in and the numbers of the account: now, after each change, when somebody comes back to
    /// the page, and now and then, since time alone makes escalations overdue.
    pub fn follow(self) {
        listen(ev::focus, move |_| self.fetch());
        set_interval(
            move || {
                if !document().hidden() {
                    self.fetch();
                }
            },
            ANEW,
        );
        effect(move || {
            self.live.track();
            self.fetch();
        });
    }

    /// Fetches them again after a failure.
    pub fn retry(self) {
        self.gate.set(Gate::Open);
        self.fetch();
    }

    /// Returns what the whole page is, and subscribes to that.
    pub fn gate(self) -> Gate {
        self.gate.get()
    }

    /// Returns who is signed in, once known, and subscribes to that.
    pub fn me(self) -> Option<Arc<Me>> {
        self.me.get()
    }

    /// Returns the account, once known, and subscribes to that.
    pub fn account(self) -> Option<Arc<AccountBody>> {
        self.account.get()
    }

    /// Answers nothing more pressing than `severity` here.
    pub fn limit(self, severity: Severity) {
        self.limit.set(Some(severity));
    }

    /// Tells whether core permits to answer a question of `severity` here.
    pub fn may_answer(self, severity: Severity) -> bool {
        self.me.get().is_some_and(|me| may_answer(&me.actor, severity))
    }

    /// Tells whether core permits `action`; nothing is permitted before it is known who asks.
    pub fn may(self, action: Action) -> bool {
        self.me.get().is_some_and(|me| may(&me.actor, action))
    }

    fn fetch(self) {
        spawn(async move {
            match api::session::actor().await {
                Ok(response) => {
                    let turned = self.clock.adjust(response.now) && self.me.get_untracked().is_some();
                    if let Some(account) = response.account {
                        let (actor, role) = match (response.user, response.actor.operator) {
                            (Some(user), _) => (user.actor(account.id), user.role.label()),
                            (None, name) => (Actor::operator(name.unwrap_or_default()), "Operator"),
                        };
                        self.take(actor.within(response.actor.scope), role, account.id);
                        self.live.open();
                    }
                    // In a demo somebody may turn the server's clock: then what is shown is out of date.
                    if turned {
                        self.live.refresh();
                    }
                }
                Err(failure) => self.fail(failure),
            }
        });
        spawn(async move {
            if let Ok(account) = api::session::account().await {
                let account = Some(Arc::new(account));
                if self.account.get_untracked() != account {
                    self.account.set(account);
                }
            }
        });
    }

    fn take(self, actor: Actor, role: &'static str, account: AccountId) {
        let actor = Actor { answers_up_to: self.limit.get_untracked(), ..actor };
        let me = Some(Arc::new(Me { name: actor.party().name().to_owned(), actor, role, account }));
        if self.me.get_untracked() != me {
            self.me.set(me);
        }
    }

    /// Only the first failure takes the whole page: later ones leave what is shown readable.
    fn fail(self, failure: Failure) {
        let known = self.me.get_untracked().is_some();
        if !known && self.gate.get_untracked() == Gate::Open {
            self.gate.set(Gate::Failed(failure));
        }
    }
}

/// Returns the session that [`crate::app::App`] prepared.
pub fn use_session() -> Session {
    expect_context()
}
