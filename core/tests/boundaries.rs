//! The boundaries of the catalogue, one by one: just before, exactly, just after; and what the log held before there were
//! things that are watched.

#[path = "watched/store.rs"]
mod store;

use std::collections::BTreeMap;

use beckon_core::actor::Role;
use beckon_core::api::escalation::{EscalationBody, EscalationDetailBody, ResolutionRequest, StepState};
use beckon_core::api::remedy::{OutcomeBody, OutcomeRequest};
use beckon_core::api::show::Names;
use beckon_core::decide::Observed;
use beckon_core::error::{FieldError, Refusal};
use beckon_core::escalation::{Escalation, Event, Happening, Method, Settling};
use beckon_core::id::{AccountId, EntityId, EscalationId, OrganizationId, RemedyId};
use beckon_core::observation::{Observation, Outcome};
use beckon_core::remedy::{RemedyAction, RemedyStatus};
use beckon_core::severity::Severity;
use beckon_core::time::Timestamp;
use serde_json::{Value, json};
use store::Store;

const CONSENT: &str = "AADSTS65001: The user or administrator has not consented";
const DISABLED: &str = "AADSTS7000112: Application is disabled";
const PASSING: &str = "AADSTS90033: A transient error has occurred";
const PROVIDER: &str = "AADSTS7000222: The provided client secret keys are expired";

/// A moment of the day on which all of this happens.
fn at(time: &str) -> Timestamp {
    format!("2026-11-24T{time}Z").parse().expect("a literal")
}

fn defender(endpoint: &str, policy: &str, on: bool) -> Value {
    json!({
        "type": "defender_status", "organization_id": 2, "endpoint": {"id": endpoint, "hostname": endpoint},
        "managed_antivirus": policy, "real_time_protection": on,
    })
}

fn isolation(endpoint: &str, incident: &str, isolated: bool) -> Value {
    json!({
        "type": "isolation", "organization_id": 2, "endpoint": {"id": endpoint, "hostname": endpoint},
        "incident": {"id": incident, "title": "Ransomware"}, "isolated": isolated, "by": "provider",
    })
}

fn tenant(error: Option<&str>) -> Value {
    json!({"type": "tenant_access", "organization_id": 2, "tenant_id": "0873", "error": error})
}

fn delivery(report: &str, severity: &str, error: Option<&str>) -> Value {
    json!({
        "type": "report_delivery", "report": {"id": report, "title": report, "severity": severity},
        "integration": "connectwise", "error": error,
    })
}

/// The same of another organization.
fn of(organization: i64, mut body: Value) -> Value {
    body["organization_id"] = json!(organization);
    body
}

/// Takes in an observation as it comes over the wire.
fn report(store: &mut Store, body: &Value, now: Timestamp) -> Result<Observed, Vec<FieldError>> {
    Observation::parse(&body.to_string(), now).map(|observation| store.observe(&observation, now))
}

/// A provider's account in a story.
#[derive(Default)]
struct Story {
    store: Store,
    observations: u32,
}

impl Story {
    /// Takes in what a detector with a good clock reports at once.
    fn hears(&mut self, time: &str, body: Value) -> Outcome {
        self.hears_late(time, time, body).outcome
    }

    /// Takes in at `now` what a detector observed at `time`.
    fn hears_late(&mut self, now: &str, time: &str, mut body: Value) -> Observed {
        self.observations += 1;
        body["id"] = json!(format!("evt-{}", self.observations));
        body["account_id"] = json!(1);
        body["observed_at"] = json!(at(time));
        report(&mut self.store, &body, at(now)).expect("it is valid")
    }

    fn tick(&mut self, time: &str) {
        self.store.tick(at(time));
    }

    fn answers(&mut self, id: i64, time: &str, request: &ResolutionRequest) -> Result<(), Refusal> {
        self.store.answer(EscalationId(id), Some(Role::AccountAdmin), request, at(time)).map(drop)
    }

    fn reports(&mut self, remedy: i64, time: &str, outcome: OutcomeBody) {
        let message = (outcome == OutcomeBody::Failed).then(|| "The endpoint is offline".to_owned());
        let request = OutcomeRequest { outcome, message };
        self.store.outcome(RemedyId(remedy), None, &request, at(time)).expect("it is ordered");
    }

    fn escalation(&self, id: i64) -> &Escalation {
        &self.store.escalations[&EscalationId(id)]
    }

    /// How an escalation was resolved; none while it is open.
    fn method(&self, id: i64) -> Option<Method> {
        self.escalation(id).head.resolution().map(|resolution| resolution.method)
    }

    /// The names of those that an escalation lists, and why nothing is left to do about them.
    fn listed(&self, id: i64) -> Vec<(String, Option<Settling>)> {
        let entities = self.escalation(id).entities.values();
        entities
            .map(|state| (state.entity.name(), state.settled.as_ref().map(|settled| settled.why)))
            .collect()
    }

    /// How many questions are open.
    fn open(&self) -> usize {
        self.store.open().count()
    }

    fn body(&self, id: i64) -> EscalationBody {
        EscalationBody::of(&self.escalation(id).head, NAMES, at("12:00:00"))
    }

    fn happened(&self, slug: &str) -> usize {
        self.store.log.iter().filter(|event| event.what.slug() == slug).count()
    }
}

