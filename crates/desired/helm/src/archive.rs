//! Packed charts: `.tgz` files within caps.

use std::io::Read;

use bowline_desired_gotmpl::quote;
use bowline_desired_sprig::path_clean;

use crate::chart::File;
use crate::load::{MAX_CHART, MAX_FILE};

/// Files in one archive.
const MAX_FILES: usize = 20_000;

/// The files of a packed chart, named within the chart. The error is Helm's text.
pub(crate) fn files(bytes: &[u8]) -> Result<Vec<File>, String> {
    // More than the caps is never decompressed; headers and padding come on top of the content.
    let unpacked = flate2::read::GzDecoder::new(bytes).take(MAX_CHART + (MAX_FILES as u64) * 1024);
    let mut archive = tar::Archive::new(unpacked);
    let mut files = Vec::new();
    let mut remaining = MAX_CHART;
    for entry in archive.entries().map_err(|error| error.to_string())? {
        let mut entry = entry.map_err(|error| error.to_string())?;
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
        entry.read_to_end(&mut data).map_err(|error| error.to_string())?;
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
