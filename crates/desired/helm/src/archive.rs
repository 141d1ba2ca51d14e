//! Packed charts: `.tgz` files within caps.

use std::io::Read;

use bowline_base_gotmpl::quote;
use bowline_base_sprig::path_clean;

use crate::chart::File;
use crate::load::{MAX_CHART, MAX_FILE};

/// Files in one archive.
const MAX_FILES: usize = 20_000;

/// Why an archive is not read. Displays as Helm's text.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ArchiveError {
    /// It is not compressed with gzip.
    #[error("gzip: invalid header")]
    Header,
    /// All else.
    #[error("{0}")]
    Other(String),
}

const GZIP: &[u8] = b"\x1f\x8b\x08";

/// Refuses a file that a user named and that is no archive, with what it seems to be.
pub(crate) fn is_packed(name: &str, bytes: &[u8]) -> Result<(), String> {
    if bytes.starts_with(GZIP) {
        return Ok(());
    }
    if name.ends_with(".yml") || name.ends_with(".yaml") {
        return Err(format!("file '{name}' seems to be a YAML file, but expected a gzipped archive"));
    }
    let kind = content_type(bytes);
    Err(format!("file '{name}' does not appear to be a gzipped archive; got '{kind}'"))
}

/// What Go's `http.DetectContentType` says of the first 512 bytes, for the kinds of files that are taken for charts. Helm
/// fills shorter ones up with zeros, so they are never text.
fn content_type(bytes: &[u8]) -> &'static str {
    const SIGNATURES: &[(&[u8], &str)] = &[
        (b"PK\x03\x04", "application/zip"),
        (b"%PDF-", "application/pdf"),
        (b"Rar!\x1A\x07\x00", "application/x-rar-compressed"),
        (b"\xEF\xBB\xBF", "text/plain; charset=utf-8"),
        (b"\xFE\xFF", "text/plain; charset=utf-16be"),
        (b"\xFF\xFE", "text/plain; charset=utf-16le"),
    ];
    if let Some((_, kind)) = SIGNATURES.iter().find(|(signature, _)| bytes.starts_with(signature)) {
        return kind;
    }
    let text = bytes.trim_ascii_start();
    if text.starts_with(b"<?xml") {
        return "text/xml; charset=utf-8";
    }
    if [&b"<!DOCTYPE HTML"[..], b"<HTML"]
        .iter()
        .any(|tag| text.get(..tag.len()).is_some_and(|t| t.eq_ignore_ascii_case(tag)))
    {
        return "text/html; charset=utf-8";
    }
    let is_binary = |b: &u8| matches!(b, 0..=8 | 0xB | 0xE..=0x1A | 0x1C..=0x1F);
    match bytes.get(..512) {
        Some(first) if !first.iter().any(is_binary) => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

/// The files of a packed chart, named within the chart.
pub(crate) fn files(bytes: &[u8]) -> Result<Vec<File>, ArchiveError> {
    if bytes.len() < 10 {
        return Err(ArchiveError::Other(if bytes.is_empty() { "EOF" } else { "unexpected EOF" }.to_string()));
    }
    if !bytes.starts_with(GZIP) {
        return Err(ArchiveError::Header);
    }
    unpacked(bytes).map_err(ArchiveError::Other)
}

/// The words that Go has for a fault of the stream.
fn stream_fault(error: &std::io::Error) -> String {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => "unexpected EOF".to_string(),
        _ => format!("archive/tar: invalid tar header ({error})"),
    }
}

fn unpacked(bytes: &[u8]) -> Result<Vec<File>, String> {
    // More than the caps is never decompressed; headers and padding come on top of the content.
    let unpacked = flate2::read::GzDecoder::new(bytes).take(MAX_CHART + (MAX_FILES as u64) * 1024);
    let mut archive = tar::Archive::new(unpacked);
    let mut files = Vec::new();
    let mut remaining = MAX_CHART;
    for entry in archive.entries().map_err(|error| stream_fault(&error))? {
        let mut entry = entry.map_err(|error| stream_fault(&error))?;
        let kind = entry.header().entry_type();
        if kind.is_dir() || kind.is_pax_global_extensions() || kind.is_pax_local_extensions() {
            continue;
        }
        let raw = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let name = name(&raw)?;
        let size = entry.size();
        if size > remaining {
            return Err(format!("decompressed chart is larger than the maximum size {MAX_CHART}"));
        }
        if size > MAX_FILE {
            let quoted = quote(raw.as_bytes());
            return Err(format!("decompressed chart file {quoted} is larger than the maximum file size {MAX_FILE}"));
        }
        let mut data = Vec::with_capacity(size as usize);
        entry.read_to_end(&mut data).map_err(|error| stream_fault(&error))?;
        remaining -= (data.len() as u64).min(remaining);
        if files.len() == MAX_FILES {
            return Err(format!("chart archive has more than {MAX_FILES} files"));
        }
        let data = data.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&data);
        files.push(File { name: name.into(), data: data.into() });
    }
    if files.is_empty() {
        return Err("no files in chart archive".to_string());
    }
    Ok(files)
}

/// The name within the chart of an archive's entry.
fn name(raw: &str) -> Result<String, String> {
    let delimiter = if raw.contains('\\') { '\\' } else { '/' };
    let (first, rest) = raw.split_once(delimiter).unwrap_or((raw, ""));
    let rest = rest.replace(delimiter, "/");
    if rest.starts_with('/') {
        return Err("chart illegally contains absolute paths".to_string());
    }
    let name = path_clean(&rest);
    if name == "." {
        let quoted = quote(raw.as_bytes());
        return Err(format!("chart illegally contains content outside the base directory: {quoted}"));
    }
    if name.starts_with("..") {
        return Err("chart illegally references parent directory".to_string());
    }
    if matches!(name.as_bytes(), [letter, b':', b'/', ..] if letter.is_ascii_alphabetic()) {
        return Err("chart contains illegally named files".to_string());
    }
    if first == "Chart.yaml" {
        return Err("chart yaml not in base directory".to_string());
    }
    Ok(name)
}
