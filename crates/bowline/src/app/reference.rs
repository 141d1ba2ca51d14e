//! [`AppRef`]: the application that a command is about, and what commands about one share.

use std::time::Duration;

use clap::Args;

use crate::global::Global;

/// The application that a command is about.
#[derive(Args, Clone, Debug)]
pub struct AppRef {
    /// Name of the application, or namespace/name
    #[arg(value_name = "APPNAME")]
    pub name: String,
    /// Namespace of the application, where it is not that of --namespace
    #[arg(short = 'N', long, value_name = "NAMESPACE")]
    pub app_namespace: Option<String>,
}

// === impl AppRef ===

impl AppRef {
    /// Namespace and name.
    pub fn resolve(&self, global: &Global) -> (String, String) {
        resolve(&self.name, self.app_namespace.as_deref(), global)
    }
}

/// Namespace and name of an application that is given as `name` or `namespace/name`.
pub fn resolve(name: &str, namespace: Option<&str>, global: &Global) -> (String, String) {
    match name.split_once('/') {
        Some((namespace, name)) => (namespace.to_string(), name.to_string()),
        None => (namespace.unwrap_or(&global.namespace).to_string(), name.to_string()),
    }
}

/// The contract's `--timeout`: 0 is no limit.
pub fn timeout(seconds: u64) -> Option<Duration> {
    (seconds > 0).then(|| Duration::from_secs(seconds))
}
