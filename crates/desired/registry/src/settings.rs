//! [`Settings`]: what the role decides.

use std::path::PathBuf;

/// How registries are cached, and what is too much.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Directory of indexes and unpacked charts. One process owns it.
    pub cache: PathBuf,
    /// Bytes of unpacked charts and indexes on disk; what was not used for longest goes first. 2 GiB: some thousand charts.
    pub disk: u64,
    /// Bytes of files of charts that are kept in memory. 32 MiB: what is rendered is remembered elsewhere.
    pub memory: usize,
    /// Bytes of an index. 1 GiB, as Argo CD's `reposerver.helm.registry.max.index.size`; it never is in memory whole.
    pub index_bytes: u64,
    /// Files, links and directories in one archive. 100,000: more than any repository of manifests has.
    pub entries: usize,
    /// Archives that are fetched and unpacked at once. 8: enough to hide the latency of registries.
    pub parallel: usize,
}

/// What is too much of one chart or artifact, and what is an artifact at all: settings that may change.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes that a chart may have unpacked. 1 GiB, as Argo CD's `reposerver.helm.manifest.max.extracted.size`.
    pub chart_bytes: u64,
    /// Bytes that an artifact may have unpacked. 1 GiB, as Argo CD's `reposerver.oci.manifest.max.extracted.size`.
    pub artifact_bytes: u64,
    /// Media types of layers that are taken as content: Argo CD's `reposerver.oci.layer.media.types`.
    pub layer_types: Vec<String>,
}

// === impl Settings ===

impl Settings {
    /// Defaults, with everything in `cache`.
    pub fn new(cache: impl Into<PathBuf>) -> Settings {
        Settings {
            cache: cache.into(),
            disk: 2 << 30,
            memory: 32 << 20,
            index_bytes: 1 << 30,
            entries: 100_000,
            parallel: 8,
        }
    }
}

// === impl Limits ===

impl Default for Limits {
    fn default() -> Limits {
        let layer_types = [
            "application/vnd.oci.image.layer.v1.tar",
            "application/vnd.oci.image.layer.v1.tar+gzip",
            "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
        ];
        Limits { chart_bytes: 1 << 30, artifact_bytes: 1 << 30, layer_types: layer_types.map(String::from).to_vec() }
    }
}
