//! What an operator asks: the kinds of escalation that no detector raises. Read strictly, each field that is wrong named.

use serde::{Deserialize, Serialize};

use crate::error::{FieldError, check_length};
use crate::field::{FieldSpec, FieldType, OptionSpec};
use crate::id::{AccountId, OrganizationId};
use crate::kinds::{Asks, Kind};
use crate::severity::Severity;
use crate::text::{plain, plain_lines};

/// The longest subject and label, in characters.
pub const MAX_LABEL: usize = 200;

/// The longest question, in characters.
pub const MAX_QUESTION: usize = 500;

/// The longest piece of evidence, in characters.
pub const MAX_EVIDENCE: usize = 4_000;

/// The most choices, fields or pieces of evidence.
pub const MAX_ITEMS: usize = 20;

/// The longest slug, in characters.
const MAX_SLUG: usize = 50;

/// What the operator asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// What it is about, in a few words.
    pub subject: String,
    /// What is asked.
    pub question: String,
    /// What can be answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<OptionSpec>,
    /// What is to be filled in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldSpec>,
    /// What is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
}

/// Something that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// What it is: `Volume`.
    pub label: String,
    /// How it is: `40 GB`.
    pub value: String,
}

/// `POST /v1/escalations`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RaiseRequest {
    /// The kind's slug; of those that are requests.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whom it concerns.
    pub account_id: AccountId,
    /// The organization that it concerns; null for the whole account.
    #[serde(default)]
    pub organization_id: Option<OrganizationId>,
    /// How pressing it is.
    pub severity: Severity,
    /// What it is about, in a few words.
    pub subject: String,
    /// What is asked; a suspected false positive has a question of its own.
    #[serde(default)]
    pub question: Option<String>,
    /// What can be answered, where the kind leaves that open.
    #[serde(default)]
    pub choices: Vec<OptionSpec>,
    /// What is to be filled in, where the kind leaves that open.
    #[serde(default)]
    pub fields: Vec<FieldSpec>,
    /// What is known.
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

impl RaiseRequest {
    /// Checks what is asked, and returns its kind with it.
    ///
    /// # Errors
    /// Each field that is wrong.
    pub fn check(&self) -> Result<(Kind, Request), Vec<FieldError>> {
        let kind = Kind::parse(&self.kind).ok();
        let asks = kind.and_then(|kind| kind.definition().asks());
        let (Some(kind), Some(asks)) = (kind, asks) else {
            let known: Vec<String> = Kind::ALL
                .iter()
                .filter(|kind| kind.definition().asks().is_some())
                .map(|kind| format!("`{kind}`"))
                .collect();
            let found = plain(&self.kind).chars().take(60).collect::<String>();
            let why =
                if kind.is_some() { "which observations raise, not requests" } else { "which is no kind" };
            let text = format!("expected {}, found `{found}`, {why}", crate::text::join(&known, "or"));
            return Err(vec![FieldError::new("type", text)]);
        };
        let mut errors: Vec<FieldError> = line("subject", &self.subject, MAX_LABEL).into_iter().collect();
        let question = self.question.as_deref().map(str::trim).filter(|text| !text.is_empty());
        match question {
            None if asks.own_question.is_none() => {
                errors.push(FieldError::new("question", "required, and missing"));
            }
            None => {}
            Some(text) => errors.extend(line("question", text, MAX_QUESTION)),
        }
        errors.extend(self.check_choices(&asks));
        errors.extend(self.check_fields(&asks));
        errors.extend(self.check_evidence());
        if !errors.is_empty() {
            return Err(errors);
        }
        let question = question.or(asks.own_question).unwrap_or_default().to_owned();
        let request = Request {
            subject: plain(&self.subject),
            question,
            choices: self.choices.iter().map(OptionSpec::plain).collect(),
            fields: self.fields.iter().map(FieldSpec::plain).collect(),
            evidence: self
                .evidence
                .iter()
                .map(|Evidence { label, value }| Evidence { label: plain(label), value: plain_lines(value) })
                .collect(),
        };
        Ok((kind, request))
    }

    fn check_choices(&self, asks: &Asks) -> Vec<FieldError> {
        if !asks.choices {
            let text = "this kind has choices of its own: leave them out";
            return self.choices.first().map(|_| FieldError::new("choices", text)).into_iter().collect();
        }
        let mut errors = options("choices", &self.choices);
        if self.choices.len() < 2 {
            let found = self.choices.len();
            errors.push(FieldError::new(
                "choices",
                format!("expected 2 to {MAX_ITEMS} choices, found {found}"),
            ));
        }
        errors
    }

    fn check_fields(&self, asks: &Asks) -> Vec<FieldError> {
        if !asks.fields {
            let text = "this kind has fields of its own: leave them out";
            return self.fields.first().map(|_| FieldError::new("fields", text)).into_iter().collect();
        }
        let mut errors = too_many("fields", self.fields.len());
        if self.fields.is_empty() && !asks.choices {
            errors.push(FieldError::new("fields", format!("expected 1 to {MAX_ITEMS} fields, found none")));
        }
        for (index, field) in self.fields.iter().enumerate() {
            let name = format!("fields[{index}]");
            errors.extend(slug(&format!("{name}.slug"), &field.slug));
            errors.extend(line(&format!("{name}.label"), &field.label, MAX_LABEL));
            if self.fields[..index].iter().any(|other| other.slug == field.slug) {
                errors.push(twice(&format!("{name}.slug"), &field.slug));
            }
            let name = format!("{name}.options");
            match (field.kind, field.options.len()) {
                (FieldType::Choice, 2..) => errors.extend(options(&name, &field.options)),
                (FieldType::Choice, found) => {
                    let text = format!(
                        "expected 2 to {MAX_ITEMS} options for a field of type `choice`, found {found}"
                    );
                    errors.push(FieldError::new(name, text));
                }
                (_, 0) => {}
                (_, _) => errors
                    .push(FieldError::new(name, "only a field of type `choice` has options: leave them out")),
            }
        }
        errors
    }

