//! Planner and executor in a world where everything fails, without a server and without waiting.
//!
//! A [`Run`] is one application's history, decided by a seed: people commit, other people write into the cluster, and at any time the
//! source cannot be read, comes out empty or cut off, lists fail, kinds are not served, a namespace vanishes, calls are refused, and the
//! process dies. The controller's circle is the real planner and the real executor over a [`Cluster`](bowline_core_ports::Cluster) in
//! memory. Every deletion that arrives at the cluster is judged there: nobody meant it unless the commit that is synced lacks the object
//! and was itself meant.

mod chance;
mod cluster;
mod controller;
mod run;
mod source;

pub use cluster::{Deletion, Memory};
pub use controller::Safeguards;
pub use run::{Run, Summary};
