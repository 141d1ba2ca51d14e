//! `Application`: what should run where, and how that stands.

mod hydrator;
mod operation;
mod source;
mod status;

pub use hydrator::*;
pub use operation::*;
pub use source::*;
pub use status::*;

use std::collections::BTreeMap;
use std::fmt;

use crate::API_VERSION;
use crate::meta::{ListMeta, ObjectMeta};
use crate::wire::{Resource, messages};

messages! {
    /// Ties a set of manifests in Git to workloads in one cluster and namespace.
    pub struct Application {
        /// Group and version: argoproj.io/v1alpha1.
        [0 "apiVersion"] api_version: String,
        /// The kind: Application.
        [0 "kind"] kind: String,
        /// Name, namespace, labels, annotations and the rest of the object's metadata.
        [1 "metadata" required] metadata: ObjectMeta,
        /// What should run, and where.
        [2 "spec" required] spec: ApplicationSpec,
        /// What was found.
        [3 "status"] status: ApplicationStatus,
        /// A sync that was asked for or is under way.
        [4 "operation"] operation: Option<Operation>,
    }

    /// Applications, as the API server lists them.
    pub struct ApplicationList {
        /// Group and version: argoproj.io/v1alpha1.
        [0 "apiVersion"] api_version: String,
        /// The kind: ApplicationList.
        [0 "kind"] kind: String,
        /// The version of the list.
        [1 "metadata" required] metadata: ListMeta,
        /// The applications.
        [2 "items" required] items: Vec<Application>,
    }

    /// What should run, and where.
    pub struct ApplicationSpec {
        /// Where the manifests come from, for an application with one source.
        [1 "source"] source: Option<ApplicationSource>,
        /// The cluster and namespace to deploy into.
        [2 "destination" required] destination: ApplicationDestination,
        /// The project that the application belongs to; empty means the project "default".
        [3 "project" required] project: String,
        /// When and how to sync.
        [4 "syncPolicy"] sync_policy: Option<SyncPolicy>,
        /// Fields that may differ from Git.
        [5 "ignoreDifferences"] ignore_differences: Vec<ResourceIgnoreDifferences>,
        /// Facts and links for people.
        [6 "info"] info: Vec<Info>,
        /// How many past syncs the history keeps; 10 if absent, 0 keeps none.
        [7 "revisionHistoryLimit"] revision_history_limit: Option<i64>,
        /// Where the manifests come from, for an application with several sources; takes precedence over source.
        [8 "sources"] sources: Vec<ApplicationSource>,
        /// Renders to a branch first and deploys from there; takes precedence over source and sources.
        [9 "sourceHydrator"] source_hydrator: Option<Box<SourceHydrator>>,
    }

    /// The cluster and namespace to deploy into.
    pub struct ApplicationDestination {
        /// URL of the cluster's API server; either this or the name is given.
        [1 "server"] server: String,
        /// Namespace of objects that name none.
        [2 "namespace"] namespace: String,
        /// Name of the cluster.
        [3 "name"] name: String,
    }

    /// When and how to sync.
    pub struct SyncPolicy {
        /// Syncs without being asked; present and empty switches it on.
        [1 "automated"] automated: Option<SyncPolicyAutomated>,
        /// Options for the whole sync, such as CreateNamespace=true.
        [2 "syncOptions"] sync_options: Vec<String>,
        /// How to go on after a failed sync.
        [3 "retry"] retry: Option<RetryStrategy>,
        /// Metadata of the namespace, if CreateNamespace=true is set.
        [4 "managedNamespaceMetadata"] managed_namespace_metadata: Option<ManagedNamespaceMetadata>,
    }

    /// What syncing without being asked may do.
    pub struct SyncPolicyAutomated {
        /// Deletes what is no longer in the source (default: false).
        [1 "prune"] prune: Option<bool>,
        /// Also syncs when the cluster changed and the source did not (default: false).
        [2 "selfHeal"] self_heal: Option<bool>,
        /// Lets a prune delete the last resource (default: false).
        [3 "allowEmpty"] allow_empty: Option<bool>,
        /// Switches automated sync off where it is false (default: true).
        [4 "enabled"] enabled: Option<bool>,
    }

    /// Labels and annotations of the namespace that a sync creates.
    pub struct ManagedNamespaceMetadata {
        /// The labels.
        [1 "labels"] labels: BTreeMap<String, String>,
        /// The annotations.
        [2 "annotations"] annotations: BTreeMap<String, String>,
    }

    /// How to go on after a failed sync.
    pub struct RetryStrategy {
        /// How often to try again; 0 never does, less than 0 has no limit.
        [1 "limit"] limit: i64,
        /// How long to wait between attempts.
        [2 "backoff"] backoff: Option<Backoff>,
        /// Whether a retry takes the latest revision instead of the first one (default: false).
        [3 "refresh"] refresh: bool,
    }

    /// How long to wait between attempts.
    pub struct Backoff {
        /// The first wait: seconds, or a duration such as 2m or 1h.
        [1 "duration"] duration: String,
        /// What the wait is multiplied with after each failed attempt.
        [2 "factor"] factor: Option<i64>,
        /// The longest wait.
        [3 "maxDuration"] max_duration: String,
    }

    /// Fields of the objects of a kind that may differ from Git.
    pub struct ResourceIgnoreDifferences {
        /// API group of the objects; may be a glob.
        [1 "group"] group: String,
        /// Kind of the objects; may be a glob.
        [2 "kind" required] kind: String,
        /// Name of the object; all if empty.
        [3 "name"] name: String,
        /// Namespace of the object; all if empty.
        [4 "namespace"] namespace: String,
        /// Fields as JSON pointers (RFC 6901).
        [5 "jsonPointers"] json_pointers: Vec<String>,
        /// Fields as jq path expressions.
        [6 "jqPathExpressions"] jq_path_expressions: Vec<String>,
        /// Writers whose fields are ignored, as managedFields names them.
        [7 "managedFieldsManagers"] managed_fields_managers: Vec<String>,
    }

    /// A fact or link for people.
    pub struct Info {
        /// What it is.
        [1 "name" required] name: String,
        /// The text or link.
        [2 "value" required] value: String,
    }
}

