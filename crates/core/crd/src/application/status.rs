use crate::Time;
use crate::application::hydrator::SourceHydratorStatus;
use crate::application::operation::{OperationInitiator, OperationState};
use crate::application::source::{ApplicationSource, ApplicationSourceType};
use crate::application::{ApplicationDestination, ResourceIgnoreDifferences};
use crate::code::codes;
use crate::wire::messages;

messages! {
    /// What was found.
    pub struct ApplicationStatus {
        /// The managed objects.
        [1 "resources"] resources: Vec<ResourceStatus>,
        /// How the cluster compares with the source.
        [2 "sync"] sync: SyncStatus,
        /// How well the managed objects are, together.
        [3 "health"] health: AppHealthStatus,
        /// The past syncs, oldest first.
        [4 "history"] history: Vec<RevisionHistory>,
        /// What people should know.
        [5 "conditions"] conditions: Vec<ApplicationCondition>,
        /// When it was last compared with the latest revision.
        [6 "reconciledAt"] reconciled_at: Option<Time>,
        /// How the current or last sync stands.
        [7 "operationState"] operation_state: Option<OperationState>,
        /// No longer filled.
        [8 "observedAt"] observed_at: Option<Time>,
        /// What renders the source.
        [9 "sourceType"] source_type: ApplicationSourceType,
        /// What the objects hold, for lists.
        [10 "summary"] summary: ApplicationSummary,
        /// Where the health of single objects is kept: empty for here, appTree for elsewhere.
        [11 "resourceHealthSource"] resource_health_source: String,
        /// What renders the sources, in their order.
        [12 "sourceTypes"] source_types: Vec<ApplicationSourceType>,
        /// The namespace of the controller that looks after the application.
        [13 "controllerNamespace"] controller_namespace: String,
        /// How rendering to a branch stands.
        [14 "sourceHydrator"] source_hydrator: SourceHydratorStatus,
    }

    /// A managed object.
    pub struct ResourceStatus {
        /// API group.
        [1 "group"] group: String,
        /// API version.
        [2 "version"] version: String,
        /// Kind.
        [3 "kind"] kind: String,
        /// Namespace.
        [4 "namespace"] namespace: String,
        /// Name.
        [5 "name"] name: String,
        /// How it compares with the source.
        [6 "status"] status: SyncStatusCode,
        /// How well it is; absent where that cannot be said.
        [7 "health"] health: Option<HealthStatus>,
        /// Whether it is a hook.
        [8 "hook"] hook: bool,
        /// Whether it is no longer in the source.
        [9 "requiresPruning"] requires_pruning: bool,
        /// The wave in which it is synced.
        [10 "syncWave"] sync_wave: i64,
        /// Whether its deletion must be confirmed.
        [11 "requiresDeletionConfirmation"] requires_deletion_confirmation: bool,
    }

    /// How the cluster compares with the source.
    pub struct SyncStatus {
        /// The answer.
        [1 "status" required] status: SyncStatusCode,
        /// What was compared.
        [2 "comparedTo"] compared_to: ComparedTo,
        /// The revision that was compared, for an application with one source.
        [3 "revision"] revision: String,
        /// The revisions that were compared, in the order of the sources.
        [4 "revisions"] revisions: Vec<String>,
    }

    /// What was compared: the part of the spec that a comparison depends on.
    pub struct ComparedTo {
        /// The source.
        [1 "source"] source: ApplicationSource,
        /// The destination.
        [2 "destination" required] destination: ApplicationDestination,
        /// The sources, if there are several.
        [3 "sources"] sources: Vec<ApplicationSource>,
        /// The fields that may differ.
        [4 "ignoreDifferences"] ignore_differences: Vec<ResourceIgnoreDifferences>,
    }

    /// How well an application is.
    pub struct AppHealthStatus {
        /// The answer.
        [1 "status"] status: HealthStatusCode,
        /// No longer filled.
        [2 "message"] message: String,
        /// When the answer changed last.
        [3 "lastTransitionTime"] last_transition_time: Option<Time>,
    }

    /// How well an object is.
    pub struct HealthStatus {
        /// The answer.
        [1 "status"] status: HealthStatusCode,
        /// Why.
        [2 "message"] message: String,
        /// When the answer changed last.
        [3 "lastTransitionTime"] last_transition_time: Option<Time>,
    }

    /// A past sync.
    pub struct RevisionHistory {
        /// The revision that was synced, for an application with one source.
        [2 "revision"] revision: String,
        /// When the sync ended.
        [4 "deployedAt" required] deployed_at: Option<Time>,
        /// Counts the syncs; a rollback names it.
        [5 "id" required] id: i64,
        /// The source that was synced.
        [6 "source"] source: ApplicationSource,
        /// When the sync began.
        [7 "deployStartedAt"] deploy_started_at: Option<Time>,
        /// The sources that were synced, if there are several.
        [8 "sources"] sources: Vec<ApplicationSource>,
        /// The revisions that were synced, in the order of the sources.
        [9 "revisions"] revisions: Vec<String>,
        /// Who asked for the sync.
        [10 "initiatedBy"] initiated_by: OperationInitiator,
    }

    /// Something that people should know.
    pub struct ApplicationCondition {
        /// What it is about; an error ends in Error.
        [1 "type" required] type_: ApplicationConditionType,
        /// What happened.
        [2 "message" required] message: String,
        /// When it was first seen.
        [3 "lastTransitionTime"] last_transition_time: Option<Time>,
    }

    /// What the objects of an application hold, for lists.
    pub struct ApplicationSummary {
        /// Links that ingresses and services offer.
        [1 "externalURLs"] external_urls: Vec<String>,
        /// Container images in use.
        [2 "images"] images: Vec<String>,
        /// Whether the application manages applications.
        [3 "isAppOfApps"] is_app_of_apps: bool,
    }
}

