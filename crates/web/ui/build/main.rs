//! Reads `ui/dist`, compresses it, and writes the tables that the crate includes.

#![expect(
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a build script reads the files of the source tree and speaks to cargo on its standard output"
)]

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::SystemTime;
use std::{env, fs, io};

use sha2::{Digest, Sha256};

/// Smaller files are sent as they are: compressed they would hardly be smaller.
const WORTH_COMPRESSING: usize = 256;

fn main() -> io::Result<()> {
    let here = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("because cargo says where the manifest is"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("because cargo gives build scripts a folder"));
    // Programs that are shipped are worth the seconds that brotli takes at its best.
    let quality = if env::var("PROFILE").is_ok_and(|profile| profile == "release") { 11 } else { 5 };
    let root = here.join("../../..");
    let dist = root.join("ui/dist");
    watch(&root, &dist);
    let index = dist.join("index.html");
    let (index, files) = match index.is_file() {
        true => (index, list(&dist)?),
        false => (here.join("placeholder/index.html"), Vec::new()),
    };
    println!("cargo::rerun-if-changed=placeholder/index.html");

    let mut text = String::new();
    let (built, index) = (!files.is_empty(), index.canonicalize()?);
    writeln!(text, "/// Whether there is a UI.\npub const IS_BUILT: bool = {built};")
        .expect("because memory takes all");
    writeln!(
        text,
        "/// The page that all addresses of the UI are answered with. Its `<base href=\"/\">` is for the server to write anew.\npub const INDEX: &str = include_str!({index:?});"
    )
    .expect("because memory takes all");
    text.push_str("/// The files beside the index, by path.\npub const FILES: &[File] = &[\n");
    for (number, path) in files.iter().enumerate() {
        let plain = fs::read(dist.join(path))?;
        let store = |packed: Vec<u8>, extension: &str| -> io::Result<String> {
            if packed.len() >= plain.len() {
                return Ok("None".to_string());
            }
            let name = out.join(format!("{number}.{extension}"));
            fs::write(&name, packed)?;
            Ok(format!("Some(include_bytes!({name:?}))"))
        };
        let compresses = plain.len() >= WORTH_COMPRESSING && is_text(path);
        let (gzip, brotli) = match compresses {
            true => (store(gzip(&plain)?, "gz")?, store(brotli(&plain, quality)?, "br")?),
            false => ("None".to_string(), "None".to_string()),
        };
        let digest: String = Sha256::digest(&plain).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let (kind, immutable, full) =
            (content_type(path), path.starts_with("assets/"), dist.join(path).canonicalize()?);
        writeln!(
            text,
            "    File {{ path: {path:?}, content_type: {kind:?}, plain: include_bytes!({full:?}), gzip: {gzip}, brotli: {brotli}, digest: {digest:?}, immutable: {immutable} }},"
        )
        .expect("because memory takes all");
    }
    text.push_str("];\n");
    fs::write(out.join("files.rs"), text)
}

/// Has cargo look at `dist` again when it changes. A folder that is missing would count as changed at every build, and all that
/// stands on this crate would be built anew each time: so it is made, empty and old.
fn watch(root: &Path, dist: &Path) {
    println!("cargo::rerun-if-changed={}", dist.display());
    if root.join("ui").is_dir() && !dist.exists() && fs::create_dir(dist).is_ok() {
        // Where its time cannot be set, there is one more build.
        let _ = fs::File::open(dist).and_then(|folder| folder.set_modified(SystemTime::UNIX_EPOCH));
    }
}

/// The files below `folder` but for its index and source maps, sorted, with slashes between the parts of their names.
fn list(folder: &Path) -> io::Result<Vec<String>> {
    let (mut found, mut folders) = (Vec::new(), vec![String::new()]);
    while let Some(prefix) = folders.pop() {
        for entry in fs::read_dir(folder.join(&prefix))? {
            let entry = entry?;
            let name = entry.file_name().into_string().map_err(|name| {
                io::Error::other(format!("{}: the name of a file of the UI must be UTF-8", name.to_string_lossy()))
            })?;
            let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if path != "index.html" && !path.ends_with(".map") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "webp" => "image/webp",
        "woff2" => "font/woff2",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// Whether compression is worth its time: pictures and fonts are compressed already.
fn is_text(path: &str) -> bool {
    !matches!(path.rsplit('.').next().unwrap_or_default(), "png" | "webp" | "woff2" | "ico")
}

fn gzip(plain: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    encoder.write_all(plain)?;
    encoder.finish()
}

fn brotli(plain: &[u8], quality: i32) -> io::Result<Vec<u8>> {
    let mut packed = Vec::new();
    let parameters = brotli::enc::BrotliEncoderParams {
        quality,
        lgwin: 22,
        size_hint: plain.len(),
        ..brotli::enc::BrotliEncoderParams::default()
    };
    brotli::BrotliCompress(&mut &plain[..], &mut packed, &parameters)?;
    Ok(packed)
}
