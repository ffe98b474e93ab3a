//! `login.unexpected_country`: a successful login from a country that is not the identity's usage location, and no
//! rule covers it.

use super::login;
use super::{AnswerPlan, Definition, Row, Topic, UsualChannel};
use crate::api::escalation::{ChoiceBody, ResolutionRequest, StepBody};
use crate::country::CountryCode;
use crate::error::Refusal;
use crate::escalation::{Escalation, Head};
use crate::observation::LoginFact;
use crate::rule::Subject;
use crate::severity::Severity;
use crate::time::Timestamp;

/// See the module.
pub(super) struct LoginUnexpectedCountry;

fn country(head: &Head) -> CountryCode {
    let code = head.subtype.as_deref().expect("a topic of this kind always has the country as its subtype");
    CountryCode::parse(code).expect("the subtype was made from a country")
}

impl Definition for LoginUnexpectedCountry {
    fn slug(&self) -> &'static str {
        "login.unexpected_country"
    }

    fn usual_channel(&self) -> UsualChannel {
        UsualChannel::PsaElseEmail
    }

    fn category(&self) -> &'static str {
        login::CATEGORY
    }

    fn name(&self) -> &'static str {
        "Login from an unexpected country"
    }

    fn row(&self) -> Row {
        Row {
            trigger: "A successful login from a country that is not the identity's usage location, and no rule covers it",
            key: "organization, country",
            severity: "low",
            question: "Was this login expected?",
            answers: "expected or unauthorized, for the identities, the organization or the account: makes access rules; dismiss",
            remedies: "unauthorized, on request: `revoke_and_disable`",
            resolution: "rules cover every identity listed",
        }
    }

    fn severity(&self) -> Severity {
        Severity::Low
    }

    fn topic(&self, login: &LoginFact) -> Option<Topic> {
        let country = login.country.filter(|_| login.vpn.is_none())?;
        Some(Topic { value: country.to_string(), subtype: Some(country.to_string()) })
    }

    fn subject(&self, head: &Head) -> String {
        format!("Logins from {}", country(head).in_sentence())
    }

    fn summary(&self, head: &Head) -> String {
        login::people_and_residence(head)
    }

    fn about(&self, head: &Head) -> String {
        login::people(head)
    }

    fn what_happened(&self, head: &Head) -> String {
        let country = country(head).in_sentence();
        let them = if head.entity_count == 1 { "this person" } else { "them" };
        let covers = if head.is_open() { "covers" } else { "covered" };
        format!("{} logged in from {country}. No rule {covers} {country} for {them}.", login::subject(head))
    }

    fn why(&self, _: &Head) -> String {
        login::WHY.to_owned()
    }

    fn question(&self, head: &Head) -> String {
        login::question(head)
    }

    fn choices(&self, _: &Head) -> Vec<ChoiceBody> {
        login::choices("Travel, a contractor, a branch")
    }

    fn steps(&self, head: &Head) -> Vec<StepBody> {
        login::steps(head)
    }

    fn rule_subject(&self, head: &Head) -> Option<Subject> {
        Some(Subject::Country { country: country(head) })
    }

    fn answer(
        &self,
        escalation: &Escalation,
        request: &ResolutionRequest,
        now: Timestamp,
    ) -> Result<AnswerPlan, Refusal> {
        login::answer(escalation, &Subject::Country { country: country(&escalation.head) }, request, now)
    }
}