const NAMES: Names<'static> =
    Names { account: "Northwind IT", organization: Some("Contoso"), base_url: "http://beckon.test" };

fn waiting(name: &str) -> (String, Option<Settling>) {
    (name.to_owned(), None)
}

fn settled(name: &str, why: Settling) -> (String, Option<Settling>) {
    (name.to_owned(), Some(why))
}

/// An answer for all, with a note where one is needed.
fn all(choice: &str) -> ResolutionRequest {
    let note = (choice == "exclude").then(|| "Another product protects it".to_owned());
    ResolutionRequest { answer: Some(choice.to_owned()), note, ..ResolutionRequest::default() }
}

/// An answer for some.
fn each(choices: &[(i64, &str)]) -> ResolutionRequest {
    let entities: BTreeMap<String, String> =
        choices.iter().map(|(id, choice)| (id.to_string(), (*choice).to_owned())).collect();
    ResolutionRequest { entities, ..ResolutionRequest::default() }
}

#[track_caller]
fn check_conflict(refused: Result<(), Refusal>, expected: &str) {
    match refused {
        Err(Refusal::Conflict(text)) => assert!(text.contains(expected), "{text}"),
        other => panic!("expected a conflict, found {other:?}"),
    }
}

// Defender

#[test]
fn defender_off_for_less_than_two_hours_asks_nobody() {
    let mut story = Story::default();
    assert_eq!(story.hears("08:00:00", defender("ws-01", "enforce", false)), Outcome::Pending);
    assert_eq!(story.hears("09:59:00", defender("ws-01", "enforce", false)), Outcome::Pending);
    story.tick("09:59:00");
    assert_eq!(story.open(), 0);
}

#[test]
fn defender_off_for_exactly_two_hours_is_pending_still() {
    let mut story = Story::default();
    story.hears("08:00:00", defender("ws-01", "enforce", false));
    assert_eq!(story.hears("10:00:00", defender("ws-01", "enforce", false)), Outcome::Pending);
    story.tick("10:00:00");
    assert_eq!(story.open(), 0);
}

#[test]
fn defender_off_for_two_hours_and_a_microsecond_asks() {
    let mut story = Story::default();
    story.hears("08:00:00", defender("ws-01", "enforce", false));
    assert_eq!(story.hears("10:00:00.000001", defender("ws-01", "enforce", false)), Outcome::Raised);
    let head = &story.escalation(1).head;
    assert_eq!((head.organization, head.severity), (None, Severity::High));
    assert_eq!(head.due_at, at("10:00:00.000001") + chrono::TimeDelta::hours(48));
}

#[test]
fn defender_that_is_off_is_asked_about_without_another_observation() {
    let mut story = Story::default();
    story.hears("08:00:00", defender("ws-01", "enforce", false));
    story.tick("10:00:00");
    assert_eq!(story.open(), 0);
    story.tick("10:00:00.000001");
    assert_eq!(story.listed(1), [waiting("ws-01")]);
}

#[test]
fn an_endpoint_that_comes_back_starts_its_time_anew() {
    let mut story = Story::default();
    story.hears("08:00:00", defender("ws-01", "enforce", false));
    assert_eq!(story.hears("09:30:00", defender("ws-01", "enforce", true)), Outcome::Recovered);
    assert_eq!(story.hears("09:40:00", defender("ws-01", "enforce", false)), Outcome::Pending);
    story.tick("11:40:00");
    assert_eq!(story.open(), 0);
    story.tick("11:40:01");
    assert_eq!(story.open(), 1);
}

#[test]
fn a_change_to_audit_ends_the_wait_and_the_question() {
    let mut story = Story::default();
    story.hears("08:00:00", defender("ws-01", "enforce", false));
    assert_eq!(story.hears("09:00:00", defender("ws-01", "audit", false)), Outcome::Recovered);
    story.tick("12:00:00");
    assert_eq!(story.open(), 0);
    story.hears("12:00:00", defender("ws-01", "enforce", false));
    story.tick("14:00:01");
    assert_eq!(story.open(), 1);
    assert_eq!(story.hears("15:00:00", defender("ws-01", "audit", false)), Outcome::Recovered);
    assert_eq!(story.method(1), Some(Method::Recovered));
    assert_eq!(story.listed(1), [settled("ws-01", Settling::PolicyChanged)]);
}

#[test]
fn defender_is_asked_about_once_for_the_account_and_each_endpoint_is_ticked_off() {
    let mut story = Story::default();
    for endpoint in ["ws-01", "ws-02"] {
        story.hears("08:00:00", defender(endpoint, "enforce", false));
    }
    assert_eq!(story.hears("10:30:00", defender("ws-01", "enforce", false)), Outcome::Raised);
    assert_eq!(story.hears("10:31:00", defender("ws-02", "enforce", false)), Outcome::Joined);
    assert_eq!(story.hears("10:40:00", defender("ws-01", "enforce", true)), Outcome::Recovered);
    assert_eq!(story.listed(1), [settled("ws-01", Settling::Recovered), waiting("ws-02")]);
    story.hears("10:50:00", defender("ws-02", "enforce", true));
    assert_eq!(story.method(1), Some(Method::Recovered));
}

