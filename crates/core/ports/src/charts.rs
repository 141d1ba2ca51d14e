//! [`Charts`]: charts and artifacts that come from registries.

use std::collections::BTreeMap;
use std::sync::Arc;

use bowline_base_tree::Tree;

use crate::{BoxFuture, Freshness, SourceError};

/// Helm repositories and OCI registries, by URL. Who may read which is decided before.
pub trait Charts: Send + Sync {
    /// The version that `revision` means at `place`: an exact version or tag, a digest (artifacts), or a range.
    ///
    /// An exact version of a chart is what it was when it was fetched, until [`Charts::forget`]: its repository is not asked again.
    fn resolve<'a>(
        &'a self,
        place: Place<'a>,
        revision: &'a str,
        freshness: Freshness,
    ) -> BoxFuture<'a, Result<ResolvedChart, SourceError>>;

    /// The files of what [`Charts::resolve`] gave: the chart's directory, or the artifact's content.
    fn tree<'a>(&'a self, place: Place<'a>, resolved: &'a ResolvedChart) -> BoxFuture<'a, Result<Tree, SourceError>>;

    /// The annotations of what [`Charts::resolve`] gave for an artifact or a chart in a registry: what its manifest says of it.
    fn annotations<'a>(
        &'a self,
        place: Place<'a>,
        resolved: &'a ResolvedChart,
    ) -> BoxFuture<'a, Result<BTreeMap<String, String>, SourceError>>;

    /// Forgets which content an exact version had (a hard refresh).
    fn forget(&self, place: Place<'_>, revision: &str);

    /// A chart that the chart of a source depends on: `repository` is a URL, or `@name` or `alias:name` of a repository that has
    /// that name; `version` is exact or a range.
    fn dependency<'a>(
        &'a self,
        repository: &'a str,
        name: &'a str,
        version: &'a str,
        project: &'a str,
        freshness: Freshness,
    ) -> BoxFuture<'a, Result<Tree, SourceError>>;

    /// A file behind an `http` or `https` URL, fetched without credentials but those that the URL has.
    fn file<'a>(&'a self, url: &'a str, freshness: Freshness) -> BoxFuture<'a, Result<Arc<[u8]>, SourceError>>;

    /// All charts of a Helm repository by name, for people who choose one.
    fn list<'a>(&'a self, url: &'a str, project: &'a str) -> BoxFuture<'a, Result<Vec<ChartVersions>, SourceError>>;

    /// The tags of an artifact or of a chart in a registry (`oci://…`), as versions.
    fn tags<'a>(&'a self, url: &'a str, project: &'a str) -> BoxFuture<'a, Result<Vec<String>, SourceError>>;
}

/// A chart of a Helm repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartVersions {
    /// Its name.
    pub name: String,
    /// Its versions, in the order of the index.
    pub versions: Vec<String>,
}

/// Where a chart or an artifact is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// The URL of the source.
    pub url: &'a str,
    /// The chart's name; empty for an artifact (`oci://…`), which its URL names.
    pub chart: &'a str,
    /// The project, which chooses among project-scoped credentials.
    pub project: &'a str,
    /// Whether the repository's credentials may go to other hosts (`passCredentials`).
    pub pass_credentials: bool,
}

/// What a revision resolved to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedChart {
    /// For the status: the version of a chart, the digest of an artifact.
    pub revision: String,
    /// What is fetched: the version as the repository writes it, or a digest.
    pub artifact: String,
}
