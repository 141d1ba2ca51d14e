//! What a build needs from outside: remote resources and charts, given by the caller.

use bowline_base_tree::Tree;

use crate::gitref::GitReference;
use crate::kustomization::HelmChart;

/// Fetches what a kustomization names by URL. The caller decides what may be fetched, and with which credentials.
pub trait Remote {
    /// The files of a Git repository at the reference.
    fn git(&self, reference: &GitReference) -> Result<Tree, RemoteError>;

    /// The content of an `http://` or `https://` URL.
    fn http(&self, url: &str) -> Result<Vec<u8>, RemoteError>;
}

/// Why something remote cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// The server answered, and not with the content: a directory in a Git repository may have the same address.
    #[error("status code {0}")]
    Status(u16),
    /// The project, or the settings, do not allow it.
    #[error("{0}")]
    Forbidden(String),
    /// It is being fetched: the build is done again when it is there.
    #[error("is being fetched")]
    Pending,
    /// Anything else.
    #[error("{0}")]
    Failed(String),
}

/// Inflates charts: the Helm renderer, as the caller wires it.
pub trait HelmInflator {
    /// The manifests of a chart as `helm template` prints them.
    fn inflate(&self, request: &HelmRequest<'_>) -> Result<String, RemoteError>;

    /// A file of a chart that is fetched from a repository; nothing where the chart has none of that name.
    fn file(&self, request: &HelmRequest<'_>, name: &str) -> Result<Option<Vec<u8>>, RemoteError>;
}

/// One chart of a kustomization.
#[derive(Debug)]
pub struct HelmRequest<'r> {
    /// The entry of the kustomization; namespace, Kubernetes and API versions are filled in already.
    pub chart: &'r HelmChart,
    /// The files of the source.
    pub tree: &'r Tree,
    /// The directory of the chart in the tree where it is there; else it is fetched from `chart.repo`.
    pub directory: Option<String>,
    /// Values files as YAML, each over the ones before it.
    pub values: Vec<Vec<u8>>,
}
