//! [`Fleet`]: the rows of what there is.

use std::collections::HashMap;
use std::sync::Arc;

use bowline_core_crd::Application;
use bowline_core_types::AppName;

use crate::facet::Facet;
use crate::row::Row;

/// Values that nobody has any more are forgotten when there are this many for each row, and never below [`KEPT`].
const GARBAGE: usize = 4;
/// See [`GARBAGE`].
const KEPT: usize = 10_000;

/// How clusters are called: name by URL.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clusters(HashMap<String, String>);

/// The rows of all applications. Made anew only where an object is.
#[derive(Debug, Default)]
pub struct Fleet {
    dictionary: Dictionary,
    rows: Arc<Rows>,
}

/// All rows at one moment, by namespace and name.
#[derive(Debug, Default)]
pub struct Rows {
    /// The number of the newest change that they show.
    pub number: u64,
    /// The rows.
    pub all: Vec<Arc<Row>>,
    /// What the numbers of values mean.
    pub(crate) names: Arc<Names>,
    /// How clusters are called.
    pub(crate) clusters: Arc<Clusters>,
}

/// The values of each facet, by their numbers, as they are shown.
pub(crate) type Names = [Vec<Arc<str>>; Facet::ALL.len()];

/// Numbers of values.
#[derive(Debug, Default)]
struct Dictionary {
    names: Arc<Names>,
    numbers: [HashMap<String, u32>; Facet::ALL.len()],
}

// === impl Clusters ===

impl Clusters {
    /// Clusters by URL and name.
    pub fn new(all: impl IntoIterator<Item = (String, String)>) -> Clusters {
        Clusters(all.into_iter().map(|(server, name)| (Facet::Cluster.normal(&server), name)).collect())
    }

    /// What people call the cluster of a destination: its name, where it has one.
    pub(crate) fn shown(&self, server: &str, name: &str) -> String {
        if server.is_empty() {
            return name.to_string();
        }
        let server = Facet::Cluster.normal(server);
        self.0.get(&server).filter(|name| !name.is_empty()).cloned().unwrap_or(server)
    }

    /// The same for a word of a query, which may be either.
    pub(crate) fn meant(&self, word: &str) -> String {
        self.shown(word, "")
    }
}

// === impl Fleet ===

impl Fleet {
    /// Takes in what there is, in the order of namespaces and names, as change `number` left it. States that are known already are
    /// known by being the same [`Arc`]; for the others rows are made.
    pub fn update<'a>(
        &mut self,
        number: u64,
        clusters: Clusters,
        apps: impl Iterator<Item = (&'a AppName, &'a Arc<Application>)>,
    ) -> Arc<Rows> {
        let garbage = self.dictionary.len() > KEPT.max(self.rows.all.len() * GARBAGE * Facet::ALL.len());
        if clusters != *self.rows.clusters || garbage {
            *self =
                Fleet { rows: Arc::new(Rows { clusters: Arc::new(clusters), ..Rows::default() }), ..Fleet::default() };
        }
        let before = self.rows.clone();
        let mut old = before.all.iter().peekable();
        let all = apps.map(|(name, app)| {
            while old.next_if(|row| row.name < *name).is_some() {}
            match old.next_if(|row| row.name == *name) {
                Some(row) if Arc::ptr_eq(&row.app, app) => row.clone(),
                _ => {
                    let dictionary = &mut self.dictionary;
                    Arc::new(Row::new(name, app, &before.clusters, |facet, value| dictionary.number(facet, value)))
                }
            }
        });
        let all = all.collect();
        let (names, clusters) = (self.dictionary.names.clone(), before.clusters.clone());
        self.rows = Arc::new(Rows { number, all, names, clusters });
        self.rows.clone()
    }

    /// The rows as they were taken in last.
    pub fn rows(&self) -> Arc<Rows> {
        self.rows.clone()
    }
}

// === impl Dictionary ===

impl Dictionary {
    fn len(&self) -> usize {
        self.names.iter().map(Vec::len).sum()
    }

    fn number(&mut self, facet: Facet, value: &str) -> u32 {
        let place = facet.place();
        let normal = facet.normal(value);
        if let Some(number) = self.numbers[place].get(&normal) {
            return *number;
        }
        let names = &mut Arc::make_mut(&mut self.names)[place];
        let number = u32::try_from(names.len()).expect("because values are forgotten long before there are that many");
        names.push(value.into());
        self.numbers[place].insert(normal, number);
        number
    }
}
