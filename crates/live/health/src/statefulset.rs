//! `apps/StatefulSet`.

use bowline_core_types::Object;

use crate::field::{FieldError, at, int, known_version, optional_int, text};
use crate::{Health, HealthStatus};

pub(crate) fn health(object: &Object) -> Result<Health, FieldError> {
    known_version(object, &["apps/v1"])?;
    let value = object.value();
    let observed = int(value, &["status", "observedGeneration"])?;
    if observed == 0 || int(value, &["metadata", "generation"])? > observed {
        return Ok(Health::progressing("Waiting for statefulset spec update to be observed..."));
    }
    let replicas = optional_int(value, &["spec", "replicas"])?;
    let ready = int(value, &["status", "readyReplicas"])?;
    let updated = int(value, &["status", "updatedReplicas"])?;
    if let Some(replicas) = replicas.filter(|replicas| ready < *replicas) {
        return Ok(Health::progressing(format!("Waiting for {} pods to be ready...", replicas - ready)));
    }
    let strategy = text(value, &["spec", "updateStrategy", "type"])?;
    let rolling = at(value, &["spec", "updateStrategy", "rollingUpdate"])?;
    if strategy == "RollingUpdate" && rolling.is_some() {
        let partition = optional_int(value, &["spec", "updateStrategy", "rollingUpdate", "partition"])?;
        if let (Some(replicas), Some(partition)) = (replicas, partition)
            && updated < replicas - partition
        {
            return Ok(Health::progressing(format!(
                "Waiting for partitioned roll out to finish: {updated} out of {} new pods have been updated...",
                replicas - partition
            )));
        }
        return Ok(Health::new(
            HealthStatus::Healthy,
            format!("partitioned roll out complete: {updated} new pods have been updated..."),
        ));
    }
    if strategy == "OnDelete" {
        return Ok(Health::new(HealthStatus::Healthy, format!("statefulset has {ready} ready pods")));
    }
    let current_revision = text(value, &["status", "currentRevision"])?;
    let update_revision = text(value, &["status", "updateRevision"])?;
    if update_revision != current_revision {
        return Ok(Health::progressing(format!(
            "waiting for statefulset rolling update to complete {updated} pods at revision {update_revision}..."
        )));
    }
    let current = int(value, &["status", "currentReplicas"])?;
    Ok(Health::new(
        HealthStatus::Healthy,
        format!("statefulset rolling update complete {current} pods at revision {current_revision}..."),
    ))
}
