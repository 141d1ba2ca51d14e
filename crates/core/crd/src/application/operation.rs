use crate::Time;
use crate::application::source::ApplicationSource;
use crate::application::{Info, ManagedNamespaceMetadata, RetryStrategy};
use crate::code::codes;
use crate::wire::messages;

messages! {
    /// A sync that was asked for or is under way.
    pub struct Operation {
        /// What to sync, and how.
        [1 "sync"] sync: Option<SyncOperation>,
        /// Who asked.
        [2 "initiatedBy"] initiated_by: OperationInitiator,
        /// Facts and links for people.
        [3 "info"] info: Vec<Info>,
        /// How to go on after a failure.
        [4 "retry"] retry: RetryStrategy,
    }

    /// What to sync, and how.
    pub struct SyncOperation {
        /// The revision, for an application with one source; the latest if empty.
        [1 "revision"] revision: String,
        /// Deletes what is no longer in the source.
        [2 "prune"] prune: bool,
        /// Changes nothing.
        [3 "dryRun"] dry_run: bool,
        /// How objects are written.
        [4 "syncStrategy"] sync_strategy: Option<SyncStrategy>,
        /// The objects to sync; all if empty.
        [6 "resources"] resources: Vec<SyncOperationResource>,
        /// The source to take instead of the application's, as a rollback does.
        [7 "source"] source: Option<ApplicationSource>,
        /// Manifests to take instead of rendered ones, for development.
        [8 "manifests"] manifests: Vec<String>,
        /// Options for the whole sync.
        [9 "syncOptions"] sync_options: Vec<String>,
        /// The sources to take instead of the application's, as a rollback does.
        [10 "sources"] sources: Vec<ApplicationSource>,
        /// The revisions, in the order of the sources.
        [11 "revisions"] revisions: Vec<String>,
        /// How often self-heal has tried in a row.
        [12 "autoHealAttemptsCount"] auto_heal_attempts_count: i64,
    }

    /// Who asked for a sync.
    pub struct OperationInitiator {
        /// The user; empty if nobody did.
        [1 "username"] username: String,
        /// Whether the automated policy did.
        [2 "automated"] automated: bool,
    }

    /// How objects are written.
    pub struct SyncStrategy {
        /// Applies objects and runs no hooks.
        [1 "apply"] apply: Option<SyncStrategyApply>,
        /// Applies objects and runs hooks; the default.
        [2 "hook"] hook: Option<SyncStrategyHook>,
    }

    /// Applies objects.
    pub struct SyncStrategyApply {
        /// Deletes and creates again where an apply is refused.
        [1 "force"] force: bool,
    }

    /// Applies objects and runs hooks.
    pub struct SyncStrategyHook {
        /// How objects are applied.
        [1 "syncStrategyApply" inline] apply: SyncStrategyApply,
    }

    /// An object to sync.
    pub struct SyncOperationResource {
        /// API group.
        [1 "group"] group: String,
        /// Kind.
        [2 "kind" required] kind: String,
        /// Name.
        [3 "name" required] name: String,
        /// Namespace.
        [4 "namespace"] namespace: String,
    }

    /// How a sync stands.
    pub struct OperationState {
        /// The sync as it was asked for.
        [1 "operation" required] operation: Operation,
        /// How it stands.
        [2 "phase" required] phase: OperationPhase,
        /// What there is to say about it.
        [3 "message"] message: String,
        /// What it did.
        [4 "syncResult"] sync_result: Option<SyncOperationResult>,
        /// When it began.
        [6 "startedAt" required] started_at: Option<Time>,
        /// When it ended.
        [7 "finishedAt"] finished_at: Option<Time>,
        /// How often it was tried again.
        [8 "retryCount"] retry_count: i64,
    }

    /// What a sync did.
    pub struct SyncOperationResult {
        /// The objects, in the order they were handled.
        [1 "resources"] resources: Vec<ResourceResult>,
        /// The revision that was synced.
        [2 "revision" required] revision: String,
        /// The source that was synced.
        [3 "source"] source: ApplicationSource,
        /// The sources that were synced, if there are several.
        [4 "sources"] sources: Vec<ApplicationSource>,
        /// The revisions that were synced, in the order of the sources.
        [5 "revisions"] revisions: Vec<String>,
        /// The metadata that the namespace got.
        [6 "managedNamespaceMetadata"] managed_namespace_metadata: Option<ManagedNamespaceMetadata>,
    }

    /// What a sync did to one object.
    pub struct ResourceResult {
        /// API group.
        [1 "group" required] group: String,
        /// API version.
        [2 "version" required] version: String,
        /// Kind.
        [3 "kind" required] kind: String,
        /// Namespace.
        [4 "namespace" required] namespace: String,
        /// Name.
        [5 "name" required] name: String,
        /// What became of it; empty for a hook.
        [6 "status"] status: ResultCode,
        /// What there is to say about it.
        [7 "message"] message: String,
        /// The kind of hook; empty for what is no hook.
        [8 "hookType"] hook_type: String,
        /// How the hook stands, or how far an object without one is.
        [9 "hookPhase"] hook_phase: OperationPhase,
        /// The phase of the sync in which it was handled.
        [10 "syncPhase"] sync_phase: String,
        /// The container images in it.
        [11 "images"] images: Vec<String>,
    }
}

codes! {
    /// How a sync, or one hook of it, stands.
    pub enum OperationPhase {
        /// Under way.
        Running = "Running",
        /// Asked to stop.
        Terminating = "Terminating",
        /// Ended: an object was refused or a hook failed.
        Failed = "Failed",
        /// Ended: it could not be carried out.
        Error = "Error",
        /// Ended well.
        Succeeded = "Succeeded",
    }

    /// What became of one object in a sync.
    pub enum ResultCode {
        /// Written.
        Synced = "Synced",
        /// Refused.
        SyncFailed = "SyncFailed",
        /// Deleted.
        Pruned = "Pruned",
        /// Should go, but pruning was not allowed.
        PruneSkipped = "PruneSkipped",
    }
}

impl OperationPhase {
    /// Whether nothing more will happen.
    pub fn is_completed(&self) -> bool {
        matches!(self, OperationPhase::Failed | OperationPhase::Error | OperationPhase::Succeeded)
    }
}