#[test]
fn a_report_that_was_on_its_way_when_time_alone_asked_does_not_take_the_question_back() {
    let mut story = Story::default();
    story.hears("08:00:00", defender("ws-01", "enforce", false));
    story.tick("10:00:01");
    let late = story.hears_late("10:00:02", "09:45:00", defender("ws-01", "enforce", false));
    assert_eq!(late.outcome, Outcome::Updated);
    assert_eq!(story.listed(1), [waiting("ws-01")]);
}

#[test]
fn an_excluded_endpoint_is_expected_until_it_has_been_on() {
    let mut story = Story::default();
    story.hears("08:00:00", defender("ws-01", "enforce", false));
    story.hears("10:30:00", defender("ws-01", "enforce", false));
    story.answers(1, "11:00:00", &all("exclude")).expect("it has a note");
    assert_eq!(story.method(1), Some(Method::Direct));
    assert_eq!(story.hears("12:00:00", defender("ws-01", "enforce", false)), Outcome::Expected);
    assert_eq!(story.hears("13:00:00", defender("ws-01", "enforce", true)), Outcome::Recovered);
    assert_eq!(story.hears("13:10:00", defender("ws-01", "enforce", false)), Outcome::Pending);
    assert_eq!(story.hears("15:20:00", defender("ws-01", "enforce", false)), Outcome::Raised);
    assert_eq!(story.escalation(2).head.previous, Some(EscalationId(1)));
}

#[test]
fn an_endpoint_is_not_excluded_without_a_reason() {
    let mut story = Story::default();
    story.hears("08:00:00", defender("ws-01", "enforce", false));
    story.tick("10:30:00");
    let request = ResolutionRequest { answer: Some("exclude".to_owned()), ..ResolutionRequest::default() };
    let Err(Refusal::Invalid(errors)) = story.answers(1, "11:00:00", &request) else {
        panic!("expected a field")
    };
    assert_eq!(errors[0].field, "note");
}

#[test]
fn an_endpoint_that_moves_stays_asked_about_in_the_account_with_its_new_organization() {
    let mut story = Story::default();
    story.hears("08:00:00", defender("ws-01", "enforce", false));
    story.tick("10:30:00");
    assert_eq!(story.hears("10:40:00", of(3, defender("ws-01", "enforce", false))), Outcome::Updated);
    let state = &story.escalation(1).entities[&EntityId(1)];
    let beckon_core::escalation::Entity::Endpoint(endpoint) = &state.entity else {
        panic!("it is an endpoint")
    };
    assert_eq!(endpoint.organization, OrganizationId(3));
    assert_eq!(endpoint.organization_name, store::organization_name(OrganizationId(3)));
    assert_eq!(state.settled, None);
}

// Isolation

#[test]
fn one_isolated_endpoint_asks_nobody_and_the_second_asks_about_both() {
    let mut story = Story::default();
    assert_eq!(story.hears("08:00:00", isolation("ws-01", "i1", true)), Outcome::Pending);
    assert_eq!(story.hears("08:10:00", isolation("ws-01", "i1", true)), Outcome::Pending);
    story.tick("20:00:00");
    assert_eq!(story.hears("20:10:00", isolation("ws-02", "i1", true)), Outcome::Raised);
    assert_eq!(story.listed(1), [waiting("ws-01"), waiting("ws-02")]);
    let head = &story.escalation(1).head;
    assert_eq!((head.organization, head.severity), (Some(OrganizationId(2)), Severity::Critical));
}

#[test]
fn one_endpoint_in_each_of_two_organizations_asks_nobody() {
    let mut story = Story::default();
    story.hears("08:00:00", isolation("ws-01", "i1", true));
    assert_eq!(story.hears("08:10:00", of(3, isolation("ws-02", "i1", true))), Outcome::Pending);
    assert_eq!(story.hears("08:20:00", isolation("ws-03", "i2", true)), Outcome::Pending);
    assert_eq!(story.open(), 0);
}

#[test]
fn one_incident_in_two_organizations_is_two_questions() {
    let mut story = Story::default();
    for (endpoint, organization) in [("ws-01", 2), ("ws-02", 2), ("ws-03", 3), ("ws-04", 3)] {
        story.hears("08:00:00", of(organization, isolation(endpoint, "i1", true)));
    }
    assert_eq!(story.listed(1), [waiting("ws-01"), waiting("ws-02")]);
    assert_eq!(story.listed(2), [waiting("ws-03"), waiting("ws-04")]);
}

#[test]
fn an_isolated_endpoint_that_moves_is_ticked_off_where_it_was() {
    let mut story = Story::default();
    for endpoint in ["ws-01", "ws-02"] {
        story.hears("08:00:00", isolation(endpoint, "i1", true));
    }
    // That it moved comes with an observation of something else.
    story.hears("08:10:00", of(3, defender("ws-02", "enforce", true)));
    assert_eq!(story.listed(1), [waiting("ws-01"), settled("ws-02", Settling::Moved)]);
    assert_eq!(story.open(), 1);
    assert_eq!(story.hears("08:20:00", of(3, isolation("ws-03", "i1", true))), Outcome::Raised);
    assert_eq!(story.listed(2), [waiting("ws-02"), waiting("ws-03")]);
}

