//! Whether what somebody entered can be the settings of a PSA. Knows nothing of the PSA itself: that they work shows
//! only when they are tried.

use super::{Choices, Form, Setting, Settings, Vendor};
use crate::error::FieldError;

/// The most characters of a setting.
pub const MAX_SETTING: usize = 500;

/// The most characters of an id that a PSA gives anything.
const MAX_ID: usize = 100;

impl Vendor {
    /// Checks what somebody entered; each thing that is wrong is named by its slug.
    pub fn check_settings(self, settings: &Settings) -> Vec<FieldError> {
        let known = self.settings();
        let slugs = || known.iter().map(|setting| setting.slug).collect::<Vec<_>>();
        let unknown = settings
            .keys()
            .filter(|slug| known.iter().all(|setting| setting.slug != slug.as_str()))
            .map(|slug| FieldError::new(slug.as_str(), expected(&slugs())));
        let wrong = known.iter().filter_map(|setting| {
            let value = settings.get(setting.slug).map_or("", String::as_str);
            check(setting, value).map(|message| FieldError::new(setting.slug, message))
        });
        wrong.chain(unknown).collect()
    }

    /// Checks what somebody chose, which need not be all: that there is a slot for each, and that it can be an id. What is
    /// still to be chosen, [`Vendor::missing`] says.
    pub fn check_choices(self, choices: &Choices) -> Vec<FieldError> {
        let slugs = || self.slots().iter().map(|slot| slot.slug).collect::<Vec<_>>();
        let wrong = choices.iter().filter_map(|(slug, id)| {
            if self.slots().iter().all(|slot| slot.slug != slug) {
                return Some(FieldError::new(slug, expected(&slugs())));
            }
            let is_id = id.chars().count() <= MAX_ID && !id.chars().any(char::is_control);
            (!is_id)
                .then(|| FieldError::new(slug, "expected an id that the PSA offers, found something else"))
        });
        wrong.collect()
    }

    /// Parts what somebody entered into what is shown and what is kept secret, without blanks around it and without what
    /// is empty; of the secrets `kept` stays what was not entered anew.
    pub fn part(self, entered: Settings, kept: Settings) -> (Settings, Settings) {
        let is_secret =
            |slug: &str| self.settings().iter().any(|setting| setting.secret && setting.slug == slug);
        let entered = entered.into_iter().map(|(slug, value)| (slug, value.trim().to_owned()));
        let (new, shown): (Settings, Settings) =
            entered.filter(|(_, value)| !value.is_empty()).partition(|(slug, _)| is_secret(slug));
        (shown, kept.into_iter().chain(new).collect())
    }
}

fn expected(slugs: &[&str]) -> String {
    format!("expected one of {}, found another name", slugs.join(", "))
}

/// Says what is wrong with a value. Never shows it: it may be a secret.
fn check(setting: &Setting, value: &str) -> Option<String> {
    let value = value.trim();
    if value.is_empty() {
        return setting.required.then(|| format!("fill in: {}", setting.label));
    }
    let length = value.chars().count();
    if length > MAX_SETTING {
        return Some(format!("expected at most {MAX_SETTING} characters, found {length}"));
    }
    if value.chars().any(char::is_control) {
        return Some("expected one line of text, found a control character: copy it again".to_owned());
    }
    let good = match setting.form {
        Form::Text => return None,
        Form::Url => is_url(value),
        Form::Address => is_url(value) || is_host(value),
    };
    (!good).then(|| match setting.form {
        Form::Text | Form::Url => "expected a URL that begins with https://, found something else".to_owned(),
        Form::Address => {
            "expected a host's name such as na.myconnectwise.net, or a URL that begins with https://, \
                          found something else"
                .to_owned()
        }
    })
}

