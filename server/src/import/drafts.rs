//! Drafts: facts with what the operator knows besides become observations. Nothing is read or sent here.

use beckon_core::id::{AccountId, OrganizationId};
use beckon_core::observation::AntivirusPolicy;
use beckon_core::observation::body::{DefenderStatusBody, LOGIN, LoginBody, Type};
use beckon_core::time::Timestamp;

use super::args::Options;
use super::countries::Countries;
use super::networks::VpnNetworks;
use super::people::People;
use crate::sources::{Fact, Login, Reason, Status, address};

/// An observation that is ready to be sent.
pub(super) struct Draft {
    /// See [`Fact::id`].
    pub(super) id: String,
    /// When it was observed.
    pub(super) at: Timestamp,
    /// The observation itself.
    pub(super) json: String,
    /// What it is about, in a few words, for the list of what was raised.
    pub(super) subject: String,
}

/// What the operator knows besides the log.
pub(super) struct Knowledge<C> {
    /// The country of an address.
    pub(super) countries: C,
    /// The VPN of an address.
    pub(super) networks: VpnNetworks,
    /// Who is who.
    pub(super) people: People,
    /// What the managed antivirus asks of the endpoints.
    pub(super) policy: AntivirusPolicy,
}

/// Makes drafts.
pub(super) struct Drafts<C> {
    account: AccountId,
    organization: OrganizationId,
    knowledge: Knowledge<C>,
}

impl<C: Countries> Drafts<C> {
    /// Makes drafts for the account and organization that the options name.
    pub(super) fn new(options: &Options, knowledge: Knowledge<C>) -> Self {
        Self { account: options.account, organization: options.organization, knowledge }
    }

    /// Makes the draft of a fact.
    ///
    /// # Errors
    /// Why nobody could be asked about it.
    pub(super) fn draft(&mut self, fact: Fact) -> Result<Draft, Reason> {
        match fact {
            Fact::Login(login) => self.login(*login),
            Fact::Status(status) => Ok(self.status(*status)),
        }
    }

    fn login(&mut self, login: Login) -> Result<Draft, Reason> {
        let Knowledge { countries, networks, people, policy: _ } = &mut self.knowledge;
        let country = login.country.or_else(|| countries.country(login.address?));
        // The list names the service, while a record mostly says no more than that there is one.
        let vpn = networks.vpn(login.address, login.system).cloned().or(login.vpn);
        let subject = match (&vpn, country) {
            (Some(vpn), _) => vpn.name().to_owned(),
            (None, Some(country)) => country.name().to_owned(),
            // Nobody could judge it; and once it was sent, a later import that knows the country could not send it
            // again.
            (None, None) => {
                return Err(match login.address {
                    None => Reason::Nowhere,
                    Some(ip) if !address::is_public(ip) => Reason::PrivateAddress,
                    Some(_) => Reason::UnknownCountry,
                });
            }
        };
        let body = LoginBody {
            id: login.id,
            kind: LOGIN.to_owned(),
            observed_at: login.at,
            account_id: self.account,
            organization_id: self.organization,
            identity: people.identity(login.person),
            country,
            vpn,
            ip_address: login.address,
        };
        let json = serde_json::to_string(&body).expect("a login has text keys and no maps");
        Ok(Draft { id: body.id, at: body.observed_at, json, subject })
    }

    fn status(&self, status: Status) -> Draft {
        let body = DefenderStatusBody {
            id: status.id,
            kind: Type::DefenderStatus,
            observed_at: status.at,
            account_id: self.account,
            organization_id: self.organization,
            endpoint: status.endpoint,
            managed_antivirus: self.knowledge.policy,
            real_time_protection: status.is_protected,
        };
        let json = serde_json::to_string(&body).expect("a status has text keys and no maps");
        Draft { id: body.id, at: body.observed_at, json, subject: body.endpoint.hostname }
    }
}
