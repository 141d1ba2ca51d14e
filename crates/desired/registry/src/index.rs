//! [`Index`]: `index.yaml` of a Helm repository, read where it is asked about.
//!
//! An index may have tens of megabytes, of which an application needs the versions of one chart. So the body stays on disk; one pass over
//! its lines finds where each chart's part begins and ends, and only the parts of charts that somebody wants are read as YAML. An
//! index that is not written in the form that Helm and its like write (JSON, flow style, anchors across charts) is read whole.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::os::unix::fs::FileExt;
use std::sync::{Arc, Mutex, PoisonError};

use bowline_base_value::{Value, yaml};
use serde::Deserialize;

/// Bytes of an index that has to be read whole: a tree of values takes ten times that for a moment.
const WHOLE: u64 = 48 << 20;
/// Bytes of the part of one chart.
const PART: u64 = 48 << 20;
/// Charts whose versions are kept.
const KEPT: usize = 256;

/// One version of a chart.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Version {
    /// The version, as it is written.
    pub(crate) version: String,
    /// Where the archive is; the first one counts.
    pub(crate) urls: Vec<String>,
    /// SHA-256 of the archive in hex, maybe with `sha256:` before it; empty where it is not told.
    pub(crate) digest: String,
}

/// An index.
pub(crate) struct Index {
    charts: Charts,
    read: Mutex<HashMap<String, Arc<[Version]>>>,
}

enum Charts {
    /// Where each chart's part is in the body.
    Parts { body: File, parts: HashMap<String, (u64, u64)> },
    /// All that there are.
    Whole(HashMap<String, Arc<[Version]>>),
}

// === impl Index ===

impl Index {
    /// Reads an index; the error says why it is none.
    pub(crate) fn open(body: File) -> Result<Index, String> {
        let size = body.metadata().map_err(|e| e.to_string())?.len();
        if size == 0 {
            return Err("empty index.yaml file".to_string());
        }
        let charts = match parts(&body).map_err(|e| e.to_string())? {
            Some(parts) => Charts::Parts { body, parts },
            None => Charts::Whole(whole(&body, size)?),
        };
        Ok(Index { charts, read: Mutex::default() })
    }

    /// The versions of a chart; `None` where the index has no such chart.
    pub(crate) fn versions(&self, chart: &str) -> Result<Option<Arc<[Version]>>, String> {
        let (body, parts) = match &self.charts {
            Charts::Whole(charts) => return Ok(charts.get(chart).cloned()),
            Charts::Parts { body, parts } => (body, parts),
        };
        let lock = || self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(chart) {
            return Ok(Some(known.clone()));
        }
        let Some(&(from, to)) = parts.get(chart) else { return Ok(None) };
        let mut text = vec![0; usize::try_from((to - from).min(PART)).map_err(|e| e.to_string())?];
        body.read_exact_at(&mut text, from).map_err(|e| e.to_string())?;
        let versions = match part(&text, chart) {
            Some(versions) => versions,
            // What stands by itself cannot be read: only the whole can say what it means.
            None => {
                let size = body.metadata().map_err(|e| e.to_string())?.len();
                match whole(body, size)?.remove(chart) {
                    Some(versions) => versions,
                    None => return Ok(None),
                }
            }
        };
        let mut read = lock();
        if read.len() >= KEPT {
            read.clear();
        }
        read.insert(chart.to_string(), versions.clone());
        Ok(Some(versions))
    }

    /// The names of all charts, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = match &self.charts {
            Charts::Parts { parts, .. } => parts.keys().cloned().collect(),
            Charts::Whole(charts) => charts.keys().cloned().collect(),
        };
        names.sort();
        names
    }

    /// How many charts there are.
    pub(crate) fn charts(&self) -> usize {
        match &self.charts {
            Charts::Parts { parts, .. } => parts.len(),
            Charts::Whole(charts) => charts.len(),
        }
    }
}

/// Where the charts' parts are, where the body is in block style with `entries:` at its top; `None` where it is not. Fails where
/// it says no `apiVersion`.
fn parts(body: &File) -> io::Result<Option<HashMap<String, (u64, u64)>>> {
    let mut lines = BufReader::with_capacity(256 << 10, At { file: body, at: 0 });
    let mut line = Vec::new();
    let mut at = 0;
    let mut found = Parts::default();
    loop {
        line.clear();
        let size = lines.read_until(b'\n', &mut line)? as u64;
        if size == 0 {
            break;
        }
        match found.line(&line, at) {
            Next::Go => {}
            Next::End => break,
            Next::Other => return Ok(None),
        }
        at += size;
    }
    found.close(at);
    if !found.entries {
        return Ok(None);
    }
    if !found.version {
        return Err(io::Error::other("no API version specified"));
    }
    Ok(Some(found.parts))
}

/// A file that is read from a place of its own.
struct At<'f> {
    file: &'f File,
    at: u64,
}

impl Read for At<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read_at(buffer, self.at)?;
        self.at += n as u64;
        Ok(n)
    }
}

