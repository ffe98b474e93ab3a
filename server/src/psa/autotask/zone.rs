//! Which of Autotask's zones a user belongs to. Only that host ever gets the credentials.

use serde::Deserialize;
use tokio::sync::Mutex;
use url::Url;

use super::super::http::{Http, Stake};
use super::super::words::base_url;
use super::judge;
use crate::deliver::outcome::{Failed, Failure};

/// The domain of all zones.
const DOMAIN: &str = "autotask.net";

/// Where zones are asked for, and the zone of one user once it is known.
pub(super) struct Zone {
    discovery: Url,
    user: String,
    api: Mutex<Option<Url>>,
}

#[derive(Deserialize)]
struct Information {
    url: String,
}

impl Zone {
    /// Makes one from what somebody entered, if that is an address.
    pub(super) fn new(discovery: &str, user: &str) -> Option<Self> {
        Some(Self { discovery: base_url(discovery)?, user: user.to_owned(), api: Mutex::default() })
    }

    /// Returns the base of the API. Asks for it where it is not known; that needs no credentials and gets none.
    pub(super) async fn api(&self, http: &Http) -> Result<Url, Failed> {
        let mut api = self.api.lock().await;
        if let Some(known) = &*api {
            return Ok(known.clone());
        }
        let wrong = |found: &str| {
            let detail = format!("expected a zone of Autotask, found `{found}`: nothing was sent there");
            http.failed(Failure::Refused, None, &detail)
        };
        let mut url =
            self.discovery.join("atservicesrest/v1.0/zoneInformation").map_err(|_| wrong("no address"))?;
        url.query_pairs_mut().append_pair("user", &self.user);
        let answer = judge(http, http.send(http.client.get(url), Stake::Read).await?)?;
        let found: Information = http.read(answer)?;
        let zone = base_url(&found.url).filter(|zone| self.trusts(zone)).ok_or_else(|| wrong(&found.url))?;
        let base = zone.join("V1.0/").map_err(|_| wrong(&found.url))?;
        Ok(api.insert(base).clone())
    }

    /// Forgets the zone, so that it is asked for again.
    pub(super) async fn forget(&self) {
        *self.api.lock().await = None;
    }

    /// Tells whether a zone may have the credentials: one of Autotask's where Autotask was asked, and else only the very
    /// host that the account entered.
    fn trusts(&self, zone: &Url) -> bool {
        let is_autotask = |url: &Url| {
            let host = url.host_str().unwrap_or_default();
            url.scheme() == "https" && (host == DOMAIN || host.ends_with(&format!(".{DOMAIN}")))
        };
        if is_autotask(&self.discovery) {
            is_autotask(zone)
        } else {
            zone.origin() == self.discovery.origin()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_zone_that_belongs_to_it_is_trusted() {
        let check = |discovery: &str, zone: &str, expected: bool| {
            let found = Zone::new(discovery, "u").expect("a URL").trusts(&Url::parse(zone).expect("a URL"));
            assert_eq!(found, expected, "{discovery} {zone}");
        };
        let public = "https://webservices.autotask.net";
        check(public, "https://webservices3.autotask.net/ATServicesRest/", true);
        check(public, "http://webservices3.autotask.net/ATServicesRest/", false);
        check(public, "https://autotask.net.evil.example/", false);
        check(public, "https://evilautotask.net/", false);
        check(public, "https://user@evil.example/?.autotask.net", false);
        check("http://127.0.0.1:80", "http://127.0.0.1:80/x/", true);
        check("http://127.0.0.1:80", "http://127.0.0.1:81/x/", false);
        check("http://127.0.0.1:80", "https://webservices3.autotask.net/", false);
    }
}