#[test]
fn endpoints_that_were_decided_to_stay_isolated_are_not_asked_about_again() {
    let mut story = Story::default();
    for endpoint in ["ws-01", "ws-02"] {
        story.hears("08:00:00", isolation(endpoint, "i1", true));
    }
    story.answers(1, "08:30:00", &all("keep_isolated")).expect("they are isolated");
    assert_eq!(story.method(1), Some(Method::Direct));
    assert_eq!(story.hears("09:00:00", isolation("ws-01", "i1", true)), Outcome::Expected);
    assert_eq!(story.hears("09:10:00", isolation("ws-03", "i1", true)), Outcome::Raised);
    assert_eq!(story.listed(2), [waiting("ws-03")]);
    assert_eq!(story.hears("09:20:00", isolation("ws-02", "i1", true)), Outcome::Expected);
    assert_eq!(story.listed(2), [waiting("ws-03")]);
}

#[test]
fn an_endpoint_that_moves_while_it_is_kept_isolated_is_not_lost_when_it_is_decided_about_again() {
    let mut story = Story::default();
    for endpoint in ["ws-01", "ws-02"] {
        story.hears("08:00:00", isolation(endpoint, "i1", true));
    }
    story.answers(1, "08:10:00", &each(&[(2, "keep_isolated")])).expect("it is isolated");
    story.hears("08:20:00", of(3, defender("ws-02", "enforce", true)));
    story.answers(1, "08:30:00", &each(&[(2, "release")])).expect("it is listed");
    assert_eq!(story.hears("08:40:00", of(3, isolation("ws-02", "i1", false))), Outcome::Recovered);
    assert_eq!(story.listed(1), [waiting("ws-01"), settled("ws-02", Settling::Recovered)]);
}

/// Two endpoints of one organization are isolated, and the second is kept so.
fn keeps_the_second_isolated() -> Story {
    let mut story = Story::default();
    for endpoint in ["ws-01", "ws-02"] {
        story.hears("08:00:00", isolation(endpoint, "i1", true));
    }
    story.answers(1, "08:10:00", &each(&[(2, "keep_isolated")])).expect("it is isolated");
    story
}

#[test]
fn an_endpoint_that_was_released_meanwhile_is_found_when_it_is_decided_about_again_and_moves() {
    let mut story = keeps_the_second_isolated();
    story.hears("08:20:00", isolation("ws-02", "i1", false));
    assert_eq!(story.listed(1), [waiting("ws-01"), settled("ws-02", Settling::Accepted)]);
    story.answers(1, "08:30:00", &each(&[(2, "release")])).expect("it is listed");
    assert_eq!(story.hears("08:40:00", of(3, isolation("ws-02", "i1", false))), Outcome::Recovered);
    assert_eq!(story.listed(1), [waiting("ws-01"), settled("ws-02", Settling::Recovered)]);
}

/// The second endpoint, which is kept isolated in one organization, is asked about in another, and then decided about
/// again where it was.
fn is_asked_about_twice() -> Story {
    let mut story = keeps_the_second_isolated();
    story.hears("08:20:00", isolation("ws-02", "i1", false));
    story.hears("08:30:00", of(3, isolation("ws-02", "i1", true)));
    story.hears("08:40:00", of(3, isolation("ws-03", "i1", true)));
    assert_eq!(story.listed(2), [waiting("ws-02"), waiting("ws-03")]);
    assert_eq!(story.listed(1), [waiting("ws-01"), settled("ws-02", Settling::Accepted)]);
    story.answers(1, "08:50:00", &each(&[(2, "release")])).expect("it is listed");
    story
}

#[test]
fn an_endpoint_that_is_asked_about_in_two_organizations_is_ticked_off_in_both_when_it_is_released() {
    let mut story = is_asked_about_twice();
    assert_eq!(story.hears("09:00:00", of(3, isolation("ws-02", "i1", false))), Outcome::Recovered);
    assert_eq!(story.listed(1), [waiting("ws-01"), settled("ws-02", Settling::Recovered)]);
    assert_eq!(story.listed(2), [settled("ws-02", Settling::Recovered), waiting("ws-03")]);
}

#[test]
fn an_endpoint_that_is_asked_about_in_two_organizations_stays_so_only_where_it_belongs() {
    let mut story = is_asked_about_twice();
    assert_eq!(story.hears("09:00:00", of(3, isolation("ws-02", "i1", true))), Outcome::Updated);
    assert_eq!(story.listed(1), [waiting("ws-01"), settled("ws-02", Settling::Moved)]);
    assert_eq!(story.listed(2), [waiting("ws-02"), waiting("ws-03")]);
}

#[test]
fn an_endpoint_that_moves_on_is_ticked_off_in_each_organization_that_it_belonged_to() {
    let mut story = is_asked_about_twice();
    assert_eq!(story.hears("09:00:00", of(4, isolation("ws-02", "i1", true))), Outcome::Pending);
    assert_eq!(story.listed(1), [waiting("ws-01"), settled("ws-02", Settling::Moved)]);
    assert_eq!(story.listed(2), [settled("ws-02", Settling::Moved), waiting("ws-03")]);
}

