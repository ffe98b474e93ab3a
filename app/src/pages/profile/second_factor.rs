//! The second factor: from a picture to a code that fits, and the codes for when the authenticator is lost.

use beckon_core::api::access::{RecoveryCodesResponse, SecondFactorResponse};
use leptos::prelude::*;

use super::Profile;
use crate::api;
use crate::components::card::Card;
use crate::components::snippet::Snippet;
use crate::components::text_field::text_field;
use crate::erased::{click, dynamic, submit, view};
use crate::state::{Memo, State};
use crate::words::dates;

/// What is shown beside whether it is on.
#[derive(Clone)]
enum Step {
    None,
    Begun(SecondFactorResponse),
    Codes(Vec<String>),
}

pub(super) fn second_factor(profile: Profile) -> AnyView {
    let step = State::new(Step::None);
    let on = Memo::new(move |_| profile.user.get().and_then(|user| user.second_factor_since));
    let left = Memo::new(move |_| profile.user.get().map_or(0, |user| user.recovery_codes));
    let shown = move || match (step.get(), on.get()) {
        (Step::Begun(begun), None) => confirm(begun, step, profile),
        (Step::Codes(codes), _) => kept(codes, step),
        (_, Some(since)) => {
            let text =
                format!("On since {}. {} recovery codes are left.", dates::deadline(since), left.get());
            view! {
                <p class="quiet">{text}</p>
                <div class="links">
                    {button("New recovery codes", move || codes(api::session::renew_codes(), step, profile))}
                    {button("Turn it off", move || profile.send(api::session::drop_second_factor(), "It is off"))}
                </div>
            }
        }
        (Step::None, None) => view! {
            <p class="quiet">"A code of an authenticator beside the password: a stolen password alone lets nobody in."</p>
            <div class="links">{button("Turn it on", move || begin(step, profile))}</div>
        },
    };
    view! { <Card id="factor-title" title="Second factor">{dynamic(shown)}</Card> }
}

fn button(label: &'static str, does: impl Fn() + 'static) -> AnyView {
    view! { <button class="button" type="button" on:click=click(move |_| does())>{label}</button> }
}

fn begin(step: State<Step>, profile: Profile) {
    profile.doing.send(api::session::begin_second_factor(), move |answer| {
        step.set(Step::Begun(answer.read("")?));
        Ok("Scan the picture with your authenticator".to_owned())
    });
}

/// Sends a change that is answered with recovery codes, and shows those.
fn codes(change: api::Change, step: State<Step>, profile: Profile) {
    profile.doing.send(change, move |answer| {
        step.set(Step::Codes(answer.read::<RecoveryCodesResponse>("")?.recovery_codes));
        profile.refetch();
        Ok("Keep the recovery codes".to_owned())
    });
}

fn confirm(begun: SecondFactorResponse, step: State<Step>, profile: Profile) -> AnyView {
    let code = State::new(String::new());
    let send = submit(move || {
        codes(api::session::confirm_second_factor(code.get_untracked()), step, profile);
    });
    view! {
        <p class="quiet">"Scan this with your authenticator, or type the secret into it. Then enter what it shows."</p>
        <img class="qr" src=begun.picture alt="The secret as a picture for your authenticator" width="200" height="200"/>
        <Snippet code=begun.secret/>
        <form class="dialog-body" on:submit=send>
            {text_field("Code", "factor-code", "text", "one-time-code", code)}
            <div class="links">
                <button class="button primary" type="submit" disabled=profile.doing.busy>"Turn it on"</button>
                {button("Cancel", move || step.set(Step::None))}
            </div>
        </form>
    }
}

fn kept(codes: Vec<String>, step: State<Step>) -> AnyView {
    view! {
        <p>"Each of these stands in for your authenticator once. They are not shown again: keep them where you keep passwords."</p>
        <Snippet code=codes.join(" ")/>
        <div class="links">{button("I have kept them", move || step.set(Step::None))}</div>
    }
}
