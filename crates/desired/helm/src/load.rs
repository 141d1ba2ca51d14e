//! Loading a chart from a [`Tree`] or an archive.

use std::collections::BTreeMap;
use std::sync::Arc;

use bowline_base_tree::{EntryKind, Tree, TreeError, join};
use bowline_base_value::{Value, yaml};

use crate::archive::{self, ArchiveError};
use crate::chart::{Chart, File, Template};
use crate::ignore::Rules;
use crate::metadata::{self, Metadata};
use crate::values;

/// Why a chart cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The tree could not be read.
    #[error(transparent)]
    Tree(#[from] TreeError),
    /// There is no `Chart.yaml`.
    #[error("unable to detect chart at {path}: open {path}: no such file or directory")]
    Absent {
        /// Where it should be.
        path: String,
    },
    /// The chart is not one; the text is Helm's.
    #[error("{0}")]
    Chart(String),
}

/// Bytes of one file of a chart.
pub(crate) const MAX_FILE: u64 = 5 << 20;
/// Bytes of all files of a chart together.
pub(crate) const MAX_CHART: u64 = 100 << 20;
/// Directories in each other, and charts in charts.
const MAX_DEPTH: usize = 64;

const BOM: &[u8] = "\u{feff}".as_bytes();

/// Loads the chart in the directory `path` of a tree: the files of its `.helmignore`'s choice, links followed.
pub fn load(tree: &Tree, path: &str) -> Result<Chart, LoadError> {
    let file = join_path(path, "Chart.yaml")?;
    let Some(blob) = tree.read_if_exists(&file)? else { return Err(LoadError::Absent { path: file }) };
    api_version(&blob.bytes)?;
    let ignore = match tree.read_if_exists(&join_path(path, ".helmignore")?)? {
        Some(blob) => String::from_utf8_lossy(&blob.bytes).into_owned(),
        None => String::new(),
    };
    let rules = Rules::parse(&ignore).map_err(LoadError::Chart)?;
    let mut walk = Walk { tree, rules, files: Vec::new(), bytes: 0 };
    walk.directory(path, "", 0)?;
    from_files(walk.files, 0)
}

/// Loads the chart at the root of a tree that was a packed one: all of it counts, for `.helmignore` was obeyed when it was packed.
pub fn load_unpacked(tree: &Tree) -> Result<Chart, LoadError> {
    let mut walk = Walk { tree, rules: Rules::default(), files: Vec::new(), bytes: 0 };
    walk.directory("", "", 0)?;
    from_files(walk.files, 0)
}

/// Loads a packed chart, `.tgz`.
pub fn load_archive(bytes: &[u8]) -> Result<Chart, LoadError> {
    archived(archive::files(bytes).map_err(|error| LoadError::Chart(error.to_string()))?)
}

/// Loads a packed chart from a file that a user named: errors say its name, and what it seems to be instead.
pub fn load_archive_file(name: &str, bytes: &[u8]) -> Result<Chart, LoadError> {
    archive::is_packed(name, bytes).map_err(LoadError::Chart)?;
    archived(archive::files(bytes).map_err(|error| {
        LoadError::Chart(match error {
            ArchiveError::Header => {
                format!("file '{name}' does not appear to be a valid chart file (details: {error})")
            }
            ArchiveError::Other(_) => "unable to load chart archive".to_string(),
        })
    })?)
}

fn archived(files: Vec<File>) -> Result<Chart, LoadError> {
    let Some(file) = files.iter().find(|file| &*file.name == "Chart.yaml") else {
        return Err(LoadError::Chart("unable to detect chart version, no Chart.yaml found".to_string()));
    };
    api_version(&file.data)?;
    from_files(files, 0)
}

/// Refuses charts that are made for a later Helm.
fn api_version(chart_yaml: &[u8]) -> Result<(), LoadError> {
    let fail = |error: String| Err(LoadError::Chart(format!("cannot load Chart.yaml: {error}")));
    let document = match yaml::from_yaml(chart_yaml) {
        Ok(document) => document,
        Err(error) => return fail(format!("error converting YAML to JSON: {error}")),
    };
    match metadata::api_version(&document) {
        Ok(version) if matches!(version.as_str(), "" | "v1" | "v2") => Ok(()),
        // Helm reads these, and then does not install them.
        Ok(version) if version == "v3" => Err(LoadError::Chart("invalid chart apiVersion".to_string())),
        Ok(_) => Err(LoadError::Chart("unsupported chart version".to_string())),
        Err(error) => fail(error),
    }
}

fn join_path(directory: &str, name: &str) -> Result<String, LoadError> {
    join(directory, name).map_err(|error| LoadError::Tree(error.into()))
}

struct Walk<'t> {
    tree: &'t Tree,
    rules: Rules,
    files: Vec<File>,
    bytes: u64,
}

// === impl Walk ===