/// Tells whether it is a URL of a host: no user, no query, no fragment, which have no place in an address of this kind.
fn is_url(value: &str) -> bool {
    let Some((scheme, rest)) = value.split_once("://") else {
        return false;
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let is_web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    is_web && is_host(host) && !path.contains(['?', '#', '\\', ' ', '@'])
}

/// Tells whether it is a host's name or address, with a port or without.
fn is_host(value: &str) -> bool {
    let (name, port) = match value.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((inner, port)) if inner.parse::<std::net::Ipv6Addr>().is_ok() => ("v6", port.to_owned()),
        Some(_) => return false,
        None => {
            value.split_once(':').map_or((value, String::new()), |(name, port)| (name, format!(":{port}")))
        }
    };
    let label = |label: &str| {
        (1..=63).contains(&label.len()) && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    let good_port = port.is_empty() || port.strip_prefix(':').is_some_and(|port| port.parse::<u16>().is_ok());
    name.len() <= 253 && name.split('.').all(label) && good_port
}

#[cfg(test)]
mod tests {
    use strum::IntoEnumIterator as _;

    use super::*;

    fn named(errors: &[FieldError]) -> Vec<&str> {
        errors.iter().map(|error| error.field.as_str()).collect()
    }

    fn halo(url: &str) -> Settings {
        [("url", url), ("client_id", "c"), ("client_secret", "s3cret")]
            .map(|(slug, value)| (slug.to_owned(), value.to_owned()))
            .into()
    }

    #[test]
    fn what_is_missing_or_unknown_is_named() {
        for vendor in Vendor::iter() {
            let required: Vec<_> =
                vendor.settings().iter().filter(|setting| setting.required).map(|s| s.slug).collect();
            assert_eq!(named(&vendor.check_settings(&Settings::new())), required, "{vendor}");
            assert_eq!(vendor.check_choices(&Choices::new()), [], "{vendor}");
            assert!(vendor.missing(&Choices::new(), true).is_some(), "{vendor}");
        }
        let mut settings = halo("https://contoso.halopsa.com");
        assert_eq!(Vendor::Halopsa.check_settings(&settings), []);
        settings.insert("user".to_owned(), "x".to_owned());
        assert_eq!(named(&Vendor::Halopsa.check_settings(&settings)), ["user"]);
    }

    #[test]
    fn a_choice_is_of_a_slot_and_an_id() {
        let check = |slug: &str, id: &str, wrong: &[&str]| {
            let choices = [(slug.to_owned(), id.to_owned())].into();
            assert_eq!(named(&Vendor::Connectwise.check_choices(&choices)), wrong, "{slug}: {id}");
        };
        check("board", "12", &[]);
        check("queue", "12", &["queue"]);
        check("board", "1\n2", &["board"]);
        check("board", &"1".repeat(101), &["board"]);
    }

    #[test]
    fn secrets_are_parted_from_what_is_shown_and_stay_where_nothing_new_is_entered() {
        let entered = |secret: &str| {
            let mut all = halo("https://contoso.halopsa.com ");
            all.insert("client_secret".to_owned(), secret.to_owned());
            all
        };
        let kept = || Settings::from([("client_secret".to_owned(), "old".to_owned())]);
        let (shown, secrets) = Vendor::Halopsa.part(entered(" "), kept());
        assert_eq!(
            (shown["url"].as_str(), shown.contains_key("client_secret")),
            ("https://contoso.halopsa.com", false)
        );
        assert_eq!(secrets, kept());
        assert_eq!(Vendor::Halopsa.part(entered("new"), kept()).1["client_secret"], "new");
    }

    #[test]
    fn addresses_are_addresses() {
        let check = |url: &str, good: bool| {
            let errors = Vendor::Halopsa.check_settings(&halo(url));
            assert_eq!(errors.is_empty(), good, "{url}: {errors:?}");
        };
        for url in
            ["https://contoso.halopsa.com", "http://127.0.0.1:8080/", "HTTPS://h/a/b", "http://[::1]:80/x"]
        {
            check(url, true);
        }
        for url in [
            "contoso.halopsa.com",
            "ftp://contoso.halopsa.com",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "https://",
            "https://user:pw@host",
            "https://host/?q",
            "https://host#x",
            "https://ho st",
            "https://host:99999",
            "https://[::1",
        ] {
            check(url, false);
        }
    }

    #[test]
    fn secrets_are_never_in_the_message() {
        for value in ["s3cret\u{0}", "s3cret\nx", &"s3cret".repeat(100)] {
            let mut settings = halo("https://h");
            settings.insert("client_secret".to_owned(), value.to_owned());
            let errors = Vendor::Halopsa.check_settings(&settings);
            assert_eq!(named(&errors), ["client_secret"]);
            assert!(!errors[0].message.contains("s3cret"), "{errors:?}");
        }
    }

    #[test]
    fn a_slot_depends_on_one_that_stands_before_it_and_every_severity_has_one() {
        for vendor in Vendor::iter() {
            let slugs: Vec<_> = vendor.slots().iter().map(|slot| slot.slug).collect();
            for (at, slot) in vendor.slots().iter().enumerate() {
                assert!(
                    slot.depends_on.is_none_or(|other| slugs[..at].contains(&other)),
                    "{vendor} {slot:?}"
                );
            }
            for severity in crate::severity::Severity::iter() {
                assert!(slugs.contains(&super::super::priority_slot(severity)), "{vendor} {severity}");
            }
        }
    }
}
