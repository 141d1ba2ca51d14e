//! How healthy an object is, and an application by its objects.
//!
//! [`assess`] holds Argo CD's built-in rules to the letter, one file per kind, with its messages. Scripts that users
//! configure come before them: see [`assess_with`]. All of it is pure: an object in, a [`Health`] out.

mod aggregate;
mod apiservice;
mod daemonset;
mod deployment;
mod field;
mod horizontalpodautoscaler;
mod ingress;
mod job;
mod persistentvolumeclaim;
mod pod;
mod replicaset;
mod service;
mod statefulset;
mod status;
mod workflow;

use bowline_core_types::{Object, has_hook_finalizer};

pub use aggregate::{AppHealth, Child, aggregate};
pub use field::FieldError;
pub use status::{Health, HealthStatus};

/// A rule: what it makes of an object, or which field stood in its way.
type Rule = fn(&Object) -> Result<Health, FieldError>;

/// The health of a live object by the built-in rules; `None` for kinds that have none.
pub fn assess(object: &Object) -> Option<Health> {
    assess_with(object, |_| None)
}

/// The health of a live object. `custom` is asked first: `None` where no script is configured for the kind or it had
/// nothing to say.
pub fn assess_with(object: &Object, custom: impl FnOnce(&Object) -> Option<Health>) -> Option<Health> {
    // A hook that waits for its finalizer has ended: what it says of itself decides.
    if object.deletion_timestamp().is_some() && !has_hook_finalizer(object) {
        return Some(Health::new(HealthStatus::Progressing, "Pending deletion"));
    }
    custom(object).or_else(|| {
        let rule = rule(object.group(), object.kind())?;
        Some(rule(object).unwrap_or_else(|error| Health::new(HealthStatus::Unknown, error.to_string())))
    })
}

/// Whether a built-in rule exists for the kind.
pub fn is_built_in(group: &str, kind: &str) -> bool {
    rule(group, kind).is_some()
}

fn rule(group: &str, kind: &str) -> Option<Rule> {
    Some(match (group, kind) {
        ("apps", "Deployment") => deployment::health,
        ("apps", "ReplicaSet") => replicaset::health,
        ("apps", "StatefulSet") => statefulset::health,
        ("apps", "DaemonSet") => daemonset::health,
        ("", "Pod") => pod::health,
        ("batch", "Job") => job::health,
        ("", "Service") => service::health,
        ("networking.k8s.io" | "extensions", "Ingress") => ingress::health,
        ("", "PersistentVolumeClaim") => persistentvolumeclaim::health,
        ("autoscaling", "HorizontalPodAutoscaler") => horizontalpodautoscaler::health,
        ("apiregistration.k8s.io", "APIService") => apiservice::health,
        ("argoproj.io", "Workflow") => workflow::health,
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
