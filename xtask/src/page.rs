//! Building the page: trunk, wasm-bindgen, wasm-opt and the font, into `target/page`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::digest::Stamp;
use crate::process::{self, Owned};
use crate::tools::{npm, path_with, rust};
use crate::workspace::Workspace;

/// Where the release build lies; the server embeds it.
pub(crate) const RELEASE: &str = "target/page";

/// Where the build of `cargo xtask dev` lies; the server reads it from disk.
pub(crate) const DEBUG: &str = "target/page-dev";

/// What the page of `beckon_core::place::Part::Account` is called in it.
const ACCOUNT: &str = "account.html";

/// What at the root of the repository has no part in the page.
const NOT_THE_PAGE: [&str; 9] =
    ["data", "docs", "e2e", "examples", "server", "target", "LICENSES", "README.md", "CHANGELOG.md"];

/// Builds both parts of the page in release, unless the last build was made from just these files.
pub(crate) fn build(workspace: &Workspace) -> Result<()> {
    let font = font(workspace)?;
    let stamp = Stamp::of(workspace.scratch("page.stamp"), &sources(workspace)?)?;
    if stamp.is_current() && workspace.path(RELEASE).join(ACCOUNT).is_file() {
        return Ok(());
    }
    stamp.clear();
    let build = |html: &Path, dist: &Path, say: &str| {
        let mut trunk = trunk(workspace, &font)?;
        trunk.arg("build").arg(html).args(["--release", "--offline", "--dist"]).arg(dist);
        process::run(say, &mut trunk)
    };
    let (page, account) = (workspace.path(RELEASE), workspace.scratch("page-account"));
    build(Path::new("index.html"), &page, "page: building it in release, about 2 minutes the first time")?;
    build(&account_html(workspace)?, &account, "page: building the part about the account")?;
    adopt(&account, &page)?;
    minify(workspace, &font)?;
    stamp.set()
}

/// Writes the HTML of the second part: that of the first one with the other binary, for trunk to read in the target folder.
fn account_html(workspace: &Workspace) -> Result<PathBuf> {
    let first = fs::read_to_string(workspace.path("index.html")).context("index.html cannot be read")?;
    let (own, other) = ("data-bin=\"beckon-app\"", "data-bin=\"beckon-account\"");
    ensure!(first.contains(own), "expected {own} in index.html");
    let second = ["style/", "app/"].iter().fold(first.replace(own, other), |html, folder| {
        html.replace(&format!("href=\"{folder}"), &format!("href=\"../{folder}"))
    });
    let path = workspace.scratch(ACCOUNT);
    fs::write(&path, second).with_context(|| format!("{} cannot be written", path.display()))?;
    Ok(path)
}

/// Copies what the second part has of its own beside the first one, under the name by which the server knows it.
fn adopt(account: &Path, page: &Path) -> Result<()> {
    for entry in fs::read_dir(account).context("the part about the account cannot be read")? {
        let entry = entry?;
        let name = entry.file_name();
        let to = page.join(if name == "index.html" { ACCOUNT.as_ref() } else { name.as_os_str() });
        if entry.path().is_file() && !to.is_file() {
            fs::copy(entry.path(), &to).with_context(|| format!("{} cannot be written", to.display()))?;
        }
    }
    Ok(())
}

/// Minifies the JavaScript that wasm-bindgen wrote: trunk's own minifier (0.21) does not know its syntax, and says so. The
/// names stay, since they are those of the WASM that the script belongs to.
fn minify(workspace: &Workspace, packages: &Path) -> Result<()> {
    let folder = workspace.path(RELEASE);
    for entry in fs::read_dir(&folder).context("the page cannot be read")? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !name.starts_with("beckon-") || path.extension().is_none_or(|extension| extension != "js") {
            continue;
        }
        let mut terser = workspace.command("node", ".");
        terser.arg(packages.join("terser/bin/terser")).args([
            "--module",
            "--compress",
            "passes=2",
            "--mangle",
        ]);
        terser.arg("--output").arg(&path).arg("--").arg(&path);
        process::run("page: minifying its script", &mut terser)?;
    }
    Ok(())
}

/// Builds the page for debugging, and goes on building it whenever it changes.
pub(crate) fn watch(workspace: &Workspace) -> Result<Owned> {
    let font = font(workspace)?;
    let mut trunk = trunk(workspace, &font)?;
    trunk.args(["watch", "--offline"]).arg("--dist").arg(workspace.path(DEBUG));
    for folder in ["server", "e2e", "examples", "docs", "xtask", "target", "data"] {
        if workspace.path(folder).is_dir() {
            trunk.arg("--ignore").arg(workspace.path(folder));
        }
    }
    process::say("page: building it for debugging, and again whenever it changes");
    Ok(Owned(trunk.spawn().with_context(|| process::cannot_start(&trunk))?))
}

/// Starts trunk with the tools that it calls on its PATH.
fn trunk(workspace: &Workspace, packages: &Path) -> Result<Command> {
    rust::wasm_target(workspace)?;
    let trunk = rust::trunk(workspace)?;
    let bindgen = rust::wasm_bindgen(workspace)?;
    let folder = bindgen.parent().context("wasm-bindgen lies in a folder")?;
    let mut command = workspace.command(trunk, ".");
    command.env("PATH", path_with(&[&packages.join(".bin"), folder])?);
    // What matters is what the compiler says; trunk's own backtrace would only push it off the screen.
    command.env("RUST_BACKTRACE", "0");
    // trunk expects true or false here, where everybody else says 1.
    if std::env::var_os("NO_COLOR").is_some() {
        command.env("NO_COLOR", "true");
    }
    Ok(command)
}

/// Puts the font where the stylesheet expects it, and returns the folder of the packages that it came with.
fn font(workspace: &Workspace) -> Result<PathBuf> {
    const FILE: &str = "inter-latin-wght-normal.woff2";
    let packages = npm::for_page(workspace)?;
    let from = packages.join("@fontsource-variable/inter/files").join(FILE);
    let folder = workspace.path("style/fonts");
    let to = folder.join(FILE);
    let same = fs::metadata(&to).and_then(|to| Ok(to.len() == fs::metadata(&from)?.len())).unwrap_or(false);
    if !same {
        fs::create_dir_all(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
        fs::copy(&from, &to)
            .with_context(|| format!("{} cannot be copied to {}", from.display(), to.display()))?;
    }
    Ok(packages)
}

/// Returns what the page is made from: everything at the root but what has no part in it.
fn sources(workspace: &Workspace) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(workspace.root()).context("the repository cannot be read")?;
    let mut sources = vec![workspace.path(".cargo")];
    for entry in entries {
        let entry = entry?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        // Of the tools only the versions of what npm installs count; a new lint in xtask/ builds no page.
        if name == "xtask" {
            sources.push(workspace.path("xtask/npm/package-lock.json"));
        } else if !name.starts_with('.') && !NOT_THE_PAGE.contains(&name.as_ref()) {
            sources.push(entry.path());
        }
    }
    Ok(sources)
}
