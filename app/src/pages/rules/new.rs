//! Makes access rules, and shows what they will do before they are made.

use std::sync::Arc;

use beckon_core::api::people::IdentityBody;
use beckon_core::api::rule::CoverageResponse;
use beckon_core::country::CountryCode;
use beckon_core::permission::Action;
use beckon_core::rule::{Determination, Level, Scope, Subject};
use beckon_core::vpn::KNOWN_VPNS;
use leptos::prelude::*;

use super::form::{About, RuleForm};
use super::outlook::Outlook;
use crate::api;
use crate::clock::use_clock;
use crate::components::announcer::use_announcer;
use crate::components::consequences::Consequences;
use crate::components::field::Field;
use crate::components::picker::{Choice, Picker};
use crate::components::segmented::{Segment, Segmented};
use crate::components::when::When;
use crate::erased::{click, dynamic, effect, spawn, view, written};
use crate::keyboard;
use crate::live::use_live;
use crate::navigation::use_navigation;
use crate::pages::{only_admins, set_title};
use crate::remote::Remote;
use crate::routes::Route;
use crate::session::use_session;
use crate::state::{Memo, Signal, State};
use crate::words;

type Organizations = Remote<Vec<beckon_core::api::Named<beckon_core::id::OrganizationId>>>;
type Identities = Remote<Vec<IdentityBody>>;

/// The page. Whoever may not make rules reads who can.
#[component]
pub fn NewRulePage() -> impl IntoView {
    set_title("New access rule");
    let session = use_session();
    let known = Memo::new(move |_| session.me().map(|_| session.may(Action::ManageRules)));
    dynamic(move || match known.get() {
        None => ().into_any(),
        Some(true) => view! { <NewRule/> },
        Some(false) => only_admins("Only account admins can make rules", Route::Rules, "Show rules"),
    })
}

#[component]
fn NewRule() -> impl IntoView {
    let (session, clock, live) = (use_session(), use_clock(), use_live());
    let form = RuleForm::new();
    let organizations: Organizations = Remote::new(|| Box::pin(api::people::organizations()));
    let identities: Identities = Remote::new(move || {
        let organization = form.organization();
        Box::pin(async move {
            match organization {
                Some(id) => api::people::identities(format!("organization_id={id}")).await,
                None => Ok(Vec::new()),
            }
        })
    });
    let subject = Memo::new(move |_| single_subject(form));
    let coverage = Remote::<CoverageResponse>::at(move || {
        live.track();
        api::rules::coverage(subject.read().as_ref().as_ref())
    });
    let outlook = Memo::new(move |_| {
        let (request, level) = match form.request() {
            Ok(complete) => complete,
            Err(missing) => return Outlook::incomplete(missing),
        };
        let (Some(facts), Some(me)) = (coverage.get(), session.me()) else {
            return Outlook { button: "Make the rule".to_owned(), ..Outlook::default() };
        };
        let account = session.account();
        let account = account.as_ref().map_or("the account", |account| &account.name);
        let whom = whom(level, account, organizations, identities);
        Outlook::of(&request, level, &whom, me.account, &facts, clock.now())
    });
    let busy = State::new(false);
    let error = State::new(None::<String>);
    let commit = committer(form, outlook, busy, error);
    keyboard::on_commit(move || commit.run(()));
    let navigation = use_navigation();
    keyboard::on_key(move |key| {
        if key == "Escape" {
            navigation.push(&Route::Rules.path());
        }
        key == "Escape"
    });
    let nothing =
        move || outlook.read().error.clone().unwrap_or_else(|| "Looking up what is open.".to_owned());
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <a href=Route::Rules.path()>"Access rules"</a>
            <span aria-current="page">"New"</span>
        </nav>
        <div class="heading">
            <h1>"New access rule"</h1>
        </div>
        <section class="answer-card form-card" aria-label="New access rule">
            <Subjects form/>
            <Decision form/>
            <ForWhom form organizations identities/>
            <Dates form/>
            <Field label="Note" control="note">
                <input
                    class="input wide"
                    id="note"
                    type="text"
                    maxlength="2000"
                    placeholder="Why? Others will read it here"
                    prop:value=form.note.bare()
                    on:input=written(form.note)
                />
            </Field>
            <Consequences
                lines=Memo::new(move |_| outlook.read().lines.clone())
                nothing=Signal::derive(nothing)
            />
            {dynamic(move || error.get().map(|text| view! { <p class="card-error" role="alert">{text}</p> }))}
            <div class="actions">
                <button class="button primary" type="button" disabled=busy on:click=click(move |_| commit.run(()))>
                    {dynamic(move || outlook.read().button.clone())}
                </button>
                <a class="button" href=Route::Rules.path()>"Cancel"</a>
                <span class="shortcut" aria-hidden="true">
                    <kbd>"Ctrl"</kbd>
                    <kbd>"↵"</kbd>
                </span>
            </div>
        </section>
    }
}

