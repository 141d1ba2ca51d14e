//! `ApplicationSet`: makes applications from a template and generators of parameters.

mod generators;
mod pull_request;
mod scm;

pub use generators::*;
pub use pull_request::*;
pub use scm::*;

use std::collections::BTreeMap;

use crate::application::{ApplicationSpec, HealthStatus, ResourceStatus};
use crate::code::codes;
use crate::meta::{ListMeta, ObjectMeta};
use crate::wire::{Resource, messages};
use crate::{IntOrString, Time};

messages! {
    /// Makes applications from a template and generators of parameters.
    pub struct ApplicationSet {
        /// Group and version: argoproj.io/v1alpha1.
        [0 "apiVersion"] api_version: String,
        /// The kind: ApplicationSet.
        [0 "kind"] kind: String,
        /// Name, namespace, labels, annotations and the rest of the object's metadata.
        [1 "metadata" required] metadata: ObjectMeta,
        /// The template and the generators.
        [2 "spec" required] spec: ApplicationSetSpec,
        /// What was found.
        [3 "status"] status: ApplicationSetStatus,
    }

    /// Application sets, as the API server lists them.
    pub struct ApplicationSetList {
        /// Group and version: argoproj.io/v1alpha1.
        [0 "apiVersion"] api_version: String,
        /// The kind: ApplicationSetList.
        [0 "kind"] kind: String,
        /// The version of the list.
        [1 "metadata"] metadata: ListMeta,
        /// The application sets.
        [2 "items" required] items: Vec<ApplicationSet>,
    }

    /// The template and the generators.
    pub struct ApplicationSetSpec {
        /// Fills the template in as a Go template instead of replacing {{words}}.
        [1 "goTemplate"] go_template: bool,
        /// Where parameters come from; one application for each set of them.
        [2 "generators" required] generators: Vec<ApplicationSetGenerator>,
        /// The application to make.
        [3 "template" required] template: ApplicationSetTemplate,
        /// What may be done with the applications.
        [4 "syncPolicy"] sync_policy: Option<ApplicationSetSyncPolicy>,
        /// In which order the applications change and go.
        [5 "strategy"] strategy: Option<ApplicationSetStrategy>,
        /// Metadata of the applications that is left as it is.
        [6 "preservedFields"] preserved_fields: Option<ApplicationPreservedFields>,
        /// Options for Go templates, such as missingkey=error.
        [7 "goTemplateOptions"] go_template_options: Vec<String>,
        /// Lets the selectors of nested generators count.
        [8 "applyNestedSelectors"] apply_nested_selectors: bool,
        /// Fields of the applications that may differ from the template.
        [9 "ignoreApplicationDifferences"]
        ignore_application_differences: Vec<ApplicationSetResourceIgnoreDifferences>,
        /// A Go template that makes a patch for the filled in template.
        [10 "templatePatch"] template_patch: Option<String>,
    }

    /// The application to make.
    pub struct ApplicationSetTemplate {
        /// Its name, labels, annotations and the like.
        [1 "metadata" required] metadata: ApplicationSetTemplateMeta,
        /// Its spec.
        [2 "spec" required] spec: ApplicationSpec,
    }

    /// Metadata of an application to make.
    pub struct ApplicationSetTemplateMeta {
        /// Name.
        [1 "name"] name: String,
        /// Namespace; the application set's if empty.
        [2 "namespace"] namespace: String,
        /// Labels.
        [3 "labels"] labels: BTreeMap<String, String>,
        /// Annotations.
        [4 "annotations"] annotations: BTreeMap<String, String>,
        /// Finalizers.
        [5 "finalizers"] finalizers: Vec<String>,
    }

    /// What may be done with the applications.
    pub struct ApplicationSetSyncPolicy {
        /// Lets the deployed objects stay when an application is deleted.
        [1 "preserveResourcesOnDeletion"] preserve_resources_on_deletion: bool,
        /// Which changes are allowed (default: sync, all of them).
        [2 "applicationsSync"] applications_sync: Option<ApplicationsSyncPolicy>
            where {"enum": ["create-only", "create-update", "create-delete", "sync"]},
    }

    /// In which order applications change and go.
    pub struct ApplicationSetStrategy {
        /// AllAtOnce or RollingSync.
        [1 "type"] type_: String,
        /// The steps of a RollingSync.
        [2 "rollingSync"] rolling_sync: Option<ApplicationSetRolloutStrategy>,
        /// AllAtOnce or Reverse: the order of deletion.
        [3 "deletionOrder"] deletion_order: String,
    }

    /// The steps of a RollingSync.
    pub struct ApplicationSetRolloutStrategy {
        /// The steps, one after the other.
        [1 "steps"] steps: Vec<ApplicationSetRolloutStep>,
    }

    /// One step.
    pub struct ApplicationSetRolloutStep {
        /// Selects the applications of the step by their labels.
        [1 "matchExpressions"] match_expressions: Vec<ApplicationMatchExpression>,
        /// How many may change at a time: a number, or a share such as 25%.
        [2 "maxUpdate"] max_update: Option<IntOrString>,
    }

    /// A condition on one label of an application.
    pub struct ApplicationMatchExpression {
        /// The label.
        [1 "key"] key: String,
        /// In or NotIn.
        [2 "operator"] operator: String,
        /// The values.
        [3 "values"] values: Vec<String>,
    }

    /// Metadata of the applications that is left as it is.
    pub struct ApplicationPreservedFields {
        /// Keys of annotations.
        [1 "annotations"] annotations: Vec<String>,
        /// Keys of labels.
        [2 "labels"] labels: Vec<String>,
    }

    /// Fields of the applications that may differ from the template.
    pub struct ApplicationSetResourceIgnoreDifferences {
        /// Name of the application; all if empty.
        [1 "name"] name: String,
        /// Fields as JSON pointers (RFC 6901).
        [2 "jsonPointers"] json_pointers: Vec<String>,
        /// Fields as jq path expressions.
        [3 "jqPathExpressions"] jq_path_expressions: Vec<String>,
    }

    /// What was found about an application set.
    pub struct ApplicationSetStatus {
        /// What people should know.
        [1 "conditions"] conditions: Vec<ApplicationSetCondition>,
        /// How far each application is in a RollingSync.
        [2 "applicationStatus"] application_status: Vec<ApplicationSetApplicationStatus>,
        /// The applications.
        [3 "resources"] resources: Vec<ResourceStatus>,
        /// How many applications there are, where not all are listed.
        [4 "resourcesCount"] resources_count: i64,
        /// How well it is.
        [5 "health"] health: HealthStatus,
    }

    /// Something that people should know.
    pub struct ApplicationSetCondition {
        /// What it is about.
        [1 "type" required] type_: ApplicationSetConditionType,
        /// What happened.
        [2 "message" required] message: String,
        /// When the status changed last.
        [3 "lastTransitionTime"] last_transition_time: Option<Time>,
        /// True, False or Unknown.
        [4 "status" required] status: String,
        /// Why, in one word.
        [5 "reason" required] reason: String,
    }

    /// How far an application is in a RollingSync.
    pub struct ApplicationSetApplicationStatus {
        /// Name of the application.
        [1 "application" required] application: String,
        /// When the status changed last.
        [2 "lastTransitionTime"] last_transition_time: Option<Time>,
        /// What there is to say about it.
        [3 "message" required] message: String,
        /// How far it is.
        [4 "status" required] status: ProgressiveSyncStatusCode,
        /// The step that it belongs to, counted from 1; -1 if to none.
        [5 "step" required] step: String,
        /// The revisions that it should reach.
        [6 "targetRevisions" / "targetrevisions" required] target_revisions: Vec<String>,
    }
}

