//! `integration.tenant_inaccessible`: Microsoft 365 data cannot be read because of an AADSTS error that the customer must
//! mend. Which change that is follows from the error code; see [`crate::aadsts`].

use chrono::TimeDelta;

use super::workflow::{self, stage};
use super::{AnswerPlan, Definition, OrderDraft, Row, choose};
use crate::aadsts::{self, Class};
use crate::api::escalation::{ChoiceBody, GuidanceBody, ResolutionRequest, StepBody, StepKind};
use crate::error::Refusal;
use crate::escalation::{Entity, Escalation, Head, Matter};
use crate::remedy::RemedyAction;
use crate::severity::Severity;
use crate::text::plain;
use crate::time::{Timestamp, hours};

/// How long a passing error may last before somebody is asked. Source: the facts, "AADSTS codes".
pub(crate) const TOLERATED: TimeDelta = hours(1);

/// How long it may take until access is observed after a change: Microsoft needs some minutes for most of them.
const VERIFY_WITHIN: TimeDelta = hours(1);

/// See the module.
pub(super) struct IntegrationTenantInaccessible;

fn code(head: &Head) -> u32 {
    head.subtype.as_deref().and_then(aadsts::find).unwrap_or_default()
}

fn tenant(head: &Head) -> String {
    match &head.matter {
        Matter::Tenant { tenant_id } => plain(tenant_id),
        Matter::Entities | Matter::Incident(_) | Matter::Integration { .. } | Matter::Request(_) => String::new(),
    }
}

impl Definition for IntegrationTenantInaccessible {
    fn slug(&self) -> &'static str {
        "integration.tenant_inaccessible"
    }

    fn category(&self) -> &'static str {
        "Integration"
    }

    fn name(&self) -> &'static str {
        "Microsoft 365 tenant inaccessible"
    }

    fn row(&self) -> Row {
        Row {
            trigger: "Microsoft 365 data cannot be read because of an AADSTS error that the customer must mend, or because \
                      of a passing one that has lasted for more than 1 h; of one that the provider must mend, only the \
                      operator is told",
            key: "organization, tenant",
            severity: "critical",
            question: "Microsoft refuses access to this tenant. Can you make this change?",
            answers: "the change is made",
            remedies: "`verify_access`",
            resolution: "access is observed again, or the error is now one that the provider must mend",
        }
    }

    fn severity(&self) -> Severity {
        Severity::Critical
    }

    fn subject(&self, head: &Head) -> String {
        format!("Microsoft 365 cannot be read ({})", aadsts::name(code(head)))
    }

    fn summary(&self, head: &Head) -> String {
        aadsts::look_up(code(head)).class.order().to_owned()
    }

    fn about(&self, _: &Head) -> String {
        "1 tenant".to_owned()
    }

    fn what_happened(&self, head: &Head) -> String {
        let entry = aadsts::look_up(code(head));
        format!(
            "Microsoft refuses to let us read tenant {} with {}: {}.",
            tenant(head),
            aadsts::name(entry.code),
            entry.meaning
        )
    }

    fn why(&self, _: &Head) -> String {
        "Until it can be read, nobody watches the logins and mailboxes of this tenant.".to_owned()
    }

    fn question(&self, _: &Head) -> String {
        "Microsoft refuses access to this tenant. Can you make this change?".to_owned()
    }

    fn choices(&self, _: &Head) -> Vec<ChoiceBody> {
        vec![ChoiceBody::new(
            "done",
            "The change is made",
            "We read the tenant again at once",
            &["We read the tenant again", "This resolves when access is observed, and asks again after an hour if not"],
        )
        .on_button("Say that the change is made")]
    }

    fn guidance(&self, escalation: &Escalation) -> Vec<GuidanceBody> {
        let head = &escalation.head;
        let entry = aadsts::look_up(code(head));
        let error = escalation.entities.values().find_map(|state| match &state.entity {
            Entity::Tenant(tenant) => Some(tenant.error.as_str()),
            Entity::Identity(_) | Entity::Endpoint(_) | Entity::Report(_) => None,
        });
        let application = error.and_then(aadsts::application);
        let mut guidance: Vec<GuidanceBody> =
            entry.class.steps().iter().map(|step| GuidanceBody::text(step)).collect();
        match (entry.class, application) {
            (Class::Consent, Some(application)) => {
                let link = format!(
                    "https://login.microsoftonline.com/{}/adminconsent?client_id={application}",
                    tenant(head)
                );
                guidance.push(GuidanceBody::link("Grant admin consent", &link));
            }
            (Class::Consent, None) => guidance.push(GuidanceBody::link(
                "Open the application's permissions in Microsoft Entra",
                "https://entra.microsoft.com/#view/Microsoft_AAD_IAM/StartboardApplicationsMenuBlade",
            )),
            (Class::SwitchedOff, Some(application)) => guidance.push(GuidanceBody::code(
                "Or by PowerShell:",
                &format!(
                    "Get-MgServicePrincipal -Filter \"appId eq '{application}'\" | ForEach-Object \
                     {{ Update-MgServicePrincipal -ServicePrincipalId $_.Id -AccountEnabled:$true }}"
                ),
            )),
            _ => {}
        }
        let about = format!("What Microsoft says of {}", aadsts::name(entry.code));
        guidance.push(GuidanceBody::link(&about, &aadsts::link(entry.code)));
        guidance
    }

    fn steps(&self, head: &Head) -> Vec<StepBody> {
        let settled = head.progress.settled == head.entity_count;
        let order = aadsts::look_up(code(head)).class.order();
        let read = workflow::carried_out(head, RemedyAction::VerifyAccess);
        workflow::steps(
            head,
            [
                stage("evidence", StepKind::Evidence, "See what Microsoft answers", true),
                stage("change", StepKind::Choose, order, settled || workflow::stands(head)).answered(head),
                stage("remedy", StepKind::Act, "We read the tenant again", settled || read),
                stage("verify", StepKind::Verify, "Access is observed again", settled),
            ],
        )
    }

    fn answer(
        &self,
        escalation: &Escalation,
        request: &ResolutionRequest,
        _: Timestamp,
    ) -> Result<AnswerPlan, Refusal> {
        let plan = choose::plain_choice(escalation, request, &["done"])?;
        Ok(AnswerPlan { orders: vec![OrderDraft::whole(RemedyAction::VerifyAccess)], verify_within: Some(VERIFY_WITHIN), ..plan })
    }

    fn recovery(&self, _: &Head) -> String {
        "Access to the tenant is observed again".to_owned()
    }
}
