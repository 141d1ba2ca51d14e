//! [`Pods`]: what only a cluster's pods and events have.

use std::pin::Pin;

use bowline_core_types::{Gvk, Object};
use futures::Stream;

use crate::{BoxFuture, ClusterError};

/// A stream of a container's lines, each without its end.
pub type LogLines = Pin<Box<dyn Stream<Item = Result<Vec<u8>, ClusterError>> + Send>>;

/// What somebody types into a terminal, as it is typed. Its end is his leaving.
pub type Typing = Pin<Box<dyn Stream<Item = Typed> + Send>>;

/// What a terminal shows. After [`Shown::Ended`], and after an error, there is nothing more.
pub type Screen = Pin<Box<dyn Stream<Item = Result<Shown, ClusterError>> + Send>>;

/// Logs, terminals, events and lists of one cluster.
pub trait Pods: Send + Sync {
    /// Opens the log of a container. Dropping the stream ends it.
    fn logs<'a>(
        &'a self,
        namespace: &'a str,
        pod: &'a str,
        options: LogQuery,
    ) -> BoxFuture<'a, Result<LogLines, ClusterError>>;

    /// Runs a program in a container, with a terminal. Dropping the stream breaks it off.
    fn terminal<'a>(
        &'a self,
        namespace: &'a str,
        pod: &'a str,
        program: Program,
        typing: Typing,
    ) -> BoxFuture<'a, Result<Screen, ClusterError>>;

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

/// What is run in a container.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Program {
    /// The container.
    pub container: String,
    /// The program and its arguments.
    pub command: Vec<String>,
}

/// What is typed into a terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Keys, as bytes.
    Keys(Vec<u8>),
    /// The screen has another size.
    Size {
        /// Letters in a line.
        columns: u16,
        /// Lines.
        rows: u16,
    },
}

/// What a terminal shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown {
    /// Bytes for the screen.
    Bytes(Vec<u8>),
    /// The program ended; with which exit code, where it has one.
    Ended(Option<i32>),
    /// The program could not be started, because of this.
    NotStarted(String),
}
