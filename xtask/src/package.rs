//! `cargo xtask package`: a Debian package of the release build, with its unit, its options and its docs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::tools::on_path;
use crate::workspace::Workspace;
use crate::{page, process, server};

/// What the package's scripts do: the user has to be there before the folder of the data.
const AFTER: &str = "#!/bin/sh
set -e
if [ \"$1\" = configure ]; then
    systemd-sysusers /usr/lib/sysusers.d/beckon.conf || adduser --system --group --home /var/lib/beckon --no-create-home beckon
    chown root:beckon /etc/beckon /etc/beckon/beckon.toml
    chmod 0750 /etc/beckon
    chmod 0640 /etc/beckon/beckon.toml
    if [ -d /run/systemd/system ]; then
        systemctl daemon-reload
        # A new release takes over; a new installation is looked at and started by hand.
        systemctl try-restart beckon.service || true
    fi
fi
";

/// What removing does: data and options stay.
const BEFORE: &str = "#!/bin/sh
set -e
if [ \"$1\" = remove ] && [ -d /run/systemd/system ]; then
    systemctl stop beckon.service || true
fi
";

/// Builds it, and says where it is.
pub(crate) fn package(workspace: &Workspace) -> Result<()> {
    if on_path("dpkg-deb").is_none() {
        bail!("a Debian package is made on Debian: dpkg-deb is missing here");
    }
    page::build(workspace)?;
    let beckon = server::build_release(workspace)?;
    let root = workspace.scratch("package/root");
    drop(fs::remove_dir_all(&root));
    let version = env!("CARGO_PKG_VERSION");
    let architecture = process::output(Command::new("dpkg").arg("--print-architecture"))?;
    let architecture = architecture.trim();
    put(&beckon, &root.join("usr/bin/beckon"), 0o755)?;
    let from = |name: &str| workspace.path(&format!("docs/operations/{name}"));
    put(&from("beckon.service"), &root.join("usr/lib/systemd/system/beckon.service"), 0o644)?;
    put(&from("beckon.toml"), &root.join("etc/beckon/beckon.toml"), 0o640)?;
    write(&root.join("usr/lib/sysusers.d/beckon.conf"), "u beckon - \"Beckon\" /var/lib/beckon\n", 0o644)?;
    for name in ["OPERATIONS.md", "RELIABILITY.md", "API.md", "CHANGELOG.md", "SECURITY.md"] {
        put(&workspace.path(&format!("docs/{name}")), &root.join("usr/share/doc/beckon").join(name), 0o644)?;
    }
    for name in ["alerts.yml", "grafana.json"] {
        put(&from(name), &root.join("usr/share/doc/beckon").join(name), 0o644)?;
    }
    write(&root.join("DEBIAN/control"), control(version, architecture), 0o644)?;
    write(&root.join("DEBIAN/conffiles"), "/etc/beckon/beckon.toml\n", 0o644)?;
    write(&root.join("DEBIAN/postinst"), AFTER, 0o755)?;
    write(&root.join("DEBIAN/prerm"), BEFORE, 0o755)?;
    let made = workspace.built("package", &format!("beckon_{version}_{architecture}.deb"));
    fs::create_dir_all(made.parent().context("it has a folder")?)?;
    let mut build = Command::new("dpkg-deb");
    build.args(["--build", "--root-owner-group"]).arg(&root).arg(&made);
    process::run("package: putting it together", &mut build)?;
    process::say(&format!("package: {}", made.display()));
    Ok(())
}

fn control(version: &str, architecture: &str) -> String {
    format!(
        "Package: beckon
Version: {version}
Architecture: {architecture}
Maintainer: Beckon
Section: net
Priority: optional
Depends: libc6 (>= 2.36), libgcc-s1
Recommends: systemd
Description: Portal for questions that only a security provider's customers can answer
 Beckon raises escalations from what detectors observe, tells the right people
 by email or in their ticketing system, and takes in their answers.
"
    )
}

fn put(from: &Path, to: &PathBuf, mode: u32) -> Result<()> {
    let bytes = fs::read(from).with_context(|| format!("cannot read {}", from.display()))?;
    write(to, bytes, mode)
}

fn write(to: &PathBuf, bytes: impl AsRef<[u8]>, mode: u32) -> Result<()> {
    fs::create_dir_all(to.parent().context("it has a folder")?)?;
    fs::write(to, bytes).with_context(|| format!("cannot write {}", to.display()))?;
    #[cfg(unix)]
    fs::set_permissions(to, std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    #[cfg(not(unix))]
    let _ = mode;
    Ok(())
}