codes! {
    /// How the cluster compares with the source.
    pub enum SyncStatusCode {
        /// The comparison failed or has not been made.
        Unknown = "Unknown",
        /// Nothing would change.
        Synced = "Synced",
        /// Something would change.
        OutOfSync = "OutOfSync",
    }

    /// How well something is, from best to worst.
    pub enum HealthStatusCode {
        /// As it should be.
        Healthy = "Healthy",
        /// Paused on purpose.
        Suspended = "Suspended",
        /// Not there yet.
        Progressing = "Progressing",
        /// Not in the cluster.
        Missing = "Missing",
        /// Failed, or not there in time.
        Degraded = "Degraded",
        /// The assessment failed.
        Unknown = "Unknown",
    }

    /// What a condition is about.
    pub enum ApplicationConditionType {
        /// The application cannot be deleted.
        DeletionError = "DeletionError",
        /// The spec asks for something impossible or forbidden.
        InvalidSpecError = "InvalidSpecError",
        /// The comparison failed.
        ComparisonError = "ComparisonError",
        /// Automated sync is held back.
        SyncError = "SyncError",
        /// Something else failed.
        UnknownError = "UnknownError",
        /// An object belongs to several applications.
        SharedResourceWarning = "SharedResourceWarning",
        /// The source holds an object twice.
        RepeatedResourceWarning = "RepeatedResourceWarning",
        /// The source holds an object of an excluded kind.
        ExcludedResourceWarning = "ExcludedResourceWarning",
        /// The namespace holds objects that belong to no application.
        OrphanedResourceWarning = "OrphanedResourceWarning",
    }
}

impl HealthStatusCode {
    /// The place in the order from best (0) to worst. An unknown word counts as best, as Argo CD counts it.
    pub fn rank(&self) -> u8 {
        match self {
            HealthStatusCode::Healthy | HealthStatusCode::Other(_) => 0,
            HealthStatusCode::Suspended => 1,
            HealthStatusCode::Progressing => 2,
            HealthStatusCode::Missing => 3,
            HealthStatusCode::Degraded => 4,
            HealthStatusCode::Unknown => 5,
        }
    }

    /// Whether this is worse than `other`.
    pub fn is_worse_than(&self, other: &HealthStatusCode) -> bool {
        self.rank() > other.rank()
    }
}

impl ApplicationConditionType {
    /// Whether the condition is an error: its word ends in `Error`.
    pub fn is_error(&self) -> bool {
        self.as_str().ends_with("Error")
    }
}
