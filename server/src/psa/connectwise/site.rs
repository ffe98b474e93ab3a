//! Where a ConnectWise PSA's API is. The cloud's changes with an upgrade, so the codebase is asked for, remembered, and
//! asked for again when something is not found where it was.

use serde::Deserialize;
use tokio::sync::Mutex;
use url::Url;

use super::super::http::{Http, Stake};
use super::super::words::base_url;
use crate::deliver::outcome::{Failed, Failure};

/// The domain of ConnectWise's own cloud, where the API has a host beside the site's.
const CLOUD: &str = ".myconnectwise.net";

/// A site and what is known of it.
pub(super) struct Site {
    url: Url,
    company: String,
    codebase: Mutex<Option<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct CompanyInfo {
    codebase: String,
}

impl Site {
    /// Makes one from what somebody entered, if that is an address.
    pub(super) fn new(site: &str, company: &str) -> Option<Self> {
        let mut url = base_url(site)?;
        let host = url.host_str()?.to_owned();
        if let Some(rest) = host.strip_prefix("api-").filter(|rest| rest.ends_with(CLOUD)) {
            url.set_host(Some(rest)).ok()?;
        }
        Some(Self { url, company: company.to_owned(), codebase: Mutex::default() })
    }

    /// Returns the base of the API. Asks the site where that is not known; that needs no credentials and gets none.
    pub(super) async fn api(&self, http: &Http) -> Result<Url, Failed> {
        let mut codebase = self.codebase.lock().await;
        let known = match &*codebase {
            Some(known) => known.clone(),
            None => codebase.insert(self.look_up(http).await?).clone(),
        };
        drop(codebase);
        Ok(self.base(&known))
    }

    /// Asks again, and returns the base of the API if it has moved away from `old`.
    pub(super) async fn moved(&self, http: &Http, old: &Url) -> Result<Option<Url>, Failed> {
        let found = self.look_up(http).await?;
        let new = self.base(&found);
        *self.codebase.lock().await = Some(found);
        Ok((new != *old).then_some(new))
    }

    fn base(&self, codebase: &str) -> Url {
        let mut base = self.url.clone();
        let host = base.host_str().unwrap_or_default().to_owned();
        if host.ends_with(CLOUD) {
            // Cannot fail: a prefix of letters leaves a host's name one.
            let _ = base.set_host(Some(&format!("api-{host}")));
        }
        let path = format!("{}{codebase}apis/3.0/", self.url.path());
        base.set_path(&path);
        base
    }

    async fn look_up(&self, http: &Http) -> Result<String, Failed> {
        let mut url = self.url.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(["login", "companyinfo", &self.company]);
        }
        let answer = http.judge(http.send(http.client.get(url), Stake::Read).await?)?;
        let info: Option<CompanyInfo> = http.read(answer)?;
        let codebase = info.map(|info| info.codebase).unwrap_or_default();
        let part = |part: &str| {
            !part.is_empty()
                && !part.starts_with('.')
                && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
        };
        let parts: Vec<&str> = codebase.trim_end_matches('/').split('/').collect();
        if parts.iter().all(|found| part(found)) {
            return Ok(format!("{}/", parts.join("/")));
        }
        let detail =
            "expected the site to know the company, found that it does not: check the site and the company";
        Err(http.failed(Failure::Refused, None, detail))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_api_of_the_cloud_has_a_host_of_its_own() {
        let check = |site: &str, expected: &str| {
            assert_eq!(
                Site::new(site, "c").expect("an address").base("v2026_1/").as_str(),
                expected,
                "{site}"
            );
        };
        let cloud = "https://api-na.myconnectwise.net/v2026_1/apis/3.0/";
        check("na.myconnectwise.net", cloud);
        check("api-na.myconnectwise.net", cloud);
        check("https://na.myconnectwise.net/", cloud);
        check("cw.contoso.example", "https://cw.contoso.example/v2026_1/apis/3.0/");
        check("http://127.0.0.1:8080/cw", "http://127.0.0.1:8080/cw/v2026_1/apis/3.0/");
        check(
            "https://myconnectwise.net.evil.example",
            "https://myconnectwise.net.evil.example/v2026_1/apis/3.0/",
        );
    }
}
