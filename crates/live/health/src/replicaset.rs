//! `apps/ReplicaSet`.

use bowline_core_types::Object;

use crate::Health;
use crate::field::{FieldError, conditions, int, known_version, optional_int};

pub(crate) fn health(object: &Object) -> Result<Health, FieldError> {
    known_version(object, &["apps/v1"])?;
    let value = object.value();
    if int(value, &["metadata", "generation"])? > int(value, &["status", "observedGeneration"])? {
        return Ok(Health::progressing(
            "Waiting for rollout to finish: observed replica set generation less than desired generation",
        ));
    }
    let failure = conditions(object)?.into_iter().find(|c| c.kind == "ReplicaFailure");
    if let Some(failure) = failure.filter(|c| c.status == "True") {
        return Ok(Health::degraded(failure.message));
    }
    let available = int(value, &["status", "availableReplicas"])?;
    match optional_int(value, &["spec", "replicas"])? {
        Some(desired) if available < desired => Ok(Health::progressing(format!(
            "Waiting for rollout to finish: {available} out of {desired} new replicas are available..."
        ))),
        _ => Ok(Health::healthy()),
    }
}
