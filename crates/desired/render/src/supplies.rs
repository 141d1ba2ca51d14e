//! [`Supplies`]: what a render needs that is in no tree, fetched before by whoever may.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;

use bowline_base_tree::Tree;

/// Something that a render needs and that is in no tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// A file behind a URL.
    File {
        /// The URL, of a scheme that the settings allow.
        url: String,
    },
    /// A chart that the source's chart depends on.
    Chart {
        /// Where it is: a URL, or `@name` or `alias:name` of a repository.
        repository: String,
        /// Its name.
        name: String,
        /// Its version, exact where the chart is locked; else a range.
        version: String,
    },
}

/// What was fetched, by what was needed.
#[derive(Clone, Debug, Default)]
pub struct Supplies {
    files: BTreeMap<String, Arc<[u8]>>,
    charts: BTreeMap<Need, Tree>,
}

// === impl Supplies ===

impl Supplies {
    /// Nothing.
    pub fn new() -> Supplies {
        Supplies::default()
    }

    /// Adds a file.
    pub fn put_file(&mut self, url: &str, content: Arc<[u8]>) {
        self.files.insert(url.to_string(), content);
    }

    /// Adds a chart.
    pub fn put_chart(&mut self, need: &Need, chart: Tree) {
        self.charts.insert(need.clone(), chart);
    }

    /// The file behind a URL.
    pub fn file(&self, url: &str) -> Option<&Arc<[u8]>> {
        self.files.get(url)
    }

    /// A chart.
    pub fn chart(&self, need: &Need) -> Option<&Tree> {
        self.charts.get(need)
    }

    /// Whether it is there.
    pub fn has(&self, need: &Need) -> bool {
        match need {
            Need::File { url } => self.files.contains_key(url),
            chart => self.charts.contains_key(chart),
        }
    }

    /// What is there, so that it can be fetched anew.
    pub fn needs(&self) -> Vec<Need> {
        let files = self.files.keys().map(|url| Need::File { url: url.clone() });
        files.chain(self.charts.keys().cloned()).collect()
    }

    /// A number that is another one where anything is.
    pub(crate) fn hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.files.hash(&mut hasher);
        for (need, tree) in &self.charts {
            (need, tree.root()).hash(&mut hasher);
        }
        hasher.finish()
    }
}