codes! {
    /// Which changes an application set may make.
    pub enum ApplicationsSyncPolicy {
        /// Only creates.
        CreateOnly = "create-only",
        /// Creates and changes.
        CreateUpdate = "create-update",
        /// Creates and deletes.
        CreateDelete = "create-delete",
        /// Creates, changes and deletes.
        Sync = "sync",
    }

    /// What a condition of an application set is about.
    pub enum ApplicationSetConditionType {
        /// Something failed.
        ErrorOccurred = "ErrorOccurred",
        /// The generators gave parameters.
        ParametersGenerated = "ParametersGenerated",
        /// The applications are as the template says.
        ResourcesUpToDate = "ResourcesUpToDate",
        /// A RollingSync is under way.
        RolloutProgressing = "RolloutProgressing",
        /// The steps of the RollingSync make no sense.
        InvalidRolloutConfig = "InvalidRolloutConfig",
    }

    /// How far an application is in a RollingSync.
    pub enum ProgressiveSyncStatusCode {
        /// An earlier step is not done.
        Waiting = "Waiting",
        /// It may sync.
        Pending = "Pending",
        /// It syncs.
        Progressing = "Progressing",
        /// It is done.
        Healthy = "Healthy",
    }
}

impl Resource for ApplicationSet {
    const KIND: &'static str = "ApplicationSet";
    const PLURAL: &'static str = "applicationsets";

    fn metadata(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn metadata_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}
