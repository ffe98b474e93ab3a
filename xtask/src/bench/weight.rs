//! What a browser downloads before it shows the first list: WASM, JavaScript and CSS, compressed with brotli.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::report::Report;
use crate::page;
use crate::workspace::Workspace;

/// What each part of the page may weigh in all.
const LIMIT_KB: f64 = 300.0;

/// The parts, and what their own files are called.
const PARTS: [(&str, &str); 2] = [("page", "beckon-app-"), ("page of the account", "beckon-account-")];

/// Weighs the release build of the page, each part with what it shares with the other one.
pub(crate) fn measure(workspace: &Workspace, report: &mut Report) -> Result<()> {
    let mut files = Vec::new();
    crate::digest::collect(&workspace.path(page::RELEASE), &mut files)?;
    for (part, prefix) in PARTS {
        let others = PARTS.map(|(_, prefix)| prefix).into_iter().filter(|other| *other != prefix);
        let others: Vec<_> = others.collect();
        let is_needed = |file: &&PathBuf| {
            let name = file.file_name().unwrap_or_default().to_string_lossy();
            !others.iter().any(|other| name.starts_with(other))
        };
        let needed: Vec<_> = files.iter().filter(is_needed).collect();
        weigh_part(part, &needed, report)?;
    }
    Ok(())
}

fn weigh_part(part: &str, files: &[&PathBuf], report: &mut Report) -> Result<()> {
    let mut sum = 0.0;
    for kind in ["wasm", "js", "css"] {
        let of_kind = files.iter().filter(|file| file.extension().is_some_and(|extension| extension == kind));
        let sizes = of_kind.map(|file| weigh(file)).collect::<Result<Vec<_>>>()?;
        let raw: f64 = sizes.iter().map(|size| size.0).sum();
        let compressed: f64 = sizes.iter().map(|size| size.1).sum();
        sum += compressed;
        let ratio = format!("{:.0} %", 100.0 * compressed / raw);
        report.add(
            &format!("{part}, {kind}, brotli"),
            kb(compressed),
            format!("{} as built", kb(raw)),
            ratio,
        );
    }
    let ratio = format!("{:.0} % of it", sum / 10.0 / LIMIT_KB);
    report.add(&format!("{part} in all, brotli"), kb(sum), format!("{LIMIT_KB:.0} kB allowed"), ratio);
    Ok(())
}

fn kb(bytes: f64) -> String {
    format!("{:.1} kB", bytes / 1_000.0)
}

/// Returns how many bytes a file has, and how many compressed as the server does it.
#[expect(clippy::cast_precision_loss, reason = "sizes of files of a page are far below 2^52")]
fn weigh(file: &Path) -> Result<(f64, f64)> {
    let content = fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?;
    let compressed =
        compress(&content).with_context(|| format!("{} cannot be compressed", file.display()))?;
    Ok((content.len() as f64, compressed as f64))
}

fn compress(content: &[u8]) -> Result<usize> {
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut compressed, 4_096, 11, 22);
    writer.write_all(content)?;
    drop(writer);
    Ok(compressed.len())
}