impl Walk<'_> {
    fn directory(&mut self, full: &str, relative: &str, depth: usize) -> Result<(), LoadError> {
        if depth > MAX_DEPTH {
            return Err(LoadError::Chart(format!("{full}: directories are nested more than {MAX_DEPTH} deep")));
        }
        for entry in self.tree.list(full)?.iter() {
            let below = join_path(full, &entry.name)?;
            let name = if relative.is_empty() { entry.name.to_string() } else { format!("{relative}/{}", entry.name) };
            let kind = match entry.kind {
                // The content behind a link is used under the link's path.
                EntryKind::Symlink => match self.tree.find(&below)? {
                    Some(found) => found.kind,
                    None => return Err(LoadError::Tree(TreeError::Absent { path: below })),
                },
                kind => kind,
            };
            if self.rules.ignores(&name, kind == EntryKind::Directory) {
                continue;
            }
            match kind {
                EntryKind::Directory => self.directory(&below, &name, depth + 1)?,
                kind if kind.is_file() => self.file(&below, &name)?,
                // Another repository's files are not in this tree: the directory is empty, as in a checkout.
                _ => {}
            }
        }
        Ok(())
    }

    fn file(&mut self, full: &str, name: &str) -> Result<(), LoadError> {
        let blob = self.tree.read(full)?;
        let size = blob.bytes.len() as u64;
        if size > MAX_FILE {
            let base = name.rsplit('/').next().unwrap_or(name);
            return Err(LoadError::Chart(format!(
                "chart file {base:?} is larger than the maximum file size {MAX_FILE}"
            )));
        }
        self.bytes += size;
        if self.bytes > MAX_CHART {
            return Err(LoadError::Chart(format!("chart is larger than the maximum size {MAX_CHART}")));
        }
        let data = if blob.bytes.starts_with(BOM) { blob.bytes[BOM.len()..].into() } else { blob.bytes };
        self.files.push(File { name: name.into(), data });
        Ok(())
    }
}

fn document(file: &File, what: &str) -> Result<Value, LoadError> {
    yaml::from_yaml(&file.data)
        .map_err(|error| LoadError::Chart(format!("cannot load {what}: error converting YAML to JSON: {error}")))
}

/// Makes a chart of its files.
fn from_files(files: Vec<File>, depth: usize) -> Result<Chart, LoadError> {
    if depth > MAX_DEPTH {
        return Err(LoadError::Chart(format!("charts are nested more than {MAX_DEPTH} deep")));
    }
    let mut metadata = None;
    if let Some(file) = files.iter().find(|file| &*file.name == "Chart.yaml") {
        let mut read = Metadata::default();
        let document = document(file, "Chart.yaml")?;
        read.read(&document).map_err(|error| LoadError::Chart(format!("cannot load Chart.yaml: {error}")))?;
        if read.api_version.is_empty() {
            read.api_version = "v1".to_string();
        }
        metadata = Some(read);
    }
    let mut parts = Parts::default();
    for file in files {
        parts.add(file, &mut metadata)?;
    }
    let Some(mut metadata) = metadata else { return Err(LoadError::Chart("Chart.yaml file is missing".to_string())) };
    metadata.validate().map_err(LoadError::Chart)?;
    let mut dependencies = Vec::new();
    for (name, files) in parts.charts {
        if name.starts_with(['_', '.']) {
            continue;
        }
        let child = subchart(&name, files, &metadata.name, depth);
        dependencies.push(child.map_err(|error| {
            LoadError::Chart(format!("error unpacking subchart {name} in {}: {error}", metadata.name))
        })?);
    }
    Ok(Chart {
        metadata,
        lock: parts.lock,
        templates: parts.templates.into(),
        values: parts.values.unwrap_or_else(Value::object),
        schema: parts.schema,
        files: parts.files.into(),
        dependencies,
    })
}

#[derive(Default)]
struct Parts {
    lock: Option<Value>,
    values: Option<Value>,
    schema: Option<Arc<[u8]>>,
    templates: Vec<Template>,
    files: Vec<File>,
    charts: BTreeMap<String, Vec<File>>,
}

// === impl Parts ===

impl Parts {
    fn add(&mut self, file: File, metadata: &mut Option<Metadata>) -> Result<(), LoadError> {
        let is_v1 = |metadata: &Option<Metadata>| metadata.as_ref().is_some_and(|m| m.api_version == "v1");
        match &*file.name {
            "Chart.yaml" => {}
            "Chart.lock" => self.lock = Some(document(&file, "Chart.lock")?),
            "values.yaml" => {
                let read = values::from_yaml(&file.data);
                self.values =
                    Some(read.map_err(|error| LoadError::Chart(format!("cannot load values.yaml: {error}")))?);
            }
            "values.schema.json" => self.schema = Some(file.data),
            "requirements.yaml" => {
                let document = document(&file, "requirements.yaml")?;
                let read = metadata.get_or_insert_default().read(&document);
                read.map_err(|error| LoadError::Chart(format!("cannot load requirements.yaml: {error}")))?;
                if is_v1(metadata) {
                    self.files.push(file);
                }
            }
            "requirements.lock" => {
                self.lock = Some(document(&file, "requirements.lock")?);
                if is_v1(metadata) {
                    self.files.push(file);
                }
            }
            name if name.starts_with("templates/") => self.templates.push(Template::new(file)),
            name => match name.strip_prefix("charts/") {
                Some(rest) if !name.ends_with(".prov") => {
                    let chart = rest.split('/').next().unwrap_or(rest).to_string();
                    let file = File { name: rest.into(), data: file.data };
                    self.charts.entry(chart).or_default().push(file);
                }
                _ => self.files.push(file),
            },
        }
        Ok(())
    }
}

fn subchart(name: &str, files: Vec<File>, parent: &str, depth: usize) -> Result<Chart, LoadError> {
    if name.ends_with(".tgz") {
        let Some(file) = files.into_iter().next() else {
            return Err(LoadError::Chart(format!("the archive {name} is empty")));
        };
        if &*file.name != name {
            let text = format!("error unpacking subchart tar in {parent}: expected {name}, got {}", file.name);
            return Err(LoadError::Chart(text));
        }
        return from_files(archive::files(&file.data).map_err(|error| LoadError::Chart(error.to_string()))?, depth + 1);
    }
    let inside = files.into_iter().filter_map(|file| {
        let (_, rest) = file.name.split_once('/')?;
        Some(File { name: rest.into(), data: file.data.clone() })
    });
    from_files(inside.collect(), depth + 1)
}
