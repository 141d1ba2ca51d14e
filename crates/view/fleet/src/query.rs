//! [`Query`]: which applications somebody asks for, in which order, and how many of them.

use std::collections::BTreeSet;

use crate::facet::Facet;
use crate::selector::Selector;

/// The window where a query names none.
const LIMIT: usize = 100;
/// The largest window: a list is read piece by piece.
const MOST: usize = 1_000;

/// What somebody asks for.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// All of these are in what the search looks at; in lower case.
    pub search: Vec<String>,
    /// One of these is the name; any where there are none.
    pub names: BTreeSet<String>,
    /// Of each facet one of these, by its place in [`Facet::ALL`]; any where there are none. Labels are in [`Query::labels`].
    pub chosen: [BTreeSet<String>; Facet::ALL.len()],
    /// What labels are like.
    pub labels: Option<Selector>,
    /// What annotations are like.
    pub annotations: Option<Selector>,
    /// The order.
    pub sort: Sort,
    /// Whether it is turned around.
    pub order: Option<Order>,
    /// Rows in front of the window.
    pub offset: usize,
    /// Rows of the window.
    pub limit: usize,
    /// Whether facets are counted.
    pub facets: bool,
}

/// By what rows are ordered; equals by name.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The worst first.
    #[default]
    Severity,
    /// By name.
    Name,
    /// The newest first.
    Created,
    /// The one that was synced last first.
    Synced,
}

/// A direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// From small to large: names from a to z, the least severe and the oldest first.
    Ascending,
    /// From large to small.
    Descending,
}

/// Why a query means nothing; a sentence that names the parameter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueryError(String);

impl std::fmt::Display for QueryError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for QueryError {}

// === impl Query ===

impl Query {
    /// Reads the parameters of a request, in the order in which they came; those that it does not know it passes over.
    pub fn parse<'a>(parameters: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Query, QueryError> {
        let mut query = Query { limit: LIMIT, facets: true, ..Query::default() };
        let (mut labels, mut annotations) = (Vec::new(), Vec::new());
        for (name, value) in parameters {
            if value.is_empty() {
                continue;
            }
            let wrong = |what: &str| QueryError(format!("{name}: {value:?} is {what}"));
            match name {
                "search" => query.search.extend(value.split_whitespace().map(str::to_lowercase)),
                "name" => query.names.extend(items(value)),
                "labels" => labels.push(value),
                "annotations" => annotations.push(value),
                "sort" => {
                    query.sort = match value {
                        "severity" => Sort::Severity,
                        "name" => Sort::Name,
                        "created" => Sort::Created,
                        "synced" => Sort::Synced,
                        _ => return Err(wrong("none of severity, name, created, synced")),
                    }
                }
                "order" => {
                    query.order = Some(match value {
                        "asc" => Order::Ascending,
                        "desc" => Order::Descending,
                        _ => return Err(wrong("neither asc nor desc")),
                    })
                }
                "offset" => query.offset = value.parse().map_err(|_| wrong("no number"))?,
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| *limit <= MOST);
                    query.limit = limit.ok_or_else(|| wrong(&format!("no number of at most {MOST}")))?;
                }
                "facets" => query.facets = value.parse().map_err(|_| wrong("neither true nor false"))?,
                _ => {
                    let word = if name == "proj" { "project" } else { name };
                    let Some(facet) = Facet::ALL.into_iter().find(|facet| facet.name() == word) else { continue };
                    for item in items(value) {
                        if let Some(words) = facet.words().filter(|words| !words.contains(&item.as_str())) {
                            return Err(QueryError(format!("{name}: {item:?} is none of {}", words.join(", "))));
                        }
                        query.chosen[facet.place()].insert(item);
                    }
                }
            }
        }
        query.labels = selector("labels", &labels)?;
        query.annotations = selector("annotations", &annotations)?;
        Ok(query)
    }
}

/// The parts between commas.
fn items(value: &str) -> impl Iterator<Item = String> + '_ {
    value.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_string)
}

fn selector(name: &str, terms: &[&str]) -> Result<Option<Selector>, QueryError> {
    if terms.is_empty() {
        return Ok(None);
    }
    Selector::parse(&terms.join(",")).map(Some).map_err(|error| QueryError(format!("{name}: {error}")))
}
