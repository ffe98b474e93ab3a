//! A HaloPSA token: fetched with the client's credentials, kept until shortly before it expires.

use beckon_core::time::Timestamp;
use chrono::TimeDelta;
use tokio::sync::Mutex;
use url::Url;

use super::super::Entered;
use super::super::http::{Http, Stake};
use super::body::Granted;
use crate::deliver::outcome::Failed;

/// How long before it expires a token is no longer used.
const MARGIN: TimeDelta = TimeDelta::minutes(2);

/// The token of one client.
#[derive(Default)]
pub(super) struct Token(Mutex<Option<(String, Timestamp)>>);

impl Token {
    /// Returns a token that is good for a while, and fetches one where there is none. `stale` is one that was refused.
    pub(super) async fn get(
        &self,
        http: &Http,
        base: &Url,
        entered: &Entered,
        stale: Option<&str>,
    ) -> Result<String, Failed> {
        // Held while it is fetched, so that many calls at once fetch one.
        let mut kept = self.0.lock().await;
        if let Some((token, until)) = &*kept
            && http.now() < *until
            && stale != Some(token)
        {
            return Ok(token.clone());
        }
        let granted = fetch(http, base, entered).await?;
        let life = TimeDelta::seconds(granted.expires_in.clamp(0, 86_400));
        http.secrets.add_token(&granted.access_token);
        *kept = Some((granted.access_token.clone(), http.now() + life - MARGIN.min(life / 2)));
        Ok(granted.access_token)
    }
}

async fn fetch(http: &Http, base: &Url, entered: &Entered) -> Result<Granted, Failed> {
    let mut url = base.clone();
    url.set_path(&format!("{}auth/token", base.path()));
    if !entered.setting("tenant").is_empty() {
        url.query_pairs_mut().append_pair("tenant", entered.setting("tenant"));
    }
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "client_credentials")
        .append_pair("client_id", entered.setting("client_id"))
        .append_pair("client_secret", entered.setting("client_secret"))
        .append_pair("scope", "all")
        .finish();
    let request =
        http.client.post(url).header("content-type", "application/x-www-form-urlencoded").body(form);
    // A token that nobody got does no harm: it is asked for again.
    let answer = http.judge(http.send(request, Stake::Read).await?)?;
    http.read(answer)
}
