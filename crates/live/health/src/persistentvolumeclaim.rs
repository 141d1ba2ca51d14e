//! `PersistentVolumeClaim`.

use bowline_core_types::Object;

use crate::field::{FieldError, known_version, text};
use crate::{Health, HealthStatus};

pub(crate) fn health(object: &Object) -> Result<Health, FieldError> {
    known_version(object, &["v1"])?;
    let status = match text(object.value(), &["status", "phase"])? {
        "Lost" => HealthStatus::Degraded,
        "Pending" => HealthStatus::Progressing,
        "Bound" => HealthStatus::Healthy,
        _ => HealthStatus::Unknown,
    };
    Ok(Health::new(status, ""))
}
