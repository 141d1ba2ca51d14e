use crate::Time;
use crate::application::source::{
    ApplicationSource, ApplicationSourceDirectory, ApplicationSourceHelm, ApplicationSourceKustomize,
    ApplicationSourcePlugin,
};
use crate::code::codes;
use crate::wire::messages;

messages! {
    /// Renders a source, commits the result to a branch and deploys from there.
    pub struct SourceHydrator {
        /// What is rendered.
        [1 "drySource" required] dry_source: DrySource,
        /// What is deployed.
        [2 "syncSource" required] sync_source: SyncSource,
        /// Where rendered manifests are pushed, if that is not the branch that is deployed: the way from one to the other
        /// can then be a pull request.
        [3 "hydrateTo"] hydrate_to: Option<HydrateTo>,
    }

    /// What is rendered.
    pub struct DrySource {
        /// URL of the Git repository.
        [1 "repoURL" required] repo_url: String,
        /// Branch, tag or commit.
        [2 "targetRevision" required] target_revision: String,
        /// Directory inside the repository.
        [3 "path" required] path: String,
        /// How Helm renders.
        [4 "helm"] helm: Option<Box<ApplicationSourceHelm>>,
        /// How Kustomize renders.
        [5 "kustomize"] kustomize: Option<Box<ApplicationSourceKustomize>>,
        /// How plain manifests and Jsonnet are read.
        [6 "directory"] directory: Option<Box<ApplicationSourceDirectory>>,
        /// How a plugin renders.
        [7 "plugin"] plugin: Option<Box<ApplicationSourcePlugin>>,
    }

    /// What is deployed.
    pub struct SyncSource {
        /// Branch that holds the rendered manifests.
        [1 "targetBranch" required] target_branch: String,
        /// Directory of the rendered manifests; it must not be the root, which would let one application overwrite all.
        [2 "path" required] path: String where {"minLength": 1, "pattern": "^.{2,}|[^./]$"},
        /// URL of the Git repository; that of the dry source if empty.
        [3 "repoURL"] repo_url: String,
    }

    /// Where rendered manifests are pushed.
    pub struct HydrateTo {
        /// The branch.
        [1 "targetBranch" required] target_branch: String,
    }

    /// How rendering to a branch stands.
    pub struct SourceHydratorStatus {
        /// The last one that succeeded.
        [1 "lastSuccessfulOperation"] last_successful_operation: Option<SuccessfulHydrateOperation>,
        /// The last one that began.
        [2 "currentOperation"] current_operation: Option<HydrateOperation>,
        /// The dry commit that was looked at last.
        [3 "lastComparedDryRevision"] last_compared_dry_revision: String,
    }

    /// A rendering that succeeded.
    pub struct SuccessfulHydrateOperation {
        /// The commit that was rendered.
        [5 "drySHA"] dry_sha: String,
        /// The commit that holds the result.
        [6 "hydratedSHA"] hydrated_sha: String,
        /// The hydrator as it was then.
        [7 "sourceHydrator"] source_hydrator: SourceHydrator,
    }

    /// A rendering.
    pub struct HydrateOperation {
        /// When it began.
        [1 "startedAt" always] started_at: Option<Time>,
        /// When it ended.
        [2 "finishedAt"] finished_at: Option<Time>,
        /// How it stands.
        [3 "phase" required] phase: HydrateOperationPhase where {"enum": ["Hydrating", "Failed", "Hydrated"]},
        /// What there is to say about it.
        [4 "message" required] message: String,
        /// The commit that is rendered.
        [5 "drySHA"] dry_sha: String,
        /// The commit that holds the result.
        [6 "hydratedSHA"] hydrated_sha: String,
        /// The hydrator as it was then.
        [7 "sourceHydrator"] source_hydrator: SourceHydrator,
    }
}

codes! {
    /// How a rendering stands.
    pub enum HydrateOperationPhase {
        /// Under way.
        Hydrating = "Hydrating",
        /// Ended without a result.
        Failed = "Failed",
        /// Ended with a result.
        Hydrated = "Hydrated",
    }
}

impl SourceHydrator {
    /// The sync source as a plain source; its repository defaults to that of the dry source.
    pub fn deployed_source(&self) -> ApplicationSource {
        let SyncSource { target_branch, path, repo_url } = &self.sync_source;
        ApplicationSource {
            repo_url: if repo_url.is_empty() { self.dry_source.repo_url.clone() } else { repo_url.clone() },
            path: path.clone(),
            target_revision: target_branch.clone(),
            ..ApplicationSource::default()
        }
    }
}