#[test]
fn no_click_resolves_what_is_released_before_the_release_is_observed() {
    let mut story = Story::default();
    for endpoint in ["ws-01", "ws-02"] {
        story.hears("08:00:00", isolation(endpoint, "i1", true));
    }
    story.answers(1, "08:30:00", &each(&[(1, "keep_isolated"), (2, "release")])).expect("they are isolated");
    story.reports(1, "08:40:00", OutcomeBody::Succeeded);
    assert_eq!(story.method(1), None);
    assert_eq!(story.hears("08:41:00", isolation("ws-02", "i1", false)), Outcome::Recovered);
    assert_eq!(story.method(1), Some(Method::Recovered));
}

// Reports

#[test]
fn a_report_that_goes_out_before_the_answer_resolves_by_itself_and_the_answer_is_told_so() {
    let mut story = Story::default();
    assert_eq!(story.hears("08:00:00", delivery("r1", "high", Some("401"))), Outcome::Raised);
    assert_eq!(story.hears("08:10:00", delivery("r1", "high", None)), Outcome::Recovered);
    assert_eq!(story.method(1), Some(Method::Recovered));
    let refused = story.answers(1, "08:11:00", &all("repaired"));
    check_conflict(
        refused,
        "this has just resolved by itself (every failed report has gone out, and ConnectWise PSA delivers again)",
    );
}

#[test]
fn a_more_pressing_report_raises_the_severity_and_never_moves_the_deadline_back() {
    let mut story = Story::default();
    story.hears("08:00:00", delivery("r1", "low", Some("401")));
    let week = at("08:00:00") + chrono::TimeDelta::days(7);
    assert_eq!((story.escalation(1).head.severity, story.escalation(1).head.due_at), (Severity::Low, week));
    assert_eq!(story.hears("09:00:00", delivery("r2", "critical", Some("401"))), Outcome::Joined);
    let head = &story.escalation(1).head;
    assert_eq!((head.severity, head.due_at), (Severity::Critical, at("21:00:00")));
    story.hears("10:00:00", delivery("r3", "low", Some("401")));
    assert_eq!(story.hears("10:10:00", delivery("r1", "critical", Some("401"))), Outcome::Updated);
    let head = &story.escalation(1).head;
    assert_eq!((head.severity, head.due_at), (Severity::Critical, at("21:00:00")));
    assert_eq!(story.happened("severity_raised"), 1);
}

#[test]
fn a_deadline_that_is_near_stays_where_it_is_when_the_severity_rises() {
    let mut story = Story::default();
    story.hears("00:00:00", delivery("r1", "high", Some("401")));
    // Two days later, an hour before the answer is due.
    let mut body = delivery("r2", "critical", Some("401"));
    let now = at("00:00:00") + chrono::TimeDelta::hours(47);
    (body["id"], body["account_id"], body["observed_at"]) = (json!("late"), json!(1), json!(now));
    report(&mut story.store, &body, now).expect("it is valid");
    let head = &story.escalation(1).head;
    assert_eq!(head.severity, Severity::Critical);
    assert_eq!(head.due_at, at("00:00:00") + chrono::TimeDelta::hours(48));
}

#[test]
fn the_connection_that_works_again_orders_the_reports_once() {
    let mut story = Story::default();
    story.hears("08:00:00", delivery("r1", "high", Some("401")));
    story.answers(1, "08:10:00", &all("repaired")).expect("it waits");
    story.reports(1, "08:20:00", OutcomeBody::Succeeded);
    assert_eq!(story.store.remedies[&RemedyId(2)].order.action, RemedyAction::SendReports);
    // Nothing is heard, and the admin says once more that it is repaired: the test runs again, the sending is under way.
    story.tick("09:10:00");
    story.answers(1, "09:20:00", &all("repaired")).expect("the step is open again");
    story.reports(3, "09:30:00", OutcomeBody::Succeeded);
    let sent = |story: &Story| {
        story.store.remedies.values().filter(|one| one.order.action == RemedyAction::SendReports).count()
    };
    assert_eq!(sent(&story), 1);
}

#[test]
fn who_answers_by_email_after_the_test_is_ordered_gets_no_tickets_as_well() {
    let mut story = Story::default();
    story.hears("08:00:00", delivery("r1", "high", Some("401")));
    story.answers(1, "08:10:00", &all("repaired")).expect("it waits");
    story.tick("09:10:00");
    story.answers(1, "09:20:00", &all("send_by_email")).expect("the step is open again");
    story.reports(1, "09:30:00", OutcomeBody::Succeeded);
    let actions: Vec<RemedyAction> = story.store.remedies.values().map(|one| one.order.action).collect();
    assert_eq!(actions, [RemedyAction::TestConnection, RemedyAction::SendReportsByEmail]);
}

#[test]
fn reports_that_all_went_out_another_way_do_not_keep_a_question_open_that_email_answers() {
    let mut story = Story::default();
    story.hears("08:00:00", delivery("r1", "high", Some("401")));
    let mut elsewhere = delivery("r1", "high", None);
    elsewhere["integration"] = json!("portal");
    assert_eq!(story.hears("08:10:00", elsewhere), Outcome::Recovered);
    // The report is out, but nobody knows whether the PSA works again.
    assert_eq!((story.open(), story.listed(1)), (1, vec![settled("r1", Settling::Recovered)]));
    story.answers(1, "08:20:00", &all("send_by_email")).expect("it waits");
    assert_eq!(story.method(1), None);
    story.reports(1, "08:30:00", OutcomeBody::Succeeded);
    assert_eq!(story.method(1), Some(Method::Direct));
}

