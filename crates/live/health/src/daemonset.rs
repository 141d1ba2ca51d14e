//! `apps/DaemonSet`.

use bowline_core_types::Object;

use crate::field::{FieldError, int, known_version, text};
use crate::{Health, HealthStatus};

pub(crate) fn health(object: &Object) -> Result<Health, FieldError> {
    known_version(object, &["apps/v1"])?;
    let value = object.value();
    if int(value, &["metadata", "generation"])? > int(value, &["status", "observedGeneration"])? {
        return Ok(Health::progressing(
            "Waiting for rollout to finish: observed daemon set generation less than desired generation",
        ));
    }
    let name = object.name();
    let desired = int(value, &["status", "desiredNumberScheduled"])?;
    let updated = int(value, &["status", "updatedNumberScheduled"])?;
    let available = int(value, &["status", "numberAvailable"])?;
    if text(value, &["spec", "updateStrategy", "type"])? == "OnDelete" {
        return Ok(Health::new(
            HealthStatus::Healthy,
            format!("daemon set {updated} out of {desired} new pods have been updated"),
        ));
    }
    if updated < desired {
        return Ok(Health::progressing(format!(
            "Waiting for daemon set {name:?} rollout to finish: {updated} out of {desired} new pods have been updated..."
        )));
    }
    if available < desired {
        return Ok(Health::progressing(format!(
            "Waiting for daemon set {name:?} rollout to finish: {available} of {desired} updated pods are available..."
        )));
    }
    Ok(Health::healthy())
}
