//! Writes to a cluster: [`Cluster`](bowline_core_ports::Cluster) over the Kubernetes client.
//!
//! What a cluster returns for a Secret holds its data; it is digested here, before anyone else sees it, and what the API
//! server says against a Secret is told by its class only, because its words may quote the data.

mod cluster;
mod error;
mod pods;
mod unknown;

pub use cluster::KubeCluster;
