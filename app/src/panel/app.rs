//! The frame around the pages of a panel: who may pass, and what is shown while nobody can.

use beckon_core::api::embed::FrameBody;
use beckon_core::id::EscalationId;
use leptos::prelude::*;
use wasm_bindgen::JsValue;

use super::consent::{self, consent};
use super::host::{self, Said};
use super::{look, token};
use crate::api;
use crate::app::provide;
use crate::components::announcer::LiveRegions;
use crate::components::notice::Notice;
use crate::components::skeleton::Skeleton;
use crate::erased::{click, dynamic, effect, spawn, view};
use crate::live::Live;
use crate::navigation::Navigation;
use crate::pages::blocked::panel_blocked;
use crate::routes::Route;
use crate::session::{Gate, Session};
use crate::state::{Memo, State};

/// Where the panel stands.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// It waits for the page around, or for its code.
    Opening,
    /// Somebody is signed in.
    Open,
    /// Nobody is, or not any more.
    Ended(String),
}

/// What the panel is made of. Copies are the same panel.
#[derive(Clone, Copy)]
struct Panel {
    stage: State<Stage>,
    session: Session,
    navigation: Navigation,
    live: Live,
    followed: StoredValue<bool>,
}

const ENDED: &str = "You are signed out here, or what you may see has changed.";

impl Panel {
    /// Asks the page around for a code, and begins.
    fn start(self) {
        self.stage.set(Stage::Opening);
        spawn(async move {
            match token::renew("start").await {
                Ok(answer) => {
                    if let Some(answer) = answer {
                        self.session.limit(answer.respond_up_to);
                    }
                    self.stage.try_set(Stage::Open);
                    if self.followed.get_value() {
                        self.session.retry();
                        self.live.refresh();
                    } else {
                        self.followed.set_value(true);
                        self.session.follow();
                    }
                    host::say("ready", &[]);
                }
                Err(failure) => {
                    let text = failure.text();
                    host::say(
                        "error",
                        &[("code", JsValue::from_str("launch")), ("message", JsValue::from_str(&text))],
                    );
                    self.stage.try_set(Stage::Ended(text));
                }
            }
        });
    }

    /// Nobody is signed in any more.
    fn end(self) {
        token::forget();
        consent::withdraw();
        if self.stage.get_untracked() == Stage::Open {
            self.stage.set(Stage::Ended(ENDED.to_owned()));
            host::say("session-expired", &[]);
        }
    }

    fn open(self, number: i64) {
        self.navigation.push(&Route::Escalation(EscalationId(number)).path());
    }
}

/// The panel.
#[component]
pub fn PanelApp(
    /// What the server said.
    known: FrameBody,
    /// Makes the page of a route.
    page: fn(&Route) -> AnyView,
) -> impl IntoView {
    let navigation = Navigation::inside();
    let (session, live) = provide(navigation);
    let alone = window().parent().ok().flatten().is_none_or(|parent| *parent == *window());
    let panel = Panel {
        stage: State::new(Stage::Opening),
        session,
        navigation,
        live,
        followed: StoredValue::new(false),
    };
    begin(panel, &known);

    let route = Memo::new(move |_| Route::parse(&navigation.place().path));
    let gate = Memo::new(move |_| session.gate());
    effect(move || {
        if gate.get() == Gate::SignedOut {
            panel.end();
        }
    });
    effect(move || {
        let path = navigation.place().path;
        let number = match Route::parse(&path) {
            Route::Escalation(id) => host::number_of(id),
            _ => JsValue::NULL,
        };
        host::say("navigate", &[("path", JsValue::from_str(&path)), ("escalation", number)]);
    });
    let content = move || match (panel.stage.get(), gate.get()) {
        (Stage::Opening, _) => view! { <Skeleton rows=4/> },
        (Stage::Ended(why), _) => ended(&why, panel),
        (Stage::Open, Gate::Blocked(blocked)) => panel_blocked((*blocked).clone()),
        (Stage::Open, Gate::Failed(failure)) => view! {
            <Notice title="Beckon does not answer" text=failure.text()>
                <button class="button" type="button" on:click=click(move |_| session.retry())>"Try again"</button>
            </Notice>
        },
        (Stage::Open, Gate::Open | Gate::SignedOut) => dynamic(move || page(&route.get())).into_any(),
    };
    // The page around has a main part of its own.
    let frame = if alone {
        view! { <main class="panel">{alone_page()}</main> }
    } else {
        view! { <section class="panel" id="main" tabindex="-1" aria-label="Beckon">{dynamic(content)}</section> }
    };
    view! {
        <LiveRegions/>
        {frame}
        {consent(session)}
    }
}

/// Makes itself known to the page around, and does what that says.
fn begin(panel: Panel, known: &FrameBody) {
    let own = known.theme.clone();
    look::apply(&own, None);
    let heard = move |said: Said| match said {
        Said::Connected { escalation } => {
            look::follow_height();
            if let Some(number) = escalation {
                panel.open(number);
            }
            panel.start();
        }
        Said::Code(code) => token::hand(Ok(&code)),
        Said::NoCode(why) => token::hand(Err(&why)),
        Said::Theme(theme) => look::apply(&own, Some(&theme)),
        Said::Open(number) => panel.open(number),
        Said::Refresh => panel.live.refresh(),
        Said::SignOut => spawn(async move {
            api::session::leave_panel().await;
            panel.end();
        }),
    };
    host::connect(known, heard);
}

fn alone_page() -> AnyView {
    view! {
        <Notice title="This belongs into a portal" text="What stands here is shown by a page around it. Beckon itself shows the same and more.">
            <a class="button" href="/escalations" target="_top">"Open Beckon"</a>
        </Notice>
    }
}

fn ended(why: &str, panel: Panel) -> AnyView {
    view! {
        <Notice title="This panel has ended" text=why.to_owned() alert=true>
            <div class="links">
                <button class="button" type="button" on:click=click(move |_| panel.start())>"Open it again"</button>
                <a href="/escalations" target="_blank" rel="noopener">"Open Beckon"</a>
            </div>
        </Notice>
    }
}
