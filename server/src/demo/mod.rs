//! `beckon serve --demo`: two accounts of believable life, keys and sign-in links that work again and again.

use std::fmt;
use std::path::Path;

use anyhow::Context as _;
use beckon_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::store::{Database, Upkeep as _};

mod act;
mod cast;
mod fill;
pub mod live;
mod post;
pub mod psa;
mod story;

/// The name of the file that says how to get in.
const FILE: &str = "demo.json";

/// How to get into a demo. Written as `demo.json` into the data folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demo {
    /// Where the server is.
    pub base_url: String,
    /// The operator's key, as `key:secret`.
    pub operator_key: String,
    /// The accounts.
    pub accounts: Vec<DemoAccount>,
}

/// How to get into one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemoAccount {
    /// Its number.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// Pages that open as that person.
    pub sign_in: ByRole,
    /// Keys of that person, as `key:secret`.
    pub keys: ByRole,
}

/// One thing for each role.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByRole {
    /// An account admin's.
    pub admin: String,
    /// An account user's.
    pub viewer: String,
    /// An organization user's.
    pub organization_user: String,
}

/// Fills an empty store, or takes the demo that is there; writes `demo.json` either way, with the current address. None where
/// another server, with another folder, made the demo: it alone knows how to get in.
///
/// # Errors
/// When the folder holds something that is no demo, or cannot be written.
pub async fn prepare(
    store: &Database,
    data: &Path,
    base_url: &str,
    now: Timestamp,
) -> anyhow::Result<Option<Demo>> {
    let path = data.join(FILE);
    let demo = if store.is_empty().await? {
        fill::fill(store, base_url, now).await?
    } else if !store.is_embedded() && !path.exists() {
        return Ok(None);
    } else {
        let text = std::fs::read_to_string(&path).with_context(|| {
            format!(
                "{} holds data but no {FILE}, so it is no finished demo: choose an empty folder with --data",
                data.display()
            )
        })?;
        let demo: Demo = serde_json::from_str(&text)
            .with_context(|| format!("expected how to get into the demo in {}", path.display()))?;
        demo.moved(base_url)
    };
    let written = path.with_extension("json.new");
    std::fs::write(&written, serde_json::to_string_pretty(&demo)? + "\n")?;
    std::fs::rename(&written, &path)?;
    Ok(Some(demo))
}

impl Demo {
    /// Changes the links to where the server is now.
    fn moved(mut self, base_url: &str) -> Self {
        let move_link = |link: &mut String| {
            if let Some(token) = link.rsplit('/').next() {
                *link = sign_in_link(base_url, token);
            }
        };
        for account in &mut self.accounts {
            let ByRole { admin, viewer, organization_user } = &mut account.sign_in;
            [admin, viewer, organization_user].into_iter().for_each(move_link);
        }
        base_url.clone_into(&mut self.base_url);
        self
    }
}

fn sign_in_link(base_url: &str, token: &str) -> String {
    format!("{base_url}/sign-in/{token}")
}

impl fmt::Display for Demo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "This is a demo. Open one of these:\n")?;
        for account in &self.accounts {
            writeln!(f, "  {} (account {})", account.name, account.id)?;
            writeln!(f, "    as an account admin, who answers      {}", account.sign_in.admin)?;
            writeln!(f, "    as an account user, who reads along   {}", account.sign_in.viewer)?;
            writeln!(f, "    as an organization user, kept out     {}\n", account.sign_in.organization_user)?;
        }
        writeln!(f, "The keys are in {FILE} in the data folder.")
    }
}