#[test]
fn what_was_withdrawn_is_asked_about_again_by_the_next_observation() {
    let mut story = Story::default();
    story.hears("08:00:00", delivery("r1", "high", Some("401")));
    for role in [Role::AccountAdmin, Role::AccountUser, Role::OrganizationUser] {
        let refused = story.store.withdraw(EscalationId(1), Some(role), at("08:10:00"));
        assert!(matches!(refused, Err(Refusal::Forbidden(_))), "{refused:?}");
    }
    story.store.withdraw(EscalationId(1), None, at("08:10:00")).expect("the operator raised it");
    assert_eq!(story.method(1), Some(Method::Withdrawn));
    check_conflict(story.answers(1, "08:20:00", &all("repaired")), "SOC took this back");
    assert_eq!(story.hears("08:30:00", delivery("r1", "high", Some("401"))), Outcome::Raised);
    assert_eq!(story.escalation(2).head.previous, Some(EscalationId(1)));
}

// Tenants

#[test]
fn a_passing_error_of_exactly_an_hour_is_pending_and_a_longer_one_asks() {
    let mut story = Story::default();
    assert_eq!(story.hears("08:00:00", tenant(Some(PASSING))), Outcome::Pending);
    assert_eq!(story.hears("09:00:00", tenant(Some(PASSING))), Outcome::Pending);
    story.tick("09:00:00");
    assert_eq!(story.open(), 0);
    assert_eq!(story.hears("09:00:00.000001", tenant(Some(PASSING))), Outcome::Raised);
}

#[test]
fn a_passing_error_that_lasts_asks_without_another_observation() {
    let mut story = Story::default();
    story.hears("08:00:00", tenant(Some(PASSING)));
    story.tick("09:00:01");
    assert_eq!(story.open(), 1);
}

#[test]
fn the_guidance_follows_the_error_while_the_question_is_open() {
    let mut story = Story::default();
    assert_eq!(story.hears("08:00:00", tenant(Some(CONSENT))), Outcome::Raised);
    assert_eq!(story.escalation(1).head.subtype.as_deref(), Some("AADSTS65001"));
    assert_eq!(story.body(1).summary, "Grant admin consent again");
    assert_eq!(story.hears("08:10:00", tenant(Some(DISABLED))), Outcome::Updated);
    assert_eq!(story.escalation(1).head.subtype.as_deref(), Some("AADSTS7000112"));
    assert_eq!(story.body(1).summary, "Enable the application");
    let detail = EscalationDetailBody::of(story.escalation(1), NAMES, at("12:00:00"));
    let guidance = serde_json::to_string(&detail.guidance).expect("it is JSON");
    assert!(guidance.contains("Enabled for users to sign-in"), "{guidance}");
    assert!(guidance.contains("error?code=7000112"), "{guidance}");
}

#[test]
fn an_error_that_becomes_the_providers_resolves_the_question_and_tells_the_operator_once() {
    let mut story = Story::default();
    story.hears("08:00:00", tenant(Some(CONSENT)));
    assert_eq!(story.hears("08:10:00", tenant(Some(PROVIDER))), Outcome::Ignored);
    assert_eq!(story.method(1), Some(Method::Recovered));
    story.hears("08:20:00", tenant(Some(PROVIDER)));
    assert_eq!(story.happened("provider_fault"), 1);
    check_conflict(story.answers(1, "08:30:00", &all("done")), "your provider mends");
    assert_eq!(story.hears("08:40:00", tenant(Some(CONSENT))), Outcome::Raised);
    assert_eq!(story.escalation(2).head.previous, Some(EscalationId(1)));
}

#[test]
fn an_error_that_becomes_the_providers_leaves_nothing_open_where_the_tenant_was_before() {
    let mut story = Story::default();
    story.hears("08:00:00", tenant(Some(CONSENT)));
    story.hears("08:10:00", of(3, tenant(Some(PROVIDER))));
    assert_eq!(story.open(), 0);
}

#[test]
fn a_tenant_that_moves_is_asked_about_in_its_new_organization_alone() {
    let mut story = Story::default();
    story.hears("08:00:00", tenant(Some(CONSENT)));
    assert_eq!(story.hears("08:10:00", of(3, tenant(Some(CONSENT)))), Outcome::Raised);
    assert_eq!(story.listed(1), [settled("0873", Settling::Moved)]);
    let reason = story.escalation(1).head.resolution().and_then(|resolution| resolution.reason.clone());
    assert_eq!(reason.as_deref(), Some("What it waited for belongs to another organization now"));
    assert_eq!(story.escalation(2).head.organization, Some(OrganizationId(3)));
}

#[test]
fn an_error_that_becomes_a_passing_one_stays_asked_about() {
    let mut story = Story::default();
    story.hears("08:00:00", tenant(Some(CONSENT)));
    assert_eq!(story.hears("08:10:00", tenant(Some(PASSING))), Outcome::Updated);
    assert_eq!(story.open(), 1);
    assert_eq!(story.escalation(1).head.subtype.as_deref(), Some("AADSTS90033"));
}

