//! One embed: what it does and how it looks, with a preview beside it, and the code for the portal.

use std::sync::Arc;

use beckon_core::api::embed::{EmbedResponse, EmbedsResponse};
use beckon_core::permission::Action;
use leptos::prelude::*;

use super::code::code;
use super::form::{Form, how_it_looks, what_it_does};
use super::preview::preview;
use crate::api;
use crate::components::card::Card;
use crate::components::notice::Notice;
use crate::doing::Doing;
use crate::erased::{dynamic, submit, view};
use crate::navigation::use_navigation;
use crate::pages::fetched::fetched;
use crate::pages::{only_admins, set_title};
use crate::remote::Remote;
use crate::routes::Route;
use crate::session::use_session;
use crate::state::{Memo, State};

/// The page: of an embed, or of a new one.
#[component]
pub fn EmbedPage(
    /// Which one; none for a new one.
    id: Option<String>,
) -> impl IntoView {
    let session = use_session();
    let known = Memo::new(move |_| session.me().map(|_| session.may(Action::Configure)));
    let embeds = Remote::<EmbedsResponse>::at(|| api::embeds::ALL.to_owned());
    let crumb = if id.is_some() { "Change" } else { "New" };
    set_title(if id.is_some() { "Embed" } else { "New embed" });
    view! {
        <nav class="crumbs" aria-label="Breadcrumb">
            <a href=Route::Embeds.path()>"Embeds"</a>
            <span aria-current="page">{crumb}</span>
        </nav>
        {dynamic(move || match known.get() {
            None => ().into_any(),
            Some(false) => only_admins("Only account admins can change embeds", Route::Embeds, "Show embeds"),
            Some(true) => {
                let id = id.clone();
                fetched(embeds, "embed", move || content(id.as_deref(), embeds))
            }
        })}
    }
}

fn content(id: Option<&str>, embeds: Remote<EmbedsResponse>) -> AnyView {
    // What is being filled in stays, whatever is fetched meanwhile.
    let Some(first) = embeds.get_untracked() else { return ().into_any() };
    let one = first.embeds.iter().find(|one| Some(one.public_id.as_str()) == id).cloned();
    if id.is_some() && one.is_none() {
        return view! {
            <Notice title="No such embed" text="It was deleted, or its address is wrong.">
                <a class="button" href=Route::Embeds.path()>"Show embeds"</a>
            </Notice>
        };
    }
    let form = Form::of(one.as_ref());
    let (doing, saved) = (Doing::new(), State::new(one.clone().map(Arc::new)));
    let navigation = use_navigation();
    let send = submit(move || {
        let id = saved.get_untracked().map(|one| one.public_id.clone());
        let change = match &id {
            Some(id) => api::embeds::change(id, &untrack(|| form.patch())),
            None => api::embeds::add(&untrack(|| form.request())),
        };
        doing.send(change, move |answer| {
            let EmbedResponse { embed } = answer.read("")?;
            if id.is_none() {
                navigation.push(&Route::Embed(embed.public_id.clone()).path());
            }
            saved.try_set(Some(Arc::new(embed)));
            Ok("Saved".to_owned())
        });
    });
    let title = move || saved.get().map_or_else(|| "New embed".to_owned(), |one| one.name.clone());
    let module = first.module.clone();
    view! {
        <div class="heading"><h1>{dynamic(title)}</h1></div>
        <div class="columns">
            <div class="column">
            <form class="column" on:submit=send>
                <Card id="does-title" title="What it does">{what_it_does(form)}</Card>
                <Card id="looks-title" title="How it looks">{how_it_looks(form)}</Card>
                {doing.complaint()}
                <div class="actions">
                    <button class="button primary" type="submit" disabled=doing.busy>
                        {dynamic(move || if saved.get().is_some() { "Save" } else { "Add the embed" })}
                    </button>
                    <a class="button" href=Route::Embeds.path()>"Back"</a>
                </div>
            </form>
                {dynamic(move || saved.get().map(|one| code(&one, &module)))}
            </div>
            <aside class="rail" aria-label="Preview">{preview(form)}</aside>
        </div>
    }
    .into_any()
}
