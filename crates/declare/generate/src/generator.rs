//! [`Kind`]: the generators, on whichever level they stand.

use bowline_core_crd::{
    ApplicationSetGenerator, ApplicationSetNestedGenerator, ApplicationSetTemplate, ClusterGenerator, GitGenerator,
    ListGenerator, MatrixGenerator, MergeGenerator,
};

/// Matrix and merge generators in each other: one level.
pub(crate) const DEPTH: usize = 2;

/// One generator.
pub(crate) enum Kind {
    List(Box<ListGenerator>),
    Clusters(Box<ClusterGenerator>),
    Git(Box<GitGenerator>),
    Matrix(Box<MatrixGenerator>),
    Merge(Box<MergeGenerator>),
    /// One that this version does not carry out, by its name.
    Other(&'static str),
}

// === impl Kind ===

impl Kind {
    /// Those that an entry of `generators` gives, in the contract's order of fields.
    pub(crate) fn of(entry: &ApplicationSetGenerator) -> Vec<Kind> {
        let mut kinds = Vec::new();
        kinds.extend(entry.list.clone().map(Kind::List));
        kinds.extend(entry.clusters.clone().map(Kind::Clusters));
        kinds.extend(entry.git.clone().map(Kind::Git));
        kinds.extend(entry.scm_provider.as_ref().map(|_| Kind::Other("scmProvider")));
        kinds.extend(entry.cluster_decision_resource.as_ref().map(|_| Kind::Other("clusterDecisionResource")));
        kinds.extend(entry.pull_request.as_ref().map(|_| Kind::Other("pullRequest")));
        kinds.extend(entry.matrix.clone().map(Kind::Matrix));
        kinds.extend(entry.merge.clone().map(Kind::Merge));
        kinds.extend(entry.plugin.as_ref().map(|_| Kind::Other("plugin")));
        kinds
    }

    /// The same of a generator inside another one.
    pub(crate) fn of_nested(entry: &ApplicationSetNestedGenerator) -> Result<Vec<Kind>, String> {
        fn read<T: serde::de::DeserializeOwned>(word: &str, value: &serde_json::Value) -> Result<T, String> {
            serde_json::from_value(value.clone()).map_err(|error| format!("{word}: {error}"))
        }
        let mut kinds = Kind::of(&ApplicationSetGenerator {
            list: entry.list.clone(),
            clusters: entry.clusters.clone(),
            git: entry.git.clone(),
            scm_provider: entry.scm_provider.clone(),
            cluster_decision_resource: entry.cluster_decision_resource.clone(),
            pull_request: entry.pull_request.clone(),
            plugin: entry.plugin.clone(),
            ..ApplicationSetGenerator::default()
        });
        if let Some(matrix) = &entry.matrix {
            kinds.push(Kind::Matrix(Box::new(read("matrix", matrix)?)));
        }
        if let Some(merge) = &entry.merge {
            kinds.push(Kind::Merge(Box::new(read("merge", merge)?)));
        }
        Ok(kinds)
    }

    /// Its word in an ApplicationSet.
    pub(crate) fn word(&self) -> &'static str {
        match self {
            Kind::List(_) => "list",
            Kind::Clusters(_) => "clusters",
            Kind::Git(_) => "git",
            Kind::Matrix(_) => "matrix",
            Kind::Merge(_) => "merge",
            Kind::Other(word) => word,
        }
    }

    /// What it lays over the ApplicationSet's template.
    pub(crate) fn template(&self) -> ApplicationSetTemplate {
        match self {
            Kind::List(list) => list.template.clone(),
            Kind::Clusters(clusters) => clusters.template.clone(),
            Kind::Git(git) => git.template.clone(),
            Kind::Matrix(matrix) => matrix.template.clone(),
            Kind::Merge(merge) => merge.template.clone(),
            Kind::Other(_) => ApplicationSetTemplate::default(),
        }
    }
}