#[test]
fn an_error_without_a_code_asks_nobody_and_says_why() {
    let mut story = Story::default();
    let heard = story.hears_late("08:00:00", "08:00:00", tenant(Some("503 Service Unavailable")));
    assert_eq!(heard.outcome, Outcome::Ignored);
    assert_eq!(heard.errors[0].field, "error");
    assert_eq!(story.open(), 0);
}

// Remedies, and what is waited for

#[test]
fn a_remedy_that_fails_opens_its_step_again_and_says_why() {
    let mut story = Story::default();
    story.hears("08:00:00", defender("ws-01", "enforce", false));
    story.tick("10:30:00");
    story.answers(1, "10:40:00", &all("turn_on")).expect("it waits");
    let step = |story: &Story, slug: &str| {
        story.body(1).workflow.into_iter().find(|step| step.slug == slug).expect("there is such a step")
    };
    assert_eq!(step(&story, "decide").state, StepState::Done);
    story.reports(1, "10:50:00", OutcomeBody::Failed);
    let decide = step(&story, "decide");
    assert_eq!(decide.state, StepState::Current);
    assert_eq!(
        decide.problem.as_deref(),
        Some("“Turn real-time protection on” failed: The endpoint is offline")
    );
    story.answers(1, "11:00:00", &all("turn_on")).expect("its step is open again");
    assert_eq!(story.store.remedies.len(), 2);
    assert_eq!(step(&story, "decide").state, StepState::Done);
}

#[test]
fn a_step_that_hears_nothing_says_so_and_is_answered_again() {
    let mut story = Story::default();
    story.hears("08:00:00", tenant(Some(CONSENT)));
    story.answers(1, "08:10:00", &all("done")).expect("it waits");
    check_conflict(story.answers(1, "08:20:00", &all("done")), "already answered this");
    story.tick("09:09:59");
    assert_eq!(story.happened("verification_unheard"), 0);
    story.tick("09:10:00");
    story.tick("09:20:00");
    assert_eq!(story.happened("verification_unheard"), 1);
    let change = story.body(1).workflow.remove(1);
    assert_eq!((change.slug.as_str(), change.state), ("change", StepState::Current));
    assert!(change.problem.expect("it says so").starts_with("Nothing was heard"));
    story.answers(1, "09:30:00", &all("done")).expect("its step is open again");
    // The first remedy has no outcome yet: it will do.
    assert_eq!(story.store.remedies.len(), 1);
    story.hears("09:40:00", tenant(None));
    assert_eq!(story.method(1), Some(Method::Recovered));
}

#[test]
fn nobody_is_told_that_nothing_was_heard_where_nothing_is_waited_for() {
    let mut story = Story::default();
    for endpoint in ["ws-01", "ws-02"] {
        story.hears("08:00:00", isolation(endpoint, "i1", true));
    }
    story.answers(1, "08:10:00", &each(&[(1, "release")])).expect("it is isolated");
    story.hears("08:20:00", isolation("ws-01", "i1", false));
    story.tick("23:00:00");
    assert_eq!(story.happened("verification_unheard"), 0);
}

#[test]
fn one_endpoint_that_fails_does_not_keep_the_other_from_being_missed() {
    let mut story = Story::default();
    for endpoint in ["ws-01", "ws-02"] {
        story.hears("08:00:00", isolation(endpoint, "i1", true));
    }
    story.answers(1, "08:10:00", &all("release")).expect("they are isolated");
    story.reports(1, "08:20:00", OutcomeBody::Failed);
    story.tick("12:10:00");
    assert_eq!(story.happened("verification_unheard"), 1);
    assert_eq!(story.escalation(1).head.progress.undecided, 2);
}

#[test]
fn a_remedy_under_way_is_not_ordered_again_when_its_endpoint_was_well_in_between() {
    let mut story = Story::default();
    story.hears("08:00:00", defender("ws-01", "enforce", false));
    story.hears("08:00:00", defender("ws-02", "enforce", false));
    story.tick("10:30:00");
    story.answers(1, "10:40:00", &each(&[(1, "turn_on")])).expect("it waits");
    story.hears("10:50:00", defender("ws-01", "enforce", true));
    story.hears("11:00:00", defender("ws-01", "enforce", false));
    story.tick("13:00:01");
    assert_eq!(story.escalation(1).head.progress.undecided, 2);
    story.answers(1, "13:10:00", &each(&[(1, "turn_on")])).expect("it is off again");
    assert_eq!(story.store.remedies.len(), 1);
    assert_eq!(story.store.remedies[&RemedyId(1)].status, RemedyStatus::Ordered);
}

#[test]
fn what_was_decided_anew_is_not_accepted_any_more() {
    let mut story = Story::default();
    story.hears("08:00:00", defender("ws-01", "enforce", false));
    story.hears("08:00:00", defender("ws-02", "enforce", false));
    story.tick("10:30:00");
    let exclude = ResolutionRequest { note: Some("Retired".to_owned()), ..each(&[(1, "exclude")]) };
    story.answers(1, "10:40:00", &exclude).expect("it has a note");
    assert_eq!(story.hears("10:50:00", defender("ws-01", "enforce", false)), Outcome::Expected);
    story.answers(1, "11:00:00", &each(&[(1, "turn_on")])).expect("it is listed");
    assert_eq!(story.hears("11:10:00", defender("ws-01", "enforce", false)), Outcome::Updated);
}

