//! Which organization is which company in the PSA: as somebody chose, and else by the exact name.

use serde::{Deserialize, Serialize};

use crate::api::integration::MapCompaniesRequest;
use crate::error::{FieldError, Refusal};
use crate::id::OrganizationId;

/// A company in the PSA: what an organization is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Company {
    /// The PSA's id.
    pub id: String,
    /// Its name there.
    pub name: String,
}

/// An organization and its company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mapped {
    /// The organization.
    pub organization: OrganizationId,
    /// The company.
    pub company: Company,
    /// Whether somebody chose it; else it was found by its exact name.
    pub by_hand: bool,
}

/// Maps `organizations`, by number and name, to `companies`: as `request` says, else as somebody chose `before` and as long
/// as the PSA still has that company, else by the exact name. Those that are left have none.
///
/// # Errors
/// [`Refusal::Invalid`] with each organization and company of the request that is not there.
pub fn map_companies(
    organizations: &[(OrganizationId, String)],
    companies: &[Company],
    before: &[Mapped],
    request: &MapCompaniesRequest,
) -> Result<Vec<Mapped>, Refusal> {
    let errors = wrong(organizations, companies, request);
    if !errors.is_empty() {
        return Err(Refusal::Invalid(errors));
    }
    let with_id = |id: &str| companies.iter().find(|company| company.id == id);
    let mapped = organizations.iter().filter_map(|(id, name)| {
        let chosen = match request.organizations.iter().rev().find(|one| one.id == *id) {
            Some(asked) => asked.company_id.as_deref(),
            None => before
                .iter()
                .find(|one| one.organization == *id && one.by_hand)
                .map(|one| one.company.id.as_str()),
        };
        let by_hand = chosen.and_then(with_id);
        let company = by_hand.or_else(|| by_name(companies, name))?.clone();
        Some(Mapped { organization: *id, company, by_hand: by_hand.is_some() })
    });
    Ok(mapped.collect())
}

fn wrong(
    organizations: &[(OrganizationId, String)],
    companies: &[Company],
    request: &MapCompaniesRequest,
) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (index, one) in request.organizations.iter().enumerate() {
        let field = |name: &str| format!("organizations[{index}].{name}");
        if organizations.iter().all(|(id, _)| *id != one.id) {
            let text = format!("expected an organization of the account, found {}", one.id);
            errors.push(FieldError::new(field("id"), text));
        }
        if one.company_id.as_ref().is_some_and(|id| companies.iter().all(|company| company.id != *id)) {
            errors.push(FieldError::new(field("company_id"), "expected a company of the PSA"));
        }
    }
    errors
}

/// Finds the company with exactly a name; none where several have it.
fn by_name<'c>(companies: &'c [Company], name: &str) -> Option<&'c Company> {
    let mut same = companies.iter().filter(|company| company.name.trim() == name.trim());
    same.next().filter(|_| same.next().is_none())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::integration::MapOrganization;

    fn company(id: &str, name: &str) -> Company {
        Company { id: id.to_owned(), name: name.to_owned() }
    }

    fn check(before: &[Mapped], chosen: &[(i64, Option<&str>)], expected: &[(i64, &str, bool)]) {
        let organizations = [(1, "Contoso"), (2, "Fabrikam"), (3, "Twins")]
            .map(|(id, name)| (OrganizationId(id), name.to_owned()));
        let companies = [("a", "Contoso "), ("b", "Fabrikam Ltd"), ("c", "Twins"), ("d", "Twins")]
            .map(|(id, name)| company(id, name));
        let organizations_of_request = chosen.iter().map(|(id, company)| MapOrganization {
            id: OrganizationId(*id),
            company_id: company.map(str::to_owned),
        });
        let request = MapCompaniesRequest { organizations: organizations_of_request.collect() };
        let mapped = map_companies(&organizations, &companies, before, &request).expect("all are there");
        let found: Vec<_> =
            mapped.iter().map(|one| (one.organization.0, one.company.id.as_str(), one.by_hand)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn what_somebody_chose_comes_before_the_exact_name() {
        let by_hand =
            |id: &str| Mapped { organization: OrganizationId(1), company: company(id, ""), by_hand: true };
        check(&[], &[], &[(1, "a", false)]);
        check(&[], &[(2, Some("b"))], &[(1, "a", false), (2, "b", true)]);
        check(&[by_hand("d")], &[], &[(1, "d", true)]);
        check(&[by_hand("d")], &[(1, None)], &[(1, "a", false)]);
        check(&[by_hand("gone")], &[], &[(1, "a", false)]);
    }
}
