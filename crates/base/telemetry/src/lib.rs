//! What operators see: log lines, metrics, and an admin port with health and readiness.
//!
//! Metrics are registered into a registry that is passed in and come back as handles; nothing is global.

mod admin;
mod log;

pub use admin::{Admin, Health};
pub use log::{LogError, LogFormat, init_log};
pub use prometheus_client as prometheus;
