//! `AppProject`: groups applications and says what they may touch.

use std::collections::BTreeMap;

use crate::application::ApplicationDestination;
use crate::meta::{GroupKind, ListMeta, ObjectMeta};
use crate::wire::{Resource, messages};

messages! {
    /// Groups applications and says what they may touch.
    pub struct AppProject {
        /// Group and version: argoproj.io/v1alpha1.
        [0 "apiVersion"] api_version: String,
        /// The kind: AppProject.
        [0 "kind"] kind: String,
        /// Name, namespace, labels, annotations and the rest of the object's metadata.
        [1 "metadata" required] metadata: ObjectMeta,
        /// What the project's applications may touch.
        [2 "spec" required] spec: AppProjectSpec,
        /// What was found.
        [3 "status"] status: AppProjectStatus,
    }

    /// Projects, as the API server lists them.
    pub struct AppProjectList {
        /// Group and version: argoproj.io/v1alpha1.
        [0 "apiVersion"] api_version: String,
        /// The kind: AppProjectList.
        [0 "kind"] kind: String,
        /// The version of the list.
        [1 "metadata" required] metadata: ListMeta,
        /// The projects.
        [2 "items" required] items: Vec<AppProject>,
    }

    /// What a project's applications may touch.
    pub struct AppProjectSpec {
        /// Repositories that sources may name; globs, and !pattern to forbid.
        [1 "sourceRepos"] source_repos: Vec<String>,
        /// Clusters and namespaces that may be deployed into; globs, and !pattern to forbid.
        [2 "destinations"] destinations: Vec<ApplicationDestination>,
        /// What the project is for.
        [3 "description"] description: String where {"maxLength": 255},
        /// Roles of the project, for people and tokens.
        [4 "roles"] roles: Vec<ProjectRole>,
        /// Cluster-wide kinds that may be deployed; none if empty.
        [5 "clusterResourceWhitelist"] cluster_resource_whitelist: Vec<ClusterResourceRestrictionItem>,
        /// Kinds inside namespaces that may not be deployed.
        [6 "namespaceResourceBlacklist"] namespace_resource_blacklist: Vec<GroupKind>,
        /// Watches for objects that belong to no application; absent does not.
        [7 "orphanedResources"] orphaned_resources: Option<OrphanedResourcesMonitorSettings>,
        /// Times at which syncs are allowed or denied.
        [8 "syncWindows"] sync_windows: Vec<SyncWindow>,
        /// Kinds inside namespaces that may be deployed; all if empty.
        [9 "namespaceResourceWhitelist"] namespace_resource_whitelist: Option<Vec<GroupKind>>,
        /// Keys of which one must have signed a commit; all commits if empty.
        [10 "signatureKeys"] signature_keys: Vec<SignatureKey>,
        /// Cluster-wide kinds that may not be deployed.
        [11 "clusterResourceBlacklist"] cluster_resource_blacklist: Vec<ClusterResourceRestrictionItem>,
        /// Namespaces, besides the control plane's, whose applications may belong to the project.
        [12 "sourceNamespaces"] source_namespaces: Vec<String>,
        /// Allows only clusters that belong to the project.
        [13 "permitOnlyProjectScopedClusters"] permit_only_project_scoped_clusters: bool,
        /// Service accounts that syncs act as, by destination.
        [14 "destinationServiceAccounts"] destination_service_accounts: Vec<ApplicationDestinationServiceAccount>,
        /// What must be true of a source before it is deployed.
        [15 "sourceIntegrity"] source_integrity: Option<SourceIntegrity>,
    }

    /// What was found about a project.
    pub struct AppProjectStatus {
        /// The tokens that were handed out, by role.
        [1 "jwtTokensByRole"] jwt_tokens_by_role: BTreeMap<String, JWTTokens>,
    }

    /// A role of a project.
    pub struct ProjectRole {
        /// Name.
        [1 "name" required] name: String,
        /// What the role is for.
        [2 "description"] description: String,
        /// Policy lines (CSV).
        [3 "policies"] policies: Vec<String>,
        /// The tokens that were handed out.
        [4 "jwtTokens"] jwt_tokens: Vec<JWTToken>,
        /// Groups of the identity provider that have the role.
        [5 "groups"] groups: Vec<String>,
    }

    /// A cluster-wide kind, or some objects of it.
    pub struct ClusterResourceRestrictionItem {
        /// API group; may be a glob.
        [1 "group" required] group: String,
        /// Kind; may be a glob.
        [2 "kind" required] kind: String,
        /// Name of the objects; may be a glob, all if empty.
        [3 "name"] name: String,
    }

    /// Watches for objects that belong to no application.
    pub struct OrphanedResourcesMonitorSettings {
        /// Whether they show as a condition (default: true).
        [1 "warn"] warn: Option<bool>,
        /// Objects that do not count.
        [2 "ignore"] ignore: Vec<OrphanedResourceKey>,
    }

    /// Objects that do not count as orphaned.
    pub struct OrphanedResourceKey {
        /// API group; may be a glob.
        [1 "group"] group: String,
        /// Kind; may be a glob.
        [2 "kind"] kind: String,
        /// Name; may be a glob.
        [3 "name"] name: String,
    }

    /// A time at which syncs are allowed or denied.
    pub struct SyncWindow {
        /// allow or deny.
        [1 "kind"] kind: String,
        /// When the window opens, as a cron line.
        [2 "schedule"] schedule: String,
        /// How long it stays open.
        [3 "duration"] duration: String,
        /// Applications it holds for; globs.
        [4 "applications"] applications: Vec<String>,
        /// Destination namespaces it holds for; globs.
        [5 "namespaces"] namespaces: Vec<String>,
        /// Clusters it holds for, by URL or name; globs.
        [6 "clusters"] clusters: Vec<String>,
        /// Lets people sync while it forbids automated syncs.
        [7 "manualSync"] manual_sync: bool,
        /// Time zone of the schedule; UTC if empty.
        [8 "timeZone"] time_zone: String,
        /// Holds where applications, namespaces and clusters all match, instead of any.
        [9 "andOperator"] and_operator: bool,
        /// What the window is for.
        [10 "description"] description: String,
        /// Lets a sync that began before go on.
        [11 "syncOverrun"] sync_overrun: bool,
    }

    /// A key of which one must have signed a commit.
    pub struct SignatureKey {
        /// The key's ID in hexadecimal.
        [1 "keyID" required] key_id: String,
    }

    /// The service account that syncs into a destination act as.
    pub struct ApplicationDestinationServiceAccount {
        /// URL of the cluster; may be a glob.
        [1 "server" required] server: String,
        /// Namespace; may be a glob.
        [2 "namespace"] namespace: String,
        /// The service account: name, or namespace:name.
        [3 "defaultServiceAccount" required] default_service_account: String,
    }

    /// What must be true of a source before it is deployed.
    pub struct SourceIntegrity {
        /// What must be true of Git sources.
        [1 "git" required] git: Option<SourceIntegrityGit>,
    }

    /// What must be true of Git sources.
    pub struct SourceIntegrityGit {
        /// The rules.
        [1 "policies" required] policies: Vec<SourceIntegrityGitPolicy>,
    }

    /// A rule for some repositories.
    pub struct SourceIntegrityGitPolicy {
        /// The repositories.
        [1 "repos" required] repos: Vec<SourceIntegrityGitPolicyRepo>,
        /// Which signatures there must be.
        [2 "gpg" required] gpg: Option<SourceIntegrityGitPolicyGPG>,
    }

    /// The repositories of a rule.
    pub struct SourceIntegrityGitPolicyRepo {
        /// URL; globs, and !pattern to leave out.
        [1 "url" required] url: String,
    }

    /// Which signatures there must be.
    pub struct SourceIntegrityGitPolicyGPG {
        /// none, head (the commit that is deployed) or strict (its ancestors too).
        [1 "mode" required] mode: String,
        /// IDs of the keys that count.
        [3 "keys" required] keys: Vec<String>,
    }

    /// The tokens of a role.
    pub struct JWTTokens {
        /// The tokens.
        [1 "items"] items: Vec<JWTToken>,
    }

    /// A token that was handed out; the token itself is not kept.
    pub struct JWTToken {
        /// When it was handed out, in seconds since 1970.
        [1 "iat" required] iat: i64,
        /// When it ends, in seconds since 1970; 0 never.
        [2 "exp"] exp: i64,
        /// Its ID.
        [3 "id"] id: String,
    }
}

impl Resource for AppProject {
    const KIND: &'static str = "AppProject";
    const PLURAL: &'static str = "appprojects";

    fn metadata(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn metadata_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}
