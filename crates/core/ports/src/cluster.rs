//! [`Cluster`]: one cluster as comparing and syncing see it.

use bowline_core_types::{Gvk, Object, ResourceKey};

use crate::BoxFuture;

/// Writes to one cluster, and asks it what a write would do. Whom it acts as (impersonation) is fixed when it is made.
pub trait Cluster: Send + Sync {
    /// What the cluster says of a kind; `None` where it does not serve it (now).
    fn kind(&self, gvk: &Gvk) -> Option<KindInfo>;

    /// Looks anew at what kinds are served: after a CRD was applied, and while one is waited for.
    fn refresh_kinds(&self) -> BoxFuture<'_, Result<(), ClusterError>> {
        Box::pin(async { Ok(()) })
    }

    /// The object, or `None` where there is none. `namespace` is empty for cluster-scoped kinds.
    fn get<'a>(
        &'a self,
        gvk: &'a Gvk,
        namespace: &'a str,
        name: &'a str,
    ) -> BoxFuture<'a, Result<Option<Object>, ClusterError>>;

    /// Makes the cluster hold `object`, in the way that `options.write` says.
    fn apply<'a>(
        &'a self,
        object: &'a Object,
        options: &'a ApplyOptions,
    ) -> BoxFuture<'a, Result<Applied, ClusterError>>;

    /// Asks for the deletion of an object; it may be there for a while after. Deleting what is not there is `Ok(false)`.
    fn delete<'a>(
        &'a self,
        gvk: &'a Gvk,
        key: &'a ResourceKey,
        options: &'a DeleteOptions,
    ) -> BoxFuture<'a, Result<bool, ClusterError>>;

    /// Sends a JSON patch (RFC 6902) or merge patch (RFC 7386, where the value is an object) to an object.
    fn patch<'a>(
        &'a self,
        gvk: &'a Gvk,
        key: &'a ResourceKey,
        patch: &'a bowline_base_value::Value,
        dry_run: bool,
    ) -> BoxFuture<'a, Result<Object, ClusterError>>;

    /// Sends a merge patch to the subresource `status` of an object; [`ClusterErrorKind::NotFound`] where its kind has none: its
    /// status is then a part of the object like any other.
    fn patch_status<'a>(
        &'a self,
        gvk: &'a Gvk,
        key: &'a ResourceKey,
        patch: &'a bowline_base_value::Value,
    ) -> BoxFuture<'a, Result<Object, ClusterError>>;
}

/// What discovery says of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KindInfo {
    /// The plural name in paths, such as `deployments`.
    pub plural: String,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
    /// The verbs that are served, such as `list`.
    pub verbs: Vec<String>,
}

/// How an object is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Write {
    /// Server-side apply.
    #[default]
    ServerSideApply,
    /// Create; an existing object is [`ClusterErrorKind::AlreadyExists`].
    Create,
    /// Replace the whole object (`kubectl replace`); it must exist.
    Replace,
}

/// Options of [`Cluster::apply`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplyOptions {
    /// The way of writing.
    pub write: Write,
    /// Only say what would come of it.
    pub dry_run: bool,
    /// Take over fields that other managers own.
    pub force_conflicts: bool,
    /// The field manager to write as.
    pub field_manager: String,
    /// How unknown and duplicate fields are treated.
    pub validation: FieldValidation,
}

/// The API server's `fieldValidation`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FieldValidation {
    /// Refuse them.
    Strict,
    /// Drop them with a warning.
    #[default]
    Warn,
    /// Drop them silently.
    Ignore,
}

/// What came of an apply.
#[derive(Clone, Debug)]
pub struct Applied {
    /// The object as the cluster now holds (or, in a dry run, would hold) it.
    pub object: Object,
    /// Whether it was made.
    pub created: bool,
    /// Warnings of the API server, in its words.
    pub warnings: Vec<String>,
}

/// What becomes of an object's dependents when it is deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Propagation {
    /// Dependents first.
    #[default]
    Foreground,
    /// The object first.
    Background,
    /// Dependents stay.
    Orphan,
}

/// Options of [`Cluster::delete`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeleteOptions {
    /// What becomes of dependents.
    pub propagation: Propagation,
    /// Only say what would come of it.
    pub dry_run: bool,
    /// Delete only the object of this uid: another one of the same name was not meant.
    pub uid: Option<String>,
    /// `gracePeriodSeconds: 0`.
    pub force: bool,
}

/// Why the cluster did not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ClusterError {
    /// The class, which decides what is done about it.
    pub kind: ClusterErrorKind,
    /// What the API server (or the way to it) said.
    pub message: String,
}

/// Classes of [`ClusterError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClusterErrorKind {
    /// The cluster does not serve the kind.
    NoSuchKind,
    /// No such object (or namespace).
    NotFound,
    /// It is there already.
    AlreadyExists,
    /// Another manager owns a field, or the object changed meanwhile.
    Conflict,
    /// The object is not valid.
    Invalid,
    /// We may not.
    Forbidden,
    /// Who we are was not accepted.
    Unauthorized,
    /// The server asks us to slow down.
    TooManyRequests,
    /// The cluster could not be reached, or answered with a server error or too late.
    Unreachable,
    /// Anything else.
    Other,
}

// === impl ApplyOptions ===

impl Default for ApplyOptions {
    fn default() -> ApplyOptions {
        ApplyOptions {
            write: Write::default(),
            dry_run: false,
            force_conflicts: true,
            field_manager: bowline_core_types::annotation::FIELD_MANAGER.to_string(),
            validation: FieldValidation::default(),
        }
    }
}

// === impl ClusterError ===

impl ClusterError {
    /// An error of class `kind` with the server's words.
    pub fn new(kind: ClusterErrorKind, message: impl Into<String>) -> ClusterError {
        ClusterError { kind, message: message.into() }
    }

    /// Whether the same request may succeed later without anyone changing anything.
    pub fn is_transient(&self) -> bool {
        matches!(self.kind, ClusterErrorKind::TooManyRequests | ClusterErrorKind::Unreachable)
    }
}
