//! [`Chart`]: a loaded chart.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bowline_base_gotmpl::{Functions, ParseError, Text, Tree, parse};
use bowline_base_value::Value;

use crate::metadata::Metadata;

/// A chart with its dependencies. Immutable and cheap to clone: it can be kept under the ids of what it was loaded from
/// and rendered any number of times, by many threads; what its templates parse to is kept with it.
#[derive(Clone, Debug)]
pub struct Chart {
    /// `Chart.yaml`, with the dependencies of `requirements.yaml`.
    pub metadata: Metadata,
    /// Whether `Chart.lock` or `requirements.lock` is there, and what is in it.
    pub lock: Option<Value>,
    /// What is under `templates/`.
    pub templates: Arc<[Template]>,
    /// `values.yaml`: an object, every number a float, as Helm reads it.
    pub values: Value,
    /// `values.schema.json`.
    pub schema: Option<Arc<[u8]>>,
    /// All other files, which templates can read; CRDs are among them.
    pub files: Arc<[File]>,
    /// What is under `charts/`, by directory or archive name.
    pub dependencies: Vec<Chart>,
}

/// A file of a chart.
#[derive(Clone, Debug)]
pub struct File {
    /// The path within the chart.
    pub name: Arc<str>,
    /// The content, without a byte order mark.
    pub data: Arc<[u8]>,
}

/// A template file.
#[derive(Debug)]
pub struct Template {
    /// The file.
    pub file: File,
    /// What it parses to under each full path that the chart was rendered at: one, but for aliased charts.
    parsed: Mutex<HashMap<Text, Parsed>>,
}

type Parsed = Result<Arc<[Arc<Tree>]>, ParseError>;

// === impl Chart ===

impl Chart {
    /// The name in its metadata, or the alias that it was given.
    pub fn name(&self) -> &str {
        &self.metadata.name
    }

    /// Whether it only lends definitions.
    pub fn is_library(&self) -> bool {
        self.metadata.kind.eq_ignore_ascii_case("library")
    }
}

/// `.yaml`, `.yml` or `.json`, in any case.
pub(crate) fn is_manifest(name: &str) -> bool {
    let extension = name.rsplit('/').next().unwrap_or_default().rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase());
    matches!(extension.as_deref(), Some("yaml" | "yml" | "json"))
}

// === impl Template ===

impl Template {
    pub(crate) fn new(file: File) -> Template {
        Template { file, parsed: Mutex::default() }
    }

    /// The templates in this file, parsed as the file `path`; parsed once for each path.
    pub(crate) fn parsed(&self, path: &str, functions: &Functions) -> Parsed {
        let name = Text::from(path);
        let mut parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        parsed
            .entry(name)
            .or_insert_with(|| parse(path, &Text::from_bytes(&self.file.data), functions).map(Into::into))
            .clone()
    }
}