/// What the rules are about, and its values.
#[component]
fn Subjects(form: RuleForm) -> impl IntoView {
    let segments = About::EVERY.map(|about| Segment::new(about.label(), about.label())).to_vec();
    let countries: Vec<Choice> = {
        let all: Vec<Choice> = CountryCode::all()
            .map(|country| Choice { hint: country.to_string(), ..Choice::new(&country, country.name()) })
            .collect();
        words::sorted(all, |one| one.label.clone())
    };
    let countries = Signal::stored(countries);
    let vpns =
        Signal::stored(KNOWN_VPNS.iter().map(|(slug, name)| Choice::new(*slug, *name)).collect::<Vec<_>>());
    let about = Memo::new(move |_| form.about());
    let values = move || match about.get() {
        About::Country => pick("countries", "Countries", countries, form.countries, true),
        About::Vpn => pick("vpns", "VPNs", vpns, form.vpns, true),
        About::IpAddress => view! {
            <Field label="Addresses" control="addresses">
                <input
                    class="input wide code"
                    id="addresses"
                    type="text"
                    placeholder="203.0.113.7, 198.51.100.0/24"
                    prop:value=form.addresses.bare()
                    on:input=written(form.addresses)
                />
            </Field>
        },
        About::Catchall | About::Exception => {
            let segments = vec![Segment::new("country", "Countries"), Segment::new("vpn", "VPNs")];
            view! {
                <Field label="Of">
                    <Segmented name="category" label="Of" segments value=form.category set=form.category/>
                </Field>
            }
        }
    };
    view! {
        <Field label="About">
            <Segmented name="about" label="About" segments value=form.about set=form.about/>
            <p class="field-hint">{dynamic(move || about.get().hint())}</p>
        </Field>
        {dynamic(values)}
    }
}

/// Expected or unauthorized, where there is a choice.
#[component]
fn Decision(form: RuleForm) -> impl IntoView {
    let segments = || {
        let of = |determination: Determination, label: &str| Segment::new(&determination, label);
        vec![of(Determination::Expected, "Expected"), of(Determination::Unauthorized, "Unauthorized")]
    };
    let free = Memo::new(move |_| !matches!(form.about(), About::Catchall | About::Exception));
    view! {
        <When is=free>
            <Field label="Such logins are">
                <Segmented
                    name="determination"
                    label="Such logins are"
                    segments=segments()
                    value=form.determination
                    set=form.determination
                />
            </Field>
        </When>
    }
}