/// How many past syncs the history keeps where the application does not say.
pub const DEFAULT_REVISION_HISTORY_LIMIT: usize = 10;
/// The project that an application belongs to where it does not say.
pub const DEFAULT_PROJECT: &str = "default";
/// The annotation that asks for a refresh; its value `hard` also asks to render again.
pub const REFRESH_ANNOTATION: &str = "argocd.argoproj.io/refresh";
/// The finalizers that ask for the deployed objects to go with the application, with their propagation.
pub const RESOURCES_FINALIZERS: [(&str, Propagation); 3] = [
    ("resources-finalizer.argocd.argoproj.io", Propagation::Foreground),
    ("resources-finalizer.argocd.argoproj.io/foreground", Propagation::Foreground),
    ("resources-finalizer.argocd.argoproj.io/background", Propagation::Background),
];

/// What a refresh renews.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshType {
    /// Resolves revisions and compares again.
    Normal,
    /// Renders again as well, whatever was stored.
    Hard,
}

/// In which order an object and those it owns are deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Propagation {
    /// The owned objects first.
    Foreground,
    /// The object first.
    Background,
}

impl Application {
    /// An application with its kind, name and namespace.
    pub fn new(namespace: &str, name: &str) -> Application {
        let metadata = ObjectMeta { namespace: namespace.to_owned(), name: name.to_owned(), ..ObjectMeta::default() };
        Application {
            api_version: API_VERSION.to_owned(),
            kind: Application::KIND.to_owned(),
            metadata,
            ..Application::default()
        }
    }

    /// The name in tracking labels and ids: `name`, or `namespace_name` outside the control plane's namespace.
    pub fn instance_name(&self, control_namespace: &str) -> String {
        let ObjectMeta { namespace, name, .. } = &self.metadata;
        if namespace.is_empty() || namespace == control_namespace {
            name.clone()
        } else {
            format!("{namespace}_{name}")
        }
    }

    /// The refresh that the annotation asks for; any value but `hard` asks for a normal one.
    pub fn refresh_requested(&self) -> Option<RefreshType> {
        let value = self.metadata.annotations.get(REFRESH_ANNOTATION)?;
        Some(if value == "hard" { RefreshType::Hard } else { RefreshType::Normal })
    }

    /// Whether the deployed objects go with the application, and how: the first of [`RESOURCES_FINALIZERS`] that it has.
    pub fn cascaded_deletion(&self) -> Option<Propagation> {
        self.metadata.finalizers.iter().find_map(|finalizer| {
            RESOURCES_FINALIZERS.iter().find(|(name, _)| name == finalizer).map(|(_, propagation)| *propagation)
        })
    }
}

impl ApplicationSpec {
    /// The sources to deploy from: the hydrator's sync source, else `sources`, else `source`; none if none is given.
    pub fn sources(&self) -> Vec<ApplicationSource> {
        match (&self.source_hydrator, &self.source) {
            (Some(hydrator), _) => vec![hydrator.deployed_source()],
            (None, _) if !self.sources.is_empty() => self.sources.clone(),
            (None, source) => source.iter().cloned().collect(),
        }
    }

    /// Whether `sources` is what counts; the status then speaks of `sources` and `revisions`.
    pub fn has_multiple_sources(&self) -> bool {
        self.source_hydrator.is_none() && !self.sources.is_empty()
    }

    /// The project's name, `default` if none is given.
    pub fn project(&self) -> &str {
        if self.project.is_empty() { DEFAULT_PROJECT } else { &self.project }
    }

    /// Whether the application syncs without being asked: `automated` is there and not `enabled: false`.
    pub fn is_automated(&self) -> bool {
        self.automated().is_some()
    }

    /// The automated policy where it is in force.
    pub fn automated(&self) -> Option<&SyncPolicyAutomated> {
        let automated = self.sync_policy.as_ref()?.automated.as_ref()?;
        (automated.enabled != Some(false)).then_some(automated)
    }

    /// How many past syncs the history keeps; a negative number keeps none.
    pub fn revision_history_limit(&self) -> usize {
        let limit = self.revision_history_limit;
        limit.map_or(DEFAULT_REVISION_HISTORY_LIMIT, |limit| usize::try_from(limit).unwrap_or(0))
    }
}

impl SyncPolicyAutomated {
    /// Whether automated syncs delete what is no longer in the source.
    pub fn prunes(&self) -> bool {
        self.prune == Some(true)
    }

    /// Whether a change in the cluster alone starts a sync.
    pub fn self_heals(&self) -> bool {
        self.self_heal == Some(true)
    }

    /// Whether an automated sync may leave nothing.
    pub fn allows_empty(&self) -> bool {
        self.allow_empty == Some(true)
    }
}

impl ApplicationDestination {
    /// The cluster as people are told it: the server's URL, else the name.
    pub fn cluster(&self) -> &str {
        if self.server.is_empty() { &self.name } else { &self.server }
    }
}

/// `cluster/namespace`, for messages.
impl fmt::Display for ApplicationDestination {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.cluster(), self.namespace)
    }
}

impl Resource for Application {
    const KIND: &'static str = "Application";
    const PLURAL: &'static str = "applications";

    fn metadata(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn metadata_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}