#[derive(Default)]
struct Parts {
    parts: HashMap<String, (u64, u64)>,
    /// `entries:` and `apiVersion:` were seen.
    entries: bool,
    version: bool,
    /// Inside `entries:`.
    inside: bool,
    /// The column of the charts' names.
    column: Option<usize>,
    open: Option<(String, u64)>,
}

enum Next {
    Go,
    End,
    Other,
}

// === impl Parts ===

impl Parts {
    fn line(&mut self, line: &[u8], at: u64) -> Next {
        let column = line.iter().position(|b| *b != b' ').unwrap_or(line.len());
        let rest = line[column..].trim_ascii_end();
        if rest.is_empty() || rest[0] == b'#' {
            return Next::Go;
        }
        if rest[0] == b'\t' {
            return Next::Other;
        }
        if column == 0 {
            return self.top(rest, at);
        }
        if !self.inside {
            return Next::Go;
        }
        let names = *self.column.get_or_insert(column);
        match column.cmp(&names) {
            std::cmp::Ordering::Greater => Next::Go,
            std::cmp::Ordering::Less => Next::Other,
            // The versions of a chart may stand in its column.
            std::cmp::Ordering::Equal if rest.starts_with(b"- ") || rest == b"-" => match self.open {
                Some(_) => Next::Go,
                None => Next::Other,
            },
            std::cmp::Ordering::Equal => {
                self.close(at);
                match name(rest) {
                    Some(name) => self.open = Some((name, at)),
                    None => return Next::Other,
                }
                Next::Go
            }
        }
    }

    fn top(&mut self, rest: &[u8], at: u64) -> Next {
        self.close(at);
        self.inside = false;
        match rest {
            b"---" if !self.entries && !self.version => Next::Go,
            b"---" | b"..." => Next::End,
            b"entries:" if self.entries => Next::Other,
            b"entries:" => {
                (self.entries, self.inside) = (true, true);
                Next::Go
            }
            b"entries: {}" => {
                self.entries = true;
                Next::Go
            }
            _ if rest.starts_with(b"apiVersion:") => {
                self.version = true;
                Next::Go
            }
            // Other fields are of no interest, as long as they are written as such.
            [first, ..] if first.is_ascii_alphabetic() && rest.contains(&b':') && !rest.starts_with(b"entries") => {
                Next::Go
            }
            // Items of a list of another field.
            _ if rest.starts_with(b"- ") => Next::Go,
            _ => Next::Other,
        }
    }

    fn close(&mut self, at: u64) {
        if let Some((name, from)) = self.open.take() {
            self.parts.insert(name, (from, at));
        }
    }
}

/// The name of a chart in its line, `name:` with nothing behind it but an empty list.
fn name(line: &[u8]) -> Option<String> {
    let line = std::str::from_utf8(line).ok()?;
    let key = line.strip_suffix(": []").or_else(|| line.strip_suffix(':'))?;
    let quoted = |mark: char| key.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
    let plain = |text: &str| text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/'));
    let name = quoted('"').or_else(|| quoted('\'')).unwrap_or(key);
    (!name.is_empty() && plain(name)).then(|| name.to_string())
}

/// The versions in the part of one chart.
fn part(text: &[u8], chart: &str) -> Option<Arc<[Version]>> {
    let read = yaml::from_yaml(text).ok()?;
    let fields = read.as_object()?;
    // A name that YAML reads as another type is the same name.
    let value = fields.get(chart).or_else(|| (fields.len() == 1).then(|| fields.iter().next().map(|(_, v)| v))?)?;
    Some(versions(value))
}

fn whole(body: &File, size: u64) -> Result<HashMap<String, Arc<[Version]>>, String> {
    if size > WHOLE {
        return Err(format!(
            "the index has {size} bytes and is not in the block style that Helm writes; only {WHOLE} bytes of such are read: write it with helm repo index"
        ));
    }
    let mut text = Vec::new();
    At { file: body, at: 0 }.take(WHOLE).read_to_end(&mut text).map_err(|e| e.to_string())?;
    if text.trim_ascii_start().starts_with(b"{")
        && let Ok(index) = serde_json::from_slice::<Json>(&text)
    {
        if index.api_version.is_empty() {
            return Err("no API version specified".to_string());
        }
        let versions = |list: Option<Vec<Option<Version>>>| list.unwrap_or_default().into_iter().flatten().collect();
        return Ok(index.entries.into_iter().map(|(name, list)| (name, versions(list))).collect());
    }
    let read = yaml::from_yaml(&text).map_err(|e| format!("error decoding index: {e}"))?;
    if read.str_at(&["apiVersion"]).unwrap_or_default().is_empty() {
        return Err("no API version specified".to_string());
    }
    let entries = read.get("entries").and_then(Value::as_object);
    Ok(entries.into_iter().flat_map(|e| e.iter()).map(|(name, list)| (name.to_string(), versions(list))).collect())
}

/// An index in JSON.
#[derive(Deserialize)]
struct Json {
    #[serde(default, rename = "apiVersion")]
    api_version: String,
    #[serde(default)]
    entries: HashMap<String, Option<Vec<Option<Version>>>>,
}

