//! Annotations, labels and finalizers of the contract.

/// Which application an object belongs to: `<app>:<group>/<Kind>:<namespace>/<name>`.
pub const TRACKING_ID: &str = "argocd.argoproj.io/tracking-id";
/// Which installation owns the object, where several share a cluster.
pub const INSTALLATION_ID: &str = "argocd.argoproj.io/installation-id";
/// The default tracking label; `application.instanceLabelKey` names another.
pub const INSTANCE_LABEL: &str = "app.kubernetes.io/instance";
/// Wave of an object within its phase; an integer, 0 by default.
pub const SYNC_WAVE: &str = "argocd.argoproj.io/sync-wave";
/// Comma-separated sync options of one object.
pub const SYNC_OPTIONS: &str = "argocd.argoproj.io/sync-options";
/// Comma-separated compare options.
pub const COMPARE_OPTIONS: &str = "argocd.argoproj.io/compare-options";
/// Comma-separated hook types.
pub const HOOK: &str = "argocd.argoproj.io/hook";
/// Comma-separated hook delete policies.
pub const HOOK_DELETE_POLICY: &str = "argocd.argoproj.io/hook-delete-policy";
/// Helm's hook types, mapped to ours where the contract maps them.
pub const HELM_HOOK: &str = "helm.sh/hook";
/// Helm's hook delete policies.
pub const HELM_HOOK_DELETE_POLICY: &str = "helm.sh/hook-delete-policy";
/// Helm's hook weight, a wave where no wave is given.
pub const HELM_HOOK_WEIGHT: &str = "helm.sh/hook-weight";
/// `keep` protects an object from deletion.
pub const HELM_RESOURCE_POLICY: &str = "helm.sh/resource-policy";
/// Asks for a refresh of an application: `normal` or `hard`.
pub const REFRESH: &str = "argocd.argoproj.io/refresh";
/// Companion of [`REFRESH`]: the refresh is done only if this is unchanged.
pub const REFRESH_TIMESTAMP: &str = "argocd.argoproj.io/refresh-timestamp";
/// `"true"` stops the reconciliation of an application.
pub const SKIP_RECONCILE: &str = "argocd.argoproj.io/skip-reconcile";
/// `"true"` leaves an object out of its application's health.
pub const IGNORE_HEALTHCHECK: &str = "argocd.argoproj.io/ignore-healthcheck";
/// `"true"` makes a pod that does not restart count as long-running.
pub const IGNORE_RESTART_POLICY: &str = "argocd.argoproj.io/ignore-restart-policy";
/// `"true"` applies the rules of `ignoreResourceUpdates` to an object that no application manages.
pub const IGNORE_RESOURCE_UPDATES: &str = "argocd.argoproj.io/ignore-resource-updates";
/// Keeps an application until its PreDelete hooks have run.
pub const PRE_DELETE_FINALIZER: &str = "pre-delete-finalizer.argocd.argoproj.io";
/// Keeps an application until its PreDelete hooks are cleaned up.
pub const PRE_DELETE_CLEANUP_FINALIZER: &str = "pre-delete-finalizer.argocd.argoproj.io/cleanup";
/// Keeps an application until its PostDelete hooks have run.
pub const POST_DELETE_FINALIZER: &str = "post-delete-finalizer.argocd.argoproj.io";
/// Keeps an application until its PostDelete hooks are cleaned up.
pub const POST_DELETE_CLEANUP_FINALIZER: &str = "post-delete-finalizer.argocd.argoproj.io/cleanup";
/// Names the field manager of client-side applies whose fields are taken over, besides the usual one.
pub const MIGRATION_MANAGER: &str = "argocd.argoproj.io/client-side-apply-migration-manager";
/// Approves deletions that wait for confirmation: an RFC 3339 time.
pub const DELETION_APPROVED: &str = "argocd.argoproj.io/deletion-approved";
/// Marks Secrets that configure the server: `cluster`, `repository`, `repo-creds` …
pub const SECRET_TYPE: &str = "argocd.argoproj.io/secret-type";
/// Who made a Secret; only those marked [`MANAGED_BY_VALUE`] are deleted by commands.
pub const MANAGED_BY: &str = "managed-by";
/// The value of [`MANAGED_BY`] on what commands made.
pub const MANAGED_BY_VALUE: &str = "argocd.argoproj.io";
/// Keeps an application until its objects are gone (foreground).
pub const RESOURCES_FINALIZER: &str = "resources-finalizer.argocd.argoproj.io";
/// The same, foreground by name.
pub const FOREGROUND_FINALIZER: &str = "resources-finalizer.argocd.argoproj.io/foreground";
/// The same, with background propagation.
pub const BACKGROUND_FINALIZER: &str = "resources-finalizer.argocd.argoproj.io/background";
/// What `kubectl apply` remembers of the last applied manifest.
pub const LAST_APPLIED: &str = "kubectl.kubernetes.io/last-applied-configuration";
/// The field manager that applies desired objects, as the contract names it.
pub const FIELD_MANAGER: &str = "argocd-controller";
