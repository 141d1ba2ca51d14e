//! [`Pods`]: what only a cluster's pods and events have.

use std::pin::Pin;

use bowline_core_types::{Gvk, Object};
use futures::Stream;

use crate::{BoxFuture, ClusterError};

/// A stream of a container's lines, each without its end.
pub type LogLines = Pin<Box<dyn Stream<Item = Result<Vec<u8>, ClusterError>> + Send>>;

/// Logs, events and lists of one cluster.
pub trait Pods: Send + Sync {
    /// Opens the log of a container. Dropping the stream ends it.
    fn logs<'a>(
        &'a self,
        namespace: &'a str,
        pod: &'a str,
        options: LogQuery,
    ) -> BoxFuture<'a, Result<LogLines, ClusterError>>;

    /// Objects of a kind; in all namespaces where `namespace` is empty. Selectors are empty for all.
    fn list<'a>(
        &'a self,
        gvk: &'a Gvk,
        namespace: &'a str,
        labels: &'a str,
        fields: &'a str,
    ) -> BoxFuture<'a, Result<Vec<Object>, ClusterError>>;
}

/// Which part of a container's log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogQuery {
    /// The container; empty where the pod has one.
    pub container: String,
    /// Go on as it is written.
    pub follow: bool,
    /// That of the container's last life.
    pub previous: bool,
    /// Not older than this many seconds.
    pub since_seconds: Option<i64>,
    /// Not older than this (RFC 3339); empty for all.
    pub since_time: String,
    /// This many of the last lines.
    pub tail_lines: Option<i64>,
}
