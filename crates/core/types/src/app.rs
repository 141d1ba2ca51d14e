//! [`AppName`].

use std::fmt;
use std::sync::Arc;

/// An Application's identity: its namespace and name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AppName {
    /// Namespace of the Application object.
    pub namespace: Arc<str>,
    /// Its name.
    pub name: Arc<str>,
}

// === impl AppName ===

impl AppName {
    /// The application `name` in `namespace`.
    pub fn new(namespace: impl Into<Arc<str>>, name: impl Into<Arc<str>>) -> AppName {
        AppName { namespace: namespace.into(), name: name.into() }
    }

    /// The name that objects are tracked under: `<name>` in the control namespace, `<namespace>_<name>` elsewhere.
    pub fn instance(&self, control_namespace: &str) -> String {
        if self.namespace.is_empty() || self.namespace.as_ref() == control_namespace {
            self.name.to_string()
        } else {
            format!("{}_{}", self.namespace, self.name)
        }
    }

    /// The inverse of [`AppName::instance`]: neither part of it can hold an underscore.
    pub fn from_instance(instance: &str, control_namespace: &str) -> AppName {
        match instance.split_once('_') {
            Some((namespace, name)) => AppName::new(namespace, name),
            None => AppName::new(control_namespace, instance),
        }
    }
}

impl fmt::Display for AppName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}