/// The account, an organization, or a person of one.
#[component]
fn ForWhom(form: RuleForm, organizations: Organizations, identities: Identities) -> impl IntoView {
    let about = Memo::new(move |_| form.about());
    let segments = move || {
        let all = [
            (Scope::Account, "Whole account"),
            (Scope::Organization, "One organization"),
            (Scope::Identity, "One person"),
        ];
        let fits = move |scope: Scope| match about.get() {
            About::Country | About::Vpn | About::IpAddress => true,
            About::Catchall => scope != Scope::Identity,
            About::Exception => scope == Scope::Organization,
        };
        all.into_iter()
            .filter(|(scope, _)| fits(*scope))
            .map(|(scope, label)| Segment::new(&scope, label))
            .collect::<Vec<_>>()
    };
    // A level that the new subject does not allow would be chosen and not be shown.
    effect(move || {
        let fitting = form.scope().to_string();
        if *form.scope.read_untracked() != fitting {
            form.scope.set(fitting);
        }
    });
    let organization_choices = Memo::new(move |_| {
        let all = organizations.get();
        all.iter()
            .flat_map(|all| all.iter())
            .map(|one| Choice::new(&one.id, one.name.clone()))
            .collect::<Vec<_>>()
    });
    let identity_choices = Memo::new(move |_| {
        let all = identities.get();
        let choice = |one: &IdentityBody| Choice {
            hint: one.username.clone(),
            ..Choice::new(&one.id, one.name.clone())
        };
        all.iter().flat_map(|all| all.iter()).map(choice).collect::<Vec<_>>()
    });
    let scope = Memo::new(move |_| form.scope());
    let chosen = Memo::new(move |_| form.organization());
    Effect::new(move |before: Option<Option<_>>| {
        let now = chosen.get();
        if before.is_some_and(|before| before != now) {
            form.identity.set(std::collections::BTreeSet::new());
        }
        now
    });
    view! {
        <Field label="For">
            {dynamic(move || view! { <Segmented name="scope" label="For" segments=segments() value=form.scope set=form.scope/> })}
        </Field>
        <When is=Signal::derive(move || scope.get() != Scope::Account)>
            {pick("organization", "Organization", organization_choices.into(), form.organization, false)}
        </When>
        <When is=Signal::derive(move || scope.get() == Scope::Identity && chosen.get().is_some())>
            {pick("person", "Person", identity_choices.into(), form.identity, false)}
        </When>
    }
}

#[component]
fn Dates(form: RuleForm) -> impl IntoView {
    let dated = Memo::new(move |_| form.is_dated());
    let date = |label: &'static str, value: State<String>| {
        view! {
            <input
                class="input"
                type="date"
                aria-label=label
                prop:value=value.bare()
                on:input=written(value)
            />
        }
    };
    view! {
        <When is=dated>
            <Field label="From – until">
                <div class="dates">
                    {date("From", form.from)} {date("Until", form.until)}
                    <span class="quiet">"whole days, UTC"</span>
                </div>
            </Field>
        </When>
    }
}

fn pick(
    name: &'static str,
    label: &'static str,
    choices: Signal<Vec<Choice>>,
    chosen: State<std::collections::BTreeSet<String>>,
    multiple: bool,
) -> AnyView {
    let on_change = Callback::new(move |next| chosen.set(next));
    view! {
        <Field label=label>
            <div class="boxed">
                <Picker name label choices chosen on_change multiple/>
            </div>
        </Field>
    }
}

/// Returns the one subject of the form, to ask for its facts alone; none where it is about several.
fn single_subject(form: RuleForm) -> Option<Subject> {
    let (request, _) = form.request().ok()?;
    let mut subjects = request.subjects().ok()?;
    if subjects.len() == 1 { subjects.pop() } else { None }
}

fn whom(level: Level, account: &str, organizations: Organizations, identities: Identities) -> String {
    match level {
        Level::Account => format!("everybody in {account}"),
        Level::Organization { organization } => {
            let all = organizations.get();
            let own = all.iter().flat_map(|all| all.iter()).find(|one| one.id == organization);
            format!("everybody in {}", own.map_or("the organization", |one| &one.name))
        }
        Level::Identity { identity, .. } => {
            let all: Option<Arc<Vec<IdentityBody>>> = identities.get();
            let own = all.iter().flat_map(|all| all.iter()).find(|one| one.id == identity);
            own.map_or_else(|| "the person".to_owned(), |one| one.name.clone())
        }
    }
}

/// Makes what sends the form, once it is complete.
fn committer(
    form: RuleForm,
    outlook: Memo<Outlook>,
    busy: State<bool>,
    error: State<Option<String>>,
) -> Callback<()> {
    let (announcer, navigation) = (use_announcer(), use_navigation());
    Callback::new(move |()| {
        if busy.get_untracked() {
            return;
        }
        let complete = match outlook.get_untracked().error {
            Some(wrong) => Err(wrong),
            None => untrack(|| form.request()),
        };
        let request = match complete {
            Ok((request, _)) => request,
            Err(missing) => return error.set(Some(missing)),
        };
        busy.set(true);
        error.set(None);
        spawn(async move {
            match api::rules::make(&request).await {
                Ok(made) => {
                    let rules = words::count(made as u64, "rule", "rules");
                    announcer.say(format!("Made {rules}"));
                    navigation.push(&Route::Rules.path());
                }
                Err(failure) => error.try_set(Some(failure.text())),
            }
            busy.try_set(false);
        });
    })
}
