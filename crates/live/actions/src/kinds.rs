//! Which kinds have which actions.

use bowline_base_value::Value;
use bowline_core_types::Object;

use crate::{ActionError, Change, Offer, Order, argo, flux, jobs, numa, operators, workloads};

/// What is to become of the object that an action is on, or what is to be made beside it.
pub(crate) type Ran = Result<Vec<Change>, ActionError>;

/// The actions of a kind.
struct Kind {
    group: &'static str,
    kind: &'static str,
    offers: fn(&Value) -> Vec<Offer>,
    run: fn(&Object, &Order<'_>) -> Ran,
}

macro_rules! kinds {
    ($($group:literal $kind:literal: $offers:path, $run:path;)*) => {
        &[$(Kind { group: $group, kind: $kind, offers: $offers, run: $run }),*]
    };
}

const KINDS: &[Kind] = kinds! {
    "apps" "Deployment": workloads::deployment, workloads::run;
    "apps" "StatefulSet": workloads::stateful_set, workloads::run;
    "apps" "DaemonSet": workloads::daemon_set, workloads::run;
    "batch" "CronJob": jobs::cron_job, jobs::run_cron_job;
    "batch" "Job": jobs::job, jobs::run_job;
    "argoproj.io" "AnalysisRun": argo::analysis_run, argo::run_analysis_run;
    "argoproj.io" "Application": argo::application, argo::run_application;
    "argoproj.io" "CronWorkflow": argo::workflow_maker, argo::run_cron_workflow;
    "argoproj.io" "Rollout": argo::rollout, argo::run_rollout;
    "argoproj.io" "WorkflowTemplate": argo::workflow_maker, argo::run_workflow_template;
    "promoter.argoproj.io" "PullRequest": argo::pull_request, argo::run_pull_request;
    "helm.toolkit.fluxcd.io" "HelmRelease": flux::source, flux::run;
    "image.toolkit.fluxcd.io" "ImageRepository": flux::source, flux::run;
    "image.toolkit.fluxcd.io" "ImageUpdateAutomation": flux::source, flux::run;
    "kustomize.toolkit.fluxcd.io" "Kustomization": flux::source, flux::run;
    "notification.toolkit.fluxcd.io" "Alert": flux::notifier, flux::run;
    "notification.toolkit.fluxcd.io" "Provider": flux::notifier, flux::run;
    "notification.toolkit.fluxcd.io" "Receiver": flux::source, flux::run;
    "source.toolkit.fluxcd.io" "Bucket": flux::source, flux::run;
    "source.toolkit.fluxcd.io" "GitRepository": flux::source, flux::run;
    "source.toolkit.fluxcd.io" "HelmChart": flux::source, flux::run;
    "source.toolkit.fluxcd.io" "HelmRepository": flux::source, flux::run;
    "source.toolkit.fluxcd.io" "OCIRepository": flux::source, flux::run;
    "numaflow.numaproj.io" "InterStepBufferService": numa::buffer_service, numa::run;
    "numaflow.numaproj.io" "MonoVertex": numa::mono_vertex, numa::run;
    "numaflow.numaproj.io" "Pipeline": numa::pipeline, numa::run;
    "numaplane.numaproj.io" "MonoVertexRollout": numa::mono_vertex_rollout, numa::run_rollout;
    "numaplane.numaproj.io" "PipelineRollout": numa::pipeline_rollout, numa::run_rollout;
    "core.strimzi.io" "StrimziPodSet": operators::strimzi, operators::run_strimzi;
    "external-secrets.io" "ExternalSecret": operators::external_secret, operators::run_secret;
    "external-secrets.io" "PushSecret": operators::push_secret, operators::run_secret;
    "k8s.mariadb.com" "MariaDB": operators::mariadb, operators::run_mariadb;
    "keda.sh" "ScaledJob": operators::scaled_job, operators::run_scaled;
    "keda.sh" "ScaledObject": operators::scaled_object, operators::run_scaled;
    "postgresql.cnpg.io" "Cluster": operators::postgres, operators::run_postgres;
    "psmdb.percona.com" "PerconaServerMongoDB": operators::mongo, operators::run_mongo;
};

/// The built-in actions that an object has now, by name.
pub fn offers(object: &Object) -> Vec<Offer> {
    let mut offers = find(object).map(|kind| (kind.offers)(object.value())).unwrap_or_default();
    offers.sort_by(|a, b| a.name.cmp(&b.name));
    offers
}

/// What a built-in action comes to. Whether it makes sense now is for who asks to know from [`offers`].
pub fn run(object: &Object, order: &Order<'_>) -> Result<Vec<Change>, ActionError> {
    let kind = find(object).ok_or_else(|| unknown(object, order))?;
    (kind.run)(object, order)
}

fn find(object: &Object) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| (kind.group, kind.kind) == (object.group(), object.kind()))
}

/// The kind has no such action.
pub(crate) fn unknown(object: &Object, order: &Order<'_>) -> ActionError {
    let (group, kind) = (object.group(), object.kind());
    let kind = if group.is_empty() { kind.to_string() } else { format!("{group}/{kind}") };
    ActionError::Unknown { action: order.action.to_string(), kind }
}

/// The object with some of its fields changed.
pub(crate) struct Draft(Object);

// === impl Draft ===

impl Draft {
    /// The object as it is.
    pub fn of(object: &Object) -> Draft {
        Draft(object.clone())
    }

    /// Sets a field. Where something else than an object stands in the way there is no such field, and nothing is done.
    pub fn set(&mut self, path: &[&str], value: impl Into<Value>) {
        let (last, above) = path.split_last().expect("because a field has a name");
        let mut fields = Some(self.0.fields_mut());
        for name in above {
            fields = fields.and_then(|fields| {
                let value = fields.entry(name);
                if value.is_null() {
                    *value = Value::object();
                }
                value.as_object_mut()
            });
        }
        if let Some(fields) = fields {
            fields.insert(*last, value);
        }
    }

    /// Takes a field away.
    pub fn unset(&mut self, path: &[&str]) {
        let (last, above) = path.split_last().expect("because a field has a name");
        let mut fields = Some(self.0.fields_mut());
        for name in above {
            fields = fields.and_then(|fields| fields.get_mut(name)).and_then(Value::as_object_mut);
        }
        if let Some(fields) = fields {
            fields.remove(last);
        }
    }

    pub fn annotate(&mut self, key: &str, value: &str) {
        self.set(&["metadata", "annotations", key], value);
    }

    pub fn unannotate(&mut self, key: &str) {
        self.unset(&["metadata", "annotations", key]);
    }

    pub fn label(&mut self, key: &str, value: &str) {
        self.set(&["metadata", "labels", key], value);
    }

    /// What the action comes to.
    pub fn done(self) -> Ran {
        Ok(vec![Change::Patch(self.0)])
    }
}

/// Whether a field is `true`.
pub(crate) fn holds(object: &Value, path: &[&str]) -> bool {
    object.get_path(path).and_then(Value::as_bool).unwrap_or_default()
}

/// How many items a list has.
pub(crate) fn length(object: &Value, path: &[&str]) -> usize {
    object.get_path(path).and_then(Value::as_array).map_or(0, <[Value]>::len)
}
