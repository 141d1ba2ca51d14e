//! A real Kubernetes API server of a test's own: etcd, kube-apiserver and, when asked, the controller manager.
//!
//! The tools are the pinned peers of `tests/peers`; there is no kubelet and no scheduler, so no pod ever runs. A server is
//! ready about two seconds after [`KubeServer::start`]. A test binary shares one ([`KubeServer::shared`]) and each test takes
//! a namespace of its own in it ([`KubeServer::namespace`]); a test that stops the server or counts its requests starts its own.
//!
//! ```no_run
//! let kube = bowline_tests_kube::KubeServer::shared();
//! let namespace = kube.namespace("drift-is-healed");
//! let (status, pods) = kube.request("GET", &format!("/api/v1/namespaces/{namespace}/pods"), None).unwrap();
//! ```
//!
//! What the API server itself calls, such as an admission webhook or a kubelet, a test plays by a [`StandIn`].
//!
//! Everything here blocks, on purpose: a test without async can use it, and one with async starts it before its runtime.
//! Nothing outlives the test process, however that ends: each tool has a watchdog.
#![expect(
    clippy::disallowed_methods,
    reason = "this crate is an edge: it starts processes, waits for them and writes their files"
)]

mod builder;
mod certificates;
mod client;
mod error;
mod peers;
mod process;
mod server;
mod stand_in;

pub use builder::Builder;
pub use error::Error;
pub use peers::peer;
pub use process::{Process, Scratch};
pub use server::KubeServer;
pub use stand_in::{Question, Reply, StandIn};