// The operator's clock

#[test]
fn a_clock_that_is_five_minutes_fast_is_taken_and_one_that_is_an_hour_fast_is_not() {
    let mut store = Store::default();
    let mut check = |id: &str, observed_at: &str| -> Result<Outcome, Vec<FieldError>> {
        let mut body = delivery("r1", "high", Some("401"));
        (body["id"], body["account_id"], body["observed_at"]) = (json!(id), json!(1), json!(at(observed_at)));
        report(&mut store, &body, at("08:00:00")).map(|observed| observed.outcome)
    };
    assert_eq!(check("a", "08:05:00"), Ok(Outcome::Raised));
    for fast in ["08:05:00.000001", "09:00:00"] {
        let errors = check("b", fast).expect_err("it is in the future");
        assert_eq!(errors[0].field, "observed_at");
        assert!(errors[0].message.starts_with("expected at most 5 minutes after now"), "{errors:?}");
    }
}

#[test]
fn the_same_observation_id_is_one_observation() {
    let mut store = Store::default();
    let mut body = delivery("r1", "high", Some("401"));
    (body["id"], body["account_id"], body["observed_at"]) = (json!("a"), json!(1), json!(at("08:00:00")));
    assert_eq!(report(&mut store, &body, at("08:00:00")).map(|it| it.outcome), Ok(Outcome::Raised));
    // Whatever else it says then.
    body["error"] = Value::Null;
    assert_eq!(report(&mut store, &body, at("08:01:00")).map(|it| it.outcome), Ok(Outcome::Duplicate));
    assert_eq!(store.open().count(), 1);
}

// The log of before

#[test]
fn what_was_logged_when_there_were_only_logins_is_read_still() {
    let log = r#"[
        {"escalation":17,"at":"2026-11-24T08:00:00Z","by":{"type":"system"},
         "what":{"event":"raised","kind":"login.unexpected_country","organization":2,
                 "subject_key":"login.unexpected_country/2/UA","subtype":"UA","severity":"low",
                 "due_at":"2026-12-01T08:00:00Z","previous":null}},
        {"escalation":17,"at":"2026-11-24T08:00:00Z","by":{"type":"system"},
         "what":{"event":"entity_added",
                 "identity":{"id":12,"external_id":"joey","username":"joey@contoso.example","name":null,
                             "usage_location":"NL"},
                 "sighting":{"observation":"evt-1","observed_at":"2026-11-24T08:00:00Z",
                             "origin":{"country":"UA","vpn":null,"address":"62.149.20.10"}}}},
        {"escalation":17,"at":"2026-11-24T08:05:00Z","by":{"type":"system"},
         "what":{"event":"sighted","identity":12,
                 "sighting":{"observation":"evt-2","observed_at":"2026-11-24T08:05:00Z",
                             "origin":{"country":"UA","vpn":null,"address":null}},
                 "changed":{"id":12,"external_id":"joey","username":"joey@contoso.example","name":"Joey",
                            "usage_location":"BE"}}},
        {"escalation":17,"at":"2026-11-24T09:00:00Z","by":{"type":"user","id":1,"name":"Priya Raman"},
         "what":{"event":"answered","choice":"unauthorized","scope":"organization",
                 "schedule":{"starts_at":null,"expires_at":null},"note":null,"revoke_and_disable":true}},
        {"escalation":17,"at":"2026-11-24T09:00:00Z","by":{"type":"user","id":1,"name":"Priya Raman"},
         "what":{"event":"remedy_ordered","identities":[12]}},
        {"escalation":17,"at":"2026-11-24T09:00:00Z","by":{"type":"user","id":1,"name":"Priya Raman"},
         "what":{"event":"resolved","method":"rule","rules":[3]}}
    ]"#;
    let events: Vec<Event> = serde_json::from_str(log).expect("it is read for ever");
    let Happening::RemedyOrdered { orders, identities } = &events[4].what else { panic!("it is a remedy") };
    assert_eq!((orders.len(), identities.len()), (0, 1));
    let escalation =
        Escalation::replay(AccountId(1), EscalationId(17), &events).expect("it begins with its raising");
    let state = &escalation.entities[&EntityId(12)];
    let identity = state.entity.identity().expect("it is an identity");
    assert_eq!((identity.name.as_deref(), identity.residence().as_str()), (Some("Joey"), "BE"));
    assert_eq!((state.sightings, state.origins.len()), (2, 2));
    assert_eq!(escalation.head.residences, BTreeMap::from([("BE".to_owned(), 1)]));
    assert_eq!(escalation.head.resolution().map(|resolution| resolution.method), Some(Method::Rule));
    assert!(escalation.head.answer.is_some_and(|answer| answer.revoke_and_disable));
    let again = serde_json::to_string(&events).expect("events are JSON");
    assert_eq!(serde_json::from_str::<Vec<Event>>(&again).ok(), Some(events));
}
