//! What a server is started with.

use std::path::PathBuf;

use crate::{Error, KubeServer};

/// How to start a server. The default has no controller manager, no audit log, and data that goes with it.
#[derive(Debug, Clone, Default)]
pub struct Builder {
    pub(crate) controller_manager: bool,
    pub(crate) audit: bool,
    pub(crate) data: Option<PathBuf>,
    pub(crate) port: Option<u16>,
    pub(crate) peers: Option<PathBuf>,
}

impl Builder {
    /// Also runs kube-controller-manager: garbage collection by owner references, namespaces that finish their deletion,
    /// the status of workloads, service accounts. Costs about a second and 150 MB.
    #[must_use]
    pub fn controller_manager(mut self, yes: bool) -> Self {
        self.controller_manager = yes;
        self
    }

    /// Also records one event for each answered request: see [`KubeServer::requests`].
    #[must_use]
    pub fn audit(mut self, yes: bool) -> Self {
        self.audit = yes;
        self
    }

    /// Keeps data, certificates and kubeconfig in this folder, and uses what is there already.
    #[must_use]
    pub fn data(mut self, directory: impl Into<PathBuf>) -> Self {
        self.data = Some(directory.into());
        self
    }

    /// Listens on this loopback port, not on any free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// Looks for the tools in this cache (`BOWLINE_PEERS` of `tests/peers/build`).
    #[must_use]
    pub fn peers(mut self, cache: impl Into<PathBuf>) -> Self {
        self.peers = Some(cache.into());
        self
    }

    /// Starts it and waits until it is ready.
    ///
    /// # Errors
    /// A tool that is not built (with the command that builds it), or that does not become ready (with its last words).
    pub fn start(self) -> Result<KubeServer, Error> {
        KubeServer::start_with(&self)
    }
}
