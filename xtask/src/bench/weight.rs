//! What a browser downloads before it shows the first list: WASM, JavaScript and CSS, compressed with brotli.

use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context, Result};

use super::report::Report;
use crate::page;
use crate::workspace::Workspace;

/// What the page may weigh in all.
const LIMIT_KB: f64 = 300.0;

/// Weighs the release build of the page.
pub(crate) fn measure(workspace: &Workspace, report: &mut Report) -> Result<()> {
    let mut files = Vec::new();
    crate::digest::collect(&workspace.path(page::RELEASE), &mut files)?;
    let mut sum = 0.0;
    for kind in ["wasm", "js", "css"] {
        let of_kind = files.iter().filter(|file| file.extension().is_some_and(|extension| extension == kind));
        let sizes = of_kind.map(|file| weigh(file)).collect::<Result<Vec<_>>>()?;
        let raw: f64 = sizes.iter().map(|size| size.0).sum();
        let compressed: f64 = sizes.iter().map(|size| size.1).sum();
        sum += compressed;
        let ratio = format!("{:.0} %", 100.0 * compressed / raw);
        report.add(&format!("page, {kind}, brotli"), kb(compressed), format!("{} as built", kb(raw)), ratio);
    }
    let ratio = format!("{:.0} % of it", sum / 10.0 / LIMIT_KB);
    report.add("page in all, brotli", kb(sum), format!("{LIMIT_KB:.0} kB allowed"), ratio);
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
