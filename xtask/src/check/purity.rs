//! Core stays pure, and the packages depend on each other in one direction: `app → core ← server`.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::process;
use crate::tools::rust;
use crate::workspace::Workspace;

/// All that core may use. Adding to it is a decision about the architecture: say why in the commit.
// Titles and texts are cut where a reader sees characters end, which takes `unicode-segmentation`: tables, no I/O.
const CORE_USES: [&str; 7] =
    ["chrono", "ipnet", "serde", "serde_json", "strum", "thiserror", "unicode-segmentation"];

/// What each package must never reach, directly or through others.
const NEVER: [(&str, &[&str]); 3] = [
    ("beckon-core", &["beckon-app", "beckon-server"]),
    ("beckon-app", &["beckon-server"]),
    ("beckon-server", &["beckon-app"]),
];

/// Checks what the packages depend on, and that core builds for the browser with nothing but its own features.
pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    process::say("check: purity of core");
    let text = process::output(workspace.cargo().args(["metadata", "--format-version", "1"]))?;
    let metadata: Value = serde_json::from_str(&text).context("cargo metadata did not answer in JSON")?;
    let packages = Packages::read(&metadata).context("cargo metadata has another shape than expected")?;
    packages.core_uses_no_more()?;
    packages.nobody_reaches_what_it_must_not()?;
    process::run(
        "check: core builds for the browser",
        workspace.cargo().args(["check", "--package", "beckon-core", "--target", rust::WASM]),
    )
}

/// The resolved graph of packages.
struct Packages {
    names: BTreeMap<String, String>,
    core: BTreeSet<String>,
    /// Package id to the ids that it is built with, dev-dependencies left out.
    uses: BTreeMap<String, Vec<String>>,
}

impl Packages {
    fn read(metadata: &Value) -> Option<Self> {
        let mut names = BTreeMap::new();
        let mut core = BTreeSet::new();
        for package in metadata["packages"].as_array()? {
            let name = package["name"].as_str()?;
            names.insert(package["id"].as_str()?.to_owned(), name.to_owned());
            if name == "beckon-core" {
                let own = package["dependencies"].as_array()?.iter().filter(|one| one["kind"] != "dev");
                core.extend(own.filter_map(|one| one["name"].as_str()).map(str::to_owned));
            }
        }
        let mut uses = BTreeMap::new();
        for node in metadata["resolve"]["nodes"].as_array()? {
            let ids = node["deps"].as_array()?.iter().filter_map(built_with).map(str::to_owned);
            uses.insert(node["id"].as_str()?.to_owned(), ids.collect());
        }
        Some(Self { names, core, uses })
    }

    fn core_uses_no_more(&self) -> Result<()> {
        let allowed: BTreeSet<String> = CORE_USES.iter().map(|&name| name.to_owned()).collect();
        if self.core != allowed {
            let change: Vec<_> = self.core.symmetric_difference(&allowed).cloned().collect();
            bail!(
                "core's dependencies changed ({}): keep core pure, or change the list in xtask and say why",
                change.join(", ")
            );
        }
        Ok(())
    }

    fn nobody_reaches_what_it_must_not(&self) -> Result<()> {
        for (package, never) in NEVER {
            let reached = self.reached_from(package);
            if let Some(found) = never.iter().find(|name| reached.contains(**name)) {
                bail!("{package} depends on {found}, directly or through another package, and never must");
            }
        }
        Ok(())
    }

    /// Returns the names of all that `package` is built with.
    fn reached_from(&self, package: &str) -> BTreeSet<&str> {
        let start = self.names.iter().filter(|(_, name)| *name == package).map(|(id, _)| id);
        let mut waiting: Vec<&String> = start.collect();
        let mut seen = BTreeSet::new();
        while let Some(id) = waiting.pop() {
            if seen.insert(id) {
                waiting.extend(self.uses.get(id).into_iter().flatten());
            }
        }
        seen.into_iter().filter_map(|id| self.names.get(id)).map(String::as_str).collect()
    }
}

/// Returns the id of a dependency that is built in; `None` for one that only tests use.
fn built_with(dependency: &Value) -> Option<&str> {
    let kinds = dependency["dep_kinds"].as_array()?;
    if kinds.iter().any(|kind| kind["kind"] != "dev") { dependency["pkg"].as_str() } else { None }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn graph(app_uses: &[&str], core_uses: &[&str]) -> Packages {
        let dependencies: Vec<_> = core_uses.iter().map(|name| json!({"name": name, "kind": null})).collect();
        let deps: Vec<_> =
            app_uses.iter().map(|id| json!({"pkg": id, "dep_kinds": [{"kind": null}]})).collect();
        let metadata = json!({
            "packages": [
                {"id": "app", "name": "beckon-app", "dependencies": []},
                {"id": "core", "name": "beckon-core", "dependencies": dependencies},
                {"id": "server", "name": "beckon-server", "dependencies": []},
                {"id": "between", "name": "between", "dependencies": []},
            ],
            "resolve": {"nodes": [
                {"id": "app", "deps": deps},
                {"id": "between", "deps": [{"pkg": "server", "dep_kinds": [{"kind": null}]}]},
                {"id": "core", "deps": [{"pkg": "server", "dep_kinds": [{"kind": "dev"}]}]},
                {"id": "server", "deps": [{"pkg": "core", "dep_kinds": [{"kind": null}]}]},
            ]},
        });
        Packages::read(&metadata).expect("it has the right shape")
    }

    #[test]
    fn the_right_direction_is_fine_and_tests_may_use_more() {
        let graph = graph(&["core"], &CORE_USES);
        assert!(graph.nobody_reaches_what_it_must_not().is_ok());
        assert!(graph.core_uses_no_more().is_ok());
    }

    #[test]
    fn the_page_may_not_reach_the_server_even_through_another() {
        assert!(graph(&["between"], &CORE_USES).nobody_reaches_what_it_must_not().is_err());
    }

    #[test]
    fn core_may_use_neither_more_nor_less() {
        assert!(graph(&[], &CORE_USES[1..]).core_uses_no_more().is_err());
        assert!(graph(&[], &[CORE_USES.as_slice(), &["rand"]].concat()).core_uses_no_more().is_err());
    }
}
