//! Who is who: one person is one identity over the whole log, and over several imports.

use std::collections::{HashMap, HashSet};

use beckon_core::api::people::IdentityBody;
use beckon_core::country::CountryCode;
use beckon_core::observation::ObservedIdentity;

use crate::sources::Person;

/// The people that the server or the log named so far.
#[derive(Debug, Default)]
pub(super) struct People {
    /// The id of each, by sign-in name.
    ids: HashMap<String, String>,
    /// Those whose usage location is on record.
    located: HashSet<String>,
    /// What to say of the others.
    usage_location: Option<CountryCode>,
}

impl People {
    /// Knows nobody, and gives `usage_location` to all for whom none is on record.
    pub(super) fn new(usage_location: Option<CountryCode>) -> Self {
        Self { usage_location, ..Self::default() }
    }

    /// Learns an identity that the server has.
    pub(super) fn learn(&mut self, identity: &IdentityBody) {
        self.ids.insert(identity.username.to_lowercase(), identity.external_id.clone());
        if identity.usage_location.is_some() {
            self.located.insert(identity.external_id.clone());
        }
    }

    /// Returns the identity of a person.
    ///
    /// The directory's object id is the identity, since people are renamed. A record without one is of the person who
    /// was known by that name; and one who was known by name alone stays that identity when an object id appears, or
    /// the same person would be asked about twice.
    pub(super) fn identity(&mut self, person: Person) -> ObservedIdentity {
        let Person { object_id, username, name } = person;
        let known = self.ids.get(&username);
        let id = match (object_id, known) {
            (None, Some(known)) => known.clone(),
            (Some(_), Some(known)) if *known == username => known.clone(),
            (Some(object_id), _) => object_id,
            (None, None) => username.clone(),
        };
        if known != Some(&id) {
            self.ids.insert(username.clone(), id.clone());
        }
        let usage_location = self.usage_location.filter(|_| !self.located.contains(&id));
        ObservedIdentity { id, username, name, usage_location }
    }
}

#[cfg(test)]
mod tests {
    use beckon_core::api::Named;
    use beckon_core::id::{AccountId, IdentityId, OrganizationId};

    use super::*;

    const GUID: &str = "3f1c9a52-0b7e-4d7a-9a36-5a1c1f2f7d10";

    fn person(object_id: Option<&str>, username: &str) -> Person {
        Person { object_id: object_id.map(str::to_owned), username: username.to_owned(), name: None }
    }

    fn on_record(external_id: &str, username: &str, usage_location: Option<&str>) -> IdentityBody {
        let then = crate::sources::when::parse("2026-03-24T12:54:05").expect("a literal");
        IdentityBody {
            id: IdentityId(1),
            account: Named { id: AccountId(1), name: "A".to_owned() },
            organization: Named { id: OrganizationId(1), name: "O".to_owned() },
            external_id: external_id.to_owned(),
            username: username.to_owned(),
            name: username.to_owned(),
            usage_location: usage_location.map(|code| CountryCode::parse(code).expect("a literal")),
            created_at: then,
            updated_at: then,
        }
    }

    #[test]
    fn the_same_person_is_one_identity() {
        let mut people = People::default();
        let mut id = |object_id, username| people.identity(person(object_id, username)).id;
        assert_eq!(id(Some(GUID), "ana@contoso.example"), GUID);
        assert_eq!(id(None, "ana@contoso.example"), GUID);
        assert_eq!(id(Some(GUID), "ana.lima@contoso.example"), GUID);
        assert_eq!(id(None, "bo@contoso.example"), "bo@contoso.example");
        assert_eq!(
            id(Some("11111111-0b7e-4d7a-9a36-5a1c1f2f7d10"), "bo@contoso.example"),
            "bo@contoso.example"
        );
    }

    #[test]
    fn whoever_the_server_knows_stays_who_they_are() {
        let mut people = People::default();
        people.learn(&on_record("ana", "Ana@contoso.example", None));
        people.learn(&on_record("bo@contoso.example", "bo@contoso.example", None));
        assert_eq!(people.identity(person(None, "ana@contoso.example")).id, "ana");
        assert_eq!(people.identity(person(Some(GUID), "bo@contoso.example")).id, "bo@contoso.example");
    }

    #[test]
    fn a_usage_location_on_record_is_left_alone() {
        let home = CountryCode::parse("NL").ok();
        let mut people = People::new(home);
        people.learn(&on_record(GUID, "ana@contoso.example", Some("DE")));
        people.learn(&on_record("bo@contoso.example", "bo@contoso.example", None));
        assert_eq!(people.identity(person(Some(GUID), "ana@contoso.example")).usage_location, None);
        assert_eq!(people.identity(person(None, "bo@contoso.example")).usage_location, home);
        assert_eq!(people.identity(person(None, "new@contoso.example")).usage_location, home);
    }
}
