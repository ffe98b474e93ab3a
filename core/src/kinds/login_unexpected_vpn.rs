//! `login.unexpected_vpn`: a successful login through a VPN that no expected rule covers. The country of the exit says
//! nothing about the person.

use super::login;
use super::{AnswerPlan, Definition, Row, Topic, UsualChannel};
use crate::api::escalation::{ChoiceBody, ResolutionRequest, StepBody};
use crate::error::Refusal;
use crate::escalation::{Escalation, Head};
use crate::observation::LoginFact;
use crate::rule::Subject;
use crate::severity::Severity;
use crate::time::Timestamp;
use crate::vpn::VpnSlug;

/// See the module.
pub(super) struct LoginUnexpectedVpn;

fn vpn(head: &Head) -> VpnSlug {
    let slug = head.subtype.as_deref().expect("a topic of this kind always has the VPN as its subtype");
    VpnSlug::parse(slug).expect("the subtype was made from a slug")
}

impl Definition for LoginUnexpectedVpn {
    fn slug(&self) -> &'static str {
        "login.unexpected_vpn"
    }

    fn usual_channel(&self) -> UsualChannel {
        UsualChannel::PsaElseEmail
    }

    fn category(&self) -> &'static str {
        login::CATEGORY
    }

    fn name(&self) -> &'static str {
        "Login through an unexpected VPN"
    }

    fn row(&self) -> Row {
        Row {
            trigger: "A successful login through a VPN that no expected rule covers",
            key: "organization, VPN",
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
        let vpn = login.vpn.as_ref()?;
        Some(Topic { value: vpn.to_string(), subtype: Some(vpn.to_string()) })
    }

    fn subject(&self, head: &Head) -> String {
        format!("Logins through {}", vpn(head).name())
    }

    fn summary(&self, head: &Head) -> String {
        login::people_and_residence(head)
    }

    fn about(&self, head: &Head) -> String {
        login::people(head)
    }

    fn what_happened(&self, head: &Head) -> String {
        let slug = vpn(head);
        let them = if head.entity_count == 1 { "this person" } else { "them" };
        let expects = if head.is_open() { "expects" } else { "expected" };
        let vpn = slug.name();
        format!("{} logged in through {vpn}. No rule {expects} it for {them}.", login::subject(head))
    }

    fn why(&self, _: &Head) -> String {
        login::WHY.to_owned()
    }

    fn question(&self, head: &Head) -> String {
        login::question(head)
    }

    fn choices(&self, _: &Head) -> Vec<ChoiceBody> {
        login::choices("A VPN that they may use")
    }

    fn steps(&self, head: &Head) -> Vec<StepBody> {
        login::steps(head)
    }

    fn rule_subject(&self, head: &Head) -> Option<Subject> {
        Some(Subject::Vpn { vpn: vpn(head) })
    }

    fn answer(
        &self,
        escalation: &Escalation,
        request: &ResolutionRequest,
        now: Timestamp,
    ) -> Result<AnswerPlan, Refusal> {
        login::answer(escalation, &Subject::Vpn { vpn: vpn(&escalation.head) }, request, now)
    }
}
