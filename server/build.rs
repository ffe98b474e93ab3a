//! Embeds the built page: copies each file of it, compresses what shrinks, and writes a table of all.
//!
//! The page is built by trunk, before the server, into `target/page` of the workspace or where `BECKON_PAGE_DIR` says.
//! Where nothing was built there, a page that says so is embedded, so that the server compiles alone.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use sha2::{Digest, Sha256};

const PLACEHOLDER: &str = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Beckon</title>\
<h1>The page is not built</h1><p>This server was compiled without its page. Stop it and run <code>cargo xtask run</code>, \
which builds both.</p></html>\n";

const ELEMENT: &str = "src/embed_module/beckon-escalations.js";

/// Content type by file extension, and whether compressing such a file is worth it.
#[rustfmt::skip]
const TYPES: &[(&str, &str, bool)] = &[
    ("css",         "text/css; charset=utf-8",          true),
    ("html",        "text/html; charset=utf-8",         true),
    ("ico",         "image/x-icon",                     true),
    ("js",          "text/javascript; charset=utf-8",   true),
    ("json",        "application/json",                 true),
    ("map",         "application/json",                 true),
    ("mjs",         "text/javascript; charset=utf-8",   true),
    ("png",         "image/png",                        false),
    ("svg",         "image/svg+xml",                    true),
    ("txt",         "text/plain; charset=utf-8",        true),
    ("wasm",        "application/wasm",                 true),
    ("webmanifest", "application/manifest+json",        true),
    ("webp",        "image/webp",                       false),
    ("woff2",       "font/woff2",                       false),
];

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=BECKON_PAGE_DIR");
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let folder = page_folder();
    println!("cargo::rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    if folder.join("index.html").is_file() {
        collect(&folder, &folder, &mut files)?;
    } else {
        files.push(("/index.html".to_owned(), PLACEHOLDER.as_bytes().to_vec()));
    }
    // The custom element for portals is served compressed too.
    println!("cargo::rerun-if-changed={ELEMENT}");
    fs::write(out.join("element.br"), compress(&fs::read(ELEMENT)?)?)?;
    files.sort();
    let mut table = String::from("&[\n");
    for (index, (path, bytes)) in files.iter().enumerate() {
        table.push_str(&entry(&out, index, path, bytes)?);
    }
    table.push_str("]\n");
    fs::write(out.join("page.rs"), table)
}

/// Returns where the page is built.
fn page_folder() -> PathBuf {
    if let Some(folder) = env::var_os("BECKON_PAGE_DIR") {
        return folder.into();
    }
    let package = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let folder = package.parent().expect("the package lies in the workspace").join("target/page");
    // Cargo takes a path that does not exist for one that always changes, and would compile the server each time.
    let _ = fs::create_dir_all(&folder);
    folder
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(String, Vec<u8>)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(root, &path, files)?;
            continue;
        }
        let inside = path.strip_prefix(root).expect("it was found there");
        let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        files.push((format!("/{}", parts.join("/")), fs::read(&path)?));
    }
    Ok(())
}

/// Copies a file and its compressed form to `out`, and returns its line of the table.
fn entry(out: &Path, index: usize, path: &str, bytes: &[u8]) -> io::Result<String> {
    let extension = path.rsplit_once('.').map_or("", |(_, extension)| extension);
    let (content_type, shrinks) = TYPES
        .iter()
        .find(|(known, ..)| *known == extension)
        .map_or(("application/octet-stream", false), |(_, content_type, shrinks)| (*content_type, *shrinks));
    // Names in the table are relative to it.
    let plain = format!("page-{index}");
    fs::write(out.join(&plain), bytes)?;
    let mut brotli = "None".to_owned();
    if shrinks {
        let compressed = compress(bytes)?;
        if compressed.len() < bytes.len() {
            let file = format!("page-{index}.br");
            fs::write(out.join(&file), compressed)?;
            brotli = format!("Some(include_bytes!({file:?}))");
        }
    }
    let digest = Sha256::digest(bytes);
    let mut etag = String::new();
    for byte in &digest[..16] {
        write!(etag, "{byte:02x}").expect("a string takes text");
    }
    Ok(format!(
        "File {{ path: {path:?}, content_type: {content_type:?}, digest: {etag:?}, plain: include_bytes!({plain:?}), \
         brotli: {brotli} }},\n"
    ))
}

fn compress(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let quality = if is_release { 11 } else { 5 };
    let params = brotli::enc::BrotliEncoderParams { quality, lgwin: 22, ..Default::default() };
    let mut compressed = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut compressed, &params)?;
    Ok(compressed)
}
