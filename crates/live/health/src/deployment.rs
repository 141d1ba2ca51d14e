//! `apps/Deployment`.

use bowline_core_types::Object;

use crate::field::{FieldError, boolean, conditions, int, known_version, optional_int};
use crate::{Health, HealthStatus};

pub(crate) fn health(object: &Object) -> Result<Health, FieldError> {
    known_version(object, &["apps/v1"])?;
    let value = object.value();
    if boolean(value, &["spec", "paused"])? {
        return Ok(Health::new(HealthStatus::Suspended, "Deployment is paused"));
    }
    if int(value, &["metadata", "generation"])? > int(value, &["status", "observedGeneration"])? {
        return Ok(Health::progressing(
            "Waiting for rollout to finish: observed deployment generation less than desired generation",
        ));
    }
    let progressing = conditions(object)?.into_iter().find(|c| c.kind == "Progressing");
    if progressing.is_some_and(|c| c.reason == "ProgressDeadlineExceeded") {
        return Ok(Health::degraded(format!("Deployment {:?} exceeded its progress deadline", object.name())));
    }
    let replicas = int(value, &["status", "replicas"])?;
    let updated = int(value, &["status", "updatedReplicas"])?;
    let available = int(value, &["status", "availableReplicas"])?;
    if let Some(desired) = optional_int(value, &["spec", "replicas"])?.filter(|desired| updated < *desired) {
        return Ok(Health::progressing(format!(
            "Waiting for rollout to finish: {updated} out of {desired} new replicas have been updated..."
        )));
    }
    if replicas > updated {
        return Ok(Health::progressing(format!(
            "Waiting for rollout to finish: {} old replicas are pending termination...",
            replicas - updated
        )));
    }
    if available < updated {
        return Ok(Health::progressing(format!(
            "Waiting for rollout to finish: {available} of {updated} updated replicas are available..."
        )));
    }
    Ok(Health::healthy())
}
