//! PSA integrations on the wire. Secrets go in and never come out.

use serde::{Deserialize, Serialize};

use super::notification::HealthBody;
use crate::id::{IntegrationId, OrganizationId};
use crate::integration::{Choices, Settings, Vendor};
pub use crate::integration::{Company as CompanyBody, Offer as OfferBody};
use crate::time::Timestamp;

/// `GET /v1/integrations`: the account's integration, if it has one, and what can be connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegrationsResponse {
    /// At most one PSA.
    pub integrations: Vec<IntegrationBody>,
    /// What can be connected, and what has to be entered for it.
    pub vendors: Vec<VendorBody>,
}

/// `GET /v1/integrations/{id}`, and the answer to making or changing one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegrationResponse {
    /// The integration.
    pub integration: IntegrationBody,
}

/// A PSA integration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IntegrationBody {
    /// Which one.
    pub id: IntegrationId,
    /// The vendor.
    pub vendor: Vendor,
    /// The vendor's name for people.
    pub name: String,
    /// What was entered, without the secrets.
    pub settings: Settings,
    /// The secrets that are kept, by name; their values are never told.
    pub secrets: Vec<String>,
    /// What was chosen: a board, a queue, priorities.
    pub choices: Choices,
    /// The company for what concerns the whole account or an organization that is not mapped; null until one is chosen.
    pub default_company: Option<CompanyBody>,
    /// Whether everything is chosen that tickets need: only then are tickets made.
    pub ready: bool,
    /// What is missing, in a sentence; null where it is ready.
    pub missing: Option<String>,
    /// Whether it is paused: what would go there goes by email.
    pub paused: bool,
    /// When it was connected, and by whom.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: String,
    /// How it goes.
    pub health: HealthBody,
}

/// A vendor, and what has to be entered and chosen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VendorBody {
    /// The vendor.
    pub vendor: Vendor,
    /// Its name for people.
    pub name: String,
    /// What has to be entered.
    pub settings: Vec<SettingBody>,
    /// What has to be chosen once it is connected.
    pub slots: Vec<SlotBody>,
}

/// One thing to enter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingBody {
    /// Names it in `settings`.
    pub slug: String,
    /// For people.
    pub label: String,
    /// Where to find it.
    pub help: String,
    /// Whether it is a secret: empty in a change means that the old one stays.
    pub secret: bool,
    /// Whether it must be filled in.
    pub required: bool,
}

/// One thing to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlotBody {
    /// Names it in `choices`.
    pub slug: String,
    /// For people.
    pub label: String,
    /// The slot whose choice decides what is offered here.
    pub depends_on: Option<String>,
    /// Whether something must be chosen.
    pub required: bool,
}

/// `POST /v1/integrations`: connects. The connection is tested first, and nothing is kept where that fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectRequest {
    /// The vendor.
    pub vendor: Vendor,
    /// What has to be entered, secrets included.
    pub settings: Settings,
}

/// `PATCH /v1/integrations/{id}`: what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntegrationPatch {
    /// What was entered anew; tested first. A secret that is left out or empty stays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<Settings>,
    /// What is chosen: all of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub choices: Option<Choices>,
    /// The PSA's id of the company for what is not mapped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_company_id: Option<String>,
    /// Whether to pause it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused: Option<bool>,
}

/// `POST /v1/integrations/{id}/test`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectionTestResponse {
    /// Whether it works.
    pub works: bool,
    /// What the PSA said where it does not.
    pub error: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
}

/// `GET /v1/integrations/{id}/offers?slot=board`: what can be chosen; `choices` go along as `choice.<slot>=<id>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OffersResponse {
    /// In the PSA's order.
    pub offers: Vec<OfferBody>,
}

/// `GET /v1/integrations/{id}/companies`: the PSA's companies and which organization is which.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompaniesResponse {
    /// All companies of the PSA, by name.
    pub companies: Vec<CompanyBody>,
    /// Every organization of the account.
    pub organizations: Vec<MappedOrganizationBody>,
}

/// An organization and its company.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappedOrganizationBody {
    /// The organization.
    pub id: OrganizationId,
    /// Its name.
    pub name: String,
    /// The company; null where none is mapped, so that the default company is used.
    pub company: Option<CompanyBody>,
    /// Whether somebody chose it; else it was found by its exact name.
    pub by_hand: bool,
}

/// `PUT /v1/integrations/{id}/companies`: maps organizations by hand.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapCompaniesRequest {
    /// The organizations to map; others stay as they are.
    pub organizations: Vec<MapOrganization>,
}

/// One organization to map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MapOrganization {
    /// The organization.
    pub id: OrganizationId,
    /// The PSA's id of its company; null to find it by its name again.
    pub company_id: Option<String>,
}