    fn check_evidence(&self) -> Vec<FieldError> {
        let mut errors = too_many("evidence", self.evidence.len());
        for (index, Evidence { label, value }) in self.evidence.iter().enumerate() {
            errors.extend(line(&format!("evidence[{index}].label"), label, MAX_LABEL));
            errors.extend(line(&format!("evidence[{index}].value"), value, MAX_EVIDENCE));
        }
        errors
    }
}

fn options(field: &str, options: &[OptionSpec]) -> Vec<FieldError> {
    let mut errors = too_many(field, options.len());
    for (index, option) in options.iter().enumerate() {
        let name = format!("{field}[{index}]");
        errors.extend(slug(&format!("{name}.slug"), &option.slug));
        errors.extend(line(&format!("{name}.label"), &option.label, MAX_LABEL));
        if options[..index].iter().any(|other| other.slug == option.slug) {
            errors.push(twice(&format!("{name}.slug"), &option.slug));
        }
    }
    errors
}

fn too_many(field: &str, found: usize) -> Vec<FieldError> {
    let error = || FieldError::new(field, format!("expected at most {MAX_ITEMS}, found {found}"));
    (found > MAX_ITEMS).then(error).into_iter().collect()
}

fn twice(field: &str, slug: &str) -> FieldError {
    FieldError::new(field, format!("expected each slug once, found `{slug}` again"))
}

fn slug(field: &str, slug: &str) -> Option<FieldError> {
    let fits = (1..=MAX_SLUG).contains(&slug.len())
        && slug
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'_' | b'-'));
    let found = || plain(slug).chars().take(60).collect::<String>();
    let error = || {
        let text = format!("expected 1 to {MAX_SLUG} of a-z, 0-9, _ and -, found `{}`", found());
        FieldError::new(field, text)
    };
    (!fits).then(error)
}

fn line(field: &str, text: &str, max: usize) -> Option<FieldError> {
    check_length(field, text, &plain(text), max)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn question() -> Value {
        json!({
            "type": "provider.question", "account_id": 1, "organization_id": null, "severity": "high",
            "subject": "Backup traffic at night", "question": "Is this transfer yours?",
            "choices": [{"slug": "yes", "label": "Yes, ours"}, {"slug": "no", "label": "No"}],
            "fields": [{"slug": "path", "label": "Where is the file?", "type": "windows_path", "required": true}],
            "evidence": [{"label": "Volume", "value": "40 GB"}],
        })
    }

    #[track_caller]
    fn check(change: impl Fn(&mut Value), expected: &[&str]) {
        let mut body = question();
        change(&mut body);
        let request: RaiseRequest = serde_json::from_value(body).expect("the types are right");
        let errors = request.check().err().unwrap_or_default();
        let fields: Vec<&str> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, expected, "{errors:?}");
    }

    #[test]
    fn the_example_of_the_design_is_read_and_each_wrong_field_is_named() {
        check(|_| {}, &[]);
        check(|body| body["type"] = json!("provider.answer"), &["type"]);
        check(|body| body["type"] = json!("login.unexpected_vpn"), &["type"]);
        check(|body| body["subject"] = json!(" \u{202e} "), &["subject"]);
        check(|body| body["subject"] = json!("x".repeat(201)), &["subject"]);
        check(|body| body["question"] = json!(null), &["question"]);
        check(|body| body["question"] = json!("x".repeat(501)), &["question"]);
        check(|body| body["choices"] = json!([{"slug": "yes", "label": "Yes"}]), &["choices"]);
        check(|body| body["choices"][1]["slug"] = json!("yes"), &["choices[1].slug"]);
        check(|body| body["choices"][0]["slug"] = json!("Yes!"), &["choices[0].slug"]);
        check(|body| body["choices"][0]["label"] = json!(""), &["choices[0].label"]);
        check(|body| body["fields"][0]["slug"] = json!(""), &["fields[0].slug"]);
        check(|body| body["fields"][0]["type"] = json!("choice"), &["fields[0].options"]);
        check(
            |body| body["fields"][0]["options"] = json!([{"slug": "a", "label": "A"}]),
            &["fields[0].options"],
        );
        check(|body| body["evidence"][0]["value"] = json!("x".repeat(4_001)), &["evidence[0].value"]);
        let many = vec![json!({"label": "a", "value": "b"}); 21];
        check(|body| body["evidence"] = json!(many), &["evidence"]);
    }

    #[test]
    fn each_kind_asks_in_its_own_way() {
        let false_positive = |body: &mut Value| body["type"] = json!("potential_threat.false_positive");
        check(false_positive, &["choices", "fields"]);
        check(
            |body| {
                false_positive(body);
                body["question"] = json!(null);
                (body["choices"], body["fields"]) = (json!([]), json!([]));
            },
            &[],
        );
        let information = |body: &mut Value| body["type"] = json!("potential_threat.more_information");
        check(information, &["choices"]);
        check(
            |body| {
                information(body);
                (body["choices"], body["fields"]) = (json!([]), json!([]));
            },
            &["fields"],
        );
    }
}