fn versions(list: &Value) -> Arc<[Version]> {
    let text = |value: &Value| match value {
        Value::String(text) => Some(text.to_string()),
        Value::Int(number) => Some(number.to_string()),
        Value::UInt(number) => Some(number.to_string()),
        Value::Float(number) => Some(number.to_string()),
        _ => None,
    };
    let field = |entry: &Value, name: &str| entry.get(name).and_then(text).unwrap_or_default();
    let read = |entry: &Value| Version {
        version: field(entry, "version"),
        urls: entry.get("urls").and_then(Value::as_array).unwrap_or_default().iter().filter_map(text).collect(),
        digest: field(entry, "digest"),
    };
    // An empty entry is passed over, as Helm does.
    list.as_array().unwrap_or_default().iter().filter(|entry| !entry.is_null()).map(read).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn index(text: &str) -> Result<Index, String> {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        Index::open(file)
    }

    /// Each version of a chart with its URL and digest; and whether the index was read in parts.
    fn check(text: &str, chart: &str) -> (String, bool) {
        match index(text) {
            Err(error) => (format!("error: {error}"), false),
            Ok(index) => {
                let versions = match index.versions(chart) {
                    Err(error) => format!("error: {error}"),
                    Ok(None) => "none".to_string(),
                    Ok(Some(versions)) => versions
                        .iter()
                        .map(|v| format!("{} {} {}", v.version, v.urls.join(","), v.digest).trim().to_string())
                        .collect::<Vec<_>>()
                        .join("; "),
                };
                (versions, matches!(index.charts, Charts::Parts { .. }))
            }
        }
    }

    const HELM: &str = r#"apiVersion: v1
entries:
  alpine:
  - apiVersion: v1
    created: "2026-01-01T00:00:00Z"
    description: |
      Text with
        version: 9.9.9
      entries:
    digest: 705ebc5d83
    name: alpine
    urls:
    - https://h/alpine-0.2.0.tgz
    version: 0.2.0
  - name: alpine
    urls:
    - alpine-0.1.0.tgz
    version: 0.1.0
  # A comment.
  empty: []
  "nginx":
    - name: nginx
      description: "a text that
        goes on: here"
      version: 1.10
      urls: [nginx.tgz]
generated: "2026-01-01T00:00:00Z"
"#;

    #[test]
    fn charts_are_read_by_parts() {
        let want = "0.2.0 https://h/alpine-0.2.0.tgz 705ebc5d83; 0.1.0 alpine-0.1.0.tgz";
        assert_eq!(check(HELM, "alpine"), (want.to_string(), true));
        assert_eq!(check(HELM, "nginx"), ("1.1 nginx.tgz".to_string(), true));
        assert_eq!(check(HELM, "empty"), (String::new(), true));
        assert_eq!(check(HELM, "other"), ("none".to_string(), true));
        assert_eq!(index(HELM).unwrap().charts(), 3);
        let crlf = HELM.replace('\n', "\r\n");
        assert_eq!(check(&crlf, "alpine"), (want.to_string(), true));
        let after = format!("---\ngenerated: x\nentries:\n{}", HELM.split_once("entries:\n").unwrap().1);
        assert_eq!(check(&format!("{after}apiVersion: v1\n"), "alpine"), (want.to_string(), true));
    }

    #[test]
    fn what_is_written_otherwise_is_read_whole() {
        for text in [
            r#"{"apiVersion":"v1","entries":{"a":[null,{"version":"1.0.0","urls":["a.tgz"],"digest":"d","name":"a","maintainers":[{}]}],"b":null}}"#,
            "{apiVersion: v1, entries: {a: [{version: 1.0.0, urls: [a.tgz], digest: d}]}}",
            "apiVersion: v1\nentries: {a: [{version: 1.0.0, urls: [a.tgz], digest: d}]}\n",
            "apiVersion: v1\nentries:\n    ? a\n    : - {version: 1.0.0, urls: [a.tgz], digest: d}\n",
            "apiVersion: v1\nentries:\n  a: &a\n  - {version: 1.0.0, urls: [a.tgz], digest: d}\n  b: *a\n",
            "\"apiVersion\": v1\n\"entries\":\n  a:\n  - {version: 1.0.0, urls: [a.tgz], digest: d}\n",
        ] {
            assert_eq!(check(text, "a"), ("1.0.0 a.tgz d".to_string(), false), "{text}");
        }
        let across =
            "apiVersion: v1\nentries:\n  a:\n  - &x {version: 1.0.0, urls: [a.tgz], digest: d}\n  b:\n  - *x\n";
        assert_eq!(check(across, "b"), ("1.0.0 a.tgz d".to_string(), true));
    }

    #[test]
    fn what_is_no_index_is_told() {
        for (text, want) in [
            ("", "error: empty index.yaml file"),
            ("entries:\n  a:\n  - version: 1.0.0\n", "error: no API version specified"),
            ("{\"entries\":{}}", "error: no API version specified"),
            ("<!DOCTYPE html>\n<html></html>\n", "error: no API version specified"),
        ] {
            assert_eq!(check(text, "a").0, want, "{text}");
        }
        assert!(check("apiVersion: v1\nentries: {a: [\n", "a").0.starts_with("error: error decoding index: "));
    }
}
